"""Dependent recipes through the sandbox, in both modes: waves, what is blocked, derived rows."""

import pytest

from generation import advance
from generation.models import Request, Revision, Run
from generation.pipeline import plan
from generation.recipes import recipe_class
from tests import factories
from tests.tiny.models import Digest, Fact, FactWord, Quiz, Thing
from tests.tiny.rows import box

ALL = ("tiny",)
MODES = pytest.mark.parametrize("mode", ["batch", "direct"])


def states(run: Run, recipe: str) -> list[str]:
    return list(run.requests.filter(recipe=recipe).order_by("pk").values_list("status", flat=True))


def follow(run: Run) -> Run:
    for _ in advance.follow(run, interval=0.05):
        pass
    return run


@pytest.fixture
def things(provider, db):
    return box()


@MODES
def test_all_three_waves_end_in_artefacts(things, mode):
    run = factories.finished(things, names=ALL, mode=mode)
    assert (run.status, run.counts) == ("completed", {"succeeded": 7})
    assert (Fact.objects.count(), Quiz.objects.count(), Digest.objects.count()) == (3, 3, 1)


@MODES
def test_each_request_remembers_the_revisions_it_was_made_from(things, mode):
    run = factories.finished(things, names=ALL, mode=mode)
    facts = dict(Fact.objects.values_list("item_id", "current_id"))
    for quiz in run.requests.filter(recipe="tiny.quiz"):
        assert quiz.dependencies == [facts[quiz.item_id]]
    assert run.requests.get(recipe="tiny.digest").dependencies == sorted(facts.values())
    assert Digest.objects.get().current.dependencies == sorted(facts.values())


def test_a_batch_run_makes_one_batch_for_each_wave(things, sandbox):
    run = factories.finished(things, names=ALL)
    # Quizzes and digest are ready together and go to one provider, model and endpoint: one file.
    assert [job.request_count for job in run.batch_jobs.order_by("pk")] == [3, 4]
    assert sorted(sandbox.creates().values()) == [1, 1]


def test_the_second_wave_is_not_built_before_the_first_is_accepted(things):
    run = factories.run(things, names=ALL)
    advance.launch(run)
    advance.advance_run(run.pk)
    assert states(run, "tiny.fact") == ["queued"] * 3
    assert states(run, "tiny.quiz") == ["planned"] * 3
    assert states(run, "tiny.digest") == ["planned"]


@MODES
def test_what_needs_a_failed_fact_is_blocked_and_says_so(things, sandbox, mode):
    run = factories.run(things, names=ALL, mode=mode)
    # In a batch a number without a pattern strikes so many lines; a direct call is one line.
    sandbox.faults("schema_violation", 1, count=1)
    advance.launch(run)
    follow(run)
    assert sorted(states(run, "tiny.fact")) == ["invalid", "succeeded", "succeeded"]
    assert sorted(states(run, "tiny.quiz")) == ["blocked", "succeeded", "succeeded"]
    blocked = run.requests.get(status="blocked")
    assert blocked.error_message == "it needs tiny.fact, which is invalid"
    assert run.requests.get(recipe="tiny.fact", status="invalid").item_id == blocked.item_id


def test_a_retry_makes_exactly_the_failed_fact_and_its_quiz(things, sandbox):
    run = factories.run(things, names=ALL)
    broken = run.requests.filter(recipe="tiny.fact").first()
    sandbox.faults("schema_violation", match={"custom_id": broken.custom_id})
    advance.launch(run)
    follow(run)
    sandbox.clear_faults()
    sent_before = set(run.attempts().values_list("pk", flat=True))
    assert plan.retry(run, run.requests.all()) == 1
    follow(run)
    sent = run.attempts().exclude(pk__in=sent_before).values_list("request__recipe", "request__item_id")
    assert sorted(sent) == [("tiny.fact", broken.item_id), ("tiny.quiz", broken.item_id)]
    assert run.counts == {"succeeded": 7}


def test_a_digest_of_no_facts_is_blocked(things):
    Thing.objects.all().delete()
    run = factories.finished(things, names=("tiny.digest",))
    assert states(run, "tiny.digest") == ["blocked"]
    assert run.requests.get().error_message == "it needs a tiny.fact, and there is none"


def test_a_quiz_alone_takes_the_fact_that_is_there(things):
    factories.finished(things, names=("tiny.fact",))
    run = factories.finished(things, names=("tiny.quiz",))
    assert run.counts == {"succeeded": 3}


def test_derived_rows_follow_the_fact_and_can_be_made_again(things):
    factories.finished(things, names=("tiny.fact",))
    before = set(FactWord.objects.values_list("thing_id", "word", "revision_id"))
    revisions = list(Revision.objects.filter(recipe="tiny.fact"))
    recipe_class("tiny.fact")().project(revisions)
    assert before == set(FactWord.objects.values_list("thing_id", "word", "revision_id"))
    assert {thing for thing, _, _ in before} == set(Thing.objects.values_list("pk", flat=True))


def test_a_changed_fact_makes_its_quiz_and_the_digest_changed(things):
    factories.finished(things, names=ALL)
    thing = Thing.objects.first()
    Thing.objects.filter(pk=thing.pk).update(source_hash="moved")
    factories.finished(things, names=("tiny.fact",), only="changed")
    run = factories.run(things, only="changed", names=("tiny.quiz", "tiny.digest"))
    chosen = set(run.requests.values_list("recipe", "item_id"))
    # The quiz of the thing moves with its own source as well as with its fact.
    assert chosen == {("tiny.quiz", thing.pk), ("tiny.digest", things.wholes.get().pk)}


def test_the_answers_are_kept_with_their_cost(things):
    factories.finished(things, names=("tiny.fact",))
    for request in Request.objects.all():
        attempt = request.attempts.get()
        assert attempt.output_tokens > 0
        assert attempt.cost_nano
        assert bytes(attempt.raw.line).startswith(b"{")
