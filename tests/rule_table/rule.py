"""One row of the table.

`off` is how a rule is switched off: edits of code (file, what stands there, what stands there instead) that are made
together. `make rules` does that to each rule, in the memory of a process of its own, and demands that every one of
its tests fails.
"""

from typing import NamedTuple

Off = tuple[str, str, str]


class Rule(NamedTuple):
    """A rule, its tests (file::function), and how to switch it off."""

    text: str
    tests: tuple[str, ...]
    off: tuple[Off, ...]
