"""A material's page put together of its components: front matter, then the body's parts in order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from materials.components import FRONTMATTER
from materials.file_tree import TreeError, strings_of
from materials.outputs import as_yaml

HEAD = FRONTMATTER.partition(".")[2]
# What a page says in its head, as YAML or JSON; the other components are its body, in Markdown.
IN_HEAD = ("metatags", "badgesymbol", "tags", "jsonld")
JSON = "jsonld"


@dataclass(frozen=True, slots=True)
class Page:
    """The head as YAML without its marks, and the body's parts in Markdown."""

    head: str
    body: tuple[str, ...]

    @property
    def content(self) -> str:
        """The file."""
        return f"---\n{self.head}---\n" + "".join(f"\n{text}\n" for text in self.body)


def assembled(parts: Sequence[tuple[str, str]]) -> Page | None:
    """The page of (component, text) in their order; None where there is no frontmatter."""
    head = next((text for component, text in parts if component == HEAD), None)
    if head is None:
        return None
    found = values_of(HEAD, head)
    values = dict(found) if isinstance(found, dict) else {}
    values |= {component: values_of(component, text) for component, text in parts if component in IN_HEAD}
    return Page(as_yaml(values), tuple(text for component, text in parts if not in_head(component)))


def in_head(component: str) -> bool:
    """Whether a component is data, not prose."""
    return component == HEAD or component in IN_HEAD


def values_of(component: str, text: str) -> Any:
    """What a component's YAML or JSON says; a text that is neither stays text."""
    try:
        return json.loads(text) if component == JSON else strings_of(text)
    except (ValueError, TreeError):
        return text
