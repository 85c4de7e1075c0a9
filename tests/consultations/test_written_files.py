"""What the commands write: ids where they are wanted, a list alone, and what was wrong with a file that helps."""

import json

import pytest

from generation.models import Run
from tests.consultations.rows import consultation, label, respond, theme_list
from tests.generation.shell import refused, said

pytestmark = pytest.mark.django_db
LINES = '{"response_id": 0, "text": "Yes.", "labels": ["Cost"]}\n{"response_id": "NO", "text": "No.", "labels": []}\n'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("second.jsonl", '{"response_id": "0", "labels": ["Cost"]}\n{"response_id": "NO", "labels": []}\n'),
        ("second.json", '[\n["Yes.", ["Cost"]],\n["No.", []]\n]\n'),
    ],
)
def test_a_file_of_lines_gets_ids_and_another_one_texts(tmp_path, name, expected):
    mapping, out = tmp_path / "first.jsonl", tmp_path / name
    mapping.write_text(LINES)
    said("vary_themes", "--input", mapping, "--output", out, "--variation", 0)
    assert out.read_text() == expected


def test_without_ids_texts_are_written_whatever_the_name(tmp_path):
    mapping, out = tmp_path / "first.json", tmp_path / "second.jsonl"
    mapping.write_text('[["Yes.", ["Cost"]]]')
    said("vary_themes", "--input", mapping, "--output", out, "--variation", 0)
    assert out.read_text() == '[\n["Yes.", ["Cost"]]\n]\n'


def test_the_theme_list_of_a_consultation_alone(provider, tmp_path):
    made = consultation(texts=("Yes.",))
    respond(made)
    theme_list(made, "Cost", "Noise")
    label(made, ("Cost",))
    out = tmp_path / "list.json"
    said("extract_themes", "--collection", "buses", "--list-output", out, "--mode", "direct", "--yes")
    assert json.loads(out.read_text()) == [
        {"topic_id": "A", "topic": "Cost", "rationale": ""}, {"topic_id": "B", "topic": "Noise", "rationale": ""},
    ]  # fmt: skip


@pytest.fixture
def both(tmp_path):
    """A mapping by text and one by id."""
    texts, ids = tmp_path / "texts.json", tmp_path / "ids.jsonl"
    texts.write_text('[["Yes.", ["Cost"]], ["No.", []]]')
    ids.write_text('{"response_id": 0, "labels": ["Cost"]}\n{"response_id": 1, "labels": ["Cost"]}\n')
    return ("--mapping1", texts, "--mapping2", ids)


def test_what_is_wrong_with_the_responses_to_join_by_is_said(both, tmp_path):
    responses = tmp_path / "responses.csv"
    responses.write_text("response_id,text\n0,Yes.\n1,No.\n1,Never.\n2,\n")
    told = said("compare_themes", *both, "--responses", responses)
    assert f"{responses}: Line 4: The id '1' is there already; this one is kept as '1-2'." in told
    assert f"{responses}: Line 5: There is no text in it; left out." in told
    # Yes.: the same; No.: nothing and Cost.
    assert "2 responses: 1 with identical themes (50.0 %)" in told


def test_a_brief_has_no_responses_to_join_by(both, tmp_path):
    brief = tmp_path / "brief.yaml"
    brief.write_text("question: q?\nresponses: 3\n")
    assert refused("compare_themes", *both, "--responses", brief) == (
        1, "Expected responses with ids and texts, found a brief, which has none yet.",
    )  # fmt: skip


@pytest.mark.parametrize("line", ["run_consultation buses", "extract_themes --collection buses"])
def test_without_responses_nothing_is_launched(line):
    consultation(0)
    status, sentence = refused(*line.split(), "--mode", "direct", "--yes")
    assert (status, "has no responses to find themes in: nothing was launched" in sentence) == (1, True), sentence
    assert not Run.objects.exists()
