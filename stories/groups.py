"""Groups of texts in the shapes that people have them: summaries, items, or articles joined by a member list."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generation.odd_files import json_value
from generation.sources import Problem, Row, SourceError
from stories.reading import Placed, first_of, is_lines, json_lines, text_in, text_of

EXPECTED = "story groups as JSON or JSONL"
LISTS = ("groups", "story_groups", "stories", "clusters", "data", "results")
IDS = ("id", "group_id", "story_id", "story_group_id", "cluster_id", "_id")
# Of an article, as a list of articles or of members names it.
ARTICLE_IDS = ("id", "article_id", "item_id", "document_id", "story_id", "_id")
TITLES = ("title", "group_title", "headline", "name")
TEXTS = ("summaries", "items", "texts", "articles", "stories", "documents", "summary", "text")
TEXT_FIELDS = ("summary_text", "text", "summary", "content", "body", "full_text", "description")
MEMBERS = ("members", "member_ids", "article_ids", "articles", "items", "item_ids")
POOLS = ("articles", "items", "documents")


class Groups:
    """Collects the rows of a file: each key once, and what could not be used."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self._taken: set[str] = set()

    def read(self, text: str, format: str) -> str:
        """Take everything in; gives the format's name, or raises SourceError."""
        lines = format == "jsonl" or (format == "auto" and is_lines(text))
        placed, pool = (json_lines(text, self.problems), None) if lines else _listed(json_value(text, EXPECTED))
        groups = list(placed)
        # Those with an id come first to their key, wherever they stand.
        self._taken = {key for _, group in groups if isinstance(group, Mapping) and (key := text_in(group, IDS))}
        seen: set[str] = set()
        for position, (place, group) in enumerate(groups, start=1):
            self._take(position, place, group, pool, seen)
        return "jsonl" if lines else "members" if pool is not None else "json"

    def _take(self, position: int, place: int, group: Any, pool: Mapping[str, Any] | None, seen: set[str]) -> None:
        if not isinstance(group, Mapping):
            self.problems.append(Problem(place, str(group)[:60], "Expected a group, found something else."))
            return
        own = text_in(group, IDS)
        key = own or self._free(str(position))
        if not own and key != str(position):
            self.problems.append(Problem(place, key, f"It has no id, and another has the id {position}: it is {key}."))
        if key in seen:
            self.problems.append(Problem(place, key[:60], "Another group before it has this id: it was left out."))
            return
        texts = self._joined(place, key, group, pool) if pool is not None else texts_in(group)
        if not texts:
            self.problems.append(Problem(place, key[:60], "The group has no text: it was skipped."))
            return
        seen.add(key)
        self.rows.append(Row(key, position, {"title": text_in(group, TITLES), "texts": texts}))

    def _free(self, key: str) -> str:
        return key if key not in self._taken else f"{key}-without-id"

    def _joined(self, place: int, key: str, group: Mapping[str, Any], pool: Mapping[str, Any]) -> list[str]:
        """Texts of the members, in the order of the list; unknown members are problems."""
        members = first_of(group, MEMBERS)
        found: list[str] = []
        for member in members if isinstance(members, list) else []:
            name = text_in(member, ARTICLE_IDS) if isinstance(member, Mapping) else text_of(member)
            if name not in pool:
                self.problems.append(Problem(place, key[:60], f"Its member '{name[:40]}' is not among the articles."))
                continue
            found += _texts(pool[name])
        return found


def _listed(value: Any) -> tuple[Iterable[Placed], Mapping[str, Any] | None]:
    """The groups of a JSON file with their places, and the articles that they are joined with, if they are."""
    if isinstance(value, list):
        return _checked(value), None
    if not isinstance(value, Mapping):
        raise SourceError(f"Expected {EXPECTED}, found a single value.")
    name = next((name for name in LISTS if isinstance(value.get(name), list | Mapping)), "")
    groups = value.get(name)
    if name:
        pool = next((value[one] for one in POOLS if one != name and isinstance(value.get(one), list | Mapping)), None)
        listed = _keyed(groups) if isinstance(groups, Mapping) else groups
        return _checked(listed or []), None if pool is None else _pool(pool)
    if texts_in(value):
        return [(1, value)], None
    return _checked(_keyed(value)), None


def _checked(groups: list[Any]) -> list[Placed]:
    """Raises SourceError where not one of them is a group."""
    if not any(isinstance(group, Mapping) for group in groups):
        raise SourceError(f"Expected {EXPECTED}, found JSON without any group.")
    return list(enumerate(groups, start=1))


def _keyed(groups: Mapping[str, Any]) -> list[Any]:
    """Groups of an object whose names are the ids; a list there is the group's texts."""
    made: list[Any] = []
    for name, group in groups.items():
        if isinstance(group, Mapping):
            made.append(group if text_in(group, IDS) else {**group, "id": name})
        elif isinstance(group, list):
            made.append({"id": name, "items": group})
        else:
            made.append(group)
    return made


def _pool(articles: Any) -> dict[str, Any]:
    """Articles by their ids."""
    if isinstance(articles, Mapping):
        return dict(articles)
    placed = [(place, one) for place, one in enumerate(articles, 1) if isinstance(one, Mapping)]
    return {text_in(one, ARTICLE_IDS) or str(place): one for place, one in placed}


def texts_in(group: Mapping[str, Any]) -> list[str]:
    """Texts of a group: the first of the known fields that holds any."""
    return next((texts for name in TEXTS if (texts := list(_parts(group.get(name))))), [])


def _parts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        yield from _texts(one)


def _texts(one: Any) -> list[str]:
    """The text of a string or an article; its title stands in for a text that it has not."""
    text = text_in(one, (*TEXT_FIELDS, *TITLES)) if isinstance(one, Mapping) else text_of(one)
    return [text] if text else []
