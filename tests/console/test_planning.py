"""The plan of a run: what is chosen and left out, prompt, shards, problems, budgets; nothing of it stays."""

import pytest
from django.urls import reverse

from generation.models import BatchJob, Budget, EnqueuedLimit, Prompt, Request, Run
from generation.pipeline.build import build
from generation.pipeline.plan import Selection
from generation.planning.choice import Choice
from generation.planning.draft import draft
from lessons.models import Lesson, LessonPlan
from lessons.recipes import LessonRecipe
from tests import factories
from tests.console.planning_site import LIST, operator, post, sandboxed  # noqa: F401 (fixtures)
from tests.generation.scenes import launched
from tests.tiny.recipes import DigestRecipe, FactRecipe, QuizRecipe
from tests.tiny.rows import box

# ruff: noqa: F811 (the fixtures are named as they are imported)


def plan(course, only="new", recipes=(LessonRecipe,), wanted="", **fields):
    selection = Selection(only=only, **{name: fields.pop(name) for name in ("limit", "item_ids") if name in fields})
    return draft(Choice(recipes, (course,), selection, **fields), wanted)


def reasons(made):
    return {one.reason: one.count for one in made.left_out}


def test_the_first_page_has_prices_beside_the_modes_and_no_launch(operator, course):
    text = operator.post(reverse(LIST), {"action": "generate", "_selected_action": [1], "select_across": 1}).content
    assert text.decode().count(": likely $") == 3
    assert "Launch</button>" not in text.decode()


def test_the_second_page_has_the_three_buttons_and_leaves_nothing(operator, course, sandboxed):
    page = post(operator, "plan")
    assert all(f'value="{step}"' in page.content.decode() for step in ("rehearse", "pilot", "launch", "choose"))
    assert not Run.objects.exists() and not Request.objects.exists()


def test_the_second_page_posts_the_answers_and_the_filter_again(operator, course):
    page = post(operator, "plan", "?module=M1", limit=2, remark="Short.", include_approved="on")
    assert ("select_across", "1") in page.context["hidden"]
    assert {("limit", "2"), ("remark", "Short."), ("recipes", "lessons.lesson")} <= set(page.context["hidden"])
    assert page.context["draft"].run.total == 2


def test_the_choices_come_back_as_they_were_answered(operator, course):
    form = post(operator, "choose", mode="flex", limit=3, remark="Short.").context["form"]
    assert (form["mode"].value(), form["limit"].value(), form["remark"].value()) == ("flex", "3", "Short.")


def test_what_is_left_out_is_counted_by_its_first_reason(course, provider):
    plans = list(LessonPlan.objects.order_by("pk"))
    one = factories.lesson(plans[0])
    Lesson.objects.filter(pk=one.pk).update(status="approved", approved=one.current)
    factories.lesson(plans[1])
    LessonPlan.objects.filter(pk=plans[2].pk).update(removed_at="2026-01-01T00:00Z")
    found = plan(course, limit=2)
    assert reasons(found) == {
        "approved or published": 1, "have their text already": 1, "removed from the source": 1, "beyond the limit": 1,
    }  # fmt: skip
    assert found.run.total == 2


def test_items_under_way_are_left_out(course, provider):
    launched(course, limit=4)
    assert reasons(plan(course)) == {"under way in another run": 4}


@pytest.mark.parametrize(
    ("only", "reason"),
    [
        ("changed", "not changed since their text was made"),
        ("outdated", "made with what is in force"),
        ("failed", "did not fail the last time"),
    ],
)
def test_each_choice_has_its_reason(course, only, reason):
    assert reasons(plan(course, only)) == {reason: 6}


def test_what_a_recipe_makes_nothing_of_is_said(course, monkeypatch):
    monkeypatch.setattr(LessonRecipe, "made_for", {"module_code": "M0"})
    assert reasons(plan(course)) == {"the recipe makes nothing of them": 3}


@pytest.mark.parametrize("wanted", ["4", "Topic 1.1", "topic 1.1"])
def test_any_request_of_the_plan_is_shown_by_number_or_name(course, wanted):
    shown = plan(course, wanted=wanted).shown
    assert shown.position == 4
    assert "Topic 1.1" in " ".join(text for _, text in shown.texts)
    assert shown.tokens > 50 and '"model"' in shown.options


@pytest.mark.parametrize("wanted", ["", "0", "7", "no such", "9" * 400, "²"])
def test_a_request_that_is_not_there_shows_the_first(course, wanted):
    assert plan(course, wanted=wanted).shown.position == 1


def test_the_remark_is_in_the_shown_prompt(course):
    assert "Mention whales." in plan(course, remark="Mention whales.").shown.texts[-1][1]


def test_shards_follow_the_limits_of_a_file(course, settings):
    (whole,) = plan(course).shards
    assert (whole.files, whole.requests, whole.way, whole.provider) == (1, 6, "batch", "default")
    settings.BATCH_MAX_REQUESTS = 4
    assert plan(course).shards[0].files == 2
    settings.BATCH_MAX_REQUESTS, settings.BATCH_MAX_BYTES = 50_000, whole.bytes // 3 + 1
    assert plan(course).shards[0].files == 3


def test_the_planned_size_is_that_of_the_files(course, provider):
    (shards,) = plan(course).shards
    assert shards.bytes == pytest.approx(_built(course), rel=0.02)


def _built(course):
    return sum(job.input_bytes for job in build(launched(course)))


def test_direct_requests_make_no_files(course):
    (shards,) = plan(course, mode="direct").shards
    assert (shards.way, shards.files, shards.room) == ("direct", 0, "")


