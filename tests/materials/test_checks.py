"""Findings of the components."""

import pytest

from generation.findings import Severity
from generation.recipes import Draft, recipe_class
from materials.models import Catalogue, Material
from materials.outputs import as_yaml

GOOD = "Oak is a hardwood. " * 30


def found(kind: str, text: str, **fields) -> list[tuple[str, str]]:
    item = Material(collection=Catalogue(name="Cat", authors=[{"id": "1", "name": "M"}]), name="Oak", **fields)
    findings = recipe_class(f"materials.{kind}")().checks([Draft(item, text)])[0]
    return [(finding.check, finding.severity) for finding in findings]


def meta(title: str, description: str) -> str:
    return as_yaml({"title": title, "description": description, "keywords": ["x"], "image_alt": "y"})


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("text", GOOD, []),
        ("text", "Oak.", [("length", Severity.WARNING)]),
        ("text", "Oak " * 601, [("length", Severity.WARNING)]),
        ("text", GOOD.replace("Oak", "It"), [("name", Severity.WARNING)]),
        ("text", "# Oak\n" + GOOD, [("heading", Severity.NOTE)]),
        ("text", GOOD + "\n```text\nx", [("fence", Severity.ERROR)]),
        ("text", GOOD + "\n```text\nx\n```\n", []),
        ("text", GOOD + "[insert figure]", [("placeholder", Severity.ERROR)]),
        ("text", GOOD + "See [name](https://example.org).", []),
        ("text", "As an AI, " + GOOD, [("refusal", Severity.ERROR)]),
        ("text", "橡木的密度很高。Oak", []),
        ("metatags", meta("Oak", "d" * 100), []),
        ("metatags", meta("O" * 61, "d" * 100), [("title_length", Severity.WARNING)]),
        ("metatags", meta("O" * 60, "d" * 49), [("description_length", Severity.WARNING)]),
        ("metatags", meta("O" * 60, "d" * 161), [("description_length", Severity.WARNING)]),
        ("caption", "word " * 40, []),
        ("caption", "word " * 41, [("length", Severity.WARNING)]),
        ("tags", "- todo-list\n- oak", []),
        ("bullets", "- TODO: say more", [("placeholder", Severity.ERROR)]),
    ],
)
def test_findings(kind, text, expected):
    assert found(kind, text) == expected


@pytest.mark.parametrize(("author", "expected"), [("", []), ("1", []), ("2", [("author", Severity.ERROR)])])
def test_an_author_that_nobody_knows(author, expected):
    assert found("author", "**Cat**", author_id=author) == expected
