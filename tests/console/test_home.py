"""The home page: what needs a person, what runs, the funnel, days, money, decisions; each for those who may see it."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation import review
from generation.console.home_days import days
from generation.models import Attempt, BatchJob, Budget, Heartbeat, RecipeSettings, ReviewEvent, Run
from lessons.models import Lesson
from tests import factories
from tests.desk import rows
from tests.generation.scenes import launched

PAGE = "/admin/"


def home(client, user):
    """What the page shows this person now."""
    cache.clear()
    client.force_login(user)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.context["home"]


def text(client, user):
    cache.clear()
    client.force_login(user)
    return client.get(PAGE).content.decode()


def words(found):
    return [need.words for need in found["needs"]]


def attempt(run, **fields):
    request = run.requests.first()
    shared = {"mode": "batch", "provider": "default", "model": "m", "outcome": "succeeded"} | fields
    return Attempt.objects.create(request=request, run=run, number=Attempt.objects.count() + 1, **shared)


def job(run, **fields):
    return BatchJob.objects.create(run=run, provider="default", model="m", endpoint="/v1/x", **fields)


def test_an_empty_site_says_what_to_do_first(client, roles):
    found = home(client, roles["operator"])
    assert found["empty"] and ("Import a course", "/admin/lessons/course/import/") in found["first_steps"]
    assert "First import what is to be generated from" in text(client, roles["operator"])


def test_who_may_not_import_is_not_told_to(client, roles):
    assert home(client, roles["reviewer"])["first_steps"] == []
    assert "An operator imports a source" in text(client, roles["reviewer"])


def test_a_person_without_a_role_sees_an_empty_page(client, course, django_user_model):
    rows.lessons(course, 2)
    found = home(client, django_user_model.objects.create_user("nobody", is_staff=True))
    assert found["needs"] == found["stages"] == found["running"] == []
    assert (found["month"], found["decisions"], found["costs"]) == ({}, {}, False)
    assert "days" not in found


def test_drafts_wait_the_oldest_first(client, roles, course):
    lessons = rows.lessons(course, 3)
    old = timezone.now() - timedelta(days=9)
    Lesson.objects.filter(pk=lessons[1].pk).update(updated_at=old)
    (need,) = home(client, roles["reviewer"])["needs"]
    assert (need.words, need.since, need.urgent) == ("Lesson: 3 to review", old, False)
    assert client.get(need.address, follow=True).status_code == 200


def test_decided_drafts_wait_no_more(client, roles, course):
    for lesson in rows.lessons(course, 2):
        review.reject(lesson, roles["reviewer"], "off topic")
    assert home(client, roles["reviewer"])["needs"] == []


def test_jobs_and_approvals_come_first(client, roles, course):
    rows.lessons(course, 1)
    run = factories.run(course, "all")
    doubtful = job(run, status="needs_attention")
    Run.objects.update(status="awaiting_approval")
    assert words(home(client, roles["operator"])) == [
        f"Batch job {doubtful.pk} needs a decision", f"Run {run.pk} awaits approval", "Lesson: 1 to review",
    ]  # fmt: skip


def test_many_of_a_kind_are_one_line(client, roles, course):
    run = factories.run(course)
    for _ in range(7):
        job(run, status="needs_attention")
    (need,) = home(client, roles["operator"])["needs"]
    assert need.words == "7 batch jobs need a decision"
    assert client.get(need.address).context["cl"].result_count == 7


def test_a_silent_worker_is_said(client, roles, course, provider):
    launched(course)
    assert "No worker has answered" in words(home(client, roles["operator"]))[0]
    Heartbeat.answer(1000)
    assert words(home(client, roles["operator"])) == []


def test_what_a_kind_has_waiting_is_asked_of_it(client, roles, course, monkeypatch):
    asked = [("riddles to solve", 3, "/admin/somewhere/")]
    monkeypatch.setattr("generation.admin_base.collections.CollectionAdmin.waiting", lambda self, request: asked)
    assert "3 riddles to solve" in words(home(client, roles["viewer"]))


def test_running_runs_have_bars(client, roles, course):
    run = factories.run(course)
    run.requests.filter(pk__in=run.requests.values("pk")[:2]).update(status="succeeded")
    Run.objects.update(status="running", started_at=timezone.now())
    (bar,) = home(client, roles["viewer"])["running"]
    assert (bar.done, bar.total, bar.percent) == (2, 6, 33)
    assert "2 of 6 (33 %)" in text(client, roles["viewer"])


def test_the_funnel_counts_items_and_states(client, roles, course):
    one, two, _ = rows.lessons(course, 3)
    review.approve(one, roles["reviewer"])
    review.reject(two, roles["reviewer"], "no")
    (stage,) = home(client, roles["viewer"])["stages"]
    assert (stage.items, stage.made, stage.waiting) == (6, 3, 1)
    assert dict(zip(("needs review", "changes", "approved", "rejected", "published"), stage.cells, strict=True)) == {
        "needs review": 1, "changes": 0, "approved": 1, "rejected": 1, "published": 0,
    }  # fmt: skip


def test_a_recipe_that_is_switched_off_has_a_line_only_where_it_has_made_something(client, roles, course):
    RecipeSettings.objects.create(recipe="lessons.lesson", enabled=False)
    assert home(client, roles["viewer"])["stages"] == []
    rows.lessons(course, 1)
    cache.clear()
    assert [stage.made for stage in home(client, roles["viewer"])["stages"]] == [1]


def test_hidden_courses_are_in_no_part(client, roles, course):
    one, two, _ = rows.lessons(course, 3)
    review.reject(one, roles["reviewer"], "a secret reason")
    review.approve(two, roles["reviewer"])
    run = factories.run(course, "all")
    job(run, status="needs_attention")
    Run.objects.update(status="running", started_at=timezone.now(), next_due=timezone.now() + timedelta(hours=1))
    course.groups.add(roles["viewer"].groups.get())
    found = home(client, roles["operator"])
    assert found["needs"] == found["running"] == found["stages"] == found["decisions"]["reasons"] == []
    assert found["decisions"]["approved"] == 0
    assert len(home(client, roles["viewer"])["needs"]) == 2
    assert home(client, roles["viewer"])["decisions"]["reasons"] == [("a secret reason", 1)]


def test_what_one_person_may_see_is_not_shown_to_another_from_the_cache(client, roles, course):
    rows.lessons(course, 1)
    course.groups.add(roles["viewer"].groups.get())
    seen = {}
    for name in ("viewer", "operator", "admin", "viewer"):
        client.force_login(roles[name])
        found = client.get(PAGE).context["home"]
        seen[name] = (len(found["stages"]), found["costs"])
    assert seen == {"viewer": (1, False), "operator": (0, True), "admin": (1, True)}


def test_answers_and_money_by_day(client, roles, course):
    run = factories.run(course)
    attempt(run, cost_nano=1_500_000_000)
    attempt(run, cost_nano=500_000_000, outcome="truncated")
    attempt(run, cost_nano=10**9, started_at=timezone.now() - timedelta(days=2))
    attempt(run, cost_nano=10**9, started_at=timezone.now() - timedelta(days=40))
    found = home(client, roles["operator"])
    assert [(day.answers, day.cost) for day in found["days"]] == [(0, 0)] * 11 + [(1, 10**9), (0, 0), (1, 2 * 10**9)]
    assert json.loads(found["spend"])["datasets"][0]["data"][-1] == 2.0
    assert len(json.loads(found["throughput"])["labels"]) == 14


def test_what_the_sandbox_made_up_in_a_rehearsal_is_no_answer_of_the_day(course):
    attempt(factories.run(course, "all", purpose="rehearsal"))
    assert days()[-1].answers == 0
    attempt(factories.run(course, "all"))
    cache.clear()
    assert days()[-1].answers == 1


def test_today_is_counted_anew_and_past_days_are_kept(course, django_assert_num_queries):
    run = factories.run(course)
    with django_assert_num_queries(14):
        days()
    attempt(run)
    with django_assert_num_queries(1):
        assert days()[-1].answers == 1


def test_money_is_for_those_who_may_see_costs(client, roles, course):
    attempt(factories.run(course), cost_nano=1_234_000_000)
    Budget.objects.create(scope="month", amount_nano=4 * 10**9)
    assert home(client, roles["operator"])["month"] == {
        "spent": 1_234_000_000, "budget": 4 * 10**9, "percent": 31,
    }  # fmt: skip
    for role in ("viewer", "publisher"):
        shown = text(client, roles[role])
        assert "$" not in shown.split("<main", 1)[1].split("</main>")[0] and "Spent" not in shown


def test_without_a_budget_the_month_is_told_alone(client, roles, course):
    assert "There is no budget for a month." in text(client, roles["operator"])


def test_reasons_of_rejections_and_the_share_that_was_edited(client, roles, course):
    one, two, three, four = rows.lessons(course, 4)
    review.save_text(one, one.current.text + "\n\nMore.", roles["editor"], base_revision_id=one.current_id)
    for lesson in (one, two):
        review.approve(Lesson.objects.get(pk=lesson.pk), roles["publisher"], comment="good enough")
    for lesson in (three, four):
        review.reject(lesson, roles["reviewer"], "too <b>short</b>")
    found = home(client, roles["viewer"])["decisions"]
    assert (found["reasons"], found["approved"], found["edited_share"]) == ([("too <b>short</b>", 2)], 2, 50)
    assert "too &lt;b&gt;short&lt;/b&gt;" in text(client, roles["viewer"])


def test_undone_decisions_don_t_count(client, roles, course):
    (one,) = rows.lessons(course, 1)
    review.reject(one, roles["reviewer"], "no")
    ReviewEvent.objects.update(undone=True)
    assert home(client, roles["viewer"])["decisions"]["reasons"] == []


def test_charts_have_tables_and_no_script_of_ours(client, roles, course):
    attempt(factories.run(course))
    shown = text(client, roles["operator"]).split("<main", 1)[1].split("</main>")[0]
    assert shown.count('class="chart"') == 2 and "The figures as a table" in shown
    assert "<script" not in shown and "style=" not in shown


def queries(client, user):
    cache.clear()
    client.force_login(user)
    with CaptureQueriesContext(connection) as found:
        client.get(PAGE)
        return len(found)


@pytest.mark.parametrize("role", ["operator", "reviewer"])
def test_queries_don_t_grow_with_rows(client, roles, course, role):
    rows.lessons(course, 1)
    run = factories.run(course, "all")
    before = queries(client, roles[role])
    rows.lessons(factories.course(4, 5, "more"), 20)
    for _ in range(4):
        job(run, status="needs_attention")
        factories.run(course, "all")
    Run.objects.update(status="running", started_at=timezone.now())
    assert queries(client, roles[role]) <= before + 1


def test_for_a_few_seconds_nothing_is_counted_again(client, roles, course):
    rows.lessons(course, 1)
    first = queries(client, roles["viewer"])
    with CaptureQueriesContext(connection) as found:
        client.get(PAGE)
        again = len(found)
    assert again < first - 15
