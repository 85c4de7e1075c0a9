"""A pydantic model as a form that people can fill in: plain data, which the browser makes fields of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

# Beyond it, as in whatever has no simple field, the value is edited as JSON.
MAX_DEPTH = 6

Node = dict[str, Any]
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FormWords:
    """What a schema does not say; each name is a path without numbers, such as `answers` or `topics.rank`.

    `labels` and `help` replace title and description, `rows` names one entry of a list, `order` puts fields first.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def form_shape(schema: type[BaseModel], words: FormWords | None = None) -> Node:
    """The form of a model: nodes of the kinds group, list, text, number, choice, yes and other (edited as JSON)."""
    spec = schema.model_json_schema()
    return _Shapes(spec.get("$defs", {}), words or FormWords()).node(spec, "", ())


class _Shapes:
    """Turns the parts of one JSON schema into nodes."""

    def __init__(self, definitions: Mapping[str, Spec], words: FormWords) -> None:
        self.definitions = definitions
        self.words = words

    def node(self, spec: Spec, path: str, above: tuple[str, ...]) -> Node:
        """One node with its words; `above` are the definitions that it lies in."""
        spec, above = self._resolved(spec, above)
        spec, empty = _without_null(spec)
        spec, above = self._resolved(spec, above)
        node = self._kind(spec, path, above)
        if empty:
            node = {"kind": "other"} if node["kind"] in ("group", "list", "yes", "choice") else node | {"empty": True}
        if "default" in spec:
            node["start"] = spec["default"]
        label = self.words.labels.get(path, "") or _label(spec, path)
        helped = self.words.help.get(path, "") or spec.get("description", "") * bool(path)
        return node | {"label": label, "help": "; ".join(filter(None, (helped.rstrip("."), _bounds(spec, node))))}

    def _resolved(self, spec: Spec, above: tuple[str, ...]) -> tuple[Spec, tuple[str, ...]]:
        name = str(spec.get("$ref", "")).rpartition("/")[2]
        if not name:
            return spec, above
        if name in above or len(above) >= MAX_DEPTH or name not in self.definitions:
            return {}, above
        beside = {key: value for key, value in spec.items() if key != "$ref"}
        # The class's own words say what one such thing is, and not what the member is for.
        target = {key: value for key, value in self.definitions[name].items() if key not in ("title", "description")}
        return target | beside, (*above, name)

    def _kind(self, spec: Spec, path: str, above: tuple[str, ...]) -> Node:
        options = [spec["const"]] if "const" in spec else spec.get("enum")
        if options is not None:
            simple = all(isinstance(one, str | int | float) for one in options)
            return {"kind": "choice", "options": options} if simple else {"kind": "other"}
        match spec.get("type"):
            case "string":
                return {"kind": "text"}
            case "integer" | "number" as kind:
                return {"kind": "number", "whole": kind == "integer"}
            case "boolean":
                return {"kind": "yes"}
            case "array" if isinstance(spec.get("items"), dict) and "prefixItems" not in spec:
                one = self.node(spec["items"], path, above) | {"label": ""}
                return {"kind": "list", "of": one, "row": self.words.rows.get(path, "") or "Row"}
            case "object" if spec.get("properties"):
                return {"kind": "group", "fields": self._fields(spec, path, above)}
        return {"kind": "other"}

    def _fields(self, spec: Spec, path: str, above: tuple[str, ...]) -> list[Node]:
        prefix = f"{path}." if path else ""
        first = [name for name in self.words.order if name.startswith(prefix)]
        names = sorted(
            spec["properties"], key=lambda name: first.index(prefix + name) if prefix + name in first else len(first)
        )
        return [{"name": name} | self.node(spec["properties"][name], prefix + name, above) for name in names]


def _without_null(spec: Spec) -> tuple[Spec, bool]:
    """The one possibility beside null, and whether null is one; several others make it an `other`."""
    ways = spec.get("anyOf")
    if not isinstance(ways, list):
        return spec, False
    real = [way for way in ways if way.get("type") != "null"]
    beside = {key: value for key, value in spec.items() if key != "anyOf"}
    return (real[0] | beside if len(real) == 1 else beside), len(real) < len(ways)


def _label(spec: Spec, path: str) -> str:
    """The schema's own title; pydantic makes `Mention Text` of a name, and people read `Mention text`."""
    title, name = str(spec.get("title", "")), path.rpartition(".")[2]
    made = name.replace("_", " ").strip()
    return title if title and title.casefold() != made.casefold() else made[:1].upper() + made[1:]


def _bounds(spec: Spec, node: Node) -> str:
    if node["kind"] == "number":
        least, most = spec.get("minimum"), spec.get("maximum")
        whole = "a whole number" if node["whole"] else "a number"
        words = [f"from {least}" if least is not None else "", f"to {most}" if most is not None else ""]
        return " ".join(filter(None, (whole, *words)))
    if node["kind"] == "list" and (most := spec.get("maxItems")) is not None:
        return f"at most {most}"
    return ""
