from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import costs
from generation.costs import Usage


def price(usage: Usage, model: str, provider: str, mode: str) -> int:
    """A price that is known."""
    found = costs.price(usage, model, provider, mode)
    assert found is not None
    return found


@pytest.fixture
def entered(settings):
    """Prices entered by hand."""

    def enter(*prices: str) -> None:
        settings.MODEL_PRICES = list(prices)
        costs.rates.cache_clear()
        costs._entered_prices.cache_clear()

    yield enter
    settings.MODEL_PRICES = []
    costs.rates.cache_clear()
    costs._entered_prices.cache_clear()


def test_a_million_tokens_in_each_mode():
    usage = Usage(input=1_000_000, output=1_000_000)
    # gpt-4o-mini: $0.15 in and $0.60 out a million, half of it in a batch.
    assert price(usage, "gpt-4o-mini", "default", "direct") == 750_000_000
    assert price(usage, "gpt-4o-mini", "default", "batch") == 375_000_000


def test_flex_costs_what_a_batch_costs():
    usage = Usage(input=1000, output=1000)
    assert price(usage, "gpt-5.4-mini", "default", "flex") == price(usage, "gpt-5.4-mini", "default", "batch")


def test_cached_tokens_are_part_of_the_input_and_cheaper():
    fresh = price(Usage(input=1000), "gpt-4o-mini", "default", "direct")
    cached = price(Usage(input=1000, cached=1000), "gpt-4o-mini", "default", "direct")
    assert (fresh, cached) == (150_000, 75_000)


def test_cached_input_of_a_batch_stays_at_the_standard_cached_rate():
    assert price(Usage(input=1000, cached=1000), "gpt-4o-mini", "default", "batch") == 75_000


def test_an_unknown_model_has_no_price_rather_than_0():
    assert costs.price(Usage(input=1000), "nobody-knows-me", "default", "batch") is None
    assert costs.rates("nobody-knows-me", "default", "direct") is None


def test_an_unknown_provider_has_no_price():
    assert costs.price(Usage(input=1000), "gpt-4o-mini", "nobody", "direct") is None


def test_a_dated_snapshot_costs_what_its_model_costs():
    usage = Usage(input=1000, output=100)
    assert price(usage, "gpt-4o-mini-2024-07-18", "default", "batch") == price(usage, "gpt-4o-mini", "default", "batch")


def test_a_model_without_a_batch_price_says_that_it_has_no_discount():
    assert costs.rates("gpt-4o-mini", "default", "batch").discounted
    assert not costs.rates("text-embedding-3-small", "default", "batch").discounted


def test_a_price_by_size_is_taken_for_each_request():
    small, large = (price(Usage(input=tokens), "gpt-5.6-luna", "default", "direct") for tokens in (100_000, 300_000))
    assert large > 3 * small


def test_entered_prices_come_first_and_are_halved_in_a_batch(entered):
    entered("my-model=0.15/0.60", "gpt-4o-mini = 1/2")
    assert price(Usage(input=1000, output=1000), "my-model", "default", "direct") == 750_000
    assert price(Usage(input=1000, output=1000), "my-model", "elsewhere", "batch") == 375_000
    assert price(Usage(input=1000), "gpt-4o-mini", "default", "direct") == 1_000_000


def test_half_a_nano_dollar_is_rounded_up_once(entered):
    # 0.0005 dollars a million are 0.5 nano-dollars a token.
    entered("tiny=0.0005/0.0005")
    assert price(Usage(input=1), "tiny", "default", "direct") == 1
    assert price(Usage(input=1, output=1), "tiny", "default", "direct") == 1
    assert price(Usage(input=1), "tiny", "default", "batch") == 0


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.integers(0, 100_000))
def test_a_price_is_never_negative_and_a_batch_never_dearer(fresh, cached, output):
    usage = Usage(input=fresh + cached, cached=cached, output=output)
    batch, direct = (price(usage, "gpt-5.4-mini", "default", mode) for mode in ("batch", "direct"))
    assert 0 <= batch <= direct


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 5}, Usage(9, 0, 5, 0)),
        (
            {
                "prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens": 5,
                "completion_tokens_details": {"reasoning_tokens": 2},
            },
            Usage(9, 4, 5, 2),
        ),
        (
            {
                "input_tokens": 9, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 5,
                "output_tokens_details": {"reasoning_tokens": 2},
            },
            Usage(9, 4, 5, 2),
        ),
        ({"input_tokens": 9, "input_tokens_details": None, "output_tokens": None}, Usage(9)),
        ({"input_tokens": 3, "input_tokens_details": {"cached_tokens": 9}}, Usage(3, 3)),
        ({"input_tokens": 10**30, "output_tokens": -1}, Usage()),
        ({"prompt_tokens": "9", "completion_tokens_details": "x"}, Usage()),
        ([1], Usage()),
        ({}, Usage()),
        (None, Usage()),
    ],
)  # fmt: skip
def test_usage_of_both_endpoints(usage, expected):
    assert costs.usage_of({"usage": usage}) == expected


def test_a_body_without_usage_counts_nothing():
    assert costs.usage_of({}) == Usage()


def test_tokens_are_counted_in_every_script_and_special_words_are_plain_text():
    assert costs.count_tokens(["hello world"]) == 2
    assert costs.count_tokens(["hello", " world"]) == 2
    assert costs.count_tokens(["<|endoftext|>", "第三章"]) > 3


@pytest.mark.parametrize(
    ("nano", "words"),
    [
        (None, "unknown"), (0, "$0.00"), (3_100_000, "$0.0031"), (1_240_000_000, "$1.24"), (22_500, "$0.0000"),
        (1_234_567_890_000, "$1,234.57"),
    ],
)  # fmt: skip
def test_money_as_people_read_it(nano, words):
    assert costs.dollars(nano) == words


def test_rates_are_decimals():
    assert costs.rates("gpt-4o-mini", "default", "direct").input == Decimal(150)
