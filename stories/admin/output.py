"""Topics and entities of stories in the admin and the desk."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin

from generation.admin_base.artefacts import ArtefactAdmin
from generation.admin_base.base import column
from generation.admin_base.previews import Rendered
from generation.recipes import recipe_class
from stories.filters import RecipeFilter
from stories.marking import marked_texts
from stories.models import Story, StoryOutput
from stories.output_view import mentions_of, output_preview, preview_state

NEIGHBOURS = 3


@admin.register(StoryOutput)
class StoryOutputAdmin(ArtefactAdmin):
    """Topics and entities of stories: read as a table, mended, decided."""

    icon = "sell"
    editor = "plain"
    list_display = ("item_shown", "recipe_shown", "entries", "status_shown", "findings_shown", "updated_shown")
    list_filter = (*ArtefactAdmin.list_filter[:2], RecipeFilter, *ArtefactAdmin.list_filter[2:])
    search_fields = ("item__key", "item__title")
    empty_hint = "Nothing was found yet. Choose stories in their list and run “Generate”."

    @column("Story", ordering="item__position")
    def item_shown(self, output: StoryOutput) -> str:
        """Key and title."""
        return output.item.label

    @column("What", ordering="recipe")
    def recipe_shown(self, output: StoryOutput) -> str:
        """Topics or entities."""
        return recipe_class(output.recipe).title

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """The story with all its texts, what was found in them marked."""
        story = artefact.item
        texts = marked_texts(story.texts, mentions_of(artefact))
        facts = [
            ("Feed", story.collection.name),
            ("Story", story.key),
            ("Title", story.title),
            ("Imported", story.imported_at.strftime("%Y-%m-%d")),
            *((f"Text {number}", text) for number, text in enumerate(texts, start=1)),
        ]
        return [(name, value) for name, value in facts if value]

    def neighbours(self, artefact: Any) -> tuple[Sequence[str], Sequence[str]]:
        """Stories around it in its feed."""
        story = artefact.item
        rows = Story.objects.filter(collection=story.collection_id).present()
        before = rows.filter(position__lt=story.position).order_by("-position")[:NEIGHBOURS]
        after = rows.filter(position__gt=story.position).order_by("position")[:NEIGHBOURS]
        return [row.label for row in reversed(before)], [row.label for row in after]

    def preview_basis(self, artefact: Any) -> str:
        """Whom the mentions mean changes with every decision in the queue."""
        return preview_state(artefact)

    def preview_of(self, artefact: Any, text: str) -> Rendered:
        """A table of what was found."""
        return output_preview(artefact, text)
