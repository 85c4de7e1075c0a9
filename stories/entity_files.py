"""Lists of known entities: JSON, JSONL, CSV, or a flat map alias -> id."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generation.base_models import digest
from generation.odd_files import json_value
from generation.sources import Problem, Row, SourceError
from stories.names import normal
from stories.reading import Placed, Table, compared_total, first_of, is_lines, json_lines, text_in, text_of

EXPECTED = "entities as JSON, JSONL or CSV, or a map of aliases to ids"
TYPES = ("type", "entity_type", "kind", "category")
NAMES = ("name", "full_name", "display_name", "canonical_name", "label", "title")
IDS = ("external_id", "id", "entity_id", "ext_id")
ABBREVIATIONS = ("abbreviation", "abbr", "short_code", "code")
TEAMS = ("team", "team_name", "team_id", "team_abbr", "team_abbreviation")
ALIASES = ("aliases", "alias", "alternative_names", "other_names", "nicknames")
KEY_CHARACTERS = 120
TOTAL = "entities|entity"


class EntityRows:
    """Collects the rows of a file. `type` is for entities that have none of their own."""

    def __init__(self, type: str) -> None:
        self.type = type.strip().lower()
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        self._rows: dict[str, Row] = {}

    @property
    def rows(self) -> list[Row]:
        """In the order of the file."""
        return list(self._rows.values())

    def read(self, text: str, format: str) -> str:
        """Take everything in; gives the format's name, or raises SourceError."""
        format = guessed(text) if format == "auto" else format
        if format == "csv":
            self._take_all(_table(text))
        elif format == "jsonl":
            self._take_all(json_lines(text, self.problems))
        else:
            value = json_value(text, EXPECTED)
            if format == "json" and isinstance(value, Mapping) and _is_map(value):
                format = "map"
            listed = list(_mapped(value, self.type) if format == "map" else _listed(value))
            self._take_all(enumerate(listed, start=1))
            if format == "json":
                self.notices = compared_total(value, TOTAL, len(listed), self.problems)
        return format

    def _take_all(self, records: Any) -> None:
        for place, record in records:
            self._take(place, record)

    def _take(self, place: int, record: Any) -> None:
        record = {"name": record} if isinstance(record, str) else record
        if not isinstance(record, Mapping):
            self.problems.append(Problem(place, str(record)[:60], "Expected an entity, found something else."))
            return
        fields = self._fields(record)
        why = "It has no name." if not fields["name"] else "It has no type: say one for all by the option 'type'."
        if not fields["name"] or not fields["type"]:
            self.problems.append(Problem(place, (fields["name"] or fields["external_id"])[:60], why))
            return
        row = Row(_key(fields), place, fields)
        if row.key in self._rows:
            self.problems.append(Problem(place, fields["name"][:60], "It stands in the file before: it was left out."))
            return
        self._rows[row.key] = row

    def _fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        type = text_in(record, TYPES).lower() or self.type
        own = (f"{type}_abbr", f"{type}_abbreviation")
        team = next((text for name in TEAMS if name not in own and (text := _team(record.get(name)))), "")
        name = text_in(record, (*NAMES, f"{type}_name"))
        return {
            "type": type,
            "name": name,
            "external_id": text_in(record, (*IDS, f"{type}_id")),
            "abbreviation": text_in(record, (*ABBREVIATIONS, *own)),
            "team": "" if team == name else team,
            "aliases": [alias for alias in aliases_of(first_of(record, ALIASES)) if alias != name],
            "by_hand": False,
        }


def guessed(text: str) -> str:
    """csv, jsonl or json, from how a text begins."""
    if text.lstrip()[0] in "[{":
        return "jsonl" if is_lines(text) else "json"
    return "csv"


def aliases_of(value: Any) -> list[str]:
    """Aliases of a list, or of one cell parted by `;` or else by `,`."""
    parts = value if isinstance(value, list) else text_of(value).split(";" if ";" in text_of(value) else ",")
    return list(dict.fromkeys(filter(None, map(text_of, parts))))


def _team(value: Any) -> str:
    return text_in(value, (*NAMES, *IDS)) if isinstance(value, Mapping) else text_of(value)


def _key(fields: Mapping[str, Any]) -> str:
    """Type with id, else with name (and team: two of a name may play); shortened where it is too long."""
    own = fields["external_id"] or " ".join(filter(None, [normal(fields["name"]), normal(fields["team"])]))
    key = f"{fields['type']}:{own}"
    return key if len(key) <= KEY_CHARACTERS else f"{fields['type'][:40]}:{digest(own)}"


def _table(text: str) -> Iterator[Placed]:
    """Rows of a CSV with a header, with their line numbers; raises SourceError for anything else."""
    table = Table(text, EXPECTED)
    if not {*NAMES} & set(table.names) or len(table.names) < 2:
        raise SourceError(f"Expected {EXPECTED}, found text without a column 'name' ('{table.head.strip()[:40]}').")
    return table.rows()


def _is_map(value: Mapping[str, Any]) -> bool:
    """Whether it is alias -> id, or such a map for each type."""
    inner = list(value.values())
    if inner and all(isinstance(one, Mapping) for one in inner):
        inner = [other for one in inner for other in one.values()]
    return bool(inner) and all(text_of(one) for one in inner)


def _mapped(value: Any, type: str) -> Iterator[dict[str, Any]]:
    """An entity for each id of the map; the first alias that it has is its name."""
    if not isinstance(value, Mapping) or not _is_map(value):
        raise SourceError(f"Expected {EXPECTED}, found JSON that maps no aliases to ids.")
    if all(isinstance(one, Mapping) for one in value.values()):
        maps = {str(name).lower(): dict(one) for name, one in value.items()}
    elif type:
        maps = {type: dict(value)}
    else:
        raise SourceError("A map of aliases to ids does not say what they are: name their type by the option 'type'.")
    for name, aliases in maps.items():
        called: dict[str, list[str]] = {}
        for alias, id in aliases.items():
            if text_of(alias):
                called.setdefault(text_of(id), []).append(text_of(alias))
        yield from ({"type": name, "id": id, "name": all[0], "aliases": all[1:]} for id, all in called.items())


def _listed(value: Any) -> Sequence[Any]:
    """Entities of a list, of an object around one, or of lists by type."""
    if isinstance(value, Mapping):
        lists = {name: one for name, one in value.items() if isinstance(one, list)}
        if "entities" in lists:
            return lists["entities"]
        value = [_typed(name, one) for name, all in lists.items() for one in all]
    if not isinstance(value, list) or not any(isinstance(one, Mapping | str) for one in value):
        raise SourceError(f"Expected {EXPECTED}, found JSON without any entity.")
    return value


def _typed(name: str, one: Any) -> Any:
    """An entity of a list that is called by its type, in the plural or not."""
    record = {"name": one} if isinstance(one, str) else one
    type = name.lower().removesuffix("s")
    return {"type": type, **record} if isinstance(record, Mapping) else record
