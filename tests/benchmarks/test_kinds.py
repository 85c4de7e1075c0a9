"""Resolution, near duplicates and evaluation: what is measured agrees with a plain loop, and a difference fails."""

import pytest

from benchmarks import evaluation, near_duplicates, resolution
from benchmarks.kinds_report import evaluation_figures, near_duplicate_figures, resolution_figures
from benchmarks.names import misspelled
from stories.models import Method


def test_resolution_agrees_with_comparing_one_by_one_within_the_type():
    found = resolution.measure(300)
    assert found["different"] == 0
    assert 150 < found["resolved"] < 290


def test_its_material_asks_for_every_way():
    entities, mentions = resolution.material(400, seed=3)
    methods = {one.method for one in resolution.plainly(mentions, entities)}
    assert methods >= {Method.NAME, Method.ALIAS, Method.FUZZY, Method.UNRESOLVED}
    assert {one.type for one in mentions} == set(resolution.TYPES) and len(entities) == len(mentions)


def test_a_difference_would_be_seen(monkeypatch):
    monkeypatch.setattr(resolution, "THRESHOLD", 100.0)
    entities, mentions = resolution.material(50, seed=1)
    strict = resolution.plainly(mentions, entities)
    monkeypatch.setattr(resolution, "THRESHOLD", 85.0)
    monkeypatch.setattr(resolution, "plainly", lambda *_: strict)
    assert resolution.different(50) > 5


def test_near_duplicates_agree_with_comparing_each_with_all_before_it():
    texts = near_duplicates.responses(200, seed=2)
    plain = near_duplicates.plainly(texts)
    assert plain == near_duplicates.repeats(texts)
    assert len(plain) > 5 and any(one.similarity < 1 for one in plain)


@pytest.mark.parametrize("answers", [8, 30])
def test_evaluation_agrees_with_the_plain_rule(answers):
    found = evaluation.measure(10, answers)
    assert found["different"] == 0 and found["made"] == 10 * answers
    assert 0.4 < found["correct"] / found["made"] < 0.95


def test_a_misspelling_may_be_the_first_letter():
    class First:
        """Dice that fall on the first letter."""

        def randrange(self, most):
            return 0

        def choice(self, letters):
            return letters[-1]

    assert misspelled("Al Ber", First()) == "zl Ber"


@pytest.mark.parametrize(("cpu", "peak", "different", "holds"), [
    (59.9, 299.0, 0, [True, True, True]), (60.1, 301.0, 1, [False, False, False]),
])  # fmt: skip
def test_the_limits_of_resolution(cpu, peak, different, holds):
    one = {"size": 50_000, "cpu": cpu, "clock": 1.0, "peak": peak, "resolved": 1, "different": different}
    assert [figure.holds for figure in resolution_figures([one])] == holds


@pytest.mark.parametrize(("answers", "seconds"), [(8, 10.0), (30, 40.0)])
def test_the_limits_of_an_evaluation(answers, seconds):
    one = {"questions": 10_000, "answers": answers, "correct": 1, "made": 1, "peak": 1.0, "different": 0}
    assert [next(evaluation_figures([one | {"cpu": cpu}])).holds for cpu in (seconds, seconds + 0.1)] == [True, False]


def test_the_limit_of_near_duplicates():
    one = {"size": 10_000, "clock": 1.0, "peak": 1.0, "found": 1, "different": 0}
    figures = [next(near_duplicate_figures([one | {"cpu": cpu}])) for cpu in (30.0, 30.1)]
    assert [figure.holds for figure in figures] == [True, False]
