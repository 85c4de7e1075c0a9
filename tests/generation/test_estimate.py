"""What a run would cost, before anything is sent."""

import pytest

from generation.models import Attempt, Request
from generation.pipeline.estimate import _scaled, estimate
from generation.run_report import estimate_lines
from lessons.models import LessonPlan
from tests import factories
from tests.tiny.rows import box

LEVELS = ("low", "likely", "high")


@pytest.fixture
def run(course):
    return factories.run(course)


def answered(run, *tokens: int) -> None:
    """Past answers of so many tokens."""
    for request, count in zip(run.requests.all(), tokens, strict=False):
        Request.objects.filter(pk=request.pk).update(status="succeeded")
        Attempt.objects.create(
            request=request, run=run, number=1, mode="batch", provider="default", model="m", outcome="succeeded",
            output_tokens=count,
        )  # fmt: skip


def test_an_estimate_counts_requests_tokens_and_money(run):
    found = run.estimate
    assert (found["requests"], found["parts"][0]["sampled"]) == (6, 6)
    assert found["input_tokens"] > 6 * 300
    assert found["input_error"] == 0, "every prompt was counted"
    for mode in ("batch", "flex", "direct"):
        low, likely, high = (found["cost_nano"][mode][level] for level in LEVELS)
        assert 0 < low < likely < high


def test_a_batch_is_estimated_at_half_the_price(run):
    money = run.estimate["cost_nano"]
    assert money["batch"]["likely"] == pytest.approx(money["direct"]["likely"] / 2, rel=0.001)


def test_asking_twice_gives_the_same_figures(run):
    assert estimate(run, sample=3) == estimate(run, sample=3)


def test_a_sample_is_scaled_by_bytes_and_says_how_far_it_may_be_off(db):
    mixed = factories.run(factories.course(2, 50))
    LessonPlan.objects.filter(module_code="M0").update(title="long " * 60)
    whole = estimate(mixed)["input_tokens"]
    sampled = estimate(mixed, sample=20)
    assert sampled["parts"][0]["sampled"] == 20
    assert sampled["input_error"] > 0
    assert abs(sampled["input_tokens"] - whole) <= 2 * sampled["input_error"]


def test_bytes_of_many_correct_the_tokens_of_few():
    # Four counted prompts of 100 bytes and 25 tokens; measured are four of 300 bytes besides: 0.25 tokens a byte, and
    # 200 bytes on average are 50 tokens. The mean of the counted alone would have said 25.
    found = _scaled(8, [100] * 4 + [300] * 4, [25] * 4)
    assert (found.tokens, found.bytes, found.sampled) == (50.0, 200.0, 4)
    assert found.error == 0, "all are measured, and the counted ones do not differ from the ratio"


def test_the_error_of_a_sample_is_the_textbooks():
    # Counted: 10 and 30 tokens on 100 and 100 bytes, ratio 0.2, residuals -10 and +10, their variance 200 / 1.
    # Measured: 100, 100, 400 bytes of 5 requests, population variance 20,000.
    # 200 * (1/2 - 1/5) + 0.04 * 20,000 * (1/3 - 1/5) = 60 + 106.667
    found = _scaled(5, [100, 100, 400], [10, 30])
    assert found.error == pytest.approx((60 + 800 * 2 / 15) ** 0.5)
    assert found.tokens == pytest.approx(0.2 * 200)


def test_without_history_an_answer_may_take_its_limit(run):
    part = run.estimate["parts"][0]
    assert part["output_tokens"] == {"low": 12000, "likely": 24000, "high": 48000}
    assert "no history" in part["output_basis"]


def test_with_history_answers_are_what_they_were(run):
    answered(run, 900, 1100)
    part = estimate(run)["parts"][0]
    assert part["output_tokens"] == {"low": 5400, "likely": 6000, "high": 6600}
    assert part["output_basis"] == "measured on the last 2 answers"


def test_a_model_without_a_price_has_no_cost_rather_than_0(course):
    run = factories.run(course, model="nobody-knows-me")
    assert run.estimate["cost_nano"]["batch"]["likely"] is None
    assert run.estimate["parts"][0]["discounted"]["batch"] is False


def test_the_remark_counts(course, run):
    with_remark = factories.run(course, only="all", remark="make it short " * 50)
    assert with_remark.estimate["input_tokens"] > run.estimate["input_tokens"] + 6 * 100


def test_an_estimate_sends_nothing_and_needs_no_key(run, settings):
    assert settings.PROVIDERS["default"]["api_key"] == ""
    assert Attempt.objects.count() == 0


def test_a_recipe_that_waits_for_texts_of_the_same_run_says_so(db):
    row = factories.run(box(2), names=("tiny",))
    waits = {part["recipe"]: part["waits_for"] for part in row.estimate["parts"]}
    assert waits == {"tiny.fact": [], "tiny.quiz": ["tiny.fact"], "tiny.digest": ["tiny.fact"]}
    assert sum("without the texts of tiny.fact" in line for line in estimate_lines(row)) == 2
