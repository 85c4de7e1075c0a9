import random
import re

import pytest

from sandbox.lessons_text import lesson, read_ask
from sandbox.prose import MARK, subject_words
from tests.sandbox.raw import CHAT

SECTIONS = (
    "Learning objectives|Key terms|Core concepts|Worked example|In practice|Pitfalls|Exercise|Quiz|Summary|Reading"
)
PROMPT = """Write a lesson.
Title: {title}
Lesson code: {code}
Length: about {words} words

Use these sections:
{sections}
"""
BULLETS = "\n".join(f"- ## {name}" for name in SECTIONS.split("|"))


def prompt(title="Data Quality Rules", code="M0-L001", words=900):
    return PROMPT.format(title=title, code=code, words=words, sections=BULLETS)


def write(text, seed=1):
    ask = read_ask(text)
    assert ask
    return lesson(ask, random.Random(seed))


def shingles(text):
    words = text.lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))


def test_heading_sections_and_mark():
    lines = write(prompt()).splitlines()
    assert lines[0] == "# M0-L001: Data Quality Rules"
    assert f"> {MARK}" in lines
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS.split("|")


def test_without_code_and_with_other_lists():
    text = write("Title: Lineage\nSections:\n- Aims\n- Practice\n1. Summary\n\nOther words")
    assert text.startswith("# Lineage\n")
    assert re.findall("^## (.+)$", text, re.MULTILINE) == ["Aims", "Practice", "Summary"]
    inline = write("Title: Lineage\nSections: Aims, Practice")
    assert re.findall("^## (.+)$", inline, re.MULTILINE) == ["Aims", "Practice"]


def test_only_the_first_run_of_bullets_names_sections():
    text = write(prompt() + "\nThe outline:\n- ## Another lesson\nTitle: Another title\n")
    assert text.startswith("# M0-L001: Data Quality Rules\n")
    assert re.findall("^## (.+)$", text, re.MULTILINE) == SECTIONS.split("|")


def test_bold_labels_are_read_too():
    assert write("**Title:** Lineage\n**Lesson code:** M1-L2").startswith("# M1-L2: Lineage\n")


def test_a_prompt_without_title_asks_for_no_lesson():
    assert read_ask("The title is unimportant.\nSay: Title") is None


@pytest.mark.parametrize("words", [400, 900, 1500, 4000])
def test_length_is_as_asked(words):
    assert abs(len(write(prompt(words=words)).split()) - words) <= max(30, words // 20)


def test_one_table_one_closed_and_tagged_fence():
    for seed in range(20):
        text = write(prompt(), seed)
        fences = re.findall("^```(.*)$", text, re.MULTILINE)
        assert len(fences) == 2
        assert fences[0] in ("python", "sql", "yaml", "bash")
        assert fences[1] == ""
        assert len(re.findall(r"^\|---\|---\|---\|$", text, re.MULTILINE)) == 1
        assert {row.count("|") for row in text.splitlines() if row.startswith("|")} == {4}
        assert "- **" in text


def test_no_placeholders_or_refusals():
    text = " ".join(write(prompt(), seed) for seed in range(50)).lower()
    for word in ("todo", "lorem", "[insert", "{w}", "{", "tbd", "placeholder", "as an ai", "i cannot", "sorry", "xxx"):
        assert word not in re.sub("(?s)```.*?```", "", text)


def test_lessons_differ():
    titles = ["Data Quality Rules I", "Data Quality Rules II", "Data Quality Rules", "Rules of Data Quality"]
    texts = [shingles(write(prompt(title), seed)) for seed, title in enumerate(titles)]
    for place, one in enumerate(texts):
        for other in texts[:place]:
            assert len(one & other) / len(one | other) < 0.35


@pytest.mark.parametrize("title", ["数据治理", "حوكمة البيانات", "A | B & `code` *x*", "42", "C++"])
def test_titles_of_any_kind(title):
    text = write(prompt(title))
    assert text.splitlines()[0] == f"# M0-L001: {title}"
    assert text.count("```") == 2


def test_subject_words_keep_abbreviations():
    assert subject_words("What the GDPR Means for Data") == ["GDPR", "means", "data", "GDPR means", "means data"]


def test_the_lesson_prompt_reaches_the_text_over_the_wire(api):
    messages = [
        {"role": "system", "content": "You write lessons.\nTitle: wrong one"},
        {"role": "user", "content": prompt()},
    ]
    body = api.post(CHAT, {"model": "gpt-4o-mini", "messages": messages}).json
    assert body["choices"][0]["message"]["content"].startswith("# M0-L001: Data Quality Rules\n")
