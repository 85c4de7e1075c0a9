"""The eleven components of a material's page. Frontmatter comes first; the others are made from it."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from generation.findings import Finding
from generation.recipes import Draft, InvalidOutput, register
from generation.schema_form import FormWords
from materials import facts, outputs
from materials.checks import author_findings, caption_findings, metatag_findings, text_findings
from materials.components import FRONTMATTER, FRONTMATTER_NEED, ComponentRecipe, ComputedRecipe, DataRecipe
from materials.models import Material


@register
class FrontmatterRecipe(DataRecipe):
    """The data of a page, as YAML; what the catalogue knows is not left to the model."""

    key = FRONTMATTER
    title = "Frontmatter"
    prompt_file = "frontmatter.md"
    schema = outputs.Frontmatter
    order = 1

    def read(self, output: str) -> outputs.Frontmatter:
        """JSON or YAML of the asked shape; raises InvalidOutput."""
        return outputs.read_as(output, outputs.Frontmatter)

    def made_of(self, item: Material, output: outputs.Frontmatter) -> str:
        """The catalogue's own facts first, then the model's."""
        author = item.author()
        own = {
            "name": item.name, "category": item.category, "article_type": item.article_type, "formula": item.formula,
            "complexity": item.complexity, "author": author["name"] if author else "",
        }  # fmt: skip
        return outputs.as_yaml({key: value for key, value in own.items() if value} | output.model_dump()).strip()


@register
class MetatagsRecipe(DataRecipe):
    """Tags of a page's head, as YAML."""

    key = "materials.metatags"
    title = "Meta tags"
    prompt_file = "metatags.md"
    schema = outputs.Metatags
    needs = (FRONTMATTER_NEED,)
    order = 2

    def read(self, output: str) -> outputs.Metatags:
        """JSON or YAML of the asked shape; raises InvalidOutput."""
        return outputs.read_as(output, outputs.Metatags)

    def made_of(self, item: Material, output: outputs.Metatags) -> str:
        """The four asked for, and what follows from them."""
        more = {
            "og_title": output.title, "og_description": output.description, "og_type": "article",
            "twitter_card": "summary_large_image",
        }  # fmt: skip
        return outputs.as_yaml(output.model_dump() | more).strip()

    def look(self, draft: Draft) -> list[Finding]:
        """Lengths that search engines show."""
        values = outputs.read_as(draft.text, outputs.Metatags)
        return metatag_findings(values.title, values.description)


@register
class PropertiesTableRecipe(ComputedRecipe):
    """A table of the properties."""

    key = "materials.propertiestable"
    title = "Properties table"
    order = 3
    enabled = False

    def made_from(self, item: Material, frontmatter: Mapping[str, Any]) -> str:
        """From catalogue and frontmatter."""
        return facts.properties_table(item, frontmatter)


@register
class BadgeSymbolRecipe(ComputedRecipe):
    """The symbol of a badge, as YAML."""

    key = "materials.badgesymbol"
    title = "Badge symbol"
    order = 4
    enabled = False

    def made_from(self, item: Material, frontmatter: Mapping[str, Any]) -> str:
        """From the frontmatter's symbol."""
        return facts.badge_symbol(item, frontmatter)


@register
class AuthorRecipe(ComputedRecipe):
    """The byline, from the catalogue's authors."""

    key = "materials.author"
    title = "Author"
    order = 5
    enabled = False

    def made_from(self, item: Material, frontmatter: Mapping[str, Any]) -> str:
        """From the authors that came with the file or were entered."""
        return facts.byline(item)

    def look(self, draft: Draft) -> list[Finding]:
        """Whether the author is known."""
        return author_findings(draft.item)


@register
class TextRecipe(ComponentRecipe):
    """The main text, in Markdown."""

    key = "materials.text"
    title = "Text"
    prompt_file = "text.md"
    needs = (FRONTMATTER_NEED,)
    order = 6

    def made_of(self, item: Material, output: str) -> str:
        """Without a code fence around the whole; raises InvalidOutput where nothing is left."""
        text = outputs.unfenced(output)
        if not text:
            raise InvalidOutput("nothing is left of the answer without its code fence")
        return text

    def look(self, draft: Draft) -> list[Finding]:
        """Length, name, fences, headings."""
        return text_findings(draft.text, draft.item)


