"""Two mapping files in, `comparison_results.json` and the rest out: every figure worked out by hand."""

import json

import pytest

from tests.generation.shell import refused, said

FIRST = {"one": ["a", "b"], "two": ["a"], "three": [], "four": ["b", "c"], "five": ["a", "b", "c"]}
SECOND = {"five": ["c", "d", "e", "b"], "one": ["b", "a"], "three": [], "two": ["b"], "four": ["b"]}
EXPECTED = {
    # one: {ab} of {ab}; two: nothing of {ab}; three: empty against empty; four: {b} of {bc}; five: {bc} of {abcde}.
    # Mean 2.9 / 5; in order 0, 0.4, 0.5, 1, 1; variance (0.42^2 + 0.58^2 + 0.42^2 + 0.08^2 + 0.18^2) / 5 = 0.1456.
    "jaccard_similarity": {
        "mean": pytest.approx(0.58), "median": 0.5, "std_dev": pytest.approx(0.381576, abs=1e-6), "min": 0.0,
        "max": 1.0, "scores": [1.0, 0.0, 1.0, 0.5, 0.4],
    },
    "theme_distribution": {
        "mapping1": {"a": 3, "b": 3, "c": 2}, "mapping2": {"a": 1, "b": 4, "c": 1, "d": 1, "e": 1},
    },
    # one and three of five.
    "response_agreement": {"percentage": 40.0, "count": 2},
    # Added: two b; five d, e. Removed: two a; four c; five a. Replaced: two 1 - 0; four 1 - 1; five 3 - 2.
    "theme_changes": {"additions": 3, "removals": 3, "replacements": 2},
    # a: agreed 3/5, by chance (3 x 1 + 2 x 4) / 25; b: 4/5 and (3 x 4 + 2 x 1) / 25; c: 4/5 and (2 x 1 + 3 x 4) / 25;
    # d and e: 4/5 and (0 x 1 + 5 x 4) / 25, which is the same.
    "cohen_kappa": {
        "mean": pytest.approx((4 / 14 + 6 / 11 + 6 / 11) / 5),
        "scores": {
            "a": pytest.approx(4 / 14), "b": pytest.approx(6 / 11), "c": pytest.approx(6 / 11), "d": 0.0, "e": 0.0,
        },
    },
}  # fmt: skip


def pairs(mapping):
    return json.dumps([[text, labels] for text, labels in mapping.items()])


def lines(mapping):
    return "".join(json.dumps({"response_id": key, "labels": labels}) + "\n" for key, labels in mapping.items())


@pytest.mark.django_db
@pytest.mark.parametrize("form", [pairs, lines], ids=["pairs", "lines"])
def test_every_figure_of_two_files(tmp_path, form):
    one, other, figures, words = (tmp_path / name for name in ("a", "b", "c.json", "d.md"))
    one.write_text(form(FIRST))
    other.write_text(form(SECOND))
    told = said("compare_themes", "--mapping1", one, "--mapping2", other, "--output", figures, "--summary", words)
    assert json.loads(figures.read_text()) == EXPECTED
    # (4/14 + 12/11) / 5 = 0.275: fair.
    assert "2 with identical themes (40.0 %), Jaccard 0.580 on average, kappa 0.275 on average (fair)" in told
    assert "In 2 of them (40 of every 100) both gave exactly the same themes." in words.read_text()


@pytest.mark.django_db
def test_both_codings_alike_differ_in_nothing(tmp_path):
    one, figures = tmp_path / "a.json", tmp_path / "c.json"
    one.write_text(pairs({"one": ["a"], "two": [], "three": ["a"]}))
    said("compare_themes", "--mapping1", one, "--mapping2", one, "--output", figures)
    found = json.loads(figures.read_text())
    # All three equal; a is there in two of three for both: agreed 3/3, by chance (2 x 2 + 1 x 1) / 9, so 1.
    assert found["jaccard_similarity"] == {
        "mean": 1.0, "median": 1.0, "std_dev": 0.0, "min": 1.0, "max": 1.0, "scores": [1.0, 1.0, 1.0],
    }  # fmt: skip
    assert found["theme_changes"] == {"additions": 0, "removals": 0, "replacements": 0}
    assert found["cohen_kappa"] == {"mean": 1.0, "scores": {"a": 1.0}}


@pytest.mark.django_db
def test_codings_of_other_responses_are_no_comparison(tmp_path):
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_text(pairs({"one": ["a"]}))
    other.write_text(pairs({"two": ["a"]}))
    status, sentence = refused("compare_themes", "--mapping1", one, "--mapping2", other, "--output", tmp_path / "c")
    assert (status, sentence) == (1, "Expected two mappings of the same responses, found no response that is in both.")
    assert not (tmp_path / "c").exists()
