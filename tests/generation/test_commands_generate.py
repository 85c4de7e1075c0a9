"""`generate`: what it says, what it refuses, what it leaves behind."""

import signal
import time
from pathlib import Path

import orjson
import pytest
from django.contrib.auth.models import User
from django_q.models import OrmQ

from generation.models import BatchJob, Prompt, RecipeSettings, Request, Run
from lessons.models import Lesson
from tests import factories
from tests.generation.shell import Site, document, refused, said

LESSONS = ("generate", "lessons", "--collection", "course")


def nothing_left() -> bool:
    """No run, request or file of a batch is in the database."""
    return not (Run.objects.exists() or Request.objects.exists() or BatchJob.objects.exists())


def test_waiting_brings_every_lesson(provider, course):
    told = said(*LESSONS, "--yes", "--wait", "--poll-interval", "0.1")
    assert Lesson.objects.count() == 6
    assert "6 lesson plans in 2 modules found; lessons.lesson: 0 already generated, 6 remaining" in told
    assert "6 of 6 succeeded" in told
    assert "Direct mode would have cost $" in told


def test_it_names_file_and_batch(provider, course):
    told = said(*LESSONS, "--yes", "--wait", "--poll-interval", "0.1")
    job = BatchJob.objects.get()
    assert job.input_file_id in told
    assert f"batch {job.remote_batch_id}" in told
    assert f"{job.input_bytes / 1000:,.1f} KB" in told


def test_without_waiting_it_submits_and_returns(provider, course):
    told = said(*LESSONS, "--yes")
    job = BatchJob.objects.get()
    assert job.remote_batch_id
    assert job.remote_batch_id in told
    assert f"progress --run {job.run_id} --watch" in told
    assert not Lesson.objects.exists()


def test_what_was_submitted_can_be_resumed(provider, course):
    run = document(*LESSONS, "--yes")["run"]
    assert document("generate", "--resume", run, "--poll-interval", "0.1")["counts"] == {"succeeded": 6}
    assert len(provider.creates()) == 1


def test_direct_mode_is_left_to_the_worker(provider, course):
    told = said(*LESSONS, "--yes", "--mode", "direct")
    run = Run.objects.get()
    assert run.status == "running"
    assert f"generate --resume {run.pk}" in told
    assert OrmQ.objects.exists()
    assert not provider.calls("chat.completions")


@pytest.mark.parametrize("mode", ["direct", "flex"])
def test_direct_modes_meet_the_same_end(provider, course, mode):
    told = document(*LESSONS, "--yes", "--wait", "--mode", mode)
    assert told["counts"] == {"succeeded": 6}
    assert told["cost_usd"] > 0
    assert told["batch_jobs"] == []


def test_a_second_launch_has_nothing_to_do(provider, course):
    said(*LESSONS, "--yes", "--wait", "--poll-interval", "0.1")
    assert "every chosen item has its text already" in said(*LESSONS, "--yes")
    assert document(*LESSONS, "--yes")["run"] is None
    assert Run.objects.count() == 1


def test_the_limit_holds_for_each_collection(provider, course):
    factories.course(slug="other")
    told = document(*LESSONS, "--collection", "other", "--limit", 2, "--yes")
    assert told["total"] == 4
    assert told["collections"] == ["course", "other"]


def test_a_filter_takes_only_what_fits(provider, course):
    assert document(*LESSONS, "--filter", "module_code=M1", "--yes")["total"] == 3


def test_a_kind_takes_what_is_switched_on_and_a_name_always(provider, course):
    RecipeSettings.objects.create(recipe="lessons.lesson", enabled=False)
    status, why = refused(*LESSONS, "--yes")
    assert (status, "switched off" in why) == (2, True)
    assert document(*LESSONS, "--all", "--limit", 1, "--yes")["total"] == 1
    assert document("generate", "lessons.lesson", "--collection", "course", "--yes", "--limit", 1)["total"] == 1


def test_one_failed_request_is_exit_status_1_with_its_cause(provider, course):
    provider.faults("request_400", match={"custom_id": f"*{course.items.first().pk}"})
    told = said(*LESSONS, "--yes", "--wait", "--poll-interval", "0.1", status=1)
    assert "5 of 6 succeeded, 1 failed" in told
    assert "1 x " in told


