"""What an outline parser yields, and the builder that gives every lesson its key.

Keys are made of letters, digits, `.`, `_` and `-` only, so they are safe as file names:

- a module is `M` and its written number (`Week 4` gives `M4`), or its position where none is written;
- a lesson is its module, `-L` and its written number (`1.1` gives `M1-L1.1`, `L001` gives `M0-L001`), or its place
  among the lessons of the module that have none, in three digits;
- what would repeat a key gets `-2`, `-3` ... and is reported.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

MAX_TITLE = 500
MAX_NUMBER = 40


class OutlineError(Exception):
    """The file is no outline: one sentence that says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in line `line` (1-based) that a person should look at."""

    line: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class OutlineModule:
    """A module; `written` is its number as the file has it ("Week 4"), `code` is unique in the outline."""

    code: str
    title: str
    line: int
    written: str = ""
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class OutlineLesson:
    """A lesson; `code` is its number as written (`numbered`) or made up; `position` counts from 1 in the outline."""

    key: str
    module_code: str
    module_title: str
    section: str
    code: str
    title: str
    level: str
    position: int
    line: int
    tags: tuple[str, ...] = ()
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A total that the file states about itself, beside what was counted."""

    line: int
    what: str
    stated: int
    found: int


@dataclass(slots=True)
class Outline:
    """Everything that was read from one file, in the order of the file."""

    format: str
    modules: list[OutlineModule] = field(default_factory=list)
    lessons: list[OutlineLesson] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stated_totals: list[StatedTotal] = field(default_factory=list)


def safe_number(number: str) -> str:
    """A written number for use in a key: digits of any script as ASCII, everything unsafe as `-`."""
    ascii_digits = "".join(str(int(char)) if char.isdecimal() else char for char in number[:MAX_NUMBER])
    return re.sub(r"[^A-Za-z0-9]*([.-])[^A-Za-z0-9]*|[^A-Za-z0-9]+", r"\1", ascii_digits).strip(".-")


class UniqueCodes:
    """Hands out codes that differ even where upper and lower case do not."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._suffix: Counter[str] = Counter()

    def take(self, code: str) -> str:
        """The code itself the first time, then with `-2`, `-3` ..."""
        base, unique = code.casefold(), code
        while unique.casefold() in self._taken:
            self._suffix[base] += 1
            unique = f"{code}-{self._suffix[base] + 1}"
        self._taken.add(unique.casefold())
        return unique


class OutlineBuilder:
    """Collects modules and lessons in file order; `cut_line` is the last line if no newline ends it, else 0."""

    def __init__(self, format: str, cut_line: int = 0) -> None:
        self.outline = Outline(format)
        self.cut_line = cut_line
        self._module: OutlineModule | None = None
        self._modules: dict[tuple[str, str], OutlineModule] = {}
        self._module_codes = UniqueCodes()
        self._lesson_keys = UniqueCodes()
        self._unnumbered: Counter[str] = Counter()
        self._repeated: dict[str, str] = {}
        self._orphans = False

    def problem(self, line: int, what: str, why: str) -> None:
        """Note a problem; parsing goes on."""
        self.outline.problems.append(Problem(line, what, why))

    def module(
        self, line: int, title: str, *, number: str = "", written: str = "", subtitle: str = "", again: bool = False
    ) -> None:
        """Open a module. With `again` the same number and title open the same module once more."""
        safe = safe_number(number)
        wanted = "M" + (safe or str(len(self.outline.modules) + 1))
        title = self._fit(line, title or written or wanted)
        known = self._modules.get((safe, title.casefold()))
        # A check list or summary that names a module again goes on with it.
        if again and known:
            self._module = known
            return
        code = self._module_codes.take(wanted)
        if code != wanted:
            self._repeated[code] = wanted
        self._module = OutlineModule(code, title, line, written, subtitle)
        self._modules.setdefault((safe, title.casefold()), self._module)
        self.outline.modules.append(self._module)

    def lesson(
        self,
        line: int,
        title: str,
        *,
        number: str = "",
        code: str = "",
        section: str = "",
        level: str = "",
        tags: tuple[str, ...] = (),
    ) -> None:
        """Add a lesson to the open module; a cut last line becomes a problem instead."""
        if line == self.cut_line and is_cut(title):
            self.problem(line, code or title or "last line", "The file ends in the middle of this line.")
            return
        module = self._module
        module_code, module_title = (module.code, module.title) if module else ("", "")
        if not module and not self._orphans:
            self._orphans = True
            self.problem(line, code or title, "This lesson and those up to the first module belong to no module.")
        safe = safe_number(number)
        if not safe:
            # Only lessons without a number are counted, so that adding a numbered one moves no key.
            self._unnumbered[module_code] += 1
            safe = f"{self._unnumbered[module_code]:03d}"
        wanted = f"{module_code}-L{safe}" if module else f"L{safe}"
        key = self._lesson_keys.take(wanted)
        if key != wanted:
            why = f"{wanted} stands in the outline more than once; this one is kept apart as {key}."
            self.problem(line, code or wanted, why)
        title = self._fit(line, title or code or wanted)
        position = len(self.outline.lessons) + 1
        code = code or f"L{safe}"
        lesson = OutlineLesson(
            key, module_code, module_title, section, code, title, level, position, line, tags, bool(number)
        )
        self.outline.lessons.append(lesson)

    def finish(self) -> Outline:
        """The outline without repeated empty modules; modules that hold nothing are reported."""
        # A module that only repeats a number and holds nothing is a summary or check list, not a module.
        filled = {lesson.module_code for lesson in self.outline.lessons}
        kept = []
        for module in self.outline.modules:
            repeats = self._repeated.get(module.code)
            if module.code in filled:
                why = f"The number of module {repeats} is used again; this one is kept apart as {module.code}."
            else:
                why = f"Module {repeats or module.code} has no lessons here."
            if repeats or module.code not in filled:
                self.problem(module.line, module.title, why)
            if module.code in filled or not repeats:
                kept.append(module)
        self.outline.modules = kept
        self.outline.problems.sort(key=lambda problem: problem.line)
        return self.outline

    def _fit(self, line: int, title: str) -> str:
        if len(title) <= MAX_TITLE:
            return title
        self.problem(line, title[:60] + "…", f"The title has {len(title)} characters and was cut to {MAX_TITLE}.")
        return title[:MAX_TITLE].rstrip()


def is_cut(title: str) -> bool:
    """Whether a title at the very end of a file breaks off: nothing there, or a mark opened and not closed."""
    opened = title.rfind("[") > title.rfind("]")
    return not title or opened or title.count("**") % 2 == 1 or title.count("`") % 2 == 1
