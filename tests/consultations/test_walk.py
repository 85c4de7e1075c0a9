"""From a brief to published files through the sandbox, in both modes, and from given responses to labels."""

import json
from pathlib import Path

import pytest

from consultations.models import Consultation, Labelling, Response, ResponseSlot, ThemeLabel, ThemeList
from consultations.publish import COMPARISON, MAPPING_1, MAPPING_2, RESPONSES, SUMMARY
from consultations.stored import texts_of, themes_of, vary_stored
from generation import review
from generation.models import Request, Run
from tests import factories
from tests.generation.shell import said

DEMO = Path(__file__).resolve().parents[2] / "demo" / "consultations"
CHARTS = {"jaccard_histogram.svg", "theme_frequency.svg", "kappa_by_theme.svg"}


def load(name: str, slug: str) -> Consultation:
    said("import_items", "consultations", DEMO / name, "--collection", slug)
    return Consultation.objects.get(slug=slug)


@pytest.mark.parametrize("mode", ["batch", "direct"])
def test_a_brief_becomes_published_files(provider, db, roles, settings, mode):
    made = load("night_buses.yaml", "night-buses")
    run = factories.finished(made, names=("consultations",), mode=mode)
    assert run.counts == {"succeeded": 24 + 1 + 24}
    vary_stored(made, 0.5, "7", "varied")
    for model in (Response, ThemeList, Labelling):
        review.bulk(model.objects.all(), "approve", roles["publisher"])
        review.publish_artefacts(model.objects.all(), roles["publisher"])
    folder = settings.PUBLISH_ROOT / "consultations" / "night-buses"
    assert {path.name for path in folder.iterdir()} > {RESPONSES, MAPPING_1, MAPPING_2, COMPARISON, SUMMARY, *CHARTS}
    texts = json.loads((folder / RESPONSES).read_text())
    first, second = (json.loads((folder / name).read_text()) for name in (MAPPING_1, MAPPING_2))
    assert len(texts) == 24 and [text for text, _ in first] == texts == [text for text, _ in second]
    topics = {theme["topic"] for theme in json.loads((folder / "theme_list.json").read_text())}
    assert {label for _, labels in first + second for label in labels} <= topics
    agreement = json.loads((folder / COMPARISON).read_text())["response_agreement"]
    same = sum(set(one) == set(other) for (_, one), (_, other) in zip(first, second, strict=True))
    assert agreement == {"percentage": 100 * same / 24, "count": same} and same < 24
    assert set(Labelling.objects.values_list("status", flat=True)) == {"published"}


def test_given_responses_are_labelled_and_never_made_up(provider, db):
    made = load("library_hours.csv", "library")
    run = factories.finished(made, names=("consultations",), mode="direct")
    assert run.counts == {"succeeded": 1 + 8}
    assert set(Request.objects.values_list("recipe", flat=True)) == {
        "consultations.theme_list", "consultations.labels",
    }  # fmt: skip
    assert ResponseSlot.objects.get(key="0").demographics == {"age_group": "30-44", "district": "North"}
    assert list(texts_of(made))[7] == "7"
    assert ThemeLabel.objects.values("slot").distinct().count() <= 8


def test_a_list_from_elsewhere_is_chosen_from(provider, db, tmp_path):
    made = load("library_hours.csv", "library")
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "human_themes.md").write_text((DEMO / "human_themes.md").read_text())
    said("import_artefacts", "consultations", folder, "--collection", "library")
    assert [theme.topic_id for theme in themes_of(made)] == list("ABCDEF")
    run = factories.finished(made, names=("consultations",), mode="direct")
    assert run.counts == {"succeeded": 8}
    assert set(ThemeLabel.objects.values_list("theme", flat=True)) <= {theme.topic for theme in themes_of(made)}


def test_another_list_makes_every_labelling_outdated(provider, db):
    made = load("library_hours.csv", "library")
    factories.finished(made, names=("consultations",), mode="direct")
    again = factories.finished(made, names=("consultations.theme_list",), mode="direct", only="all")
    assert again.counts == {"succeeded": 1}
    changed = factories.run(made, names=("consultations.labels",), only="changed")
    assert changed.total == 8


@pytest.mark.parametrize("fault", ["json_fence", "schema_violation"])
def test_labels_in_a_fence_are_read_and_another_form_is_invalid(provider, db, sandbox, fault):
    made = load("library_hours.csv", "library")
    sandbox.faults(fault, 1.0)
    run = factories.finished(made, names=("consultations",), mode="direct")
    assert run.counts == ({"succeeded": 9} if fault == "json_fence" else {"invalid": 1, "blocked": 8})


def test_a_failed_response_blocks_its_labels_and_nothing_else(provider, db, sandbox):
    made = load("night_buses.yaml", "night-buses")
    slot = ResponseSlot.objects.get(key="s00003")
    sandbox.faults("empty_content", match={"custom_id": f"*-response-{slot.pk}"})
    factories.finished(made, names=("consultations",))
    states = dict(Request.objects.filter(item_id=slot.pk).values_list("recipe", "status"))
    assert states == {"consultations.response": "invalid", "consultations.labels": "blocked"}
    assert Labelling.objects.count() == 23
    assert Run.objects.get().status == "completed"
