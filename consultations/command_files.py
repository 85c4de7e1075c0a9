"""Files of commands, read and written, each failure as one sentence."""

from collections.abc import Sequence
from pathlib import Path

from consultations.file_values import refuse
from consultations.mappings import Coding, mapping_bytes, read_mapping, with_texts
from consultations.sources import ConsultationSource
from generation.command_base import Failed
from generation.console_output import Console
from generation.sources import Problem

MOST_PROBLEMS = 20


def read_file(path: Path) -> bytes:
    """The bytes of a file; raises Failed."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"The file {path} can't be read ({error.strerror}): nothing was done.") from error


def write_file(console: Console, path: Path, content: bytes) -> None:
    """Write a file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    console.say(f"Written: {path}")


def mapping_file(console: Console, path: Path, texts: dict[str, str] | None = None) -> Coding:
    """A mapping, with its problems said."""
    coding = read_mapping(read_file(path))
    _say(console, path, coding.problems)
    return with_texts(coding, texts) if texts else coding


def response_texts(console: Console, path: Path) -> dict[str, str]:
    """Id -> text of a file of responses in any form, with its problems said; raises SourceError."""
    parsed = ConsultationSource().parse(read_file(path), format="auto", filename=path.name)
    if parsed.collection_fields["file_format"] == "brief":
        raise refuse("responses with ids and texts", "a brief, which has none yet")
    _say(console, path, parsed.problems)
    return {row.key: row.fields["text"] for row in parsed.rows}


def _say(console: Console, path: Path, problems: Sequence[Problem]) -> None:
    for problem in problems[:MOST_PROBLEMS]:
        console.say(f"{path}: {problem.what}: {problem.why}")
    if (more := len(problems) - MOST_PROBLEMS) > 0:
        console.say(f"{path}: ... and {more:,} more problems.")


def write_mapping(console: Console, path: Path, coding: Coding) -> None:
    """Write a mapping: with ids into a file of lines, where every response has one; else with texts."""
    by_id = path.suffix.lower() in (".jsonl", ".ndjson") and coding.by_id
    write_file(console, path, mapping_bytes(coding.rows, ids=by_id))
