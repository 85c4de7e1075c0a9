"""Briefs and files of existing responses as the source of response slots; theme lists as existing texts."""

from collections.abc import Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, ClassVar

from consultations.brief import is_brief, loaded, read_brief
from consultations.file_values import refuse
from consultations.mix import drawn
from consultations.models import THEMES_KEY, Consultation, ResponseSlot
from consultations.response_files import (
    EXPECTED,
    Read,
    Responses,
    delimiter_of,
    read_lines,
    read_list,
    read_table,
)
from consultations.theme_lists import as_json, read_themes
from generation.odd_files import decoded, json_value, parsed_json
from generation.sources import Parsed, Row, Source, register_source

LOOKED_AT = 20
EMPTY = {"perspective": "", "length": "", "focus": "", "stance": "", "text": "", "demographics": {}}
READERS = {"json": read_list, "jsonl": read_lines, "csv": read_table}


@register_source
class ConsultationSource(Source):
    """A brief for made-up responses, or responses that exist."""

    kind = "consultations"
    title = EXPECTED
    collection_model = Consultation
    item_model = ResponseSlot
    formats: ClassVar[dict[str, str]] = {
        "auto": "find out from the file",
        "brief": "YAML or JSON: question, responses, seed, vary (perspective, length, focus, stance)",
        "json": "JSON: a list of texts",
        "jsonl": "JSONL: response_id and text a line, other fields are kept",
        "csv": "CSV with a header: response_id, text, other columns are kept",
    }
    suffixes = (".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt")
    artefact_recipe = "consultations.theme_list"

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Slots of a brief, or given responses; raises SourceError."""
        text = decoded(data, EXPECTED)
        name = guessed(text) if format == "auto" else format
        parsed = _slots(text) if name == "brief" else _given(READERS[name](text), name)
        parsed.collection_fields |= {"file_name": filename[:200], "file_format": name}
        return parsed

    def artefact_keys(self, filename: str) -> Sequence[str]:
        """Any file whose name speaks of themes is the theme list."""
        path = PurePosixPath(filename)
        return [THEMES_KEY] if "theme" in path.stem.lower() and path.suffix.lower() in (".json", ".md") else []

    def artefact_text(self, data: bytes) -> str:
        """A theme list of any form in the canonical one; raises SourceError."""
        return as_json(read_themes(data))


def guessed(text: str) -> str:
    """Which format a text has; raises SourceError for one that is none of them."""
    lines = list(islice((line for line in text.split("\n") if line.strip()), LOOKED_AT))
    first = lines[0].lstrip()
    if first.startswith("["):
        return "json"
    if first.startswith("{"):
        return "jsonl" if _is_line(lines[0]) else "brief"
    if is_brief(loaded(text)):
        return "brief"
    if delimiter_of(text):
        return "csv"
    raise refuse(EXPECTED, f"text that begins with '{first[:40]}'; name its format if it is one of these")


def _is_line(line: str) -> bool:
    """Whether a line is a record of its own, and no brief."""
    try:
        value = parsed_json(line)
    except ValueError:
        # A whole record may be broken; a brief over several lines begins with a line that is hardly more than "{".
        return len(line.strip()) > 1 and line.rstrip().endswith("}")
    return isinstance(value, dict) and not is_brief(value)


def _slots(text: str) -> Parsed:
    brief = read_brief(json_value(text, EXPECTED) if text.lstrip().startswith("{") else loaded(text))
    slots = drawn(brief.mix, brief.seed, brief.count)
    rows = [Row(f"s{number:05}", number, EMPTY | slot) for number, slot in enumerate(slots, start=1)]
    fields: dict[str, Any] = {
        "question": brief.question, "background": brief.background, "seed": brief.seed[:40], "mix": dict(brief.mix),
    }  # fmt: skip
    return Parsed(rows, [], fields, [f"{len(rows):,} responses to be made up, seed {brief.seed} (format: brief)."])


def _given(found: Read, name: str) -> Parsed:
    responses = Responses().take(found)
    rows = [
        Row(key, number, EMPTY | {"text": one.text, "demographics": one.demographics})
        for number, (key, one) in enumerate(responses.kept, start=1)
    ]
    if not rows:
        problems = responses.problems
        why = f" ({problems[0].what}: {problems[0].why})" if problems else ""
        raise refuse(EXPECTED, f"no response in it{why}")
    columns = sorted({column for _, one in responses.kept for column in one.demographics})
    kept = f", with {', '.join(columns)}" if columns else ""
    return Parsed(rows, responses.problems, {}, [f"{len(rows):,} responses{kept} (format: {name})."])