def test_a_model_without_a_price_costs_unknown(provider, course):
    told = said(*LESSONS, "--dry-run", "--model", "my-own-model")
    assert "batch   cost unknown" in told
    assert "$0" not in told
    assert document(*LESSONS, "--dry-run", "--model", "my-own-model")["estimate"]["cost_usd"]["batch"]["likely"] is None


def test_a_refused_model_says_so(provider, course):
    provider.faults("failed_batch", value="model_not_found")
    told = said(*LESSONS, "--yes", "--wait", "--poll-interval", "0.1", status=1)
    assert "6 failed" in told
    assert "model_not_found" in told


def test_a_wrong_key_is_one_sentence_and_leaves_nothing(provider, course):
    provider.faults("error_status", value=401)
    status, why = refused(*LESSONS, "--yes")
    assert status == 1
    assert "key was refused" in why
    assert nothing_left()


def test_without_a_key_nothing_is_launched(settings, course):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    status, why = refused(*LESSONS, "--yes")
    assert status == 1
    assert "OPENAI_API_KEY" in why
    assert nothing_left()


def test_without_a_network_nothing_is_launched(settings, course):
    settings.PROVIDERS = {"default": {"base_url": "http://127.0.0.1:9/v1", "api_key": "sk-x", "batch": True}}
    status, why = refused(*LESSONS, "--yes")
    assert status == 1
    assert "no connection" in why
    assert nothing_left()


@pytest.mark.parametrize(("args", "status", "words"), [
    (("generate", "nonsense", "--collection", "course", "--yes"), 2, "lessons"),
    (("generate", "lessons", "--collection", "nonsense", "--yes"), 1, "There are: course"),
    (("generate", "--collection", "course", "--yes"), 2, "what to generate"),
    ((*LESSONS, "--yes", "--filter", "level"), 2, "FIELD=VALUE"),
    ((*LESSONS, "--yes", "--filter", "colour=red"), 1, "module_code"),
    ((*LESSONS, "--yes", "--as", "nobody"), 1, "no user 'nobody'"),
    ((*LESSONS, "--yes", "--out", "x"), 2, "--dry-run"),
    (("generate", "--resume", "99"), 1, "no run 99"),
    (LESSONS, 2, "--yes"),
])  # fmt: skip
def test_wrong_use_is_one_sentence(course, monkeypatch, args, status, words):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code, why = refused(*args)
    assert code == status
    assert words in why
    assert nothing_left()


@pytest.mark.parametrize(("role", "words"), [("editor", "launch_run"), ("publisher", "launch_run")])
def test_an_account_needs_the_permission(roles, course, role, words):
    status, why = refused(*LESSONS, "--yes", "--as", role)
    assert status == 1
    assert words in why


def test_an_account_that_is_switched_off_launches_nothing(roles, course):
    User.objects.filter(username="operator").update(is_active=False)
    assert "switched off" in refused(*LESSONS, "--yes", "--as", "operator")[1]


def test_who_launched_is_recorded(provider, roles, course):
    said(*LESSONS, "--yes", "--as", "operator")
    run = Run.objects.get()
    assert (run.actor, run.created_by) == ("operator", roles["operator"])


def test_without_an_account_the_system_user_is_recorded(provider, course, monkeypatch):
    monkeypatch.setenv("LOGNAME", "kim")
    said(*LESSONS, "--yes")
    run = Run.objects.get()
    assert (run.actor, run.created_by) == ("kim (command line)", None)


def test_a_collection_of_another_group_is_not_there(provider, roles, course):
    course.groups.create(name="Others")
    assert "no collection 'course'" in refused(*LESSONS, "--yes", "--as", "operator")[1]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_on_a_terminal_only_a_yes_launches(provider, course, monkeypatch, answer):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: answer, raising=False)
    status, why = refused(*LESSONS)
    assert (status, "nothing was sent" in why) == (1, True)
    assert nothing_left()
    assert not provider.calls("files.create")


def test_a_yes_launches(provider, course, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "y\n", raising=False)
    said(*LESSONS)
    assert Run.objects.get().status == "running"


def test_a_dry_run_writes_checked_files_and_keeps_nothing(provider, course, tmp_path):
    out = tmp_path / "out"
    told = document(*LESSONS, "--dry-run", "--out", out)
    lines = [orjson.loads(line) for line in Path(told["files"][0]["path"]).read_bytes().splitlines()]
    assert len({line["custom_id"] for line in lines}) == told["estimate"]["requests"] == 6
    assert nothing_left()
    assert not Prompt.objects.exists()
    assert not provider.log()["calls"]


