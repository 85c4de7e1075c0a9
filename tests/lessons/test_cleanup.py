"""Clean-up removes what is not the lesson, and never a part of the lesson."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.cleanup import clean_up

LESSON = """\
# M0-L001: What Governance Is

## Introduction

Text with `code`.

```python
# no heading
print("x")
```

## Key Takeaways

- One
- Two
"""


@pytest.mark.parametrize(
    "before",
    [
        "Sure! Here is the lesson:\n\n",
        "Certainly, here's the lesson in Markdown:\n\n---\n\n",
        "Below is the complete lesson.\n\n",
        "Lesson code: M0-L001\nTitle: What Governance Is\n\n",
        "You are generating a lesson for a course.\n\n",
        "# LLM Prompt: Lesson generation\n\nDo this.\n\n",
        "## **Context & Parameters**\n- Level: F\n\n## **Content Output Schema (strict)**\n1. Title\n\n",
        "### CONTENT STRUCTURE REFERENCE (Curriculum Map)\nM0 ...\n\n---\n\n",
    ],
)
def test_prompt_remnants_before_the_first_heading_go(before):
    assert clean_up(before + LESSON) == LESSON


@pytest.mark.parametrize(
    "after",
    [
        "\n---\nQuality and governance notes\n- All sections are there\n",
        "\n## Quality Checklist\n\n- [x] All ten sections\n- [x] No placeholders\n",
        "\n**Quality checklist**\n\n- [x] This lesson has all sections\n",
        "\nNote: This lesson meets all requirements.\n",
        "\n*This lesson follows the template and is publication-ready.*\n",
        "\nLet me know if you would like changes!\n",
        "\nWord count: 912\n",
        "\n**Word count:** approximately 900 words\n",
        "\n---\n\n(Word count: ~900)\n\nFeel free to ask for more.\n",
        "\nIf you'd like, I can also write a quiz.\n",
        "\nI hope this helps!\n",
    ],
)
def test_notes_behind_the_end_go(after):
    assert clean_up(LESSON + after) == LESSON


@pytest.mark.parametrize("fence", ["```", "```markdown", "```md", "~~~", "````markdown", "``` Markdown"])
def test_an_outer_fence_goes(fence):
    mark = "".join(char for char in fence if char in "`~")
    assert clean_up(f"{fence}\n{LESSON}{mark}\n") == LESSON


def test_everything_at_once():
    text = f"Here is your lesson:\n\n```markdown\n{LESSON}\nWord count: 20\n```\n\nLet me know if it fits.\n"
    assert clean_up(text) == LESSON


def test_notes_within_code_stay():
    text = LESSON + "\n```text\nWord count: 900\n\nLet me know if it fits.\n```\n"
    assert clean_up(text) == text


def test_code_never_closed_is_left_as_it_is():
    text = LESSON + "\n```text\nWord count: 900\n"
    assert clean_up(text) == text


@pytest.mark.parametrize(
    "end",
    [
        "\n## Data Quality Checklist\n\n- [ ] Values are complete\n- [ ] Keys are unique\n",
        "\n## Quality Checklist\n\n- [ ] Values are complete\n- [ ] Keys are unique\n",
        "\n## Quality Notes\n\nProfiles of the tables above.\n",
        "\nNote: the steward signs first.\n",
        "\nWord counts differ between tools.\n",
        "\n| Note | this lesson meets |\n|---|---|\n| a | b |\n",
        "\n---\n",
        "\nThe next lesson follows the data into the warehouse.\n",
    ],
)
def test_ends_that_only_look_like_notes_stay(end):
    assert clean_up(LESSON + end) == LESSON + end


@pytest.mark.parametrize(
    "start",
    [
        "A paragraph before the heading.\n\n",
        "```python\nx = 1\n```\n\n",
        "> A quotation.\n\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
        "![Figure](a.png)\n\n",
    ],
)
def test_starts_that_are_no_remnants_stay(start):
    assert clean_up(start + LESSON) == start + LESSON


def test_a_lesson_between_two_code_blocks_is_not_taken_for_fenced():
    text = "```\n# comment\n```\n\n# Lesson\n\nText.\n\n```python\nx = 1\n```\n"
    assert clean_up(text) == text


def test_what_is_only_a_remnant_stays_to_be_seen():
    assert clean_up("Sure, here is the lesson:\n") == "Sure, here is the lesson:\n"


def test_nothing_else_is_touched():
    text = "\n\n# Lesson  \n\nText\t\n\n\n"
    assert clean_up(text) == text


WORDS = st.text("abcdefgh ÄÖ漢字ทดสอบ.,!?()*_`|#-", min_size=1, max_size=40).map(
    lambda text: "x" + text.replace("\n", " ") + "x"
)
BLOCKS = st.one_of(
    st.tuples(st.sampled_from(["#", "##", "###"]), WORDS).map(lambda pair: f"{pair[0]} {pair[1]}"),
    WORDS,
    st.lists(WORDS, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.tuples(st.sampled_from(["python", "text", "markdown", ""]), WORDS).map(
        lambda pair: f"```{pair[0]}\n# {pair[1]}\n```"
    ),
    st.lists(st.sampled_from(["| a | b |", "| 1 | 2 |"]), min_size=1, max_size=3).map(
        lambda rows: "\n".join(["| h | i |", "|---|---|", *rows])
    ),
    st.just("---"),
)


@given(st.lists(BLOCKS, min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_good_lesson_is_never_shortened(blocks):
    text = "\n\n".join(["# Title", *blocks]) + "\n"
    assert clean_up(text) == text


PIECES = st.sampled_from(
    [
        *(
            "# A",
            "## Quality checklist",
            "Sure! Here is the lesson:",
            "```markdown",
            "```",
            "~~~",
            "---",
            "",
            "- [x] all sections",
        ),
        *(
            "Word count: 9",
            "Let me know if x",
            "# LLM Prompt: x",
            "Title: x",
            "text",
            "| a |",
            "Note: this lesson meets it",
            "```py",
        ),
    ]
)


@given(st.lists(PIECES, max_size=14).map("\n".join) | st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_up(text)
    assert clean_up(once) == once
    assert len(once) <= len(text) + 1


@given(st.lists(PIECES, min_size=1, max_size=14).map("\n".join))
@settings(max_examples=100, deadline=None)
def test_something_is_always_left(text):
    assert bool(clean_up(text).strip()) == bool(text.strip())
