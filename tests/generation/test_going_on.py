"""Going on without what is not in: by the button and by the command, for whom, and what becomes of the rest."""

import pytest
from django.urls import reverse

from generation import advance, waves
from generation.going_on import go_on_without, held_up
from generation.models import Budget, Revision, Run
from generation.models.wakeups import without_wakeups
from generation.recipes import Dependency
from tests import factories
from tests.generation.scenes import follow
from tests.generation.shell import document, refused, said
from tests.tiny.models import Digest, Quiz
from tests.tiny.rows import box

DISPENSABLE = (Dependency("tiny.fact", dispensable=True),)


@pytest.fixture
def half(provider, db, settings) -> Run:
    """Two of three facts are in; the third lies in a batch job of its own that has not gone yet. The digest waits."""
    settings.BATCH_MAX_REQUESTS = 2
    run = factories.run(box(), names=("tiny",))
    with without_wakeups():
        advance.launch(run, "test")
        advance.advance_run(run.pk)
        first = run.batch_jobs.order_by("pk").first()
        while first.status != "ingested":
            advance.advance_job(first.pk, force=True)
            first.refresh_from_db()
        advance.advance_run(run.pk)
    run.refresh_from_db()
    return run


@pytest.fixture
def blocked(provider, db) -> Run:
    """Nothing came of the fact of T3, for good: its quiz is blocked, the digest was made of the other two."""
    run = factories.run(box(), names=("tiny",))
    provider.faults(
        "schema_violation", match=f"{run.key}-tiny-fact-{run.requests.get(label='T3', recipe='tiny.fact').item_id}"
    )
    with without_wakeups():
        advance.launch(run, "test")
    follow(run)
    provider.clear_faults()
    return run


def states(run: Run) -> dict[str, str]:
    rows = run.requests.order_by("pk").values_list("recipe", "label", "status")
    return {f"{recipe.partition('.')[2]} {label}": status for recipe, label, status in rows}


def press(client, run: Run):
    return client.post(reverse("admin:generation_run_change", args=[run.pk]), {"deed": "without"}, follow=True)


def shown(client, run: Run) -> str:
    return client.get(reverse("admin:generation_run_change", args=[run.pk])).content.decode()


def test_a_wave_that_waits_for_all_starts_with_those_that_are_in(half):
    assert states(half) == {
        "fact T1": "succeeded", "fact T2": "succeeded", "fact T3": "queued",
        "quiz T1": "queued", "quiz T2": "queued", "quiz T3": "planned", "digest all": "planned",
    }  # fmt: skip
    assert [one.label for one in held_up(half)] == ["all"]
    with without_wakeups():
        assert go_on_without(half, "eva") == 1
        advance.advance_run(half.pk)
    assert states(half)["digest all"] == "queued" and states(half)["quiz T3"] == "planned"
    follow(half)
    assert (half.status, half.ledger()) == ("completed", {"succeeded": 7})
    # The digest was made of the two that were in, and the late one still had its quiz.
    used = Digest.objects.get().current.dependencies
    facts = Revision.objects.filter(
        recipe="tiny.fact", item_id__in=half.requests.filter(label__in=["T1", "T2"]).values("item_id")
    )
    assert sorted(used) == sorted(facts.values_list("pk", flat=True)) and len(used) == 2


def test_without_a_word_it_waits(half):
    with without_wakeups():
        advance.advance_run(half.pk)
    assert states(half)["digest all"] == "planned"


def test_of_nothing_at_all_nothing_is_made(provider, db):
    run = factories.run(box(), names=("tiny.digest",))
    with without_wakeups():
        advance.launch(run, "test")
    follow(run)
    assert run.ledger() == {"blocked": 1}
    with without_wakeups():
        assert go_on_without(run) == 1
    follow(run)
    assert run.status == "completed"
    assert run.requests.get().error_message == "it needs a tiny.fact, and there is none"


def test_what_can_t_do_without_stays_blocked(blocked):
    assert states(blocked)["quiz T3"] == "blocked" and not held_up(blocked).exists()
    assert go_on_without(blocked) == 0
    assert blocked.ledger() == {"succeeded": 5, "invalid": 1, "blocked": 1}


