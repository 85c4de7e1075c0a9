"""The importing side of the port: a Source turns an uploaded file into rows, and saves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from generation.base_models import Collection, SourceItem
from generation.recipes import UnknownRecipe


class SourceError(Exception):
    """The file can't be imported: one sentence that says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a file: its key within the collection, its place, and the item's own columns."""

    key: str
    position: int
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in line `line` (from 1; 0: the whole file) that a person should look at."""

    line: int
    what: str
    why: str


@dataclass(slots=True)
class Parsed:
    """What a parser read: rows in the order of the file, problems, columns of the collection, words for people."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    collection_fields: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


class Source:
    """How a kind's source files are read."""

    kind: ClassVar[str]
    title: ClassVar[str]
    collection_model: ClassVar[type[Collection]]
    item_model: ClassVar[type[SourceItem]]
    formats: ClassVar[dict[str, str]] = {"auto": "find out from the file"}
    suffixes: ClassVar[tuple[str, ...]] = ()
    artefact_recipe: ClassVar[str] = ""
    # What can be said about a file besides its format: name -> words for people.
    options: ClassVar[Mapping[str, str]] = {}

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        """`chosen` holds some of `options`; raises SourceError for any other."""
        self.chosen = dict(chosen or {})
        if strange := sorted(set(self.chosen) - set(self.options)):
            known = ", ".join(self.options) or "none"
            raise SourceError(f"There is no option '{strange[0]}' for {self.title}. There are: {known}.")

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Rows and problems of a file, without touching the database; raises SourceError."""
        raise SourceError(f"Files of the kind '{self.kind}' can't be imported.")

    @classmethod
    def accounts_for(cls, items: Any, rows: Sequence[Row]) -> Any:
        """Of a collection's items (a QuerySet) those that a file with these rows speaks for; the rest stays."""
        return items

    @classmethod
    def after_import(cls, items: Any) -> None:
        """Items (a QuerySet) that an import has just changed, within its transaction: what hangs on columns that
        no text was made from (known answers, say) can be brought up to date, with `second_look.look_again`."""

    def artefact_keys(self, filename: str) -> Sequence[str]:
        """Keys that a file of an existing text may belong to, the likeliest first; none for a foreign name."""
        return ()

    def artefact_text(self, data: bytes) -> str:
        """The text in such a file; raises SourceError where there is none."""
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise SourceError(f"Expected UTF-8 text, found other bytes at place {error.start}.") from error


_sources: dict[str, type[Source]] = {}


def register_source(source: type[Source]) -> type[Source]:
    """Class decorator: make a kind's source known to the engine."""
    _sources[source.kind] = source
    return source


def source_options() -> dict[str, str]:
    """Every option of every source with what it means for each kind that has it."""
    found: dict[str, list[str]] = {}
    for kind, source in sorted(_sources.items()):
        for name, words in source.options.items():
            found.setdefault(name, []).append(f"{kind}: {words}")
    return {name: "; ".join(words) for name, words in found.items()}


def source_kinds() -> list[str]:
    """What can be imported: kinds, and a kind's further lists as `kind.list`."""
    return sorted(_sources)


def sources_into(collection_model: Any) -> list[type[Source]]:
    """Everything that can be imported into collections of this model: the kind itself, then its further lists."""
    found = [source for source in _sources.values() if source.collection_model is collection_model]
    return sorted(found, key=lambda source: (source.kind.count("."), source.kind))


def source_of(kind: str) -> type[Source]:
    """The source of a kind; raises UnknownRecipe with the kinds that have one."""
    try:
        return _sources[kind]
    except KeyError:
        known = ", ".join(source_kinds()) or "none"
        raise UnknownRecipe(f"Nothing can be imported as '{kind}'. Kinds: {known}.") from None
