"""The table of rules names every component, setting, usual value, finding and figure of the report."""

import ast
from pathlib import Path

from generation.models import RecipeSettings
from materials import checks
from tests.rule_table.materials_components import DEFAULTS, FINDINGS, OUTPUT_RULES, SETTINGS
from tests.rule_table.materials_runs import REPORT

# Written by hand, as the page on materials and the report have them.
COMPONENTS = {
    "frontmatter", "metatags", "propertiestable", "badgesymbol", "author", "text", "table", "tags", "bullets",
    "caption", "jsonld",
}  # fmt: skip
SETTABLE = {
    "enabled", "order", "provider", "model", "max_output_tokens", "temperature", "read_timeout",
    "requests_per_minute", "concurrency", "attempts", "retry_window",
}  # fmt: skip
USUAL = {
    "max_output_tokens", "temperature", "read_timeout", "attempts", "retry_window", "requests_per_minute",
    "concurrency",
}  # fmt: skip
FIGURES = {
    "done and total", "percentage", "elapsed", "ETA", "success rate", "tokens", "tokens per second",
    "components made and failed", "items per hour", "memory", "by category and component",
}  # fmt: skip
# Settings that are not the components' own matter, and columns that are none.
OTHERS = {"id", "recipe", "endpoint", "reasoning_effort", "verbosity", "options", "updated_by", "updated_at"}


def test_every_component_has_a_rule_on_its_text():
    assert set(OUTPUT_RULES) >= COMPONENTS


def test_every_setting_has_a_rule():
    assert set(SETTINGS) >= SETTABLE
    assert {column.name for column in RecipeSettings._meta.concrete_fields} == SETTABLE | OTHERS


def test_every_usual_value_has_a_rule():
    assert set(DEFAULTS) == USUAL


def test_every_figure_of_the_report_has_a_rule():
    assert set(REPORT) == FIGURES


def test_every_finding_has_a_rule():
    calls = [node for node in ast.walk(ast.parse(Path(checks.__file__).read_text())) if isinstance(node, ast.Call)]
    names = {ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "Finding"}
    assert names == set(FINDINGS)
