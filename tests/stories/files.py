"""Files of stories for tests: read by their source, or brought into a feed."""

import json
from typing import Any

from generation.importing import apply_import, plan_import
from generation.sources import source_of


def raw(data: Any) -> bytes:
    """The bytes of a file: bytes and texts as they are, other values as JSON."""
    return data if isinstance(data, bytes) else (data if isinstance(data, str) else json.dumps(data)).encode()


def parsed(kind: str, data: Any, format: str = "auto", filename: str = "", **options: str) -> Any:
    """What the source reads; nothing is saved."""
    return source_of(kind)(options).parse(raw(data), format=format, filename=filename)


def groups(data: Any, **options: Any) -> list[tuple]:
    """Key, title and texts of each group."""
    return [(row.key, row.fields["title"], row.fields["texts"]) for row in parsed("stories", data, **options).rows]


def problems(kind: str, data: Any, **options: Any) -> list[tuple]:
    """Line, what and why of each problem."""
    return [(one.line, one.what, one.why) for one in parsed(kind, data, **options).problems]


def entities(data: Any, **options: Any) -> list[tuple]:
    """Type, name, id and aliases of each entity."""
    rows = [row.fields for row in parsed("stories.entities", data, **options).rows]
    return [(row["type"], row["name"], row["external_id"], row["aliases"]) for row in rows]


def bring(kind: str, data: Any, name: str = "x.json", slug: str = "feed", **options: str) -> dict[str, int]:
    """Import a file; what it counted, zeros left out."""
    plan = plan_import(kind, raw(data), slug=slug, filename=name, options=options)
    apply_import(plan)
    return {name: number for name, number in plan.counts().items() if number}
