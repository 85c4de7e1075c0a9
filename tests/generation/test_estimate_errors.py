"""How far an estimate was off is noted when its run ends, by hand-worked figures, and told where one plans again."""

import pytest

from generation.estimate_errors import Accuracy, accuracy, accuracy_words, error_words, shown_share
from generation.models import Attempt, EstimateError, Purpose, RecipeSettings, Request, Run
from generation.models.estimates import note_errors
from lessons.models import LessonPlan
from tests import factories
from tests.generation.shell import document, said

PART = {
    "recipe": "lessons.lesson", "collection": "course", "model": "m", "requests": 6, "input_tokens": 600,
    "output_tokens": {"low": 600, "likely": 1200, "high": 2400}, "output_basis": "measured",
    "cost_nano": {"batch": {"likely": 6000}, "direct": {"likely": 12_000}},
}  # fmt: skip


@pytest.fixture
def run(course):
    """Six requests, each of which was to take 100 tokens and to give 200, for 6,000 nano-dollars in all."""
    row = factories.run(course)
    row.estimate = row.estimate | {"parts": [PART]}
    row.save()
    return row


def attempts(run, *figures, mode="batch"):
    """Past attempts: input, output, cost."""
    for request, (into, out, cost) in zip(run.requests.all(), figures, strict=False):
        Attempt.objects.create(
            request=request, run=run, number=Attempt.objects.filter(request=request).count() + 1, mode=mode,
            provider="default", model="m", outcome="succeeded", recipe=request.recipe, input_tokens=into,
            output_tokens=out, cost_nano=cost,
        )  # fmt: skip


def test_tokens_are_compared_by_the_answer_and_money_in_all(run):
    # Four answers, and one sending of which none came: 120 in and 150 out on average of the four, 5,400 in all.
    attempts(run, (110, 100, 1000), (130, 200, 1400), (110, 100, 1000), (130, 200, 2000), (0, 0, 0))
    note_errors(run)
    row = EstimateError.objects.get()
    assert (row.requests, row.answers) == (6, 4)
    assert (row.input_off, row.output_off, row.cost_off) == pytest.approx((0.2, -0.25, -0.1))


def test_a_retry_compares_anew_instead_of_twice(run):
    attempts(run, *[(100, 200, 1000)] * 6)
    note_errors(run)
    attempts(run, (100, 200, 600))
    note_errors(run)
    row = EstimateError.objects.get()
    assert (row.answers, row.cost_off) == (7, pytest.approx(0.1))


def test_a_cost_that_nobody_knows_is_not_compared(run):
    attempts(run, (100, 200, None), (100, 200, 1000))
    note_errors(run)
    row = EstimateError.objects.get()
    assert (row.cost_off, row.input_off) == (None, 0.0)


def test_what_went_in_two_modes_has_no_expected_cost(run):
    attempts(run, (100, 200, 1000))
    attempts(run, (100, 200, 2000), mode="direct")
    note_errors(run)
    assert EstimateError.objects.get().cost_off is None


@pytest.mark.parametrize("purpose", [Purpose.REHEARSAL])
def test_a_rehearsal_says_nothing_of_money(run, purpose):
    run.purpose = purpose
    attempts(run, (100, 200, 0))
    note_errors(run)
    assert not EstimateError.objects.exists()


def test_a_part_that_nothing_answered_is_left_out(run):
    attempts(run, (0, 0, 0))
    note_errors(run)
    assert not EstimateError.objects.exists()


def test_each_collection_has_its_own(db):
    first, second = factories.course(1, 2, "one"), factories.course(1, 2, "two")
    row = factories.run(first)
    row.collections = ["one", "two"]
    half = PART | {"requests": 2, "input_tokens": 200}
    row.estimate = {"parts": [half | {"collection": slug} for slug in ("one", "two")]}
    row.save()
    named = {"run": row, "recipe": "lessons.lesson", "collection": "two"}
    plans = LessonPlan.objects.filter(collection=second)
    Request.objects.bulk_create(
        Request(item_id=one.pk, label=one.key, custom_id=f"x{one.pk}", **named) for one in plans
    )
    attempts(row, (50, 1, 1), (50, 1, 1), (300, 1, 1), (100, 1, 1))
    note_errors(row)
    found = dict(EstimateError.objects.values_list("collection", "input_used"))
    assert found == {"one": 50.0, "two": 200.0}


def test_a_run_that_ends_is_noted_by_itself(course, provider):
    run = factories.finished(course)
    row = run.estimate_errors.get()
    used = list(Attempt.objects.filter(run=run).values_list("output_tokens", flat=True))
    assert (row.recipe, row.answers, row.mode) == ("lessons.lesson", 6, "batch")
    assert row.output_used == pytest.approx(sum(used) / 6)
    assert row.cost_nano == run.cost_nano > 0
    assert error_words(run).startswith("lessons.lesson of course: input ")
    assert f"The estimate was off by: {error_words(run)}." in said("progress", "--run", run.pk)
    (told,) = document("progress", "--run", run.pk)["runs"][0]["estimate_errors"]
    assert (told["answers"], told["cost_off"]) == (6, row.cost_off)


def test_the_typical_and_the_worst(run):
    for number, (expected, cost) in enumerate([(100, 110), (100, 90), (100, 150)], start=1):
        other = Run.objects.create(key=f"k{number}")
        EstimateError.objects.create(
            run=other, recipe="lessons.lesson", collection="course", mode="batch", model="m", requests=1, answers=1,
            input_expected=10, input_used=11, output_expected=10, output_used=8, cost_expected=expected, cost_nano=cost,
        )  # fmt: skip
    assert accuracy("lessons.lesson") == Accuracy(3, pytest.approx(0.1), pytest.approx(-0.2), pytest.approx(0.1), 0.5)
    assert accuracy_words("lessons.lesson") == (
        "its last 3 runs have used +10.0 % input and -20.0 % output and cost +10.0 % (at worst +50.0 %) against the "
        "estimate"
    )
    assert accuracy("lessons.other") is None and accuracy_words("lessons.other") == ""


def test_shares_in_words():
    assert [shown_share(share) for share in (None, 0.0, 0.0004, 0.032, -0.5, 12)] == [
        "–", "0.0 %", "0.0 %", "+3.2 %", "-50.0 %", "+1,200.0 %",
    ]  # fmt: skip


def test_pages_show_it_to_those_who_see_costs(course, provider, client, roles):
    run = factories.finished(course)
    RecipeSettings.objects.get_or_create(recipe="lessons.lesson")
    settings_page = f"/admin/generation/recipesettings/{RecipeSettings.objects.get(recipe='lessons.lesson').pk}/change/"
    for role, sees in (("operator", True), ("viewer", False)):
        client.force_login(roles[role])
        for url in (f"/admin/generation/run/{run.pk}/change/", settings_page):
            assert ("How far" in client.get(url).content.decode()) is sees, (role, url)
