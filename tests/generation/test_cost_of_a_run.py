"""What a mixed run costs, against arithmetic done here from the answers as they came."""

import time
from fractions import Fraction

import orjson
import pytest
from django.db.models import Sum

from generation import advance
from generation.models import Attempt, RawAnswer, RecipeSettings, Request, Run
from generation.pipeline import plan
from generation.recipes import recipes_named
from tests.tiny.rows import box

# Dollars for a million tokens, as listed on the day this was written: input, cached input, output.
STANDARD, HALF = ("0.75", "0.075", "4.5"), ("0.375", "0.0375", "2.25")
NANO_PER_TOKEN = {"direct": STANDARD, "batch": HALF, "flex": HALF}
CALLS = ("chat.completions", "responses")


def by_hand(raw: bytes, mode: str) -> int:
    """Nano-dollars of one answer: exact, then rounded half up, once."""
    body = orjson.loads(raw)["response"]["body"]
    usage, chat = body["usage"], "choices" in body
    asked, made = ("prompt", "completion") if chat else ("input", "output")
    cached = usage[f"{asked}_tokens_details"]["cached_tokens"]
    if mode == "flex" and body["service_tier"] != "flex":
        mode = "direct"
    fresh, again, out = (Fraction(price) * 1000 for price in NANO_PER_TOKEN[mode])
    cost = (usage[f"{asked}_tokens"] - cached) * fresh + cached * again + usage[f"{made}_tokens"] * out
    return int(cost + Fraction(1, 2))


def money() -> dict[int, int | None]:
    return dict(Attempt.objects.values_list("pk", "cost_nano"))


@pytest.fixture
def mixed(course, provider, settings, request):
    """A launched run over both endpoints, in the mode of the test's parameter."""
    RecipeSettings.objects.create(recipe="tiny.fact", reasoning_effort="low", model="gpt-5.4-mini")
    RecipeSettings.objects.create(recipe="lessons.lesson", model="gpt-5.4-mini")
    settings.DIRECT_CONCURRENCY = 2
    mode = request.param
    provider.faults("cached", 7)
    for trick in ("refusal", "length"):
        provider.faults(trick, 1, count=2)
    if mode == "batch":
        provider.faults("request_500", 2, count=1)
        provider.faults("request_400", 1, count=1)
    else:
        for call in CALLS:
            provider.faults("error_500", count=1, match=call)
        provider.faults("error_status", 400, count=1, match="chat.completions")
    if mode == "flex":
        provider.faults("flex_unavailable", count=3)
    things = box(6)
    selection = plan.Selection()
    names = recipes_named(("lessons", "tiny.fact"))
    run = advance.prepare(names, [course, things], selection, mode=mode)
    advance.launch(run, "test")
    return run


MODES = pytest.mark.parametrize("mixed", ["batch", "flex", "direct"], indirect=True)


def ended(run: Run) -> Run:
    """Its end, without waiting for the pauses before the tries that follow."""
    ends = time.monotonic() + 60
    while run.status == "running":
        assert time.monotonic() < ends, run.ledger()
        Request.objects.update(next_due=None)
        next(advance.follow(run, interval=0.05), None)
        run.refresh_from_db()
    return run


@MODES
def test_each_attempt_and_the_run_cost_what_a_hand_computes(mixed):
    run = ended(mixed)
    answers = RawAnswer.objects.select_related("attempt")
    answered = {row.attempt_id: by_hand(bytes(row.line), row.attempt.mode) for row in answers if has_usage(row)}
    assert len(answered) >= 11
    assert {pk: cost for pk, cost in money().items() if cost} == answered
    assert run.cost_nano == sum(answered.values())
    unpaid = ("server_error", "rejected", "rate_limited")
    assert not Attempt.objects.filter(cost_nano=0).exclude(outcome__in=unpaid).exists()
    assert set(Attempt.objects.filter(cached_tokens__gt=0).values_list("cached_tokens", flat=True)) == {7}
    assert Attempt.objects.aggregate(n=Sum("reasoning_tokens"))["n"] > 0


def has_usage(row: RawAnswer) -> bool:
    response = orjson.loads(bytes(row.line))["response"]
    return bool(response and response["body"].get("usage"))


@MODES
def test_a_retry_changes_nothing_of_what_was_paid_before(mixed):
    run = ended(mixed)
    before, cost = money(), run.cost_nano
    bad = run.requests.retryable()
    assert bad.exists()
    count = plan.retry(run, bad)
    run.refresh_from_db()
    run = ended(run)
    after = money()
    assert {pk: after[pk] for pk in before} == before
    assert len(after) >= len(before) + count
    assert run.cost_nano == cost + sum(after[pk] or 0 for pk in after.keys() - before.keys()) > cost


def test_half_a_nano_dollar_is_met_by_these_figures():
    usage = {"prompt_tokens": 7, "completion_tokens": 0, "prompt_tokens_details": {"cached_tokens": 7}}
    body = {"choices": [], "usage": usage}
    raw = orjson.dumps({"response": {"body": body}})
    # 7 x 37.5 nano-dollars: without rounding half up it would be 262.
    assert (by_hand(raw, "batch"), by_hand(raw, "direct")) == (263, 525)