def test_recipes_that_wait_for_each_other_go_in_files_of_their_own(db):
    made = plan(box(), recipes=(FactRecipe, QuizRecipe, DigestRecipe))
    # The quiz and the digest both wait for the facts only.
    assert sum(shards.files for shards in made.shards) == 2
    assert not any(problem.blocks for problem in made.problems if "key" not in problem.words)


def test_the_queue_of_tokens_says_what_is_taken(course, provider):
    assert "not known" in plan(course).shards[0].room
    run = factories.run(course)
    model = run.estimate["parts"][0]["model"]
    EnqueuedLimit.objects.create(provider="default", model=model, tokens=10**7)
    assert plan(course).shards[0].room == "0 of 10,000,000 tokens are taken: there is room"
    common = {"run": run, "provider": "default", "model": model, "endpoint": "/v1/responses", "status": "in_progress"}
    BatchJob.objects.create(reserved_tokens=10**7 - 5, **common)
    assert "wait their turn" in plan(course).shards[0].room


def test_a_missing_key_is_said_before_the_launch(course):
    assert any("OPENAI_API_KEY" in problem.words and problem.blocks for problem in plan(course).problems)


def test_an_unknown_price_is_said_and_does_not_block(course, provider):
    made = plan(course, model="nobody-knows-1")
    assert [problem.blocks for problem in made.problems] == [False]
    assert "MODEL_PRICES" in made.problems[0].words


def test_a_provider_without_batches_is_said(course, provider, settings):
    settings.PROVIDERS = {"default": settings.PROVIDERS["default"] | {"batch": False}}
    made = plan(course)
    assert "full price" in made.problems[0].words
    assert made.shards[0].way == "direct"


def test_a_prompt_larger_than_the_model_takes_stops_the_launch(operator, course, provider, monkeypatch):
    monkeypatch.setattr("generation.costs.context_window", lambda model, name: 100)
    made = plan(course)
    assert "takes 100 together with the answer" in made.problems[0].words and made.blocked
    assert "takes 100" in post(operator, "launch").context["refusal"]
    assert not Run.objects.exists()


def test_a_schema_too_deep_stops_the_launch(db, provider, monkeypatch):
    monkeypatch.setattr("generation.planning.problems.SCHEMA_PROPERTIES", 1)
    made = plan(box(), recipes=(FactRecipe,))
    assert "2 properties in 1 levels" in made.problems[0].words and made.blocked


@pytest.mark.parametrize("text", ["{{ nobody }}", "{% if nobody %}x{% endif %}"])
def test_a_wrong_prompt_is_named_with_its_version_and_a_way_to_mend_it(operator, course, sandboxed, text):
    prompt = Prompt(recipe="lessons.lesson", user=text).add()
    for step in ("plan", "launch", "pilot", "rehearse"):
        page = post(operator, step)
        assert f"version {prompt.version}" in page.context["draft"].refusal and "nobody" in page.context["refusal"]
        assert page.context["prompt_url"] == reverse("admin:generation_prompt_change", args=[prompt.pk])
        assert 'value="launch"' not in page.content.decode()
    assert not Run.objects.exists()


def test_budgets_stand_beside_the_plan(operator, course, provider):
    Budget.objects.create(scope="month", amount_nano=5 * 10**9)
    (standing,) = post(operator, "plan").context["draft"].standings
    assert (standing.left, standing.spent) == (5 * 10**9, 0)
    factories.finished(course, limit=2)
    (standing,) = post(operator, "plan").context["draft"].standings
    assert 0 < standing.spent == 5 * 10**9 - standing.left


def test_a_launch_beyond_the_budget_names_it_and_leads_there(operator, course, provider):
    Budget.objects.create(scope="run", amount_nano=1)
    page = post(operator, "launch", seen="6")
    text = page.content.decode()
    assert "one run may cost" in page.context["refusal"]
    assert reverse("admin:generation_budget_changelist") in text and "See and change the budgets" in text
    assert not Run.objects.exists()


def test_the_page_of_a_collection_plans_all_its_recipes(operator, course, provider):
    address = reverse("admin:lessons_course_generate", args=[course.pk])
    first = operator.get(address)
    assert first.context["run"].total == 6
    answers = dict(first.context["form"].answers())
    operator.post(address, {**answers, "recipes": ["lessons.lesson"], "step": "launch", "seen": "6"})
    run = Run.objects.get()
    assert (run.status, run.collections, run.selection["item_ids"]) == ("running", ["course"], [])


def test_collections_are_planned_from_their_list(operator, course, provider):
    other = factories.course(slug="other")
    data = {"action": "generate", "_selected_action": [course.pk, other.pk], "index": 0}
    assert operator.post(reverse("admin:lessons_course_changelist"), data).context["run"].total == 12


def test_a_hidden_collection_is_neither_listed_nor_planned(operator, course, roles):
    course.groups.add(roles["viewer"].groups.get())
    assert operator.get(reverse("admin:lessons_course_generate", args=[course.pk])).status_code == 404
    assert operator.get(reverse("console_plan")).context["rows"] == []


def test_the_start_lists_collections_with_their_items(operator, course):
    factories.lesson(LessonPlan.objects.first())
    (row,) = operator.get(reverse("console_plan")).context["rows"]
    assert (row.name, row.items, row.made) == ("Course", 6, 1)
    assert row.address == reverse("admin:lessons_course_generate", args=[course.pk])


def test_the_plan_takes_as_many_queries_for_many_items_as_for_few(db, provider, django_assert_max_num_queries):
    few, many = factories.course(1, 3), factories.course(20, 20, slug="many")
    plan(few)
    with django_assert_max_num_queries(85) as counted:
        plan(few)
    # Items are read in chunks of 50.
    with django_assert_max_num_queries(len(counted.captured_queries) + 400 // 50 * 6):
        plan(many)
