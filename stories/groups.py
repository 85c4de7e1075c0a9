"""Groups of texts in the shapes that people have them: summaries, items, or articles joined by a member list."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generation.odd_files import json_value
from generation.sources import Problem, Row, SourceError
from stories.reading import Placed, compared_total, first_of, is_lines, json_lines, text_in, text_of

EXPECTED = "story groups as JSON or JSONL"
LISTS = ("groups", "story_groups", "stories", "clusters", "data", "results")
IDS = ("id", "group_id", "story_id", "story_group_id", "cluster_id", "_id")
# Of an article, as a list of articles or of members names it.
ARTICLE_IDS = ("id", "article_id", "item_id", "document_id", "story_id", "_id")
# Ids of rows that have a text each, and are no groups.
OTHER_IDS = ("response_id", "question_id")
TITLES = ("title", "group_title", "headline", "name")
TEXTS = ("summaries", "items", "texts", "articles", "stories", "documents", "summary", "text")
TEXT_FIELDS = ("summary_text", "text", "summary", "content", "body", "full_text", "description")
MEMBERS = ("members", "member_ids", "article_ids", "articles", "items", "item_ids")
POOLS = ("articles", "items", "documents")
# A list of pairs beside groups and articles, and what it calls the group and the article of a pair.
PAIRS = ("members", "memberships", "group_members", "story_group_members")
PAIR_GROUPS = ("group_id", "story_group_id", "cluster_id", "story_id", "group")
PAIR_ARTICLES = ("article_id", "item_id", "document_id", "article")
TOTAL = "(?:story_)?groups?|stories|story|clusters?"


class Articles(NamedTuple):
    """Articles that lie beside the groups, by their ids, and the members of groups that a list of its own holds."""

    by_id: Mapping[str, Any]
    members: Mapping[str, Sequence[str]]


class Groups:
    """Collects the rows of a file: each key once, and what could not be used."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        self._taken: set[str] = set()

    def read(self, text: str, format: str) -> str:
        """Take everything in; gives the format's name, or raises SourceError."""
        lines = format == "jsonl" or (format == "auto" and is_lines(text))
        if lines:
            groups, pool = list(json_lines(text, self.problems)), None
        else:
            value = json_value(text, EXPECTED)
            groups, pool = _listed(value)
            self.notices = compared_total(value, TOTAL, len(groups), self.problems)
        # A broken line counts for the positions: mending it must not move the groups after it.
        broken = [problem.line for problem in self.problems if problem.line]
        # Those with an id come first to their key, wherever they stand.
        self._taken = {key for _, group in groups if isinstance(group, Mapping) and (key := text_in(group, IDS))}
        seen: set[str] = set()
        for number, (place, group) in enumerate(groups, start=1):
            self._take(number + bisect_left(broken, place), place, group, pool, seen)
        return "jsonl" if lines else "members" if pool is not None else "json"

    def _take(self, position: int, place: int, group: Any, pool: Articles | None, seen: set[str]) -> None:
        if not isinstance(group, Mapping):
            self.problems.append(Problem(place, str(group)[:60], "Expected a group, found something else."))
            return
        own = text_in(group, IDS)
        if not own and (other := next((name for name in OTHER_IDS if name in group), "")):
            self.problems.append(Problem(place, other, "A row with this id is no story group: it was left out."))
            return
        key = own or self._free(str(position))
        if not own and key != str(position):
            self.problems.append(Problem(place, key, f"It has no id, and another has the id {position}: it is {key}."))
        if key in seen:
            self.problems.append(Problem(place, key[:60], "Another group before it has this id: it was left out."))
            return
        members = _members(key, group, pool) if pool is not None else []
        texts = self._joined(place, key, members, pool) if members and pool is not None else texts_in(group)
        if not texts:
            self.problems.append(Problem(place, key[:60], "The group has no text: it was skipped."))
            return
        seen.add(key)
        self.rows.append(Row(key, position, {"title": text_in(group, TITLES), "texts": texts}))

    def _free(self, key: str) -> str:
        return key if key not in self._taken else f"{key}-without-id"

    def _joined(self, place: int, key: str, members: Sequence[Any], pool: Articles) -> list[str]:
        """Texts of the members, in the order of the list; unknown members are problems."""
        found: list[str] = []
        for member in members:
            name = _named(member)
            if name not in pool.by_id:
                self.problems.append(Problem(place, key[:60], f"Its member '{name[:40]}' is not among the articles."))
                continue
            found += _texts(pool.by_id[name])
        return found


def _members(key: str, group: Mapping[str, Any], pool: Articles) -> Sequence[Any]:
    """What a group, or the list of pairs, names as its articles; nothing for one that has its texts itself."""
    named = first_of(group, MEMBERS)
    if not isinstance(named, list) or not any(_named(one) for one in named):
        return pool.members.get(key, ())
    return named


def _named(member: Any) -> str:
    return text_in(member, ARTICLE_IDS) if isinstance(member, Mapping) else text_of(member)


def _listed(value: Any) -> tuple[list[Placed], Articles | None]:
    """The groups of a JSON file with their places, and the articles that they are joined with, if they are."""
    if isinstance(value, list):
        return _checked(value), None
    if not isinstance(value, Mapping):
        raise SourceError(f"Expected {EXPECTED}, found a single value.")
    members = _paired(value)
    name = next((name for name in LISTS if isinstance(value.get(name), list | Mapping)), "")
    if name or members:
        groups = value[name] if name else [{"id": key} for key in members]
        pool = next((value[one] for one in POOLS if one != name and isinstance(value.get(one), list | Mapping)), None)
        listed = _keyed(groups) if isinstance(groups, Mapping) else groups
        return _checked(listed or []), None if pool is None else Articles(_pool(pool), members)
    if texts_in(value):
        return [(1, value)], None
    return _checked(_keyed(value)), None


def _paired(value: Mapping[str, Any]) -> dict[str, list[str]]:
    """Articles by their groups, of a list of pairs (group, article) of its own."""
    members: dict[str, list[str]] = {}
    for pair in next((value[name] for name in PAIRS if isinstance(value.get(name), list)), []):
        if isinstance(pair, Mapping) and (group := text_in(pair, PAIR_GROUPS)):
            members.setdefault(group, []).append(text_in(pair, PAIR_ARTICLES))
    return members


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
