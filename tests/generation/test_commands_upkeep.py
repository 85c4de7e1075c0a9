"""`setup`, `tick` and `prune`, and what all commands share."""

import io
import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Success

from generation import advance
from generation.command_base import EngineCommand
from generation.console_output import Bar, Console, Stop, milestone
from generation.models import BatchJob, Prompt, RawAnswer, Revision, Run, Transition
from tests import factories
from tests.generation.shell import document, refused, said

OLD = timezone.now() - timedelta(days=400)


def test_setup_makes_schedules_and_prompts(db):
    said("setup")
    assert dict(Schedule.objects.values_list("name", "func")).items() >= {
        "tick": "generation.tasks.tick", "prune": "generation.tasks.prune",
    }.items()  # fmt: skip
    assert Prompt.objects.get(recipe="lessons.lesson").active


def test_setup_again_changes_nothing_that_somebody_set(db):
    said("setup")
    Schedule.objects.filter(name="tick").update(minutes=7)
    prompts = Prompt.objects.count()
    said("setup")
    assert Schedule.objects.get(name="tick").minutes == 7
    assert (Schedule.objects.filter(name="prune").count(), Prompt.objects.count()) == (1, prompts)


def test_scheduled_functions_can_be_called(db):
    said("setup")
    for name in Schedule.objects.filter(func__startswith="generation.").values_list("func", flat=True):
        module, _, function = name.rpartition(".")
        assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_tick_wakes_what_is_due(course):
    factories.run(course).move("running")
    Run.objects.update(woken_at=None)
    OrmQ.objects.all().delete()
    assert said("tick") == "1 woken.\n"
    assert [row.func() for row in OrmQ.objects.all()].count("generation.tasks.advance_run") == 1


def test_tick_survives_a_database_that_is_away(db, monkeypatch):
    calls = []

    def woken() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("away")
        os.kill(os.getpid(), signal.SIGTERM)
        return 3

    monkeypatch.setattr(advance, "tick", woken)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    assert "3 woken." in said("tick", "--every", "0.05")
    assert len(calls) == 2


def test_tick_ends_at_once_when_it_is_asked(db):
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    assert "Stopped" in said("tick", "--every", "30")
    assert time.monotonic() - began < 3


def test_the_second_ctrl_c_does_not_wait():
    with Stop() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_given_back():
    before = signal.getsignal(signal.SIGINT)
    with Stop():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


@pytest.fixture
def old(provider, course) -> Run:
    """A finished run of more than a year ago."""
    run = factories.finished(course)
    Run.objects.update(created_at=OLD)
    BatchJob.objects.update(created_at=OLD)
    RawAnswer.objects.update(created_at=OLD)
    Transition.objects.update(at=OLD)
    return run


def test_prune_removes_what_is_old_and_keeps_texts_and_costs(old):
    texts, cost = Revision.objects.count(), old.cost_nano
    counts = document("prune")["counts"]
    assert counts["raw answers"] == 6
    assert counts["batch files"] == 2
    assert not (RawAnswer.objects.exists() or Transition.objects.exists())
    old.refresh_from_db()
    assert (Revision.objects.count(), old.cost_nano, old.attempts().count()) == (texts, cost, 6)
    assert document("prune")["counts"] == dict.fromkeys(counts, 0)


def test_a_dry_prune_only_counts(old):
    assert document("prune", "--dry-run")["counts"]["raw answers"] == 6
    assert RawAnswer.objects.count() == 6
    assert storages["batchfiles"].exists(BatchJob.objects.get().input_path)


def test_prune_keeps_what_is_young(provider, course):
    factories.finished(course)
    assert set(document("prune")["counts"].values()) == {0}


def test_prune_keeps_files_and_timelines_of_runs_under_way(old):
    Run.objects.update(status="running")
    counts = document("prune")["counts"]
    assert (counts["batch files"], counts["transitions"], counts["orphaned files"]) == (0, 0, 0)


@pytest.mark.parametrize(("age", "gone"), [(timedelta(hours=1), 0), (timedelta(days=2), 1)])
def test_prune_removes_orphans_after_a_day(db, age, gone):
    path = storages["batchfiles"].save("output/nobody.jsonl", ContentFile(b"{}\n"))
    moment = (timezone.now() - age).timestamp()
    os.utime(storages["batchfiles"].path(path), (moment, moment))
    assert document("prune")["counts"]["orphaned files"] == gone
    assert storages["batchfiles"].exists(path) is not bool(gone)


def test_prune_works_in_chunks(old, monkeypatch):
    monkeypatch.setattr("generation.pruning.CHUNK", 2)
    assert document("prune")["counts"]["raw answers"] == 6


def test_prune_clears_the_queues_own_records(db):
    for number, age in enumerate((31, 29)):
        moment = timezone.now() - timedelta(days=age)
        Success.objects.create(id=str(number), name="x", func="f", started=moment, stopped=moment, success=True)
    assert document("prune")["counts"]["queue records"] == 1


class Broken(EngineCommand):
    """A command that fails as it is told."""

    error: BaseException

    def work(self, **options: object) -> None:
        raise self.error


@pytest.mark.parametrize(("error", "status", "words"), [
    (OperationalError("no such table: x"), 1, "migrate"),
    (OSError(28, "No space left on device"), 1, "No space left"),
    (KeyboardInterrupt(), 130, "same command again"),
])  # fmt: skip
def test_known_failures_are_sentences(error, status, words):
    command = Broken(stdout=io.StringIO(), stderr=io.StringIO())
    command.error = error
    code, why = refused_by(command)
    assert code == status
    assert words in why


def refused_by(command: EngineCommand) -> tuple[int, str]:
    """Exit status and sentence of a command object that fails."""
    with pytest.raises(CommandError) as caught:
        call_command(command)
    return caught.value.returncode, str(caught.value)


def test_a_mistake_of_ours_is_not_hidden():
    command = Broken(stdout=io.StringIO(), stderr=io.StringIO())
    command.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        call_command(command)


@pytest.mark.parametrize("name", [
    "import_items", "import_artefacts", "generate", "batches", "progress", "publish", "tick", "setup", "prune",
])  # fmt: skip
def test_help_explains_every_option(name, capsys):
    with pytest.raises(SystemExit) as end:
        call_command(name, "--help")
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert "Exit status: 0 done, 1 failed, 2 wrong use, 130 interrupted." in told
    assert "--log-file" in told


@pytest.mark.parametrize(("done", "total", "expected"), [
    (9, 336, 0), (10, 336, 10), (99, 336, 90), (105, 336, 100), (149, 336, 140), (335, 336, 330), (336, 336, 336),
    (4, 4, 4), (999, 1000, 990), (109, 1001, 100), (209, 1001, 200), (49_999, 50_000, 45_000),
])  # fmt: skip
def test_milestones(done, total, expected):
    assert milestone(done, total) == expected


def test_plain_lines_are_few_for_many():
    out = io.StringIO()
    bar = Bar(Console(out, out), "Prepared", 50_000, "requests")
    for number in range(1, 50_001):
        bar.to(number)
    assert len(out.getvalue().splitlines()) == 20


def test_counts_that_jump_are_said_too():
    out = io.StringIO()
    bar = Bar(Console(out, out), "Run", 40, "requests")
    for number in (7, 16, 17, 33, 40):
        bar.to(number)
    assert [line.split()[1] for line in out.getvalue().splitlines()] == ["16", "33", "40"]


def test_as_nobody_is_refused_everywhere(course):
    for args in (("import_items", "lessons", "x.md", "--collection", "c"), ("publish", "lessons")):
        assert "no user 'nobody'" in refused(*args, "--as", "nobody")[1]
