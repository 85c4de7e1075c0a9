"""The importer's options as a person types them."""

import json

import pytest

from questions.models import Question
from questions.sources import QuestionSource
from tests.generation.shell import document, refused

RECORD = {
    "meta": {"no": 7}, "prompt": "Who?", "question": "not this", "gold": {"all": "Ann;Bo"}, "on": "It", "from": "A.",
}  # fmt: skip
NAMED = (
    "--id-field", "meta.no", "--question-field", "prompt", "--answers-field", "gold.all", "--topic-field", "on",
    "--context-field", "from", "--answer-separator", ";", "--hops", "3",
)  # fmt: skip
EXPECTED = ("7", "Who?", [["Ann"], ["Bo"]], "It", "A.", 3)


def brought(tmp_path, name: str, text: str, *options: str) -> list[tuple]:
    path = tmp_path / name
    path.write_text(text)
    document("import_items", "questions", path, "--collection", "set", *options)
    return list(Question.objects.order_by("position").values_list("key", "text", "gold", "topic", "context", "hops"))


def test_every_field_of_json_can_be_named(db, tmp_path):
    assert brought(tmp_path, "a.json", json.dumps([RECORD]), *NAMED) == [EXPECTED]


def test_every_field_of_jsonl_can_be_named(db, tmp_path):
    lines = f"{json.dumps(RECORD)}\n{json.dumps(RECORD | {'meta': {'no': 8}, 'prompt': 'What?'})}\n"
    assert brought(tmp_path, "a.jsonl", lines, *NAMED) == [EXPECTED, ("8", "What?", *EXPECTED[2:])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_column_of_csv_can_be_named(db, tmp_path, delimiter):
    cells = ["meta.no,prompt,question,gold.all,on,from", '7,Who?,not this,"Ann;Bo",It,A.']
    text = "\n".join(line.replace(",", delimiter) for line in cells)
    assert brought(tmp_path, "a.csv", text + "\n", *NAMED) == [EXPECTED]


def test_hops_are_named_by_option_question_or_file_in_this_order(db, tmp_path):
    lines = '{"question": "a", "hops": 1}\n{"question": "b"}\n'
    assert [row[-1] for row in brought(tmp_path, "2-hop.jsonl", lines)] == [1, 2]
    assert [row[-1] for row in brought(tmp_path, "2-hop.jsonl", lines, "--hops", "3")] == [3, 3]
    assert [row[-1] for row in brought(tmp_path, "set.jsonl", lines)] == [1, None]


def test_a_named_field_that_is_nowhere_ends_in_a_sentence(db, tmp_path):
    for name, text in (("a.json", '[{"question": "x"}]'), ("a.csv", "id,question\n1,x\n")):
        (tmp_path / name).write_text(text)
        status, sentence = refused(
            "import_items", "questions", tmp_path / name, "--collection", "set", "--answers-field", "gold"
        )
        assert status == 1 and "'gold'" in sentence and "\n" not in sentence
    assert not Question.objects.exists()


def test_every_option_is_in_the_cases_above():
    assert {f"--{name.replace('_', '-')}" for name in QuestionSource.options} == set(NAMED[::2])
