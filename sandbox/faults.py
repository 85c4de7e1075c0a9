"""Faults that are switched on: what they match, how often they still strike."""

import random
import threading
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from sandbox.fault_kinds import KINDS, PROVIDER_OPS, Kind


class UnknownFault(ValueError):
    """A fault name or match that does not exist."""


@dataclass(frozen=True)
class Scene:
    """What a fault can be matched against."""

    op: str = ""
    path: str = ""
    account: str = ""
    batch: str = ""
    custom_id: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class Fault:
    """One switched-on fault; `left` is how many times it still strikes (None: always).

    `share` of the calls that it could strike are struck, by chance; a fault of a batch's lines or answers has its own
    way to say how many, its value.
    """

    name: str
    value: str | None = None
    left: int | None = None
    match: dict[str, Any] = field(default_factory=dict)
    share: float = 1.0

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.name]

    @property
    def custom_id(self) -> str | None:
        """The pattern of the custom ids that it is meant for."""
        return self.match.get("custom_id")

    def number(self, default: float) -> float:
        """Its value as a number."""
        return float(self.value) if self.value else default

    def strikes(self, scene: Scene) -> bool:
        """Whether it applies here; a custom_id pattern is left to the lines of a batch."""
        ops = (self.match["op"],) if "op" in self.match else self.kind.ops
        # A scene without an operation asks whether the fault is on at all.
        if self.left == 0 or (ops and scene.op and not any(fnmatchcase(scene.op, op) for op in ops)):
            return False
        for name in ("path", "account", "batch"):
            if name in self.match and not fnmatchcase(getattr(scene, name), self.match[name]):
                return False
        if self.name == "flex_unavailable" and scene.body.get("service_tier") != "flex":
            return False
        wanted = self.match.get("metadata", {})
        return all(fnmatchcase(scene.metadata.get(key, ""), pattern) for key, pattern in wanted.items())

    def as_dict(self) -> dict[str, Any]:
        """For the log, the endpoint and the batch rows."""
        return asdict(self)


def read_match(match: str | dict[str, Any] | None) -> dict[str, Any]:
    """A match as a dictionary; a bare string is an operation, a path (with /) or a custom_id pattern."""
    if match is None:
        return {}
    if isinstance(match, str):
        key = "path" if match.startswith("/") else "op" if _is_op(match) else "custom_id"
        return {key: match}
    unknown = match.keys() - {"op", "path", "account", "batch", "metadata", "custom_id"}
    if unknown:
        raise UnknownFault(f"Unknown match: {', '.join(sorted(unknown))}")
    return match


def _is_op(text: str) -> bool:
    return any(fnmatchcase(op, text) for op in PROVIDER_OPS)


def read_fault(text: str) -> Fault:
    """`NAME[~SHARE][=VALUE][@MATCH][*COUNT]` of the command line."""
    # The count comes last, since a match may hold a star as well.
    rest, star, count = text.rpartition("*")
    if not (star and count.isdigit()):
        rest, count = text, ""
    rest, _, match = rest.partition("@")
    name, _, value = rest.partition("=")
    name, _, share = name.partition("~")
    return make_fault(name, value or None, int(count) if count else None, match or None, share or 1.0)


def make_fault(
    name: str, value: Any = None, count: int | None = None, match: Any = None, share: Any = 1.0
) -> Fault:  # fmt: skip
    """A fault by its name; UnknownFault where there is none, or for a share that is no number from 0 to 1."""
    if name not in KINDS:
        raise UnknownFault(f"Unknown fault: {name}. Known: {', '.join(sorted(KINDS))}")
    try:
        struck = float(share)
    except ValueError:
        struck = -1.0
    if not 0 <= struck <= 1:
        raise UnknownFault(f"Not a share from 0 to 1: {share}")
    return Fault(name, None if value is None else str(value), count, read_match(match), struck)


class Faults:
    """The faults that are switched on now. They are not kept over a restart; those of a batch are, in its row."""

    def __init__(self, first: list[Fault], seed: int = 0) -> None:
        self.first = first
        self.seed = seed
        self.active: list[Fault] = []
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Back to those of the command line."""
        self.active = [replace(fault) for fault in self.first]
        self.dice = random.Random(self.seed)

    def set(self, fault: Fault) -> None:
        """Switch one on; a second one of the same name and match replaces it."""
        with self.lock:
            self.active = [old for old in self.active if (old.name, old.match) != (fault.name, fault.match)] + [fault]

    def clear(self, name: str | None = None) -> None:
        """Switch off one name, or all."""
        with self.lock:
            self.active = [fault for fault in self.active if name and fault.name != name]

    def take(self, place: str, scene: Scene) -> Fault | None:
        """The first fault of a place that strikes here, counted down."""
        with self.lock:
            here = (fault for fault in self.active if fault.kind.place == place)
            found = next((fault for fault in here if self._falls(fault, scene)), None)
            if found and found.left:
                found.left -= 1
            return found

    def take_all(self, places: tuple[str, ...], scene: Scene) -> list[Fault]:
        """Copies of all faults of these places that strike here, each counted down once."""
        with self.lock:
            found = [fault for fault in self.active if fault.kind.place in places and self._falls(fault, scene)]
            for fault in found:
                if fault.left:
                    fault.left -= 1
            # Bound to one batch from now on, so it need not count any more.
            return [Fault(fault.name, fault.value, None, fault.match) for fault in found]

    def _falls(self, fault: Fault, scene: Scene) -> bool:
        """Whether it strikes this time."""
        return fault.strikes(scene) and (fault.share >= 1 or self.dice.random() < fault.share)

    def look(self, name: str, scene: Scene) -> Fault | None:
        """A fault that strikes here, not counted down."""
        return next((fault for fault in self.active if fault.name == name and fault.strikes(scene)), None)
