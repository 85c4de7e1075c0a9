"""The general rules of every importer, on each form of a consultation's files: odd ids, scripts, line ends, changes."""

import json

import pytest

from consultations.mappings import read_mapping
from consultations.models import ResponseSlot
from consultations.sources import ConsultationSource
from consultations.theme_lists import read_themes
from generation.importing import apply_import, plan_import
from tests.contract import MARKS

WORDS = ["0", "NA", "NO", "yes", "no", "007", "1.0", "12345678901234567890", "null", "公园", "สวน", "حديقة", "🙂"]
LIST = '[{"topic_id": "1", "topic": "Cost", "rationale": "a"}, {"topic_id": "2", "topic": "Noise"}]'
MAP = '{"Cost": "a", "Noise": "b"}'
MARKDOWN = "## Theme A: Cost\nWhat it costs.\nOr saves.\n\n## Theme B: Noise\nAt night.\n"
PAIRS = '[["one", ["Cost"]],\n["two", []]]\n'
LINES = '{"response_id": 0, "labels": ["Cost"]}\n{"response_id": "1", "labels": []}\n'


def parsed(text):
    data = text if isinstance(text, bytes) else text.encode()
    return ConsultationSource().parse(data, format="auto", filename="a")


def bring(text, slug="town"):
    plan = plan_import("consultations", text.encode(), slug=slug, filename="a.jsonl")
    apply_import(plan)
    return {name: count for name, count in plan.counts().items() if count}


@pytest.mark.parametrize("word", WORDS)
def test_ids_and_texts_that_look_like_values_are_strings(word):
    for text in (
        f"response_id,text\n{word},{word}\n",
        json.dumps({"response_id": word, "text": word}) + "\n" + json.dumps({"response_id": "z", "text": "z"}),
    ):
        row = parsed(text).rows[0]
        assert (row.key, row.fields["text"]) == (word, word)


@pytest.mark.parametrize("word", WORDS)
def test_values_of_a_brief_that_look_like_others_are_strings(word):
    brief = f"question: {word}\nresponses: 3\nvary:\n  stance: [{word}]\n"
    found = parsed(brief)
    assert {row.fields["stance"] for row in found.rows} == {word}
    assert found.collection_fields["question"] == word


@pytest.mark.parametrize("word", WORDS)
def test_themes_and_labels_that_look_like_values_are_strings(word):
    assert read_themes(json.dumps({word: "why"}).encode())[0].topic == word
    assert read_themes(f"## Theme A: {word}\n".encode())[0].topic == word
    row = read_mapping(json.dumps([[word, [word]]]).encode()).rows[0]
    assert (row.text, row.labels) == (word, (word,))
    assert read_mapping(json.dumps({"response_id": word, "labels": [word]}).encode()).rows[0].id == word


@pytest.mark.parametrize("number", ["0", "1.10", "1e5", "12345678901234567890", "-0", "NaN"])
def test_numbers_as_ids_stay_as_they_are_written(number):
    lines = f'{{"response_id": {number}, "text": "Yes."}}\n{{"response_id": "z", "text": "No."}}'
    assert [row.key for row in parsed(lines).rows] == [number, "z"]
    assert read_mapping(f'{{"response_id": {number}, "labels": []}}'.encode()).rows[0].id == number
    assert read_themes(f'[{{"topic_id": {number}, "topic": "Cost"}}]'.encode())[0].topic_id == number


RESPONSES = {
    "json": '["Yes, please.",\n"No."]\n',
    "jsonl": '{"response_id": 0, "text": "Yes, please."}\n{"response_id": 1, "text": "No."}\n',
    "csv": 'response_id,text\n0,"Yes, please."\n1,No.\n',
}


@pytest.mark.parametrize("change", MARKS)
@pytest.mark.parametrize("form", RESPONSES)
def test_marks_and_line_ends_change_no_response(form, change):
    found = parsed(MARKS[change](RESPONSES[form].encode()))
    assert found.collection_fields["file_format"] == form and not found.problems
    assert [row.fields["text"] for row in found.rows] == ["Yes, please.", "No."]


@pytest.mark.parametrize("change", MARKS)
@pytest.mark.parametrize("brief", ["question: q?\nresponses: 2\n", '{\n"question": "q?",\n"responses": 2\n}\n'])
def test_marks_and_line_ends_change_no_brief(brief, change):
    found = parsed(MARKS[change](brief.encode()))
    assert (found.collection_fields["question"], len(found.rows)) == ("q?", 2)


@pytest.mark.parametrize("change", MARKS)
@pytest.mark.parametrize("text", [LIST, MAP, MARKDOWN], ids=["list", "map", "markdown"])
def test_marks_and_line_ends_change_no_theme(text, change):
    found = read_themes(MARKS[change](text.encode()))
    assert found == read_themes(text.encode()) and [one.topic for one in found] == ["Cost", "Noise"]


@pytest.mark.parametrize("change", MARKS)
@pytest.mark.parametrize("text", [PAIRS, LINES], ids=["pairs", "lines"])
def test_marks_and_line_ends_change_no_mapping(text, change):
    found = read_mapping(MARKS[change](text.encode()))
    assert found.rows == read_mapping(text.encode()).rows and [one.labels for one in found.rows] == [("Cost",), ()]
    assert not found.problems


@pytest.mark.django_db
def test_a_changed_response_is_changed_and_one_that_is_gone_is_marked():
    three = '{"response_id": 0, "text": "a"}\n{"response_id": 1, "text": "b"}\n{"response_id": 2, "text": "c"}\n'
    assert bring(three) == {"new": 3}
    assert bring(three) == {"unchanged": 3}
    two = '{"response_id": 0, "text": "a"}\n{"response_id": 1, "text": "B!"}\n'
    assert bring(two) == {"unchanged": 1, "changed": 1, "removed": 1}
    assert set(ResponseSlot.objects.filter(removed_at=None).values_list("key", flat=True)) == {"0", "1"}
    assert ResponseSlot.objects.count() == 3
    assert bring(three) == {"unchanged": 1, "changed": 1, "restored": 1}


@pytest.mark.django_db
def test_a_demographic_column_makes_no_response_changed():
    assert bring('{"response_id": 0, "text": "a", "age": 30}\n{"response_id": 1, "text": "b"}\n') == {"new": 2}
    assert bring('{"response_id": 0, "text": "a", "age": 31}\n{"response_id": 1, "text": "b"}\n') == {"unchanged": 2}
    assert ResponseSlot.objects.get(key="0").demographics == {"age": "31"}


@pytest.mark.django_db
def test_more_responses_in_a_brief_leave_the_first_ones_as_they_are():
    brief = "question: q?\nseed: 4\nresponses: {}\n"
    for count, told in ((10, {"new": 10}), (25, {"new": 15, "unchanged": 10}), (8, {"unchanged": 8, "removed": 17})):
        plan = plan_import("consultations", brief.format(count).encode(), slug="town", filename="a.yaml")
        apply_import(plan)
        assert {name: number for name, number in plan.counts().items() if number} == told
