"""Components without a model: tables, symbol and byline, computed from the frontmatter and the catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generation.recipes import InvalidOutput
from materials.models import Material
from materials.outputs import as_yaml

MOST_ROWS = 200


def cell(text: str) -> str:
    """A text as a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell(text) for text in line)} |" for line in lines)


def members(values: Mapping[str, Any], name: str) -> list[dict[str, str]]:
    """The mappings of a list in the frontmatter; what an editor has written otherwise is passed over."""
    found = values.get(name)
    rows = found if isinstance(found, list) else []
    return [{key: str(value) for key, value in row.items()} for row in rows if isinstance(row, dict)]


def properties_table(item: Material, frontmatter: Mapping[str, Any]) -> str:
    """Name, category and formula from the catalogue, then the measured properties with their units."""
    known = (("Name", item.name), ("Category", item.category), ("Formula", item.formula))
    rows = [(name, value) for name, value in known if value]
    for row in members(frontmatter, "properties"):
        value = f"{row.get('value', '')} {row.get('unit', '')}".strip()
        if row.get("name") and value:
            rows.append((row["name"][:1].upper() + row["name"][1:], value))
    return table(("Property", "Value"), rows)


def badge_symbol(item: Material, frontmatter: Mapping[str, Any]) -> str:
    """Symbol, formula and category of a badge, as YAML; without a symbol the formula, else the name's first letters."""
    symbol = str(frontmatter.get("symbol") or "").strip() or item.formula or _initials(item.name)
    values = {"symbol": symbol, "name": item.name, "formula": item.formula, "category": item.category}
    return as_yaml({key: value for key, value in values.items() if value}).strip()


def _initials(name: str) -> str:
    words = name.replace("-", " ").split()
    return "".join(word[0].upper() for word in words[:3]) if len(words) > 1 else name[:2].capitalize()


def byline(item: Material) -> str:
    """The author as Markdown: name and title, then where from and what for; without an author the catalogue's name."""
    author = item.author()
    if author is None:
        return f"**{item.collection.name}**"
    name = " ".join(part for part in (_said(author, "name"), _said(author, "title")) if part)
    head = f"**{_said(author, 'name')}**" + (f", {_said(author, 'title')}" if _said(author, "title") else "")
    more = [_said(author, key) for key in ("expertise", "country", "bio")]
    image = _said(author, "image")
    lines = [f"![{name}]({image})" if image else "", head, *more]
    return "\n\n".join(line for line in lines if line)


def _said(author: Mapping[str, Any], key: str) -> str:
    value = author.get(key)
    return ", ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value or "").split())


def uses_table(item: Material, frontmatter: Mapping[str, Any]) -> str:
    """Applications from the frontmatter, then the catalogue's own parameters; raises InvalidOutput for neither."""
    rows = members(frontmatter, "applications")
    uses = [(row.get("industry", ""), row.get("use", "")) for row in rows if any(row.values())]
    values = parameters(item.data)
    parts = [table(("Industry", "Use"), uses)] if uses else []
    parts += [table(("Parameter", "Value"), values[:MOST_ROWS])] if values else []
    if not parts:
        raise InvalidOutput("there is nothing to tabulate: no applications in the frontmatter, no parameters")
    return "\n\n".join(parts)


def parameters(data: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested parameters as rows: `laser: {power: 50}` becomes ("Laser / power", "50"); lists are joined by commas."""
    if isinstance(data, dict):
        return [row for key, value in data.items() for row in parameters(value, f"{path} / {key}" if path else key)]
    if isinstance(data, list) and any(isinstance(member, dict | list) for member in data):
        return [row for place, value in enumerate(data, 1) for row in parameters(value, f"{path} {place}")]
    said = ", ".join(map(str, data)) if isinstance(data, list) else str(data)
    name = path.replace("_", " ")
    return [(name[:1].upper() + name[1:], said)] if said else []
