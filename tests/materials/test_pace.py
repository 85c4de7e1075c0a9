"""What is set for a component is what the provider meets: time-out, tries, window, pace, how many at a time."""

import time

from generation import advance
from generation.models import RecipeSettings, Run
from generation.pipeline.plan import Selection
from generation.recipe_choice import chosen_recipes
from tests.generation.scenes import follow
from tests.materials.rows import catalogue

NAME = "materials.frontmatter"
CALL = "chat.completions"


def ran(*names: str, **settings: object) -> tuple[Run, float]:
    """A run of the frontmatter of these materials in direct mode with these settings, and how long it took."""
    RecipeSettings.objects.create(recipe=NAME, **{"requests_per_minute": 60_000} | settings)
    run = advance.prepare(chosen_recipes([NAME]), [catalogue(*names)], Selection(), mode="direct")
    advance.launch(run, "test")
    began = time.monotonic()
    follow(run)
    return run, time.monotonic() - began


def outcomes(run: Run) -> list[str]:
    return list(run.attempts().order_by("number").values_list("outcome", flat=True))


def test_its_read_time_out_ends_a_call(provider, db):
    provider.faults("latency", 5, match=CALL)
    run, took = ran("Oak", read_timeout=0.3, attempts=1)
    assert outcomes(run) == ["timed_out"] and took < 4
    assert run.ledger() == {"failed": 1}


def test_it_is_tried_as_often_as_is_set(provider, db):
    provider.faults("error_500", match=CALL)
    run, _ = ran("Oak", attempts=2)
    assert outcomes(run) == ["server_error"] * 2 and len(provider.calls(CALL)) == 2


def test_no_try_begins_after_its_window(provider, db):
    provider.faults("error_500", match=CALL)
    run, _ = ran("Oak", attempts=2, retry_window=1)
    # The second would begin two seconds after the first.
    assert outcomes(run) == ["server_error"]


def test_three_tries_are_the_usual_number(provider, db):
    provider.faults("error_500", match=CALL)
    run, _ = ran("Oak")
    assert outcomes(run) == ["server_error"] * 3 and len(provider.calls(CALL)) == 3


def test_so_many_a_minute(provider, db):
    run, took = ran(*"ABCDEFGHIJ", requests_per_minute=120)
    # Two a second: of ten the last starts four and a half seconds after the first, less two seconds of credit.
    assert took >= 2.4 and run.ledger() == {"succeeded": 10}


def test_so_many_at_a_time(provider, db):
    provider.faults("latency", 0.4, match=CALL)
    run, took = ran("Oak", "Tin", "Ash", "Elm", concurrency=1)
    # Four, one after the other.
    assert took >= 4 * 0.4 and run.ledger() == {"succeeded": 4}
