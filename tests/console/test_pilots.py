"""Pilots make a few records at once; the rest is the same choice without them, priced by what they really used."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from generation.models import Attempt, Budget, Request, Run
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.console.planning_site import made, operator, post  # noqa: F401 (fixtures)
from tests.generation.scenes import follow

# ruff: noqa: F811 (the fixtures are named as they are imported)


@pytest.fixture
def pilot(operator, course, provider):
    """Two of six lessons, made directly; ended."""
    return made(operator, "pilot", pilot_items=2)


def rest(client, run, method="get", **data):
    return getattr(client, method)(reverse("console_rest", args=[run.pk]), data)


def test_it_makes_the_first_records_directly(pilot):
    assert (pilot.purpose, pilot.mode, pilot.status, pilot.total) == ("pilot", "direct", "completed", 2)
    first = LessonPlan.objects.order_by("position").values_list("pk", flat=True)[:2]
    assert set(Lesson.objects.values_list("item_id", flat=True)) == set(first)


def test_it_leads_to_its_texts(operator, course, provider):
    run = Run.objects.filter(purpose="pilot")
    answer = post(operator, "pilot", pilot_items=1)
    assert answer.url == reverse("console_results", args=[run.get().pk])


@pytest.mark.parametrize("given", ["0", "-1", "101", "x", "", "²", "9" * 50])
def test_a_number_of_items_that_is_none_is_refused(operator, course, provider, given):
    page = post(operator, "pilot", pilot_items=given)
    assert "1 to 100" in page.context["refusal"]
    assert not Run.objects.exists()


def test_five_items_are_usual(operator, course, provider):
    data = post(operator, "plan").context["pilot_items"]
    assert (data, made(operator, "pilot").total) == (5, 5)


def test_its_page_has_texts_findings_costs_and_the_way_into_the_desk(operator, pilot):
    page = operator.get(reverse("console_results", args=[pilot.pk]))
    rows = page.context["rows"]
    assert [row.cost for row in rows] == list(Attempt.objects.order_by("pk").values_list("cost_nano", flat=True))
    assert {row.desk for row in rows} == {
        reverse("admin:lessons_lesson_desk", args=[pk]) for pk in Lesson.objects.values_list("pk", flat=True)
    }
    ((_, queue),) = page.context["queues"]
    assert queue == reverse("admin:lessons_lesson_queue") + f"?run={pilot.pk}"


def test_findings_of_its_records_are_shown(operator, pilot):
    lesson = Lesson.objects.order_by("item__position").first()
    common = {"recipe": lesson.recipe, "artefact_id": lesson.pk, "revision": lesson.current, "severity": "warning"}
    lesson.current.findings.create(check_name="own", message="Not enough whales.", **common)
    lesson.current.findings.create(check_name="gone", message="Dismissed.", dismissed_at="2026-01-01T00:00Z", **common)
    text = operator.get(reverse("console_results", args=[pilot.pk])).content.decode()
    assert "Not enough whales." in text and "Dismissed." not in text


def test_the_desks_filter_holds_exactly_its_records(operator, pilot, course):
    factories.finished(course, limit=1)
    page = operator.get(reverse("admin:lessons_lesson_changelist") + f"?run={pilot.pk}")
    assert page.context_data["cl"].result_count == 2
    everything = operator.get(reverse("admin:lessons_lesson_changelist"))
    assert everything.context_data["cl"].result_count == 3


@pytest.mark.parametrize("costs", [True, False])
def test_costs_are_for_those_who_may_see_them(client, roles, pilot, costs):
    if not costs:
        roles["operator"].groups.get().permissions.remove(*_permissions("view_costs"))
    text = client.get(reverse("console_results", args=[pilot.pk])).content.decode()
    assert ("So far" in text) == costs


def _permissions(codename):
    return Permission.objects.filter(codename=codename)


def test_its_page_takes_a_fixed_number_of_queries(operator, course, provider, django_assert_max_num_queries):
    few = made(operator, "pilot", pilot_items=1)
    with django_assert_max_num_queries(40) as counted:
        operator.get(reverse("console_results", args=[few.pk]))
        taken = len(counted)
    post(operator, "pilot", pilot_items=5)
    many = follow(Run.objects.exclude(pk=few.pk).get())
    with django_assert_max_num_queries(taken):
        assert len(operator.get(reverse("console_results", args=[many.pk])).context["rows"]) == 5


def test_the_rest_is_the_same_choice_without_what_is_made(operator, pilot):
    page = rest(operator, pilot)
    assert (page.context["run"].total, page.context["run"].mode) == (4, "batch")
    assert {one.reason: one.count for one in page.context["draft"].left_out} == {"made by the pilot": 2}
    assert rest(operator, pilot, "post", step="launch", mode="batch", seen="4").status_code == 302
    run = Run.objects.get(purpose="launch")
    assert (run.total, run.parent, run.selection["besides"]) == (4, pilot, [pilot.pk])
    made_first = set(pilot.requests.values_list("item_id", flat=True))
    assert not made_first & set(run.requests.values_list("item_id", flat=True))


def test_of_all_the_piloted_are_not_made_twice(operator, course, provider):
    run = made(operator, "pilot", pilot_items=2, only="all")
    assert rest(operator, run).context["run"].total == 4


def test_what_failed_in_the_pilot_is_in_the_rest(operator, course, provider):
    provider.faults("refusal", 1.0)
    run = made(operator, "pilot", pilot_items=2)
    provider.clear_faults()
    assert run.ledger() == {"invalid": 2}
    assert rest(operator, run).context["run"].total == 6


def test_limit_remark_and_model_stay_with_the_rest(operator, course, provider):
    run = made(operator, "pilot", pilot_items=2, limit=3, remark="Short.", model="gpt-5.4-nano")
    planned = rest(operator, run).context["run"]
    assert (planned.total, planned.remark, planned.model) == (1, "Short.", "gpt-5.4-nano")


def test_the_estimate_is_corrected_by_what_the_pilot_used(operator, pilot, course):
    before = rest(operator, pilot).context["run"].estimate
    Attempt.objects.filter(run=pilot).update(output_tokens=7000, input_tokens=90_000)
    after = rest(operator, pilot).context["run"].estimate
    assert after["output_tokens"] == {"low": 28_000, "likely": 28_000, "high": 28_000}
    assert after["input_tokens"] == pytest.approx(4 * 90_000, rel=0.05)
    assert after["cost_nano"]["batch"]["likely"] > before["cost_nano"]["batch"]["likely"]
    assert after["parts"][0]["output_basis"] == f"measured on the 2 answers of the pilot (run {pilot.pk})"


def test_others_still_stand_on_the_whole_history(pilot, course):
    assert "measured on the last 2 answers" in factories.run(course).estimate["parts"][0]["output_basis"]


@pytest.mark.parametrize("mode", ["flex", "direct"])
def test_the_rest_goes_as_it_is_asked(operator, pilot, mode):
    assert rest(operator, pilot, mode=mode).context["run"].mode == mode
    rest(operator, pilot, "post", step="launch", mode=mode, limit=1)
    assert (Run.objects.first().mode, Run.objects.first().total) == (mode, 1)


def test_the_rest_waits_for_the_pilots_end(operator, course, provider):
    post(operator, "pilot", pilot_items=2)
    page = rest(operator, Run.objects.get(), "post", step="launch", mode="batch")
    assert "still goes on" in page.context["refusal"]
    assert Run.objects.count() == 1


def test_the_rest_is_refused_beyond_a_budget(operator, pilot):
    Budget.objects.create(scope="run", amount_nano=1)
    page = rest(operator, pilot, "post", step="launch", mode="batch")
    assert "one run may cost" in page.context["refusal"] and page.context["over_budget"]
    assert Run.objects.count() == 1


def test_more_than_was_seen_is_not_launched(operator, pilot):
    page = rest(operator, pilot, "post", step="launch", mode="batch", seen="3")
    assert "no longer 3" in page.context["refusal"]


@pytest.mark.parametrize("name", ["console_rest", "console_results"])
def test_only_pilots_have_such_a_page(operator, course, provider, name):
    run = factories.finished(course)
    assert operator.get(reverse(name, args=[run.pk])).status_code == 404
    assert operator.get(reverse(name, args=[run.pk + 1])).status_code == 404


@pytest.mark.parametrize("name", ["console_rest", "console_results"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_pilot_of_a_hidden_collection_is_not_there(operator, pilot, course, roles, name, method):
    course.groups.add(roles["viewer"].groups.get())
    assert getattr(operator, method)(reverse(name, args=[pilot.pk])).status_code == 404
    assert Request.objects.count() == 2
