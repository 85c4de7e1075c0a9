"""Exports: approved texts only, the listed names, and nothing without its counterpart."""

import json
from typing import Any

import pytest

from consultations.models import Labelling, Response, ThemeList
from consultations.publish import ComparisonFiles, ResponseFile, ThemeListFile
from consultations.stored import vary_stored
from generation.pipeline.publish import publish_to_dir
from tests.consultations.rows import approve, consultation, label, respond, theme_list
from tests.contract import ExportContract

TEXTS = ("First.", "Second.", "First.")


@pytest.fixture
def made(db):
    row = consultation(3)
    respond(row, *TEXTS)
    theme_list(row)
    label(row, ("Cost",), (), ("Noise", "Cost"))
    for model in (Response, ThemeList, Labelling):
        approve(model)
    return row


class TestResponseExport(ExportContract):
    kind = "consultations"

    def make_approved(self) -> Any:
        respond(consultation(3), *TEXTS)
        approve(Response)
        return Response.objects.publishable()


def files(export: type, model: Any, **options: Any) -> dict[str, Any]:
    found = {file.path: file.content.decode() for file in export(**options).files(model.objects.publishable())}
    return {path: json.loads(text) if path.endswith(".json") else text for path, text in found.items()}


def test_responses_as_texts_and_as_records(made):
    assert files(ResponseFile, Response) == {"synthetic_responses.json": list(TEXTS)}
    (records,) = files(ResponseFile, Response, records=True).values()
    assert records[1] == {
        "response_id": "s00002", "text": "Second.", "perspective": "a resident", "length": "medium", "focus": "cost",
        "stance": "in favour",
    }  # fmt: skip


def test_the_theme_list_can_be_imported_again(made):
    (themes,) = files(ThemeListFile, ThemeList).values()
    assert themes[0] == {"topic_id": "A", "topic": "Cost", "rationale": ""}


def test_without_a_second_mapping_there_is_only_the_first(made):
    assert files(ComparisonFiles, Labelling) == {
        "theme_mapping_1.json": [["First.", ["Cost"]], ["Second.", []], ["First.", ["Noise", "Cost"]]]
    }


def test_with_a_second_mapping_there_is_everything(made):
    vary_stored(made, 0.5, "1", "varied")
    found = files(ComparisonFiles, Labelling)
    assert set(found) == {
        "theme_mapping_1.json", "theme_mapping_2.json", "comparison_results.json", "summary.md",
        "jaccard_histogram.svg", "theme_frequency.svg", "kappa_by_theme.svg",
    }  # fmt: skip
    assert [text for text, _ in found["theme_mapping_2.json"]] == list(TEXTS)


def test_only_approved_labels_are_compared(made):
    vary_stored(made, 0.5, "1", "varied")
    Labelling.objects.filter(item__position=2).update(approved=None, status="needs_review")
    found = files(ComparisonFiles, Labelling)
    assert [text for text, _ in found["theme_mapping_1.json"]] == ["First.", "First."]
    assert len(found["comparison_results.json"]["jaccard_similarity"]["scores"]) == 2


def test_the_mapping_that_was_made_last_is_taken(made):
    vary_stored(made, 1.0, "1", "varied")
    vary_stored(made, 0.0, "1", "same")
    assert files(ComparisonFiles, Labelling)["comparison_results.json"]["response_agreement"]["count"] == 3
    vary_stored(made, 1.0, "1", "varied")
    assert files(ComparisonFiles, Labelling)["comparison_results.json"]["response_agreement"]["count"] < 3


def test_a_folder_of_it_has_its_manifest(made, tmp_path):
    vary_stored(made, 0.5, "1", "varied")
    first = publish_to_dir(ComparisonFiles(), Labelling.objects.all(), tmp_path)
    again = publish_to_dir(ComparisonFiles(), Labelling.objects.all(), tmp_path)
    assert len(first.written) == len(again.unchanged) == 7 and not again.written
