"""The rows of questions in the table of rules are complete where that can be counted."""

import ast
from pathlib import Path

import pytest

from questions.metrics import report
from questions.scoring import Category
from questions.sources import QuestionSource
from tests.rule_table.question_scores import CATEGORIES, REPORT
from tests.rule_table.question_sets import FORMATS
from tests.rule_table.questions import CHECK_TESTS, QUESTIONS

FOLDER = Path(__file__).resolve().parents[2] / "questions"
# What `evaluate` can be told besides its files, by hand.
EVALUATE = {"--run", "--threshold", "--containment", "--seed", "--resamples", "--out", "--charts"}


def test_every_format_has_a_row():
    assert set(FORMATS) == set(QuestionSource.formats) - {"auto"}


def test_every_category_has_a_row():
    assert set(CATEGORIES) == {category.value for category in Category}


@pytest.mark.parametrize("key", report([]))
def test_every_key_of_the_report_has_a_row(key):
    begin = key.partition("_")[0] + "_"
    assert key in REPORT or begin in {"count_", "pct_"} & set(REPORT)


def test_no_row_is_of_a_key_that_is_gone():
    assert all(any(key.startswith(name) for key in report([])) for name in REPORT)


def test_every_check_has_a_row():
    calls = [node for node in ast.walk(ast.parse((FOLDER / "checks.py").read_text())) if isinstance(node, ast.Call)]
    found = {node.args[0].value for node in calls if getattr(node.func, "id", "") == "Finding"}
    assert set(CHECK_TESTS) == found and len(found) == 6


def test_every_option_of_evaluate_is_known_here():
    tree = ast.parse((FOLDER / "management/commands/evaluate.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    added = {node.args[0].value for node in calls if getattr(node.func, "attr", "") == "add_argument"}
    assert added - {"files"} == EVALUATE
    tests = (Path(__file__).parent / "test_evaluate_command.py").read_text()
    assert all(name in tests or f"{name[2:]}=" in tests for name in EVALUATE)


def test_every_row_says_whose_it_is():
    assert all(rule.text.startswith("questions: ") for rule in QUESTIONS)
    assert len({rule.text for rule in QUESTIONS}) == len(QUESTIONS)
