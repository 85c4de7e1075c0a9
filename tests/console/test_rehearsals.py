"""Rehearsals go the way of a launch, to the sandbox and nowhere else, and leave nothing among what is real."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from generation import advance, launching, rehearsals
from generation.deletion import discard_run
from generation.findings import Finding, Severity
from generation.measured import measured
from generation.models import ArtefactFinding, Budget, RawAnswer, Request, Revision, Run
from generation.models.budgets import spent_this_month
from generation.pipeline.plan import Selection
from generation.planning.choice import Choice, start
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.console.planning_site import made, operator, post, sandboxed  # noqa: F401 (fixtures)
from tests.generation.scenes import follow
from tests.tiny.models import Quiz
from tests.tiny.recipes import DigestRecipe, FactRecipe, QuizRecipe
from tests.tiny.rows import box

# ruff: noqa: F811 (the fixtures are named as they are imported)


@pytest.fixture
def rehearsed(course, sandboxed):
    """A rehearsal of six lessons that has ended."""
    return rehearsal(course)


def rehearsal(course, **fields):
    run = factories.run(course, purpose="rehearsal", **fields)
    advance.launch(run, "test")
    return follow(run)


@pytest.mark.parametrize("mode", ["batch", "flex", "direct"])
def test_it_goes_the_same_way_to_the_sandbox(operator, course, sandboxed, mode):
    run = made(operator, "rehearse", mode=mode)
    assert (run.purpose, run.status, run.ledger()) == ("rehearsal", "completed", {"succeeded": 6})
    assert set(run.attempts().values_list("provider", flat=True)) == {"sandbox"}
    assert run.batch_jobs.count() == (mode == "batch")


def test_the_real_provider_hears_nothing_of_it(course, sandboxed, settings):
    settings.PROVIDERS = settings.PROVIDERS | {"default": {"base_url": None, "api_key": "", "batch": True}}
    assert rehearsal(course).ledger() == {"succeeded": 6}


def test_its_texts_are_no_records_and_no_candidates(rehearsed):
    assert not Lesson.objects.exists() and not ArtefactFinding.objects.exists()
    assert rehearsals.texts(rehearsed).count() == 6
    assert set(Revision.objects.values_list("origin", flat=True)) == {"rehearsed"}


def test_standing_records_are_untouched_and_their_history_is_silent(operator, course, sandboxed):
    lesson = factories.lesson(LessonPlan.objects.first())
    rehearsal(course, only="all")
    lesson.refresh_from_db()
    assert lesson.candidate is None and lesson.current.text == "# Title\n\nText."
    assert list(Revision.objects.of(lesson)) == [lesson.current]


def test_it_costs_nothing_and_asks_no_budget(rehearsed, course):
    assert (rehearsed.cost_nano, rehearsed.unpriced, spent_this_month()) == (0, 0, 0)
    Budget.objects.create(scope="month", amount_nano=0)
    Budget.objects.create(scope="run", amount_nano=0)
    assert rehearsal(course).status == "completed"


def test_it_waits_for_no_second_person(course, sandboxed, settings):
    settings.APPROVAL_ABOVE = 0.0
    assert rehearsal(course).status == "completed"


def test_the_history_of_outputs_does_not_know_it(rehearsed, course):
    assert measured(Run(), "lessons.lesson").answers == 0
    assert "no history" in factories.run(course).estimate["parts"][0]["output_basis"]


def test_what_failed_in_it_has_not_failed(course, sandboxed):
    sandboxed.faults("refusal", 1.0)
    run = rehearsal(course)
    assert run.ledger() == {"invalid": 6}
    with pytest.raises(advance.planning.NothingToGenerate):
        factories.run(course, "failed")


def test_it_does_not_hold_back_a_launch(course, sandboxed):
    run = factories.run(course, purpose="rehearsal")
    advance.launch(run, "test")
    assert factories.run(course).total == 6


@pytest.mark.parametrize("recipes", [(FactRecipe, QuizRecipe, DigestRecipe)])
def test_recipes_that_need_each_other_use_what_the_rehearsal_made(sandboxed, db, recipes, admin_user):
    choice = Choice(recipes, (box(),), Selection())
    run = follow(start(choice, "rehearsal", admin_user, "admin"))
    assert run.ledger() == {"succeeded": 7}
    assert not Quiz.objects.exists()
    quiz = run.requests.filter(recipe="tiny.quiz").first()
    (used,) = Revision.objects.filter(pk__in=quiz.dependencies)
    assert (used.origin, used.item_id, used.recipe) == ("rehearsed", quiz.item_id, "tiny.fact")


def test_without_a_sandbox_one_sentence_says_how_to_set_it(operator, course, provider):
    page = post(operator, "rehearse")
    assert page.context["refusal"] == launching.NO_SANDBOX
    assert "PROVIDER_SANDBOX_BASE_URL" in page.content.decode()
    assert not Run.objects.exists()
    assert 'value="rehearse"' not in post(operator, "plan").content.decode()


def test_a_planned_rehearsal_without_a_sandbox_does_not_start(course, provider):
    run = factories.run(course, purpose="rehearsal")
    with pytest.raises(advance.LaunchRefused, match="no sandbox to rehearse on"):
        advance.launch(run, "test")
    assert discard_run(run)


def test_a_launch_never_goes_to_the_sandbox_outside_debug(course, sandboxed, settings, monkeypatch):
    monkeypatch.setattr("lessons.recipes.LessonRecipe.provider", "sandbox")
    settings.DEBUG = False
    with pytest.raises(advance.LaunchRefused, match="rehearsals only"):
        advance.launch(factories.run(course), "test")


def test_its_page_shows_texts_findings_and_tokens(operator, rehearsed):
    page = operator.get(reverse("console_results", args=[rehearsed.pk]))
    rows = page.context["rows"]
    assert len(rows) == 6 and all(row.text and row.output_tokens and row.input_tokens for row in rows)
    assert all(not row.desk for row in rows)
    assert "made up by the sandbox" in page.content.decode()


def test_findings_of_rehearsed_texts_are_made_for_the_page(operator, db, sandboxed, monkeypatch):
    def told(recipe, drafts):
        return [[Finding("said", Severity.WARNING, f"about {draft.item.key}")] for draft in drafts]

    monkeypatch.setattr(FactRecipe, "checks", told)
    run = rehearsal(box(), names=("tiny.fact",))
    rows = operator.get(reverse("console_results", args=[run.pk])).context["rows"]
    assert [row.findings[0].message for row in rows] == ["about T1", "about T2", "about T3"]


def test_throwing_away_leaves_the_ledger_alone(operator, rehearsed):
    answer = operator.post(reverse("console_results", args=[rehearsed.pk]), follow=True)
    assert "6 rehearsed texts are thrown away" in answer.content.decode()
    assert not Revision.objects.exists() and not RawAnswer.objects.exists()
    job = rehearsed.batch_jobs.get()
    assert (job.input_path, job.output_path) == ("", "")
    assert (Request.objects.count(), rehearsed.attempts().count()) == (6, 6)
    assert operator.get(reverse("console_results", args=[rehearsed.pk])).status_code == 200


def test_a_running_one_is_not_thrown_away(operator, course, sandboxed):
    run = factories.run(course, purpose="rehearsal")
    advance.launch(run, "test")
    text = operator.post(reverse("console_results", args=[run.pk]), follow=True).content.decode()
    assert "still goes on" in text


@pytest.mark.parametrize("purpose", ["launch", "pilot", "comparison", "regeneration"])
def test_nothing_else_can_be_thrown_away(operator, course, provider, purpose):
    run = factories.finished(course, purpose=purpose)
    before = Revision.objects.count()
    operator.post(reverse("console_results", args=[run.pk]))
    assert rehearsals.throw_away(run) is None
    assert Revision.objects.count() == before > 0


@pytest.mark.parametrize(("days", "left"), [(8, 0), (6, 6)])
def test_pruning_throws_old_ones_away(rehearsed, days, left):
    Run.objects.filter(pk=rehearsed.pk).update(finished_at=timezone.now() - timedelta(days=days))
    assert rehearsals.forgotten(timezone.now() - timedelta(days=7), dry_run=True) == 6 - left
    assert rehearsals.texts(rehearsed).count() == 6
    call_command("prune", verbosity=0)
    assert rehearsals.texts(rehearsed).count() == left


def test_pruning_leaves_real_texts(course, provider):
    run = factories.finished(course)
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=900))
    call_command("prune", verbosity=0)
    assert Revision.objects.count() == 6
