"""Which items a run takes, and what it remembers of them."""

import pytest
from django.utils import timezone

from generation import advance
from generation.models import Prompt, RecipeSettings, Request, Revision, Run
from generation.pipeline import plan
from generation.pipeline.plan import PlanError, Selection
from generation.recipes import recipes_named
from lessons.models import Lesson, LessonPlan
from tests import factories


def keys(run: Run) -> list[str]:
    plans = dict(LessonPlan.objects.values_list("pk", "key"))
    return [plans[item] for item in run.requests.order_by("pk").values_list("item_id", flat=True)]


def all_made(course, **fields):
    """A current lesson of each plan."""
    recipe_hash = factories.run(course).requests.all()[0].recipe_hash
    Request.objects.all().delete()
    Run.objects.all().delete()
    for item in LessonPlan.objects.all():
        factories.lesson(item, recipe_hash=recipe_hash, **fields)


def refused(course, **fields) -> str:
    with pytest.raises(PlanError) as failure:
        factories.run(course, **fields)
    assert (Run.objects.count(), Request.objects.count()) == (0, 0), "a refused run left something behind"
    return str(failure.value)


def test_new_items_in_the_order_of_the_source(course):
    LessonPlan.objects.filter(key="M1-L003").update(position=0)
    LessonPlan.objects.filter(key="M0-L001").update(position=9)
    assert keys(factories.run(course)) == ["M1-L003", "M0-L002", "M0-L003", "M1-L001", "M1-L002", "M0-L001"]


def test_a_request_remembers_its_item_and_what_it_was_asked_with(course):
    request = factories.run(course).requests.order_by("pk")[0]
    item = LessonPlan.objects.get(key="M0-L001")
    assert (request.item_id, request.label, request.collection) == (item.pk, "M0-L001 Topic 0.1", "course")
    assert (request.source_hash, request.prompt, request.status) == (item.source_hash, Prompt.objects.get(), "planned")
    assert request.custom_id == f"{request.run.key}-lessons-lesson-{item.pk}"


def test_custom_ids_fit_whatever_the_recipes_name(course):
    assert all(len(name) <= 64 for name in factories.run(course).requests.values_list("custom_id", flat=True))


def test_what_has_a_lesson_is_not_new(course):
    factories.lesson(LessonPlan.objects.get(key="M0-L002"))
    assert "M0-L002" not in keys(factories.run(course))


def test_nothing_new_is_a_sentence_and_leaves_nothing(course):
    all_made(course)
    assert "every chosen item has its text already. Nothing was sent and nothing is owed." in refused(course)


def test_one_changed_title_makes_one_lesson_again(course):
    all_made(course)
    assert "no chosen item has changed" in refused(course, only="changed")
    changed = LessonPlan.objects.get(key="M1-L002")
    changed.title = "Another"
    changed.source_hash = changed.compute_hash()
    changed.save()
    assert keys(factories.run(course, only="changed")) == ["M1-L002"]


def test_a_new_prompt_makes_everything_outdated(course):
    all_made(course)
    assert "the prompt, model and parameters in force" in refused(course, only="outdated")
    Prompt(recipe="lessons.lesson", user="Write {{ title }}.").add()
    assert len(keys(factories.run(course, only="outdated"))) == 6


def test_other_parameters_make_outdated_but_pacing_does_not(course):
    all_made(course)
    row = RecipeSettings.objects.create(recipe="lessons.lesson", concurrency=3, attempts=9)
    assert refused(course, only="outdated")
    row.temperature = 0.1
    row.save()
    assert len(keys(factories.run(course, only="outdated"))) == 6


def test_failed_takes_those_whose_last_request_failed(course):
    first = factories.run(course)
    ids = list(first.requests.values_list("pk", flat=True))
    for pk, status in zip(ids, ("failed", "invalid", "missing", "expired", "cancelled", "succeeded"), strict=True):
        Request.objects.filter(pk=pk).update(status=status)
    assert len(keys(factories.run(course, only="failed"))) == 5


def test_a_failure_that_was_mended_since_is_not_failed(course):
    for status in ("failed", "succeeded"):
        run = factories.run(course, limit=1)
        run.requests.update(status=status, accepted_at=timezone.now())
    with pytest.raises(PlanError, match="no chosen item failed the last time"):
        factories.run(course, only="failed")


