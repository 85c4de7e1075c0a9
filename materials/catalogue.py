"""What a catalogue file says: its materials by category, whatever shape it has; nothing is saved here."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from materials.file_tree import Node

FORMATS = {
    "auto": "find out from the file",
    "categories": "categories with items (YAML or JSON), also as name -> properties",
    "flat": "a flat mapping name -> properties or name -> value (YAML or JSON)",
}
ROOT = "materials"
METADATA = "metadata"
AUTHORS = "authors"
ITEMS = "items"
TOTALS = re.compile(
    r"(?:total|number|count)(?:_of)?(?:_(?:materials|items))?|(?:materials|items)?_?(?:total|count)", re.IGNORECASE
)
SLUG_BYTES = 100


class CatalogueError(Exception):
    """The file holds no catalogue; the message says what was found."""


@dataclass(slots=True)
class Entry:
    """One material as the file has it."""

    name: str
    line: int
    category: str = ""
    category_description: str = ""
    article_type: str = ""
    fields: dict[str, Node] = field(default_factory=dict)
    key: str = ""

    def text(self, name: str) -> str:
        """A plain value of its own, without the space around it."""
        node = self.fields.get(name)
        return node.text.strip() if node and node.is_scalar else ""


@dataclass(slots=True)
class Remark:
    """Something in a line (0: not known) that a person should look at."""

    line: int
    what: str
    why: str


@dataclass
class Contents:
    """What was read."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    authors: Node | None = None

    def problem(self, node: Node, what: str, why: str) -> None:
        """Note something that could not be taken."""
        self.problems.append(Remark(node.line, what[:60], why))


def read_catalogue(root: Node, format: str = "auto") -> Contents:
    """Materials of a tree; raises CatalogueError where it can hold none."""
    found = Contents()
    if root.is_scalar:
        raise CatalogueError("found text without any structure" if root.text else "found nothing in it")
    body = root if root.items is not None else _body(root, found)
    if body.is_scalar:
        raise CatalogueError(f"found no materials under '{ROOT}'" if body.text else "found nothing in it")
    if body.items is not None:
        if body is root and body.items and all(node.is_scalar for node in body.items):
            raise CatalogueError("found a list of texts without a category and without properties")
        _add_items(found, body.items, Entry("", body.line))
    elif format == "flat":
        _add_flat(found, body)
    else:
        _add_mapping(found, body, by_category=format == "categories")
    _name_apart(found)
    _compare_total(found, root.get(METADATA))
    return found


def _body(root: Node, found: Contents) -> Node:
    """What holds the materials: the root key `materials`, else the root without what is known to be something else."""
    inner = root.get(ROOT)
    authors = root.get(AUTHORS)
    if authors is not None and _lists_authors(authors):
        found.authors = authors
    known = {METADATA} | ({AUTHORS} if found.authors else set())
    others = [key for key, _ in root.pairs or () if key not in known and key != ROOT]
    if inner is None:
        return Node(root.line, pairs=[pair for pair in root.pairs or () if pair[0] in others])
    if others:
        found.notices.append(f"Passed over beside '{ROOT}': {', '.join(others)}.")
    return inner


def _lists_authors(node: Node) -> bool:
    members = node.items if node.items is not None else [member for _, member in node.pairs or ()]
    return bool(members) and all(member.get("name") is not None for member in members)


def author_list(node: Node) -> list[dict[str, object]]:
    """Authors as the catalogue keeps them: a list stays one, a mapping's names become ids."""
    if node.items is not None:
        return [member.plain() for member in node.items]
    return [{"id": key, **member.plain()} for key, member in node.pairs or ()]


def _add_mapping(found: Contents, body: Node, *, by_category: bool) -> None:
    pairs = body.pairs or []
    if not (by_category or any(_is_category(node) for _, node in pairs)):
        _add_flat(found, body)
        return
    for key, node in pairs:
        if _is_category(node) or (by_category and node.pairs is not None):
            _add_category(found, key, node)
        elif node.is_scalar and node.text:
            found.notices.append(f"Passed over: '{key}', a plain value beside the categories.")
        else:
            found.problem(node, key, "It has no items, though other keys beside it are categories with items.")


def _is_category(node: Node) -> bool:
    return node.items is not None or (node.get(ITEMS) is not None)


def _add_category(found: Contents, name: str, node: Node) -> None:
    held = node if node.items is not None else node.get(ITEMS)
    shared = Entry("", node.line, name.strip())
    if node.pairs is not None and held is not None:
        shared.category_description = _text(node, "description")
        shared.article_type = _text(node, "article_type")
        _note_others(found, name, node)
    if held is None:
        # Asked for as categories: its members are the materials.
        _add_flat(found, node, shared)
    elif held.items:
        _add_items(found, held.items, shared)
    elif held.pairs:
        _add_flat(found, held, shared)
    else:
        found.problem(node, name, "The category has no items.")


