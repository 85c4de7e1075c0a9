"""The action "Generate": an estimate that leaves no trace, a launch, and refusals in one sentence."""

import pytest
from django.urls import reverse

from generation.models import Prompt, Request, Run, RunStatus
from lessons.models import Course, LessonPlan
from tests import factories


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


def generate(client, plans=(), across=False, query="", **answers):
    ticked = [plan.pk for plan in plans] or [LessonPlan.objects.first().pk]
    data = {"action": "generate", "_selected_action": ticked, "select_across": int(across), "index": 0}
    usual = {"recipes": "lessons.lesson", "only": "new", "mode": "batch"} if answers else {}
    return client.post(reverse("admin:lessons_lessonplan_changelist") + query, {**data, **usual, **answers})


def test_the_first_look_shows_count_and_estimate_and_leaves_nothing(operator, course):
    page = generate(operator, LessonPlan.objects.all()[:2])
    assert page.context["run"].total == 2
    assert [row["mode"][:9] for row in page.context["estimates"] if row["own"]] == ["Batch API"]
    batch, direct = page.context["estimates"][0], page.context["estimates"][2]
    assert batch["low"] < batch["likely"] < batch["high"]
    assert batch["likely"] < direct["likely"]
    assert not Run.objects.exists() and not Request.objects.exists()


def test_the_whole_filter_is_taken_not_the_page(operator, course, monkeypatch):
    monkeypatch.setattr("lessons.admin.LessonPlanAdmin.list_per_page", 2)
    assert generate(operator, across=True).context["run"].total == 6
    assert generate(operator, across=True, query="?module=M1").context["run"].total == 3


def test_the_launch_leads_to_the_run(operator, course, provider, roles):
    answer = generate(operator, across=True, step="launch", seen="6")
    run = Run.objects.get()
    assert answer.url == reverse("admin:generation_run_change", args=[run.pk])
    assert (run.status, run.total, run.created_by, run.actor) == (RunStatus.RUNNING, 6, roles["operator"], "operator")


def test_the_answers_of_the_form_are_followed(operator, course, provider):
    generate(operator, across=True, step="launch", mode="direct", model="gpt-5.4-nano", limit="2", only="all")
    run = Run.objects.get()
    assert (run.mode, run.model, run.total) == ("direct", "gpt-5.4-nano", 2)
    assert run.selection["only"] == "all"


def test_several_courses_go_into_one_run(operator, course, provider):
    factories.course(slug="other")
    generate(operator, across=True, step="launch")
    assert Run.objects.get().collections == ["course", "other"]


def test_without_a_key_it_is_one_sentence_and_no_run_stays(operator, course):
    page = generate(operator, across=True, step="launch")
    assert "key" in page.context["refusal"]
    assert page.context["refusal"] in page.content.decode().replace("&#x27;", "'")
    assert not Run.objects.exists() and not Request.objects.exists()


def test_nothing_to_do_is_one_sentence(operator, course, provider):
    factories.finished(course)
    page = generate(operator, across=True)
    assert "every chosen item has its text already" in page.context["refusal"]
    assert "Launch</button>" not in page.content.decode()


def test_a_prompt_that_cannot_be_filled_is_one_sentence(operator, course):
    Prompt(recipe="lessons.lesson", user="{{ nobody }}").add()
    assert "nobody" in generate(operator, across=True).context["refusal"]


def test_more_than_was_seen_is_not_launched(operator, course, provider):
    page = generate(operator, across=True, step="launch", seen="5")
    assert "no longer 5" in page.context["refusal"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"), [("mode", "magic"), ("only", "some"), ("limit", "0"), ("recipes", "tiny.title"), ("recipes", "")]
)
def test_answers_that_are_none_are_refused(operator, course, provider, name, value):
    page = generate(operator, across=True, step="launch", **{name: value})
    assert name in page.context["form"].errors
    assert not Run.objects.exists()


def test_too_many_named_items_are_refused(operator, course, monkeypatch):
    monkeypatch.setattr("generation.admin_base.launch_page.MAX_NAMED", 2)
    assert "at most 2" in generate(operator, across=True, query="?module=M0").context["refusal"]
    assert generate(operator, across=True).context["refusal"] == ""


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_only_operators_generate(client, roles, course, provider, role):
    client.force_login(roles[role])
    assert generate(client, across=True, step="launch").status_code == 403
    assert not Run.objects.exists()
    assert "Generate …" not in client.get(reverse("admin:lessons_lessonplan_changelist")).content.decode()


def test_hidden_plans_are_not_generated(operator, course, provider, roles):
    hidden = factories.course(slug="hidden")
    hidden.groups.add(roles["viewer"].groups.get())
    generate(operator, across=True, step="launch", seen="6")
    assert Run.objects.get().collections == ["course"]
    assert Course.objects.count() == 2
