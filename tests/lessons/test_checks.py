"""Every check of a lesson: it finds what it is there for, and nothing in code or in a good lesson."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.findings import Finding, Severity, weight
from lessons.checks import USUAL_SECTIONS, LessonFacts, check_lesson

FACTS = LessonFacts("M0-L001", "What Governance Is", "F", ("Introduction", "Key Takeaways"), 10, 200)
GOOD = """\
# M0-L001: What Governance Is

## Introduction

Somebody has to decide who may change a customer's address, and that decision is governance.

```python
# TODO [insert code] {{ value }} <placeholder>
| a | b
I'm sorry, but I can't
```

| Role | Task |
|------|------|
| Owner \\| steward | decides |

## Key Takeaways

- Decisions have owners.
"""


def found(text, facts=FACTS):
    return [(finding.check, finding.severity.value, finding.line) for finding in check_lesson(text, facts)]


def checks(text, **changes):
    return [check for check, _, _ in found(text, dataclasses.replace(FACTS, **changes))]


def test_a_good_lesson_has_no_findings():
    assert found(GOOD) == []


def test_the_usual_template_has_ten_sections():
    assert len(set(USUAL_SECTIONS)) == 10


def test_a_missing_heading_is_an_error():
    assert ("heading", "error", 0) in found("No heading at all, only words.")


def test_a_heading_in_code_is_no_heading():
    assert ("heading", "error", 0) in found("```text\n# What Governance Is\n```\n")


def test_text_before_the_heading_is_a_warning():
    assert found("Sure.\n\n" + GOOD) == [("heading", "warning", 1)]


@pytest.mark.parametrize(
    ("heading", "severity"),
    [
        ("# What Governance Is", None),
        ("# Lesson M0-L001 — **What** governance is", None),
        ("# What governance is and is not", None),
        ("# What Is Governance?", None),
        ("# What Governing Means", "warning"),
        ("# Cooking Pasta", "error"),
    ],
)
def test_the_heading_fits_the_title(heading, severity):
    findings = found(GOOD.replace("# M0-L001: What Governance Is", heading))
    assert findings == ([("heading", severity, 1)] if severity else [])


@pytest.mark.parametrize("title", ["数据治理是什么", "ธรรมาภิบาล", "ما هي الحوكمة؟"])
def test_titles_of_any_script_are_compared(title):
    text = GOOD.replace("What Governance Is", title)
    assert checks(text, title=title) == []
    assert checks(text, title="Q") == ["heading"]


def test_a_missing_section_is_an_error_that_names_it():
    findings = check_lesson(GOOD.replace("## Key Takeaways", "## End"), FACTS)
    assert [(find.check, find.severity, find.place) for find in findings] == [
        ("sections", Severity.ERROR, "Key Takeaways")
    ]


@pytest.mark.parametrize("heading", ["## 6. Key Takeaways", "### Section 6: **Key takeaways**", "## 🔑 Key Takeaways:"])
def test_sections_are_known_by_their_name(heading):
    assert found(GOOD.replace("## Key Takeaways", heading)) == []


def test_sections_are_settable():
    assert checks(GOOD, required_sections=()) == []
    assert checks(GOOD, required_sections=("Quiz", "Introduction", "Glossary")) == ["sections", "sections"]


def test_a_section_named_in_prose_or_code_only_is_missing():
    text = GOOD.replace("## Key Takeaways", "Key Takeaways\n\n```text\n## Key Takeaways\n```")
    assert checks(text) == ["sections"]


def test_an_empty_section_is_a_warning():
    assert found(GOOD.replace("- Decisions have owners.\n", "")) == [("sections", "warning", 17)]
    assert found(GOOD.replace("- Decisions", "## More\n\n- Decisions")) == [("sections", "warning", 17)]


def test_a_section_with_subsections_is_not_empty():
    assert found(GOOD.replace("- Decisions", "### First\n\n- Decisions")) == []
    assert found(GOOD.replace("- Decisions have owners.\n", "```text\nx\n```\n")) == []


@pytest.mark.parametrize(
    ("low", "high", "severity"),
    [(10, 200, None), (100, 200, "warning"), (500, 900, "error"), (1, 20, "warning"), (0, 0, None)],
)
def test_length(low, high, severity):
    facts = dataclasses.replace(FACTS, min_words=low, max_words=high)
    assert found(GOOD, facts) == ([("length", severity, 0)] if severity else [])


def test_scripts_without_blanks_are_counted_by_characters():
    text = GOOD.replace("- Decisions", "数据治理" * 100)
    assert checks(text, min_words=200, max_words=300) == []


def test_an_open_code_fence_is_an_error_at_its_line():
    assert found(GOOD + "\n```sql\nSELECT 1\n") == [("code fences", "error", 21)]


def test_a_shorter_fence_does_not_close_a_longer_one():
    assert found(GOOD + "\n````sql\n```\n") == [("code fences", "error", 21)]
    assert found(GOOD + "\n````sql\n```\n````\n") == []


def test_an_untagged_fence_is_a_warning():
    assert found(GOOD + "\n```\nSELECT 1\n```\n") == [("code fences", "warning", 21)]


@pytest.mark.parametrize(
    "text",
    [
        "[insert example]",
        "[Your company]",
        "TODO write this",
        "The figure is TBD.",
        "Lorem ipsum dolor",
        "Dear {{ name }},",
        "{% if x %}",
        "<placeholder>",
        "<insert name here>",
        "Lesson title here",
        "Content goes here.",
    ],
)
def test_placeholders_are_errors_at_their_line(text):
    assert found(GOOD + "\n" + text + "\n") == [("placeholders", "error", 21)]


@pytest.mark.parametrize(
    "text",
    [
        "`TODO` and `{{ name }}` in code",
        "my todo list",
        "[insert](https://example.org)",
        "the <title> element",
        "The title here matters to readers.",
        "a < b, x > y",
        "[1] and [x]",
        "methodology",
    ],
)
def test_what_only_looks_like_a_placeholder(text):
    assert found(GOOD + "\n" + text + "\n") == []


@pytest.mark.parametrize(
    "text",
    ["I'm sorry, but I can't help with that.", "As an AI language model, I have no view.", "I cannot provide this."],
)
def test_refusals_are_errors(text):
    assert ("refusal", "error", 3) in found(f"# What Governance Is\n\n{text}\n")


def test_a_refusal_quoted_far_down_is_a_warning():
    text = GOOD + "\nwords " * 200 + "\nThe bot says: I'm sorry, but I can't.\n"
    assert ("refusal", "warning", 221) in found(text)


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("| a | b |\n|---|---|\n| 1 |", [23]),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 1 | 2 |\n| x |", [23, 25]),
        ("| a | b |\n|---|\n| 1 | 2 |", [22]),
        ("| a | b |\n| 1 | 2 |", [21]),
        ("|---|---|\n| 1 | 2 |", [21]),
        ("a | b\n--|--\n1", []),
        ("a | b\n--|--\n1 | 2 | 3", [23]),
        ("| a | b |\n|:--|--:|\n| 1 \\| 2 | |", []),
        ("the norm |x| of a vector", []),
    ],
)
def test_broken_tables(table, lines):
    assert found(f"{GOOD}\n{table}\n") == [("tables", "warning", line) for line in lines]


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["# a", "```", "|", "|-|", "| a |", "[insert", "", "~~~", "##"])).map("\n".join)
)
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_checks(text):
    for finding in check_lesson(text, FACTS):
        assert finding.message
        assert 0 <= finding.line <= text.count("\n") + 1


def test_weights_sort_errors_before_many_warnings():
    error, warning, note = (Finding("x", severity, "m") for severity in Severity)
    assert [weight(group) for group in ([], [note], [warning, warning], [error, warning, note])] == [0, 1, 20, 111]