def _note_others(found: Contents, name: str, node: Node) -> None:
    others = [key for key, _ in node.pairs or () if key not in (ITEMS, "description", "article_type")]
    if others:
        found.notices.append(f"Passed over in the category '{name}': {', '.join(others)}.")


def _text(node: Node, name: str) -> str:
    member = node.get(name)
    return member.text.strip() if member is not None and member.is_scalar else ""


def _add_items(found: Contents, items: list[Node], shared: Entry) -> None:
    for place, node in enumerate(items, start=1):
        where = f"item {place} of {shared.category}" if shared.category else f"item {place}"
        if node.items is not None:
            found.problem(node, where, "Expected a name or a mapping with a name, found a list.")
            continue
        pairs = node.pairs
        if pairs and node.get("name") is None and len(pairs) == 1 and pairs[0][1].pairs is not None:
            # `- Alumina: {formula: Al2O3}`
            name, inner = pairs[0]
            _add(found, inner, name, shared, where)
        else:
            _add(found, node, node.text if pairs is None else _text(node, "name"), shared, where)


def _add_flat(found: Contents, body: Node, shared: Entry | None = None) -> None:
    for key, node in body.pairs or ():
        fields = node
        if node.is_scalar:
            fields = Node(node.line, pairs=[("value", node)] if node.text else [])
        elif node.items is not None:
            fields = Node(node.line, pairs=[("values", node)])
        _add(found, fields, _text(fields, "name") or key, shared or Entry("", node.line), f"the name '{key}'")


def _add(found: Contents, node: Node, name: str, shared: Entry, where: str) -> None:
    name = " ".join(name.split())
    if not name:
        found.problem(node, where, "It has no name.")
        return
    fields: dict[str, Node] = {}
    for key, member in node.pairs or ():
        if key in fields:
            found.problem(member, name, f"'{key}' stands twice in it: the second one was left out.")
        else:
            fields[key] = member
    entry = Entry(name, node.line, shared.category, shared.category_description, shared.article_type, fields)
    entry.category = entry.category or entry.text("category")
    entry.article_type = entry.text("article_type") or entry.article_type
    found.entries.append(entry)


def slug_of(text: str) -> str:
    """A short name for addresses and files: letters (of any script), digits and hyphens; empty where none is left."""
    folded = unicodedata.normalize("NFKC", text).lower()
    # Marks belong to letters: without them Thai and Hindi names fall together.
    signs = [sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else "-" for sign in folded]
    slug = re.sub("-+", "-", "".join(signs)).strip("-")
    return slug.encode()[:SLUG_BYTES].decode(errors="ignore").strip("-")


def _name_apart(found: Contents) -> None:
    """Give every entry a key of its own; the same name twice in a category is reported, nothing is merged."""
    taken: set[str] = set()
    seen: dict[tuple[str, str], Entry] = {}
    homes: dict[str, str] = {}
    for entry in found.entries:
        same = (entry.category.casefold(), entry.name.casefold())
        first = seen.setdefault(same, entry)
        slug = slug_of(entry.name) or "material"
        entry.key = next(key for key in _keys(entry, slug, homes.get(slug)) if key not in taken)
        taken.add(entry.key)
        homes.setdefault(slug, entry.category)
        if first is not entry:
            where = f" in '{entry.category}'" if entry.category else ""
            line = f" (first in line {first.line})" if first.line else ""
            why = f"The name stands twice{where}{line}: both are kept, this one as {entry.key}."
            found.problems.append(Remark(entry.line, entry.name[:60], why))


def _keys(entry: Entry, slug: str, home: str | None) -> Iterator[str]:
    """The names that an entry may have, the plainest first."""
    yield slug
    if home is not None and home != entry.category and slug_of(entry.category):
        yield f"{slug}-{slug_of(entry.category)[:60]}"
    if slug_of(entry.text("id")):
        yield f"{slug}-{slug_of(entry.text('id'))[:40]}"
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def _compare_total(found: Contents, metadata: Node | None) -> None:
    """A total that the file states is not trusted, only compared."""
    for key, node in (metadata.pairs or ()) if metadata is not None else ():
        if not (node.is_scalar and TOTALS.fullmatch(key) and node.text.strip().isdecimal()):
            continue
        stated, counted = int(node.text), len(found.entries)
        if stated == counted:
            found.notices.append(f"The file states a total of {stated:,} ({key}): that fits.")
        else:
            found.problem(node, key, f"The file states a total of {stated:,}; {counted:,} found.")
