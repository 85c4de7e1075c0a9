"""Approved responses, theme lists and labels as files, with the comparison to a second mapping."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from consultations.charts import charts
from consultations.comparison import Comparison
from consultations.mappings import Joined, mapping_bytes
from consultations.models import Consultation, Labelling, Response, SecondMapping, ThemeList
from consultations.recipes import themes_of_text
from consultations.stored import (
    NothingStored,
    compare_stored,
    first_coding,
    latest_second,
    texts_of,
    themes_of,
)
from consultations.summary import summary
from consultations.theme_lists import Theme
from generation.exports import Export, ExportFile, register_export
from generation.sources import SourceError

RESPONSES, MAPPING_1, MAPPING_2 = "synthetic_responses.json", "theme_mapping_1.json", "theme_mapping_2.json"
COMPARISON, SUMMARY, THEME_LIST = "comparison_results.json", "summary.md", "theme_list.json"


def json_bytes(value: Any) -> bytes:
    """Readable JSON as a file."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


@register_export
class ResponseFile(Export):
    """`synthetic_responses.json`: the texts of all approved made-up responses."""

    key = "consultations.responses"
    title = "Responses"
    artefact_model = Response
    scope = "collection"
    options = {"records": "write records with response_id, text and what each was to be, instead of texts alone"}

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """One file, in the order of the slots."""
        rows = list(artefacts.select_related("item", "approved").order_by("item__position", "item_id"))
        rows = [row for row in rows if row.approved]
        if rows:
            values = [_record(row) if self.chosen.get("records") else row.approved.text for row in rows]
            ids = tuple(row.pk for row in rows)
            yield ExportFile(RESPONSES, json_bytes(values), ids, tuple(row.approved_id for row in rows))


def _record(row: Response) -> dict[str, str]:
    slot = row.item
    return {
        "response_id": slot.key, "text": row.approved.text if row.approved else "", "perspective": slot.perspective,
        "length": slot.length, "focus": slot.focus, "stance": slot.stance,
    }  # fmt: skip


@register_export
class ThemeListFile(Export):
    """`theme_list.json`: `[{"topic_id", "topic", "rationale"}]`."""

    key = "consultations.themes"
    title = "Theme list"
    artefact_model = ThemeList
    scope = "collection"

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """One file."""
        for row in artefacts.select_related("approved").order_by("pk")[:1]:
            if row.approved:
                content = theme_list_bytes(themes_of_text(row.approved.text))
                yield ExportFile(THEME_LIST, content, (row.pk,), (row.approved_id,))


def theme_list_bytes(themes: Iterable[Theme]) -> bytes:
    """A theme list as a file."""
    return json_bytes([asdict(theme) for theme in themes])


@register_export
class ComparisonFiles(Export):
    """Both mappings, the comparison's figures, the summary and three charts; without a second mapping only the first.

    The second mapping is the one made last.
    """

    key = "consultations.comparison"
    title = "Mappings and comparison"
    artefact_model = Labelling
    scope = "collection"

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """The first mapping names the labellings that all files are made of."""
        ids = list(artefacts.filter(approved__isnull=False).order_by("pk").values_list("pk", "approved_id"))
        if not ids:
            return
        consultation = Consultation.objects.get(items__labellings=ids[0][0])
        first = first_coding(consultation, "approved", artefacts)
        pks, revisions = zip(*ids, strict=True)
        yield ExportFile(MAPPING_1, mapping_bytes(first.rows), pks, revisions)
        try:
            joined, comparison = compare_stored(latest_second(consultation), "approved", artefacts)
        except (NothingStored, SourceError):
            return
        for name, content in comparison_files(joined, comparison, consultation.name).items():
            yield ExportFile(name, content, (), ())


def comparison_files(joined: Joined, comparison: Comparison, title: str = "") -> dict[str, bytes]:
    """Second mapping, figures, summary and charts, by file name."""
    words = summary(comparison, title, joined.only_first, joined.only_second)
    return {
        MAPPING_2: mapping_bytes(joined.second), COMPARISON: comparison.to_bytes(), SUMMARY: words.encode(),
        **charts(comparison),
    }  # fmt: skip


def draft_files(consultation: Consultation, second: SecondMapping | None = None) -> dict[str, bytes]:
    """The same files of texts that are still in review: for people who want the figures before they read.

    `second` is the mapping made last where none is given; raises NothingStored, or SourceError as `compare_stored`.
    """
    found = {}
    given = set(consultation.items.exclude(text="").values_list("key", flat=True))
    if made := [text for key, text in texts_of(consultation).items() if key not in given]:
        found[RESPONSES] = json_bytes(made)
    found[THEME_LIST] = theme_list_bytes(themes_of(consultation))
    found[MAPPING_1] = mapping_bytes(first_coding(consultation).rows)
    joined, comparison = compare_stored(second or latest_second(consultation))
    return found | comparison_files(joined, comparison, consultation.name)
