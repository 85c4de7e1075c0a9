"""The general rules of every import, for responses, briefs and a coder's mapping: by commands and the admin."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.mappings import Coding, Labelled
from consultations.models import Consultation, ResponseSlot, SecondLabels, SecondMapping, ThemeList, ThemeSheet
from consultations.second_import import import_second
from consultations.stored import NothingStored, second_coding, vary_stored
from generation.importing import apply_import, plan_import
from generation.models import Request
from tests import factories
from tests.consultations.rows import consultation, label, respond, theme_list
from tests.generation.shell import document, refused, said

pytestmark = pytest.mark.django_db
CSV = b"response_id,text,age\n\n0,Yes.,30\n1,No.,\nNO,Maybe.,31\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes(CSV)
    return path


def bring(path, *more):
    return document("import_items", "consultations", path, "--collection", "town", *more)["counts"]


def counts(**some):
    return dict.fromkeys(("new", "changed", "unchanged", "removed", "restored"), 0) | some


def test_a_dry_run_and_then_the_import_count_the_same(file):
    assert bring(file, "--dry-run") == counts(new=3)
    assert not (Consultation.objects.exists() or ResponseSlot.objects.exists() or ThemeSheet.objects.exists())
    assert bring(file) == counts(new=3)
    assert bring(file) == counts(unchanged=3)
    assert ResponseSlot.objects.count() == 3


def test_a_changed_response_and_one_that_is_gone(file):
    bring(file)
    file.write_bytes(b"response_id,text\n0,Yes.\n1,Never.\n")
    assert bring(file, "--dry-run") == bring(file) == counts(changed=1, unchanged=1, removed=1)
    assert list(ResponseSlot.objects.exclude(changed_at=None).values_list("key", flat=True)) == ["1"]
    assert list(ResponseSlot.objects.exclude(removed_at=None).values_list("key", "text")) == [("NO", "Maybe.")]


def test_a_failing_import_leaves_nothing(monkeypatch):
    def fail(*args):
        raise RuntimeError("disk full")

    monkeypatch.setattr("generation.importing._save_collection", fail)
    with pytest.raises(RuntimeError):
        apply_import(plan_import("consultations", CSV, slug="town", filename="a.csv"))
    assert not (Consultation.objects.exists() or ResponseSlot.objects.exists() or ThemeSheet.objects.exists())


def test_a_total_that_a_file_states_is_no_response_and_counts_for_nothing(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"total_responses": 99}\n{"response_id": 0, "text": "Yes."}\n{"response_id": 1, "text": "No."}\n')
    found = document("import_items", "consultations", path, "--collection", "town")
    assert found["counts"] == counts(new=2)
    assert found["problems"] == [{"line": 1, "what": "Line 1", "why": "There is no text in it; left out."}]


def test_the_admin_s_preview_counts_and_writes_nothing(client, roles):
    client.force_login(roles["operator"])
    address = reverse("admin:consultations_consultation_import")
    for expected in (counts(new=3), counts(unchanged=3)):
        file = SimpleUploadedFile("answers.csv", CSV)
        shown = client.post(address, {"step": "preview", "format": "auto", "file": file, "slug": "town"})
        assert {name: shown.context["counts"][name] for name in expected} == expected
        assert ResponseSlot.objects.count() == expected["unchanged"]
        client.post(address, {"step": "confirm", "token": shown.context["token"]})
    assert ResponseSlot.objects.count() == 3


def test_only_a_changed_response_is_labelled_anew(provider, file):
    bring(file)
    made = Consultation.objects.get()
    theme_list(made)
    assert factories.finished(made, names=("consultations.labels",), mode="direct").counts == {"succeeded": 3}
    file.write_bytes(CSV.replace(b"1,No.", b"1,Never."))
    bring(file)
    again = factories.finished(made, names=("consultations.labels",), mode="direct", only="changed")
    items = Request.objects.filter(run=again).values_list("item_id", flat=True)
    assert list(ResponseSlot.objects.filter(pk__in=items).values_list("key", flat=True)) == ["1"]


def test_a_dry_run_of_a_theme_list_keeps_none(tmp_path):
    consultation(texts=("Yes.",))
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "my_themes.json").write_text('[{"topic_id": 0, "topic": "Cost"}]')
    line = ("import_artefacts", "consultations", folder, "--collection", "buses")
    assert document(*line, "--dry-run")["created"] == ["themes"] and not ThemeList.objects.exists()
    assert document(*line)["created"] == ["themes"]
    assert document(*line)["kept"] == ["themes"] and ThemeList.objects.count() == 1


@pytest.fixture
def labelled():
    made = consultation(4)
    respond(made, "one a", "two b", "three c", "four d")
    theme_list(made)
    label(made, ("Cost",), ("Safety", "Noise"), (), ("Fairness",))
    return made


@pytest.fixture
def coder(tmp_path, labelled):
    """Writes a coder's file and imports it; what the command says."""

    def work(rows, *more):
        path = tmp_path / "anna.json"
        path.write_text(json.dumps(rows))
        return said("import_mapping", path, "--collection", "buses", *more)

    return work


