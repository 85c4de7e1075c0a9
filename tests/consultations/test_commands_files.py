"""Commands on plain files: nothing of a collection is left in the database."""

import json
from pathlib import Path

import pytest

from consultations.models import Consultation, ResponseSlot, SecondMapping
from generation.models import Attempt, Request, Revision
from tests.generation.shell import document, refused, said

WAIT = ("--yes", "--poll-interval", "0.05")
FIRST = [["Yes, it is cheap.", ["Cost"]], ["No.", []], ["Too loud.", ["Noise", "Rest"]]]


@pytest.fixture
def mapping(tmp_path) -> Path:
    path = tmp_path / "first.json"
    path.write_text(json.dumps(FIRST))
    return path


def written(path: Path) -> object:
    return json.loads(path.read_text())


@pytest.mark.django_db
def test_vary_a_file_again_with_the_same_result(mapping, tmp_path):
    out, again = tmp_path / "out" / "second.json", tmp_path / "again.json"
    for path in (out, again):
        said("vary_themes", "--input", mapping, "--output", path, "--variation", 0.9, "--seed", 5)
    assert out.read_bytes() == again.read_bytes()
    assert [text for text, _ in written(out)] == [text for text, _ in FIRST]
    assert all(1 <= len(labels) <= 5 for _, labels in written(out)) and written(out) != FIRST
    assert not SecondMapping.objects.exists()


@pytest.mark.django_db
def test_vary_from_a_list_of_themes(mapping, tmp_path):
    themes, out = tmp_path / "themes.md", tmp_path / "second.json"
    themes.write_text("## Theme A: Other\n\n## Theme B: More\n")
    said("vary_themes", "--input", mapping, "--output", out, "--variation", 1, "--themes", themes)
    assert {label for _, labels in written(out) for label in labels} <= {"Other", "More", "Noise", "Rest"}


@pytest.mark.django_db
def test_compare_two_files(mapping, tmp_path):
    other = tmp_path / "second.json"
    other.write_text(json.dumps([["No.", []], ["Too loud.", ["Noise"]], ["Yes, it is cheap.", ["Rest"]], ["New", []]]))
    paths = {name: tmp_path / name for name in ("figures.json", "words.md", "charts")}
    told = said(
        "compare_themes", "--mapping1", mapping, "--mapping2", other, "--output", paths["figures.json"],
        "--summary", paths["words.md"], "--charts", paths["charts"],
    )  # fmt: skip
    figures = written(paths["figures.json"])
    assert figures["jaccard_similarity"]["scores"] == [0.0, 1.0, 0.5]
    assert figures["response_agreement"] == {"percentage": pytest.approx(100 / 3), "count": 1}
    assert "0 responses that only the first mapping has, 1 that only the second" in told
    assert paths["words.md"].read_text().startswith("# Two codings compared\n")
    assert len(list(paths["charts"].iterdir())) == 3


@pytest.mark.django_db
def test_compare_ids_with_texts_by_way_of_the_responses(mapping, tmp_path):
    lines, responses = tmp_path / "coder.jsonl", tmp_path / "responses.csv"
    lines.write_text('{"response_id": 0, "labels": ["Cost"]}\n{"response_id": 2, "labels": ["Rest", "Noise"]}\n')
    responses.write_text('response_id,text\n\n0,"Yes, it is cheap."\n1,No.\n2,Too loud.\n')
    both = ("--mapping1", mapping, "--mapping2", lines)
    assert "--responses" in refused("compare_themes", *both)[1]
    figures = document("compare_themes", *both, "--responses", responses)
    assert figures["response_agreement"] == {"percentage": 100.0, "count": 2}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("vary_themes", "--input", "MAPPING"), 2, "--output"),
        (("vary_themes", "--input", "nobody.json", "--output", "x"), 1, "nobody.json"),
        (("compare_themes", "--mapping1", "MAPPING"), 2, "--mapping2"),
        (("compare_themes", "--collection", "nowhere"), 1, "nowhere"),
        (("extract_themes", "--input", "MAPPING"), 2, "--output"),
        (("extract_themes", "--collection", "nowhere"), 1, "nowhere"),
        (("run_consultation", "nowhere"), 1, "nowhere"),
    ],
)
def test_wrong_use_ends_in_a_sentence(mapping, arguments, status, words):
    found, sentence = refused(*[mapping if one == "MAPPING" else one for one in arguments])
    assert (found, words in sentence) == (status, True), sentence


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "nan"])
def test_a_variation_is_a_probability(mapping, value):
    assert "from 0 to 1" in refused("vary_themes", "--input", mapping, "--output", "x", "--variation", value)[1]


