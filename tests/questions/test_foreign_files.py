"""Files that hold no questions: one sentence, exit status 1, and what is there stays as it is."""

import pytest

from questions.models import Dataset, Question
from questions.sources import QuestionSource
from tests.generation.shell import document, refused
from tests.questions.forms import FORMS
from tests.questions.rows import dataset

CUT = FORMS["squad"].text.encode()[:200]
# (file name, what it holds, what is said)
FOREIGN = {
    "empty": ("a.csv", b"", "an empty file"),
    "white space": ("a.txt", b"\xef\xbb\xbf \r\n\t\n", "an empty file"),
    "zip": ("a.csv", b"PK\x03\x04\x14\x00" + bytes(60), "a zip archive"),
    "pdf": ("a.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    "html": ("a.txt", b"<!DOCTYPE html>\n<html><body><p>question?</p></body></html>\n", "text that begins with"),
    "by its name": ("a.pdf", b"id,question\n1,x\n", "a file '.pdf'"),
    "cut json": ("a.json", CUT, "no JSON: "),
    "latin-1": ("a.csv", "id,question\n1,Où ?\n".encode("latin-1"), "other bytes at place 15"),
    "utf-16": ("a.csv", "id,question\n1,x\n".encode("utf-16"), "UTF-16 text"),
    "outline": ("a.txt", "# M0: Start — Lesson Map\n## L001: Data [F]\n".encode(), "text that begins with '# M0"),
    "stories": ("a.jsonl", b'{"id": 0, "summaries": [{"summary_text": "Goal!"}]}\n' * 2, "no question in it"),
    "a story": ("a.json", b'{"id": 0, "items": [{"text": "Goal!"}]}', "no question in it"),
    "entities": ("a.csv", b"type,name,external_id,aliases\nteam,Lions,7,LIO\n", "text that begins with 'type,name"),
    "aliases": ("a.json", b'{"LIO": "7", "Lions": "7"}', "a JSON object without a list of questions"),
    "responses": ("a.jsonl", b'{"response_id": 0, "text": "Too far."}\n' * 2, "no question in it"),
    "response table": ("a.csv", b"response_id,text,age\n0,Too far.,30\n", "text that begins with 'response_id"),
    "plain responses": ("a.json", b'["Too far.", "No."]', "no question in it"),
    "themes": ("a.json", b'[{"topic_id": "A", "topic": "Access"}]', "no question in it"),
    "mapping": ("a.json", b'[["Too far.", ["A"]]]', "no question in it"),
    "materials": ("a.json", b'{"materials": {"stone": {"items": ["Slate"]}}}', "a JSON object without a list"),
    "results": ("a.json", b'{"variant_name": "v", "metrics": {}, "results": []}', "no question in it"),
    "a value": ("a.json", b'"question"', "text that begins with"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_one_sentence_status_1_and_nothing_is_written(db, tmp_path, name):
    filename, data, words = FOREIGN[name]
    dataset(("a",), ("b",))
    before = list(Question.objects.values()), list(Dataset.objects.values())
    path = tmp_path / filename
    path.write_bytes(data)
    for collection in ("set", "other"):
        status, sentence = refused("import_items", "questions", path, "--collection", collection)
        assert (status, "\n" in sentence) == (1, False)
        assert sentence.startswith("Expected a question set") and sentence.endswith(".") and words in sentence
    assert (list(Question.objects.values()), list(Dataset.objects.values())) == before


def test_every_refusal_says_something_of_its_own():
    """The table above is no good if one sentence fits all."""
    assert len({words for _, _, words in FOREIGN.values()}) > 12


@pytest.mark.parametrize("format", [name for name in QuestionSource.formats if name != "auto"])
def test_a_named_format_that_the_file_has_not_is_refused_as_well(db, tmp_path, format):
    path = tmp_path / "a.txt"
    path.write_text("Dear friend,\n\nno questions here.\n")
    command = ("import_items", "questions", path, "--collection", "a", "--format", format)
    if format == "metaqa":
        # Any line may be a question without known answers.
        assert document(*command)["counts"]["new"] == 2
        return
    status, sentence = refused(*command)
    assert status == 1 and sentence.startswith("Expected a question set") and "\n" not in sentence
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("text", "options", "count"),
    [
        ("id,text,answers\n1,Who?,Ann\n", (), 1),
        ("id,text\n1,Who?\n", ("--question-field", "text"), 1),
        ("id,text,question\n1,A text.,Who?\n", (), 1),
    ],
)
def test_a_text_is_a_question_beside_known_answers_or_when_it_is_named(db, tmp_path, text, options, count):
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert document("import_items", "questions", path, "--collection", "a", *options)["counts"]["new"] == count
    assert Question.objects.get().text == "Who?"


def test_a_cut_last_line_is_told_and_the_rest_imported(db, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(FORMS["fever"].text[:-40])
    told = document("import_items", "questions", path, "--collection", "a")
    assert told["counts"]["new"] == 2
    assert [(one["line"], one["what"]) for one in told["problems"]] == [(3, "Line 3")]