ROWS = [["one a", ["Cost"]], ["two b", ["Noise"]], ["never said", []], ["four d", 7]]


def state():
    return [*SecondMapping.objects.values_list(), *SecondLabels.objects.order_by("pk").values_list()]


def test_a_dry_run_of_a_mapping_counts_and_keeps_nothing(coder):
    told = coder(ROWS, "--dry-run")
    assert "'anna': 2 responses: 2 new, 0 changed, 0 unchanged, 0 removed, 0 restored, 2 invalid." in told
    assert "Dry run: nothing was written." in told and not SecondMapping.objects.exists()


def test_the_same_mapping_twice_changes_nothing(coder):
    coder(ROWS)
    before = state()
    assert "0 new, 0 changed, 2 unchanged, 0 removed, 0 restored, 2 invalid" in coder(ROWS)
    assert state() == before and len(before) == 3


def test_what_changed_is_changed_and_what_is_gone_is_marked_and_comes_back(labelled, coder):
    coder([["one a", ["Cost"]], ["two b", ["Noise"]], ["three c", []]])
    ids = set(SecondLabels.objects.values_list("pk", flat=True))
    assert "1 new, 1 changed, 1 unchanged, 1 removed, 0 restored" in coder(
        [["one a", ["Cost", "Noise"]], ["two b", ["Noise"]], ["four d", ["Fairness"]]]
    )
    assert list(SecondLabels.objects.exclude(removed_at=None).values_list("slot__key", "labels")) == [("s00003", [])]
    coding = second_coding(SecondMapping.objects.get())
    assert [(row.id, row.labels) for row in coding.rows] == [
        ("s00001", ("Cost", "Noise")), ("s00002", ("Noise",)), ("s00004", ("Fairness",)),
    ]  # fmt: skip
    figures = document("compare_themes", "--collection", "buses")
    # {Cost} of {Cost, Noise}; {Noise} of {Safety, Noise}; the same.
    assert figures["jaccard_similarity"]["scores"] == [0.5, 0.5, 1.0]
    told = coder([["one a", ["Cost"]], ["two b", ["Noise"]], ["three c", []], ["four d", ["Fairness"]]])
    assert "0 new, 1 changed, 2 unchanged, 0 removed, 1 restored" in told
    assert SecondLabels.objects.filter(removed_at=None).count() == 4 and ids < set(
        SecondLabels.objects.values_list("pk", flat=True)
    )


def test_a_failing_import_of_a_mapping_leaves_the_old_one(labelled, coder, monkeypatch):
    coder([["one a", ["Cost"]], ["two b", ["Noise"]]])
    before = state()

    def fail(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(type(SecondLabels.objects), "bulk_create", fail)
    with pytest.raises(RuntimeError):
        coder([["one a", ["Noise"]], ["three c", []]])
    assert state() == before


def test_one_response_by_id_and_by_text_counts_once(labelled):
    rows = [Labelled("s00001", "", ("Cost",)), Labelled("", "one a", ("Noise",))]
    mapping, plan = import_second(labelled, Coding(rows), "anna")
    assert [row.labels for row in mapping.standing] == [["Cost"]] and plan.unmatched == 1


def test_a_person_s_mapping_is_not_varied_over_and_takes_the_place_of_a_varied_one(labelled, coder):
    coder([["one a", ["Cost"]]])
    before = state()
    with pytest.raises(NothingStored, match="'anna' is a person's: nothing was varied"):
        vary_stored(labelled, 0.5, "1", "anna")
    assert state() == before
    vary_stored(labelled, 0.5, "1", "varied")
    assert "1 new, 0 changed, 0 unchanged, 0 removed" in coder([["two b", ["Noise"]]], "--name", "varied")
    mapping = SecondMapping.objects.get(name="varied")
    assert mapping.variation is None and [row.labels for row in mapping.rows.all()] == [["Noise"]]


def test_a_run_whose_mapping_has_a_person_s_name_ends_in_a_sentence(provider, labelled, coder, tmp_path):
    coder([["one a", ["Cost"]]], "--name", "varied")
    line = ("run_consultation", "buses", "--yes", "--mode", "direct", "--out", tmp_path / "out")
    status, sentence = refused(*line)
    assert (status, "'varied' is a person's" in sentence) == (1, True), sentence
    assert not (tmp_path / "out").exists()
