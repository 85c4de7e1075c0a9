"""`run_consultation` and the steps on a collection: complete, repeatable, resumable."""

import io
import json
import shlex
import time
from pathlib import Path

import pytest

from consultations import workflow
from consultations.models import Consultation, Labelling, Response, ResponseSlot, SecondMapping, ThemeLabel
from consultations.stored import texts_of
from generation import console_output
from generation.command_base import Actor, Interrupted
from generation.models import Attempt, Request, Run
from tests.consultations.ctrl_c import ctrl_c_after
from tests.consultations.rows import TOPICS, consultation, label, respond, theme_list
from tests.generation.shell import document, refused, said

WAIT = ("--yes", "--poll-interval", "0.05")
DIRECT = ("--mode", "direct", *WAIT)


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("mode", ["batch", "direct"])
def test_one_command_does_it_all(provider, db, out, mode):
    consultation(0)
    told = said("run_consultation", "buses", "--count", 12, "--variation", 0.6, "--mode", mode, "--out", out, *WAIT)
    assert {path.name for path in out.iterdir()} == {
        "synthetic_responses.json", "theme_list.json", "theme_mapping_1.json", "theme_mapping_2.json",
        "comparison_results.json", "summary.md", "jaccard_histogram.svg", "theme_frequency.svg", "kappa_by_theme.svg",
    }  # fmt: skip
    assert len(json.loads((out / "synthetic_responses.json").read_text())) == 12
    assert (Response.objects.count(), Labelling.objects.count(), SecondMapping.objects.count()) == (12, 12, 1)
    assert told.count("Estimate:") == 2 and "These are drafts" in told
    assert set(Response.objects.values_list("status", flat=True)) == {"needs_review"}


def test_the_same_command_again_sends_and_changes_nothing(provider, db, out):
    consultation(0)
    call = ("run_consultation", "buses", "--count", 6, "--out", out, *DIRECT)
    said(*call)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    said(*call)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert Attempt.objects.count() == 6 + 1 + 6


def test_more_are_added_to_those_that_there_are(provider, db, out):
    consultation(0)
    said("run_consultation", "buses", "--count", 4, "--out", out, *DIRECT)
    texts = texts_of(Consultation.objects.get())
    said("run_consultation", "buses", "--count", 7, "--out", out, *DIRECT)
    after = texts_of(Consultation.objects.get())
    assert len(after) == 7 and {key: after[key] for key in texts} == texts
    assert ThemeLabel.objects.values("slot").distinct().count() <= 7
    said("run_consultation", "buses", "--count", 3, "--out", out, *DIRECT)
    assert len(texts_of(Consultation.objects.get())) == 3
    assert ResponseSlot.objects.count() == 7, "what is no longer wanted is marked, not deleted"


def test_repeats_are_made_again_until_the_total_stands(provider, db, out):
    made = consultation(0)
    said("run_consultation", "buses", "--count", 6, "--out", out, *DIRECT)
    first = Response.objects.order_by("item__position")[0]
    for row in Response.objects.order_by("item__position")[3:5]:
        row.current.text = first.current.text.upper()
        row.current.save()
    told = said("run_consultation", "buses", "--out", out, *DIRECT)
    assert "2 responses repeat another one; 2 of them are made again" in told
    texts = [text.upper() for text in texts_of(made).values()]
    assert len(set(texts)) == 6
    again = ResponseSlot.objects.exclude(avoid="")
    assert set(again.values_list("key", flat=True)) == {"s00004", "s00005"}
    assert Request.objects.filter(recipe="consultations.labels", item_id__in=again).count() == 4, "labelled anew"


def test_what_a_person_has_touched_is_never_made_again(provider, db, out):
    consultation(3)
    text = "The bus should run all night, because I come home late from the hospital."
    for row in respond(Consultation.objects.get(), text, text, text):
        Response.objects.filter(pk=row.pk).update(touched=row.item.position != 1)
    status, sentence = refused("run_consultation", "buses", "--out", out, *DIRECT)
    assert (status, "still repeat another one" in sentence) == (1, True)
    texts = texts_of(Consultation.objects.get())
    assert texts["s00001"] != text, "only the untouched one was made again"
    assert texts["s00002"] == texts["s00003"] == text