@register
class TableRecipe(ComputedRecipe):
    """Tables of uses and of the catalogue's parameters."""

    key = "materials.table"
    title = "Table"
    order = 7

    def made_from(self, item: Material, frontmatter: Mapping[str, Any]) -> str:
        """From frontmatter and catalogue."""
        return facts.uses_table(item, frontmatter)


@register
class TagsRecipe(ComponentRecipe):
    """Exactly eight tags, lower case and hyphenated."""

    key = "materials.tags"
    title = "Tags"
    prompt_file = "tags.md"
    schema = outputs.Tags
    editor = FormWords(rows={"tags": "Tag"})
    needs = (FRONTMATTER_NEED,)
    order = 8

    def read(self, output: str) -> outputs.Tags:
        """Eight tags; raises InvalidOutput."""
        return outputs.read_tags(output)

    def to_form(self, text: str) -> str:
        """The tags; raises InvalidOutput."""
        return self.read(text).model_dump_json()

    def from_form(self, text: str) -> str:
        """The list of the form's tags; any other text as it is."""
        try:
            return outputs.as_list(outputs.Tags.model_validate_json(text).tags)
        except ValidationError:
            return text

    def made_of(self, item: Material, output: outputs.Tags) -> str:
        """A list that is Markdown and YAML alike."""
        return outputs.as_list(output.tags)


@register
class BulletsRecipe(ComponentRecipe):
    """The most important points."""

    key = "materials.bullets"
    title = "Bullets"
    prompt_file = "bullets.md"
    schema = outputs.Bullets
    needs = (FRONTMATTER_NEED,)
    order = 9
    enabled = False

    def read(self, output: str) -> outputs.Bullets:
        """Three or more points; raises InvalidOutput."""
        return outputs.read_bullets(output)

    def made_of(self, item: Material, output: outputs.Bullets) -> str:
        """A Markdown list."""
        return outputs.as_list(output.bullets)


@register
class CaptionRecipe(ComponentRecipe):
    """The words under the page's picture."""

    key = "materials.caption"
    title = "Caption"
    prompt_file = "caption.md"
    schema = outputs.Caption
    needs = (FRONTMATTER_NEED,)
    order = 10
    enabled = False

    def read(self, output: str) -> outputs.Caption:
        """One paragraph; raises InvalidOutput."""
        return outputs.read_caption(output)

    def made_of(self, item: Material, output: outputs.Caption) -> str:
        """The words alone."""
        return output.caption

    def look(self, draft: Draft) -> list[Finding]:
        """Its length."""
        return caption_findings(draft.text)


@register
class JsonLdRecipe(ComponentRecipe):
    """The page as JSON-LD: words by the model, structure by us."""

    key = "materials.jsonld"
    title = "JSON-LD"
    prompt_file = "jsonld.md"
    schema = outputs.Linked
    editor = FormWords(rows={"keywords": "Keyword"})
    needs = (FRONTMATTER_NEED,)
    order = 11
    enabled = False

    def schema_to_edit(self, item: Material) -> type[BaseModel]:
        """The words in the document; the rest of it is kept beside them."""
        return outputs.LinkedWords

    def read(self, output: str) -> outputs.Linked | outputs.Document:
        """The words, or a whole document of an editor; raises InvalidOutput."""
        return outputs.read_linked(output)

    def made_of(self, item: Material, output: outputs.Linked | outputs.Document) -> str:
        """Valid JSON-LD of schema.org."""
        document = output.members if isinstance(output, outputs.Document) else _article(item, output)
        return json.dumps(document, ensure_ascii=False, indent=2)


def _article(item: Material, words: outputs.Linked) -> dict[str, Any]:
    site, author = item.collection.site_url.rstrip("/"), item.author()
    members: dict[str, Any] = {
        "@context": outputs.CONTEXT,
        "@type": "Article",
        "headline": words.headline,
        "description": words.description,
        "keywords": words.keywords,
        "articleSection": item.category,
        "url": f"{site}/{item.key}" if site else "",
        "author": {"@type": "Person", "name": author["name"]} if author else None,
        "publisher": {"@type": "Organization", "name": item.collection.name},
        "about": {"@type": "Thing", "name": item.name, "description": words.about},
    }
    return {name: value for name, value in members.items() if value}