def test_what_can_do_without_is_made_without(blocked, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.QuizRecipe.needs", DISPENSABLE)
    with without_wakeups():
        assert go_on_without(blocked, "eva") == 1
    blocked.refresh_from_db()
    assert blocked.status == "running"
    follow(blocked)
    assert (blocked.status, blocked.ledger()) == ("completed", {"succeeded": 6, "invalid": 1})
    assert Quiz.objects.get(item__key="T3").current.dependencies == []
    step = blocked.transitions.filter(detail__startswith="what is not in").get()
    assert (step.actor, step.from_status, step.detail) == (
        "eva", "completed", "what is not in is not waited for any more, says eva: 1 requests",
    )  # fmt: skip


def test_an_answer_that_is_being_accepted_is_waited_for_all_the_same(half, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.QuizRecipe.needs", DISPENSABLE)
    half.requests.filter(recipe="tiny.fact", label="T3").update(status="succeeded", accepted_at=None)
    Run.objects.update(go_on_without=True)
    half.refresh_from_db()
    ready = [one.label for chunk in waves.ready_chunks(half, "batch") for one in chunk.requests]
    assert ready == []


def test_after_a_retry_it_is_waited_again(blocked, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.QuizRecipe.needs", DISPENSABLE)
    Run.objects.update(go_on_without=True)
    blocked.refresh_from_db()
    with without_wakeups():
        assert advance.retry(blocked, blocked.requests.retryable()) == 1
    follow(blocked)
    assert (blocked.go_on_without, blocked.ledger()) == (False, {"succeeded": 7})
    assert len(Quiz.objects.get(item__key="T3").current.dependencies) == 1


def test_a_budget_stands_in_the_way(blocked, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.QuizRecipe.needs", DISPENSABLE)
    Budget.objects.create(scope="run", amount_nano=1)
    with pytest.raises(advance.LaunchRefused, match="Nothing was changed"):
        go_on_without(blocked)
    assert states(blocked)["quiz T3"] == "blocked"


def test_an_operator_s_button(client, roles, half):
    client.force_login(roles["operator"])
    assert "1 request waits for texts that are not in" in " ".join(shown(client, half).split())
    assert "as far as these are enough: 1 of the run" in press(client, half).content.decode()
    half.refresh_from_db()
    assert (
        half.go_on_without and half.transitions.filter(actor="operator", detail__startswith="what is not in").exists()
    )
    assert 'value="without"' not in shown(client, half)
    assert "Nothing waits for texts" in press(client, half).content.decode()


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_nobody_else_s(client, roles, half, role):
    client.force_login(roles[role])
    assert 'value="without"' not in shown(client, half)
    assert press(client, half).status_code == 403
    half.refresh_from_db()
    assert not half.go_on_without


def test_where_nothing_waits_there_is_no_button(client, roles, course, provider):
    client.force_login(roles["operator"])
    run = factories.finished(course)
    assert 'value="without"' not in shown(client, run)
    assert 'value="without"' not in shown(client, factories.run(box(), names=("tiny",)))


def test_the_command(half, roles):
    told = document("runs", "go-on", half.pk, "--wait", "--poll-interval", "0.05", "--as", "operator")
    assert (told["status"], told["counts"]) == ("completed", {"succeeded": 7})
    assert len(Digest.objects.get().current.dependencies) == 2
    assert half.transitions.filter(actor__startswith="operator", detail__startswith="what is not in").exists()


def test_the_command_says_what_it_does(half):
    assert "as far as these are enough: 1 of the run's requests." in said("runs", "go-on", half.pk)


def test_the_command_of_a_person_without_the_right(half, roles):
    status, sentence = refused("runs", "go-on", half.pk, "--as", "editor")
    assert status == 1 and "launch" in sentence
    half.refresh_from_db()
    assert not half.go_on_without


def test_the_command_where_nothing_waits(provider, course):
    run = factories.finished(course)
    status, sentence = refused("runs", "go-on", run.pk)
    assert (status, sentence) == (
        1, f"Nothing in run {run.pk} waits for texts that are not in: nothing was done.",
    )  # fmt: skip
