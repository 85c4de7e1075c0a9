"""Theme lists in three forms: `[{"topic_id", "topic"}]`, `{name: rationale}`, `## Theme A: ...` in Markdown."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from consultations.file_values import refuse, text_of
from generation.odd_files import broken, decoded, json_value

EXPECTED = "a list of themes (JSON, or Markdown with headings `## Theme A: ...`)"
HEADING = re.compile(r"#{1,4}[ \t]+Theme[ \t]+(\w{1,12})[ \t]*[:：.)–—-][ \t]*(\S.*?)[ \t]*#*", re.IGNORECASE)
ANY_HEADING = re.compile(r"#{1,6}[ \t]")
NAMES = ("topic", "theme", "theme_name", "name", "label")
RATIONALES = ("rationale", "description", "topic_description", "theme_description")


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of a list."""

    topic_id: str
    topic: str
    rationale: str = ""


def letter(number: int) -> str:
    """Name of place `number` (from 0): A to Z, then AA, AB ..."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def numbered(found: Iterable[Theme]) -> list[Theme]:
    """Themes with different names and ids: the first of a name stays; letters where an id is missing or repeated."""
    first: dict[str, Theme] = {}
    for theme in found:
        if theme.topic:
            first.setdefault(same_name(theme.topic), theme)
    themes = list(first.values())
    ids = [theme.topic_id for theme in themes]
    if all(ids) and len(set(ids)) == len(ids):
        return themes
    return [Theme(letter(number), theme.topic, theme.rationale) for number, theme in enumerate(themes)]


def same_name(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(name.casefold().split())


def read_themes(data: bytes) -> list[Theme]:
    """Themes of a file in any of the forms; raises SourceError."""
    text = decoded(data, EXPECTED)
    is_json = text.lstrip().startswith(("[", "{"))
    themes = numbered(_of_json(json_value(text, EXPECTED)) if is_json else _of_markdown(text))
    if not themes:
        raise refuse(EXPECTED, "no theme in it")
    if any(broken(theme.topic + theme.rationale + theme.topic_id) for theme in themes):
        raise refuse(EXPECTED, "half of a character (a lone surrogate)")
    return themes


def _of_json(value: Any) -> Iterator[Theme]:
    if isinstance(value, dict) and isinstance(value.get("themes"), list | dict):
        value = value["themes"]
    if isinstance(value, dict):
        yield from (Theme(letter(n), name.strip(), text_of(why)) for n, (name, why) in enumerate(value.items()))
        return
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield Theme(text_of(one.get("topic_id", one.get("id"))), _first(one, NAMES), _first(one, RATIONALES))


def _first(record: dict[str, Any], names: Sequence[str]) -> str:
    return next((text for name in names if (text := text_of(record.get(name)))), "")


def _of_markdown(text: str) -> Iterator[Theme]:
    """Themes by heading, each with the text up to the next heading."""
    current: Theme | None = None
    lines: list[str] = []
    for line in [*text.split("\n"), "# end"]:
        if not ANY_HEADING.match(line):
            lines.append(line)
            continue
        if current:
            yield Theme(current.topic_id, current.topic, "\n".join(lines).strip())
        found = HEADING.fullmatch(line.strip())
        current, lines = (Theme(found[1], found[2].strip("* ")) if found else None), []


def as_json(themes: Iterable[Theme]) -> str:
    """The canonical text of a theme list."""
    rows = [{"topic_id": one.topic_id, "topic": one.topic, "rationale": one.rationale} for one in themes]
    return json.dumps({"themes": rows}, ensure_ascii=False, indent=2)


class Resolver:
    """Finds the themes that labels mean: by name, by letter (the place in the list), or by id."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        self.themes = list(themes)
        places = {letter(number).casefold(): theme.topic for number, theme in enumerate(themes)}
        ids = {theme.topic_id.casefold(): theme.topic for theme in themes if theme.topic_id}
        self._known = ids | places | {same_name(theme.topic): theme.topic for theme in themes}

    def name(self, label: str) -> str:
        """Name of the theme that a label means; empty for none."""
        return self._known.get(same_name(label)) or self._known.get(same_name(label.partition(":")[0]), "")

    def names(self, labels: Iterable[str]) -> tuple[list[str], list[str]]:
        """Names of the themes, each once, and the labels that mean none of them."""
        named = [(label, self.name(label)) for label in labels]
        return list(dict.fromkeys(name for _, name in named if name)), [label for label, name in named if not name]

    def spelled(self, labels: Iterable[str]) -> list[str]:
        """The labels by their names, each once; one that means none of the themes (any more) stays as it is."""
        return list(dict.fromkeys(self.name(label) or label for label in labels))
