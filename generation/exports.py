"""The other half of the port: an Export turns approved revisions into files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from generation.base_models import Artefact
from generation.recipes import UnknownRecipe


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file: a relative path below the collection's folder, its bytes, and the records it was made of."""

    path: str
    content: bytes
    artefact_ids: tuple[int, ...]
    revision_ids: tuple[int, ...]


class Export:
    """How a kind's approved revisions become files."""

    key: ClassVar[str]
    title: ClassVar[str]
    artefact_model: ClassVar[type[Artefact]]
    scope: ClassVar[Literal["artefact", "item", "collection", "run"]] = "artefact"
    options: ClassVar[dict[str, str]] = {}

    def __init__(self, **options: Any) -> None:
        self.chosen = options

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """Files for a QuerySet of artefacts with an approved revision, streamed in a stable order."""
        raise UnknownRecipe(f"{type(self).__name__} makes no files for {artefacts.model.__name__}.")


_exports: dict[str, type[Export]] = {}


def register_export(export: type[Export]) -> type[Export]:
    """Class decorator: make an export known to the engine."""
    _exports[export.key] = export
    return export


def exports_of(kind: str) -> list[type[Export]]:
    """The exports of a kind, its default first."""
    return [export for key, export in _exports.items() if key.partition(".")[0] == kind]


def export_named(kind: str, name: str = "") -> type[Export]:
    """The export `name` of a kind (default: its first); raises UnknownRecipe with the names that there are."""
    found = exports_of(kind)
    chosen = [export for export in found if not name or name in (export.key, export.key.partition(".")[2])]
    if not chosen:
        names = ", ".join(export.key.partition(".")[2] for export in found) or "none"
        raise UnknownRecipe(f"'{kind}' has no export '{name}'. There are: {names}.")
    return chosen[0]
