"""Files of other sorts, by way of each command that reads one: one sentence, exit status 1, and nothing kept."""

import json

import pytest

from consultations.models import Consultation, Labelling, ResponseSlot, SecondMapping, ThemeList, ThemeSheet
from generation.models import Run
from tests.consultations.rows import consultation
from tests.generation.shell import refused

# What each is, and what the sentence says of it.
FOREIGN = {
    "zip": (b"PK\x03\x04\x14\x00" + bytes(60), "a zip archive"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(20), "a picture"),
    "utf-16": ('["Yes."]'.encode("utf-16"), "UTF-16 text"),
    "latin-1": ('["Caf\u00e9"]'.encode("latin-1"), "other bytes at place 5"),
    "binary": (b"a\x00b\x00", "binary data"),
    "empty": (b"", "an empty file"),
    "blank": (b" \r\n\n\t", "an empty file"),
    "cut": (b'[["Yes.", ["Cost"]],\n["No', "no JSON"),
    "html": (b"<!DOCTYPE html>\n<html><body><p>Moved.</p></body></html>\n", ""),
    "outline": (b"# M0: Beginnings \xe2\x80\x94 Lesson Map\n\n## L001: First [F]\n", ""),
    "questions": (b"what does [Some Actor] appear in\tFilm A|Film B\n", ""),
    "stories": (b'[{"id": 0, "title": "T", "summaries": [{"summary_text": "One."}]}]', ""),
    "materials": (b"materials:\n  ceramic:\n    items: [Alumina]\n", ""),
}


@pytest.fixture(params=FOREIGN)
def foreign(request, tmp_path):
    data, words = FOREIGN[request.param]
    path = tmp_path / "strange.txt"
    path.write_bytes(data)
    return path, words


def sentence(*args):
    """The sentence with which a command ends."""
    status, words = refused(*args)
    assert (status, words.strip().count("\n")) == (1, 0), words
    return words


@pytest.mark.django_db
def test_no_responses_and_no_brief(foreign):
    path, words = foreign
    told = sentence("import_items", "consultations", path, "--collection", "town")
    assert told.startswith("Expected responses (a JSON list of texts, JSONL or CSV) or a brief") and words in told
    assert not (Consultation.objects.exists() or ResponseSlot.objects.exists() or ThemeSheet.objects.exists())


@pytest.mark.django_db
def test_no_responses_to_find_themes_in(foreign, tmp_path):
    path, words = foreign
    told = sentence("extract_themes", "--input", path, "--output", tmp_path / "out.json", "--yes")
    assert told.startswith("Expected responses") and words in told
    assert not (Consultation.objects.exists() or Run.objects.exists() or (tmp_path / "out.json").exists())


@pytest.mark.django_db
def test_no_mapping_to_vary(foreign, tmp_path):
    path, words = foreign
    told = sentence("vary_themes", "--input", path, "--output", tmp_path / "out.json")
    assert told.startswith("Expected a mapping ([[text, [labels]], ...] or JSONL") and words in told
    assert not (tmp_path / "out.json").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["--mapping1", "--mapping2"])
def test_no_mapping_to_compare(foreign, tmp_path, place):
    path, words = foreign
    good = tmp_path / "good.json"
    good.write_text('[["Yes.", ["Cost"]]]')
    both = {"--mapping1": good, "--mapping2": good} | {place: path}
    told = sentence("compare_themes", *(word for pair in both.items() for word in pair), "--output", tmp_path / "out")
    assert told.startswith("Expected a mapping") and words in told
    assert not (tmp_path / "out").exists()


@pytest.mark.django_db
def test_no_responses_to_join_by(foreign, tmp_path):
    path, words = foreign
    texts, ids = tmp_path / "texts.json", tmp_path / "ids.jsonl"
    texts.write_text('[["Yes.", ["Cost"]]]')
    ids.write_text('{"response_id": 0, "labels": ["Cost"]}\n')
    told = sentence("compare_themes", "--mapping1", texts, "--mapping2", ids, "--responses", path)
    assert told.startswith("Expected responses") and words in told


@pytest.mark.django_db
def test_no_mapping_of_a_coder(foreign):
    path, words = foreign
    consultation(texts=("Yes.",))
    told = sentence("import_mapping", path, "--collection", "buses")
    assert told.startswith("Expected a mapping") and words in told
    assert not SecondMapping.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("sort", [name for name in FOREIGN if name not in ("stories", "materials", "cut")])
def test_no_theme_list(sort, tmp_path):
    path, responses, mapping = (tmp_path / name for name in ("strange.txt", "responses.json", "mapping.json"))
    data, words = FOREIGN[sort]
    path.write_bytes(data)
    responses.write_text('["Yes.", "No."]')
    mapping.write_text('[["Yes.", ["Cost"]]]')
    out = ("--output", tmp_path / "out.json", "--themes", path)
    for line in (("extract_themes", "--input", responses, "--yes"), ("vary_themes", "--input", mapping)):
        told = sentence(*line, *out)
        assert told.startswith("Expected a list of themes (JSON, or Markdown") and words in told
    assert not (Consultation.objects.exists() or ThemeList.objects.exists() or (tmp_path / "out.json").exists())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        json.dumps([["Yes.", ["Cost"]]]), '{"response_id": 0, "labels": ["Cost"]}\n', '[{"topic_id": 0, "topic": "x"}]',
        '{"Cost": "What it costs."}', "## Theme A: Cost\nWhat it costs.\n",
    ],
    ids=["pairs", "lines", "list", "map", "markdown"],
)  # fmt: skip
def test_mappings_and_theme_lists_are_no_responses(text, tmp_path):
    path = tmp_path / "strange.json"
    path.write_text(text)
    assert sentence("import_items", "consultations", path, "--collection", "town").startswith("Expected responses")
    assert not Consultation.objects.exists()


@pytest.mark.django_db
def test_responses_are_no_mapping_and_no_theme_list(tmp_path):
    path, mapping = tmp_path / "responses.json", tmp_path / "mapping.json"
    path.write_text('["Yes.", "No."]')
    mapping.write_text('[["Yes.", ["Cost"]]]')
    out = ("--output", tmp_path / "out.json")
    assert sentence("vary_themes", "--input", path, *out).startswith("Expected a mapping")
    assert sentence("vary_themes", "--input", mapping, "--themes", path, *out).startswith("Expected a list of themes")


@pytest.mark.django_db
def test_what_was_refused_before_the_launch_leaves_no_working_collection(tmp_path, settings):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    responses = tmp_path / "responses.json"
    responses.write_text('["Yes.", "No."]')
    status, words = refused("extract_themes", "--input", responses, "--output", tmp_path / "out.json", "--yes")
    assert (status, "key" in words) == (1, True)
    assert not (Consultation.objects.exists() or Labelling.objects.exists() or Run.objects.exists())
