"""The table of rules is complete, its tests exist, and its switches fit the code. `make rules` throws them."""

import ast
import re
from functools import lru_cache

import pytest

from tests.rule_table.lessons import LESSON_CHECK_TESTS
from tests.rule_table.system_checks import SYSTEM_CHECKS
from tests.rule_table.table import RULES
from tests.rules_off import ROOT, edited

CONTRACTS = ("tests/contract.py", "tests/source_contract.py")


@lru_cache
def named_in(name: str) -> set[str]:
    """The test functions of a file, and those that its classes have or inherit from a contract (Class::function)."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = {getattr(base, "id", "") for base in node.bases}
            inherited = [
                test.split("::") for contract in CONTRACTS if name not in CONTRACTS for test in named_in(contract)
            ]
            own = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
            own += [rest[0] for base, *rest in inherited if base in bases and rest]
            found |= {f"{node.name}::{test}" for test in own}
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text)
def test_each_named_test_exists(rule):
    assert rule.tests
    for test in rule.tests:
        name, _, function = test.partition("::")
        assert function in named_in(name), f"{test} does not exist"


def test_every_system_check_has_its_tests():
    ids = set(re.findall(r'id="(generation\.[EW]\d+)"', (ROOT / "generation/checks.py").read_text(encoding="utf-8")))
    assert set(SYSTEM_CHECKS) == ids


def test_every_check_of_lessons_has_its_tests():
    found: set[str] = set()
    for path in (ROOT / "lessons").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}:{node.lineno} names no check"
                found.add(str(first.value))
    assert set(LESSON_CHECK_TESTS) == found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text)
def test_each_rule_can_be_switched_off(rule):
    assert rule.off
    for path, text in edited(rule.off).items():
        assert text != path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            ast.parse(text)
