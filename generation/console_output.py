"""What a command shows: a progress bar on a terminal, plain lines elsewhere, or one JSON document; and its log file."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self, TextIO

import orjson
from tqdm import tqdm

LOG_LINE = logging.Formatter("{asctime} {levelname} {message}", style="{")


class Stop:
    """The first Ctrl-C (or SIGTERM) sets a flag that loops look at, the second one interrupts at once."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def __enter__(self) -> Self:
        # Only the main thread may set handlers; a command that a test or a page calls elsewhere has none.
        main = threading.current_thread() is threading.main_thread()
        numbers = (signal.SIGINT, signal.SIGTERM) if main else ()
        self._before = {number: signal.signal(number, self._note) for number in numbers}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


# Of more than so many not every ten is said.
EVERY_TEN = 1000


def milestone(done: int, total: int) -> int:
    """The last count up to `done` that plain mode says: every ten; of many, above 100, every tenth part; the end."""
    step = 10 if total <= EVERY_TEN or done < 110 else total // 10
    return total if done >= total else done - done % step


class Bar:
    """Progress of one thing towards `total`; without a total only the words of its note."""

    def __init__(self, console: "Console", title: str, total: int, unit: str) -> None:
        self.title, self.total, self.done, self.note = title, total, 0, ""
        self._said = 0
        self._console, self._unit = console, unit
        form = None if total else "{desc}{postfix}"
        self._bar = (
            tqdm(total=total, desc=title, unit=f" {unit}", bar_format=form, file=console.out)
            if console.terminal
            else None
        )

    def to(self, done: int, note: str = "") -> None:
        """Move to `done`; `note` says what else there is to know."""
        if self._bar is not None:
            self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(done - self.done)
            self._bar.refresh()
        elif note != self.note or milestone(done, self.total) > self._said:
            self._said = milestone(done, self.total)
            self._console.say(f"{self.title}: {done:,} of {self.total:,} {self._unit}" + (f"; {note}" if note else ""))
        self.done, self.note = done, note

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()


class Console:
    """Where a command speaks. In JSON mode only `document` reaches stdout; the log file gets every line in any mode."""

    def __init__(
        self, out: Any, err: Any, *, json: bool = False, quiet: bool = False, log_file: TextIO | None = None
    ) -> None:
        self.out, self.err, self.silent = out, err, json or quiet
        self.terminal = not self.silent and bool(out.isatty())
        self._handler = logging.StreamHandler(log_file) if log_file else None
        if self._handler:
            self._handler.setFormatter(LOG_LINE)

    def say(self, text: str = "") -> None:
        """One line for people."""
        self._log(logging.INFO, text)
        if self.terminal:
            tqdm.write(text, file=self.out)
        elif not self.silent:
            self.out.write(text + "\n")
            self.out.flush()

    def complain(self, text: str) -> None:
        """One sentence on stderr."""
        self._log(logging.ERROR, text)
        self.err.write(text)

    def document(self, value: Any) -> None:
        """The one JSON document of a command."""
        option = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
        self.out.write(orjson.dumps(value, default=str, option=option).decode() + "\n")

    @contextmanager
    def bar(self, title: str, total: int, unit: str = "requests") -> Iterator[Bar]:
        """A bar that is closed in any case, so that the next line starts at the margin."""
        bar = Bar(self, title, total, unit)
        try:
            yield bar
        finally:
            bar.close()

    @contextmanager
    def logging(self) -> Iterator[None]:
        """What the engine logs meanwhile goes into the log file; on stderr only what broke."""
        root = logging.getLogger()
        before = {handler: handler.level for handler in root.handlers}
        for handler in before:
            handler.setLevel(max(logging.ERROR, handler.level))
        if self._handler:
            root.addHandler(self._handler)
        try:
            yield
        finally:
            if self._handler:
                root.removeHandler(self._handler)
            for handler, level in before.items():
                handler.setLevel(level)

    def _log(self, level: int, text: str) -> None:
        if self._handler and text:
            self._handler.emit(logging.LogRecord("command", level, "", 0, text, None, None))