def test_a_dry_run_leaves_no_file_in_the_storage(course, tmp_path):
    said(*LESSONS, "--dry-run")
    assert not [path for path in (tmp_path / "batchfiles").rglob("*") if path.is_file()]


def test_a_dry_run_needs_no_key_and_asks_nobody(settings, course):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    assert "6 requests" in said(*LESSONS, "--dry-run")


def test_a_dry_run_cuts_files_like_a_launch(settings, course, tmp_path):
    settings.BATCH_MAX_REQUESTS = 4
    told = document(*LESSONS, "--dry-run", "--out", tmp_path / "out")
    assert [file["requests"] for file in told["files"]] == [4, 2]


def test_a_dry_run_overwrites_no_folder(course, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    status, why = refused(*LESSONS, "--dry-run", "--out", tmp_path)
    assert (status, "not empty" in why) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_requests_are_counted_while_they_are_written(db):
    factories.course(modules=2, lessons=65)
    told = said(*LESSONS, "--dry-run")
    counts = [int(line.split()[1]) for line in told.splitlines() if line.startswith("Prepared: ")]
    assert counts[:10] == list(range(10, 101, 10))
    assert counts[-1] == 130
    assert len(counts) <= 14


def test_a_job_that_needs_a_person_ends_the_waiting(provider, course):
    run = document(*LESSONS, "--yes")["run"]
    BatchJob.objects.update(status="needs_attention")
    status, why = refused("generate", "--resume", run, "--poll-interval", "0.1")
    assert status == 1
    assert "needs a person" in why
    assert "batches status" in why


def test_the_log_file_gets_plain_lines(course, tmp_path):
    log = tmp_path / "generate.log"
    log.write_text("before\n")
    document(*LESSONS, "--dry-run", "--log-file", log)
    lines = log.read_text().splitlines()
    assert lines[0] == "before"
    assert any("INFO Estimate: 6 requests" in line for line in lines)
    assert "\x1b" not in log.read_text()


def test_a_log_file_that_cannot_be_written_is_wrong_use(course, tmp_path):
    assert refused(*LESSONS, "--dry-run", "--log-file", tmp_path)[0] == 2


@pytest.fixture(scope="module")
def site(tmp_path_factory, sandbox_process) -> Site:
    """A migrated site with a course of 40 lessons, whose provider is the sandbox."""
    folder = tmp_path_factory.mktemp("site")
    place = Site(folder, OPENAI_BASE_URL=sandbox_process.url, OPENAI_API_KEY="sk-test", DIRECT_CONCURRENCY="2",
                 DIRECT_MAX_CONCURRENCY="2")  # fmt: skip
    outline = "# M0: One — Lesson Map\n\n" + "".join(f"## L{n:03}: Topic {n} [F]\n" for n in range(1, 41))
    (folder / "outline.md").write_text(outline)
    importing = ("import_items", "lessons", folder / "outline.md", "--collection", "course")
    for args in (("migrate", "-v0"), ("setup",), importing):
        assert place.run(*args)[0] == 0
    return place


@pytest.mark.slow
def test_ctrl_c_lets_answers_land_and_says_how_to_resume(site, sandbox):
    sandbox.faults("latency", value=0.5, match="chat.completions")
    process = site.start(*LESSONS, "--yes", "--wait", "--mode", "direct")
    ends = time.monotonic() + 30
    while not sandbox.calls("chat.completions") and time.monotonic() < ends:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    sent = len(sandbox.calls("chat.completions"))
    sandbox.clear_faults()
    assert 0 < sent < 40
    assert f"({sent} of 40 requests finished)" in err
    run = err.partition("--resume ")[2].partition("`")[0]
    status, out, err = site.run("generate", "--resume", run, "--json")
    assert status == 0, err
    assert orjson.loads(out)["counts"] == {"succeeded": 40}
    assert len(sandbox.calls("chat.completions")) == 40


@pytest.mark.slow
def test_errors_go_to_stderr_in_one_line(site):
    status, out, err = site.run("generate", "lessons", "--collection", "nonsense", "--yes", "--json")
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_nobody_to_ask_is_wrong_use(site):
    status, out, err = site.run(*LESSONS, "--only", "all")
    assert (status, out) == (2, "")
    assert "--yes" in err
