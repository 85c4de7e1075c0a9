"""Files of commands, read and written, each failure as one sentence."""

from argparse import ArgumentTypeError
from pathlib import Path

from consultations.mappings import Coding, read_mapping, with_texts
from consultations.response_files import EXPECTED, Responses, delimiter_of, read_lines, read_list, read_table
from generation.command_base import Failed
from generation.console_output import Console
from generation.odd_files import decoded

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
    for problem in coding.problems[:MOST_PROBLEMS]:
        console.say(f"{path}: {problem.what}: {problem.why}")
    if (more := len(coding.problems) - MOST_PROBLEMS) > 0:
        console.say(f"{path}: ... and {more:,} more problems.")
    return with_texts(coding, texts) if texts else coding


def response_texts(path: Path) -> dict[str, str]:
    """Id -> text of a file of responses in any form."""
    text = decoded(read_file(path), EXPECTED)
    if text.lstrip().startswith("["):
        found = read_list(text)
    else:
        found = read_table(text) if delimiter_of(text) else read_lines(text)
    return {key: one.text for key, one in Responses().take(found).kept}


def share(text: str) -> float:
    """An argument that is a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value