def test_responses_that_all_fail_are_told(provider, db, out, sandbox):
    consultation(0)
    sandbox.faults("empty_content", match={"op": "chat.completions"})
    status, sentence = refused("run_consultation", "buses", "--count", 3, "--out", out, *DIRECT)
    assert (status, "3 responses could not be made" in sentence) == (1, True)
    assert Run.objects.count() == 1, "what had no success at all is not paid for again by itself"
    sandbox.clear_faults()
    said("run_consultation", "buses", "--out", out, *DIRECT)
    assert Response.objects.count() == 3


def test_the_few_that_fail_are_made_in_another_round(provider, db, out, sandbox):
    consultation(0)
    sandbox.faults("empty_content", count=2, match={"op": "chat.completions"})
    said("run_consultation", "buses", "--count", 5, "--out", out, *DIRECT)
    made = Run.objects.filter(recipes=["consultations.response"]).order_by("pk")
    assert [run.counts for run in made] == [{"invalid": 2, "succeeded": 3}, {"succeeded": 2}]


def test_given_responses_are_labelled_and_not_counted_up(provider, db, out):
    consultation(texts=("It is cheap.", "It is loud.", "It is loud."))
    assert "holds given responses" in refused("run_consultation", "buses", "--count", 9, "--out", out, *DIRECT)[1]
    said("run_consultation", "buses", "--out", out, *DIRECT)
    assert not (out / "synthetic_responses.json").exists()
    assert [text for text, _ in json.loads((out / "theme_mapping_1.json").read_text())][1:] == ["It is loud."] * 2


def test_nothing_is_launched_without_anybody_to_ask(provider, db):
    consultation(0)
    status, sentence = refused("run_consultation", "buses", "--count", 3)
    assert (status, "--yes" in sentence, Run.objects.count()) == (2, True, 0)


def test_above_a_sum_the_command_ends_until_a_second_operator_has_decided(provider, db, settings):
    settings.APPROVAL_ABOVE = 0
    consultation(2)
    status, words = refused("run_consultation", "buses", "--mode", "direct", "--yes")
    assert status == 1 and "second operator" in words
    assert Run.objects.get().status == "awaiting_approval"


def test_a_consultation_without_a_question_is_refused(db):
    Consultation.objects.create(slug="empty", name="Empty")
    assert "has no question yet" in refused("run_consultation", "empty", "--count", 3, *WAIT)[1]


def test_a_paced_run_keeps_its_pace(provider, db, out):
    consultation(0)
    pace = ("--batch-size", 2, "--wait-time", 0.1)
    said("run_consultation", "buses", "--count", 4, "--out", out, *pace, *DIRECT)
    assert all((run.pace["batch_size"], run.pace["wait_time"]) == (2, 0.1) for run in Run.objects.all())


@pytest.fixture
def labelled(db) -> Consultation:
    made = consultation(4)
    respond(made, "one a", "two b", "three c", "four d")
    theme_list(made)
    label(made, ("Cost",), ("Safety", "Noise"), (), ("Fairness",))
    return made


def test_vary_and_compare_on_the_collection(labelled, tmp_path):
    said("vary_themes", "--collection", "buses", "--variation", 0.9, "--seed", 3)
    mapping = SecondMapping.objects.get()
    assert (mapping.name, mapping.variation, mapping.seed, mapping.rows.count()) == ("varied", 0.9, "3", 4)
    assert all(set(row.labels) <= set(TOPICS) and row.labels for row in mapping.rows.all())
    figures = document("compare_themes", "--collection", "buses")
    assert len(figures["jaccard_similarity"]["scores"]) == 4


def test_a_human_coder_s_mapping(labelled, tmp_path):
    path = tmp_path / "coder.jsonl"
    rows = [("s00001", ["Cost"]), ("s00002", ["Safety"]), ("s00003", []), ("s00009", ["Cost"]), ("s00004", ["Wrong"])]
    path.write_text("".join(json.dumps({"response_id": key, "labels": labels}) + "\n" for key, labels in rows))
    told = said("import_mapping", path, "--collection", "buses")
    assert "'coder': 4 responses" in told and "1 rows fit no response" in told and "does not have: Wrong" in told
    figures = document("compare_themes", "--collection", "buses", "--second", "coder")
    assert figures["jaccard_similarity"]["scores"] == [1.0, 0.5, 1.0, 0.0]
    said("import_mapping", path, "--collection", "buses")
    assert SecondMapping.objects.count() == 1, "the same name again replaces it"


