"""YAML and JSON as a tree that keeps every scalar as it is written, repeated names, and the lines."""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any

import yaml

# libyaml's own composer recurses without a limit and dies on deep nesting: the tree is built from events here.
LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
DEEPEST = 40
MOST_NODES = 2_000_000
NULLS = ("", "~", "null", "Null", "NULL")
MERGE = "<<"
# Text and place to a value and the place behind it.
_Scan = Callable[[str, int], tuple[Any, int]]


class TreeError(Exception):
    """The text can't be read as YAML or JSON; one sentence."""


@dataclass(slots=True)
class Node:
    """A scalar (`text`), a list (`items`) or a mapping (`pairs`, repeated names kept) that begins in line `line`."""

    line: int = 0
    text: str = ""
    items: "list[Node] | None" = None
    pairs: "list[tuple[str, Node]] | None" = None
    size: int = 1

    @property
    def is_scalar(self) -> bool:
        """Whether it is a plain value."""
        return self.items is None and self.pairs is None

    @property
    def sort(self) -> str:
        """What it is, in words."""
        return "text" if self.is_scalar else "a list" if self.pairs is None else "a mapping"

    def get(self, name: str) -> "Node | None":
        """The first member of this name."""
        return next((node for key, node in self.pairs or () if key == name), None)

    def plain(self) -> Any:
        """As strings, lists and dictionaries; a repeated name gets a number."""
        if self.items is not None:
            return [node.plain() for node in self.items]
        if self.pairs is None:
            return self.text
        found: dict[str, Any] = {}
        for key, node in self.pairs:
            found[_free(key, found)] = node.plain()
        return found


def _free(key: str, taken: dict[str, Any]) -> str:
    number, name = 1, key
    while name in taken:
        number += 1
        name = f"{key} ({number})"
    return name


def tree_of(text: str) -> Node:
    """The tree of a text; JSON is read as JSON, everything else as YAML. Raises TreeError."""
    bracket = text.lstrip()[:1] in ("{", "[")
    if bracket:
        try:
            return _from_json(text)
        except ValueError:
            # A YAML file may begin with a bracket, too.
            pass
        except RecursionError as error:
            raise TreeError(f"found lists and mappings in each other more than {DEEPEST} deep") from error
    try:
        return _Builder().build(text)
    except yaml.YAMLError as error:
        raise TreeError(_sentence(error, "neither JSON nor YAML" if bracket else "no YAML")) from error


def strings_of(text: str) -> Any:
    """A YAML or JSON text as strings, lists and dictionaries; raises TreeError."""
    return tree_of(text).plain()


def _from_json(text: str) -> Node:
    return _json_node(_PlacingDecoder(text).decode(text), 0)


class _Pairs(list[tuple[str, Any]]):
    """Members of a JSON object, repeated names kept."""


class _PlacingDecoder(json.JSONDecoder):
    """Decodes JSON so that every value comes as (line, value), numbers and words as they are written."""

    def __init__(self, text: str) -> None:
        super().__init__(object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
        self._ends = [match.start() for match in re.finditer("\n", text)]
        # The one in C can't be told to note places; it asks these two for what holds other values.
        self.parse_object = self._object
        self.parse_array = self._array
        self.scan_once = self._placing(py_make_scanner(self))

    def _placing(self, scan: _Scan) -> _Scan:
        def placed(string: str, index: int) -> tuple[Any, int]:
            value, end = scan(string, index)
            return (bisect_left(self._ends, index) + 1, value), end

        return placed

    def _object(self, place: Any, strict: bool, scan: _Scan, *hooks: Any) -> Any:
        return JSONObject(place, strict, self._placing(scan), *hooks)

    def _array(self, place: Any, scan: _Scan) -> Any:
        return JSONArray(place, self._placing(scan))


def _json_node(placed: tuple[int, Any], depth: int) -> Node:
    line, value = placed
    if depth > DEEPEST:
        raise TreeError(f"found lists and mappings in each other more than {DEEPEST} deep, in line {line}")
    if isinstance(value, _Pairs):
        return Node(line, pairs=[(_whole(key), _json_node(member, depth + 1)) for key, member in value])
    if isinstance(value, list):
        return Node(line, items=[_json_node(member, depth + 1) for member in value])
    if value is None:
        return Node(line)
    return Node(line, _whole(value) if isinstance(value, str) else str(value).lower())


def _whole(text: str) -> str:
    """Without what no database takes: JSON escapes can write NUL and half of a character."""
    text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass
class _Builder:
    """Builds the tree from a YAML parser's events, without recursion."""

    open: list[Node] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    root: Node | None = None

    def build(self, text: str) -> Node:
        """The root; an empty text gives an empty scalar. Raises TreeError, and YAMLError where the text is none."""
        for event in _events(text):
            self._take(event)
        return self.root or Node()

    def _take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent) and self.root:
            raise TreeError(f"found a second document in line {line}")
        if isinstance(event, yaml.ScalarEvent):
            text = "" if not event.style and event.value in NULLS else event.value
            # A name is a name whatever it looks like.
            self._put(Node(line, event.value if self._wants_key() else text), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._put(self._known(event.anchor or "", line), None)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(Node(line, items=[]), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(Node(line, pairs=[]), event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()

    def _wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].pairs is not None and self.keys[-1] is None

    def _known(self, anchor: str, line: int) -> Node:
        node = self.anchors.get(anchor)
        if node is None or any(node is one for one in self.open):
            raise TreeError(f"found the alias *{anchor} in line {line}, which stands for nothing or for itself")
        return node

    def _open(self, node: Node, anchor: str | None) -> None:
        if self._wants_key():
            raise TreeError(f"found {node.sort} where a name should be, in line {node.line}")
        if len(self.open) >= DEEPEST:
            raise TreeError(f"found lists and mappings in each other more than {DEEPEST} deep, in line {node.line}")
        if anchor:
            self.anchors[anchor] = node
        self.open.append(node)
        self.keys.append(None)

    def _close(self) -> None:
        node = self.open.pop()
        self.keys.pop()
        if node.pairs is not None:
            node.pairs = list(_merged(node.pairs))
        self._put(node, None)

    def _put(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        # An alias counts with all that it stands for: nine lines can stand for a thousand million values.
        parent.size += node.size
        if parent.size > MOST_NODES:
            raise TreeError(f"found more than {MOST_NODES:,} values in it")
        if parent.items is not None:
            parent.items.append(node)
        elif self.keys[-1] is None:
            self.keys[-1] = node.text
        elif parent.pairs is not None:
            parent.pairs.append((self.keys[-1], node))
            self.keys[-1] = None


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=LOADER)
    return events


def _merged(pairs: list[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    """Members with those that a merge key (`<<: *base`) brings along; the mapping's own come first."""
    own = [pair for pair in pairs if pair[0] != MERGE or pair[1].is_scalar]
    yield from own
    names = {key for key, _ in own}
    for key, node in pairs:
        if key != MERGE or node.is_scalar:
            continue
        for base in [node] if node.pairs is not None else node.items or []:
            for name, member in base.pairs or ():
                if name not in names:
                    names.add(name)
                    yield name, member


def _sentence(error: yaml.YAMLError, found: str) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be read"
    return f"found what is {found}{f' in line {mark.line + 1}' if mark else ''}: {what}"
