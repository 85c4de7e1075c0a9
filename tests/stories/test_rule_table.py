"""The table of rules has a row for each check, step and figure of stories."""

import ast

from stories.figures import feed_figures
from stories.models import Method
from tests.rule_table.stories import STORIES
from tests.rule_table.stories_found import STORY_CHECK_TESTS
from tests.rules_off import ROOT
from tests.stories.rows import feed

# How a mention may come to its entity or to none, and the rule that says so.
METHOD_RULES = {
    "id": "stories: first, an exact id or abbreviation",
    "name": "stories: then an exact name",
    "alias": "stories: then an alias",
    "fuzzy": "stories: then the most similar name, by rapidfuzz",
    "picked": "stories: an editor picks an entity",
    "created": "stories: an editor makes an entity and picks it",
    "ambiguous": "stories: two that are equally good are ambiguous, never a guess",
    "unresolved": "stories: what nobody is called is unresolved",
}
# Each is a literal in the tests of the figures.
FIGURES = {
    "groups", "groups with topics", "groups with entities", "topics", "entities", "unresolved", "ambiguous",
    "with errors",
}  # fmt: skip


def test_every_check_of_stories_has_its_tests():
    found: set[str] = set()
    for path in (ROOT / "stories").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}:{node.lineno} names no check"
                found.add(str(first.value))
    assert set(STORY_CHECK_TESTS) == found


def test_every_way_to_an_entity_has_a_rule():
    assert set(METHOD_RULES) == set(Method.values)
    assert set(METHOD_RULES.values()) <= {rule.text for rule in STORIES}


def test_every_figure_is_known(db):
    assert set(feed_figures(feed(1))) == FIGURES


def test_the_rules_have_names_of_their_own():
    texts = [rule.text for rule in STORIES]
    assert len(set(texts)) == len(texts) and all(text.startswith("stories: ") for text in texts)
