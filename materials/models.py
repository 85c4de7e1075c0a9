"""Catalogues, materials and the components of their pages."""

from typing import Any

from django.db import models

from generation.base_models import Artefact, Collection, SourceItem


class Catalogue(Collection):
    """A collection: one file of materials by category."""

    subject = models.CharField(
        max_length=300, blank=True, help_text="What the pages are about, such as laser cleaning; goes into the prompts."
    )
    audience = models.CharField(max_length=300, blank=True, help_text="Who reads the pages; goes into the prompts.")
    language = models.CharField(max_length=60, blank=True, help_text="Language of the texts. Empty: English.")
    suffix = models.SlugField(
        max_length=60,
        blank=True,
        help_text="What file names end in, such as laser-cleaning. Empty: the component's name.",
    )
    site_url = models.URLField(blank=True, help_text="Where the pages will stand; makes their addresses in JSON-LD.")
    authors = models.JSONField(
        default=list, blank=True, help_text="List of authors, each with id and name, and what else is to be shown."
    )
    source_name = models.CharField(max_length=200, blank=True, editable=False, help_text="Name of the imported file.")
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)


class Material(SourceItem):
    """A source item: one entry of the catalogue. Its key is also its name in addresses and file names."""

    hashed_fields = (
        "name", "category", "category_description", "article_type", "author_id", "complexity", "formula", "data",
    )  # fmt: skip
    group_field = "category"

    collection = models.ForeignKey(Catalogue, models.CASCADE, related_name="items", verbose_name="catalogue")
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=120, blank=True, db_index=True)
    category_description = models.TextField(blank=True)
    article_type = models.CharField(max_length=60, blank=True)
    identifier = models.CharField("id", max_length=80, blank=True, help_text="Its id as written in the file.")
    author_id = models.CharField("author", max_length=80, blank=True, help_text="Id of the author, as written.")
    complexity = models.CharField(max_length=60, blank=True)
    formula = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True, help_text="Whatever else the file says of it.")

    class Meta(SourceItem.Meta):
        verbose_name = "material"

    @property
    def label(self) -> str:
        """Name and category."""
        return f"{self.name} ({self.category})" if self.category else self.name

    def author(self) -> dict[str, Any] | None:
        """Its author's entry in the catalogue; None where the catalogue has none of this id."""
        listed = self.collection.authors if isinstance(self.collection.authors, list) else []
        entries = (entry for entry in listed if isinstance(entry, dict) and entry.get("name"))
        return next((entry for entry in entries if self.author_id and str(entry.get("id")) == self.author_id), None)


class Component(Artefact):
    """An artefact: one component of a material's page; `recipe` says which."""

    item = models.ForeignKey(Material, models.CASCADE, related_name="components", verbose_name="material")
    title = models.CharField(max_length=300)
    words = models.PositiveIntegerField(default=0)

    class Meta(Artefact.Meta):
        verbose_name = "component"

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """The component's name, such as tags."""
        return self.recipe.partition(".")[2]