def test_a_mapping_by_text_fits_too(labelled, tmp_path):
    path = tmp_path / "coder.json"
    path.write_text(json.dumps([["two b", ["Noise"]], ["one a", ["Cost"]]]))
    said("import_mapping", path, "--collection", "buses", "--name", "Ann")
    assert dict(SecondMapping.objects.get().rows.values_list("slot__key", "labels")) == {
        "s00001": ["Cost"], "s00002": ["Noise"],
    }  # fmt: skip


def test_without_a_second_mapping_there_is_nothing_to_compare(labelled):
    assert "no second mapping" in refused("compare_themes", "--collection", "buses")[1]


def test_labels_outlive_a_slot_that_is_gone(labelled):
    ResponseSlot.objects.filter(key="s00002").update(removed_at="2026-01-01T00:00:00Z")
    said("vary_themes", "--collection", "buses")
    assert SecondMapping.objects.get().rows.count() == 3


def test_extract_themes_on_the_collection(provider, labelled):
    extra = ResponseSlot(collection=labelled, key="new", position=9, text="A given one.")
    extra.source_hash = extra.compute_hash()
    extra.save()
    said("extract_themes", "--collection", "buses", *DIRECT)
    assert Request.objects.filter(item_id=extra.pk, recipe="consultations.labels").exists()
    assert extra.labellings.get().current.text


def test_an_interrupt_lands_says_how_to_go_on_and_exits_130(provider, db, sandbox, out):
    consultation(0)
    count, pace = ("--count", 8), ("--batch-size", 4, "--wait-time", 4)
    call = ("run_consultation", "buses", *count, *pace, "--out", out, *DIRECT)
    with ctrl_c_after(sandbox, 4):
        status, sentence = refused(*call)
    assert (status, "(4 of 8 requests finished)" in sentence) == (130, True), sentence
    assert "Go on with: manage.py run_consultation buses --count 8" in sentence
    assert "--batch-size 4 --wait-time 4.0" in sentence
    # The pause has run since the fourth answer: what is left of it is waited for, and no more.
    run = Run.objects.get()
    left = run.pace["until"] - time.time()
    assert 0 < left < 4 and run.status == "running"
    Run.objects.update(pace=run.pace | {"until": time.time() + 1, "wait_time": 0.1})
    before = time.monotonic()
    steps = workflow.Steps(Console(), Consultation.objects.get(), Actor(None, "test"), "", "direct", interval=0.05)
    steps.resume()
    assert 1 <= time.monotonic() - before < 4
    assert sandbox.log()["executed"]["direct"] == 8, "nothing was sent twice"
    assert Response.objects.count() == 8


def test_how_to_go_on_repeats_all_that_decides_what_is_made(provider, db, roles, tmp_path, monkeypatch):
    monkeypatch.setattr(workflow.Steps, "resume", lambda steps: (_ for _ in ()).throw(Interrupted(steps.again)))
    consultation(0)
    chosen = ("--seed", "7", "--threshold", "0.9", "--rounds", "2", "--out", tmp_path / "a folder")
    sent = ("--model", "m-2", "--as", "operator")
    status, sentence = refused("run_consultation", "buses", "--count", 8, *chosen, *sent, *DIRECT)
    words = shlex.split(sentence.strip())
    assert status == 130 and words[words.index("manage.py") :] == [
        "manage.py", "run_consultation", "buses", "--count", "8", "--variation", "0.3", *map(str, chosen),
        "--mode", "direct", *sent,
    ]  # fmt: skip


def test_the_rounds_end(provider, db, monkeypatch, out):
    consultation(2)
    respond(Consultation.objects.get(), "the same text as the other one", "the same text as the other one")
    monkeypatch.setattr(workflow, "set_up", lambda found: [one.item_id for one in found])
    monkeypatch.setattr(workflow.Steps, "make", lambda *args, **selection: True)
    sent = workflow.Steps(Console(), Consultation.objects.get(), Actor(None, "test"), "", "direct")
    assert sent.responses(rounds=3) is False


class Console(console_output.Console):
    """One that says nothing."""

    def __init__(self) -> None:
        super().__init__(io.StringIO(), io.StringIO())