@pytest.mark.parametrize("status", ["approved", "published"])
def test_what_is_approved_is_only_taken_when_said_so(course, status):
    item = LessonPlan.objects.get(key="M0-L001")
    revision = Revision.objects.create(recipe="lessons.lesson", item_id=item.pk, origin="edited", text="x")
    factories.lesson(item, status=status, approved=revision, published=revision)
    assert "M0-L001" not in keys(factories.run(course, only="all"))
    chosen = Selection(only="all", include_approved=True)
    assert "M0-L001" in keys(advance.prepare(recipes_named(["lessons"]), [course], chosen))


def test_removed_items_are_never_taken(course):
    LessonPlan.objects.filter(module_code="M0").update(removed_at=timezone.now())
    assert keys(factories.run(course, only="all")) == ["M1-L001", "M1-L002", "M1-L003"]


@pytest.mark.parametrize("status", ["planned", "queued", "succeeded"])
def test_what_is_under_way_in_another_run_is_never_sent_again(course, status):
    first = factories.run(course, limit=2)
    first.move("running")
    first.requests.update(status=status)
    assert keys(factories.run(course, only="all")) == ["M0-L003", "M1-L001", "M1-L002", "M1-L003"]


def test_what_is_under_way_is_said_when_nothing_is_left(course):
    factories.run(course).move("running")
    with pytest.raises(PlanError, match="6 are under way in another run"):
        factories.run(course)


def test_the_limit_holds_for_each_collection(course):
    other = factories.course(slug="other")
    run = advance.prepare(recipes_named(["lessons"]), [course, other], Selection(limit=2))
    assert run.total == 4
    assert sorted(run.requests.values_list("collection", flat=True)) == ["course", "course", "other", "other"]


def test_filters_on_the_items_columns(course):
    run = advance.prepare(recipes_named(["lessons"]), [course], Selection(filters={"module_code": "M1"}))
    assert keys(run) == ["M1-L001", "M1-L002", "M1-L003"]


@pytest.mark.parametrize("filters", [{"nobody": "1"}, {"position": "x"}, {"collection__nobody": "x"}, {"key__a": "1"}])
def test_a_filter_that_can_t_be_is_a_sentence(course, filters):
    with pytest.raises(PlanError, match="Can't filter by"):
        advance.prepare(recipes_named(["lessons"]), [course], Selection(filters=filters))


def test_an_unknown_choice_names_the_known_ones(course):
    assert "use one of new, changed, outdated, failed, all" in refused(course, only="newest")


def test_a_chosen_item_of_another_collection_is_not_taken(course):
    other = factories.course(slug="other")
    foreign = LessonPlan.objects.filter(collection=other).values_list("pk", flat=True)
    with pytest.raises(PlanError):
        advance.prepare(recipes_named(["lessons"]), [course], Selection(item_ids=list(foreign)))


def test_a_collections_own_prompt_is_for_it_alone(course):
    other = factories.course(slug="other")
    own = Prompt(recipe="lessons.lesson", collection="other", user="Own {{ title }}").add()
    run = advance.prepare(recipes_named(["lessons"]), [course, other], Selection())
    assert set(run.requests.filter(collection="other").values_list("prompt", flat=True)) == {own.pk}
    assert own.pk not in set(run.requests.filter(collection="course").values_list("prompt", flat=True))


def test_planning_takes_few_queries_whatever_the_number(db, django_assert_max_num_queries):
    large = factories.course(10, 50)
    with django_assert_max_num_queries(45):
        factories.run(large)


def test_a_retry_takes_only_what_can_be_retried(course):
    run = factories.run(course)
    run.move("running")
    run.move("completed")
    states = ("failed", "missing", "succeeded", "unchanged", "invalid", "blocked")
    for request, status in zip(run.requests.all(), states, strict=True):
        Request.objects.filter(pk=request.pk).update(status=status)
    assert plan.retry(run, run.requests.all(), "ann") == 3
    # What is blocked may have waited for one of them.
    assert run.ledger() == {"planned": 4, "succeeded": 1, "unchanged": 1}
    run.refresh_from_db()
    assert (run.status, run.finished_at) == ("running", None)
    assert run.transitions.last().actor == "ann"


def test_a_retry_of_nothing_changes_nothing(course):
    run = factories.run(course)
    run.move("running")
    run.move("completed")
    run.requests.update(status="succeeded")
    assert plan.retry(run, run.requests.all()) == 0
    run.refresh_from_db()
    assert run.status == "completed"


def test_a_retry_of_another_runs_requests_takes_none(course):
    run, other = factories.run(course), factories.run(factories.course(slug="other"))
    other.requests.update(status="failed")
    assert plan.retry(run, other.requests.all()) == 0
    assert Lesson.objects.count() == 0
