"""Approved facts as files."""

from collections.abc import Iterator
from typing import Any

from generation.exports import Export, ExportFile, register_export
from tests.tiny.models import Fact


@register_export
class FactFiles(Export):
    """A JSON file for each fact."""

    key = "tiny.facts"
    title = "Facts"
    artefact_model = Fact

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        for fact in artefacts.select_related("item", "approved").order_by("item__position"):
            yield ExportFile(f"{fact.item.key}.json", fact.approved.text.encode(), (fact.pk,), (fact.approved_id,))