@pytest.fixture
def responses(tmp_path) -> Path:
    path = tmp_path / "responses.jsonl"
    path.write_text("".join(json.dumps({"response_id": n, "text": f"Response number {n}."}) + "\n" for n in range(5)))
    return path


@pytest.mark.parametrize("mode", ["batch", "direct"])
def test_extract_themes_of_a_file_leaves_only_the_ledger(provider, db, responses, tmp_path, mode):
    out = tmp_path / "mapping.json"
    said("extract_themes", "--input", responses, "--output", out, "--mode", mode, *WAIT)
    assert [text for text, _ in written(out)] == [f"Response number {n}." for n in range(5)]
    topics = {theme["topic"] for theme in written(tmp_path / "mapping_themes.json")}
    assert {label for _, labels in written(out) for label in labels} <= topics
    assert not (Consultation.objects.exists() or ResponseSlot.objects.exists() or Revision.objects.exists())
    assert Request.objects.count() == 6 and Attempt.objects.filter(cost_nano__gt=0).count() == 6


def test_extract_themes_from_a_given_list_with_ids(provider, db, responses, tmp_path):
    themes, out = tmp_path / "list.json", tmp_path / "mapping.jsonl"
    themes.write_text(json.dumps({"Cost": "Money.", "Noise": "Sound.", "Rest": "Sleep."}))
    said("extract_themes", "--input", responses, "--output", out, "--themes", themes, "--mode", "direct", *WAIT)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["response_id"] for line in lines] == list("01234")
    assert {label for line in lines for label in line["labels"]} <= {"Cost", "Noise", "Rest"}
    assert set(Request.objects.values_list("recipe", flat=True)) == {"consultations.labels"}


def test_what_came_in_is_kept_and_only_the_rest_is_made(provider, db, responses, tmp_path, sandbox):
    themes, out = tmp_path / "list.json", tmp_path / "mapping.json"
    themes.write_text(json.dumps({"Cost": "Money.", "Noise": "Sound.", "Rest": "Sleep."}))
    call = ("extract_themes", "--input", responses, "--output", out, "--themes", themes, "--mode", "direct", *WAIT)
    sandbox.faults("schema_violation", 1.0, count=2, match={"op": "chat.completions"})
    status, sentence = refused(*call)
    # Two of the five failed.
    assert status == 1 and sentence.startswith("2 responses have no labels yet") and not out.exists()
    assert Attempt.objects.filter(outcome="succeeded").count() == 3
    sandbox.clear_faults()
    said(*call)
    assert len(written(out)) == 5
    assert Attempt.objects.filter(outcome="succeeded").count() == 3 + 2
    assert sandbox.log()["executed"]["direct"] == 5 + 2


def test_a_theme_list_that_failed_is_made_again(provider, db, responses, tmp_path, sandbox):
    out = tmp_path / "mapping.json"
    call = ("extract_themes", "--input", responses, "--output", out, "--mode", "direct", *WAIT)
    sandbox.faults("schema_violation", 1.0, count=2, match={"op": "chat.completions"})
    status, sentence = refused(*call)
    assert status == 1 and "have no labels yet" in sentence and not out.exists()
    paid = Attempt.objects.count()
    sandbox.clear_faults()
    said(*call)
    assert len(written(out)) == 5
    assert Attempt.objects.filter(outcome="succeeded").count() == 6
    assert paid < Attempt.objects.count() <= 6 + 2


def test_a_brief_holds_no_responses_to_label(provider, db, tmp_path):
    path = tmp_path / "brief.yaml"
    path.write_text("question: q?\nresponses: 3\n")
    assert "This is a brief" in refused("extract_themes", "--input", path, "--output", tmp_path / "x", *WAIT)[1]
    assert not Consultation.objects.exists()
