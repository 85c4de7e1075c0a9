"""Topics and entities of one story as a table, for the preview beside the editor."""

from typing import Any

from django.template.loader import render_to_string

from generation.admin_base.previews import Rendered, as_code
from generation.base_models import digest
from generation.recipes import InvalidOutput
from stories.derived import dedup_key
from stories.figures import TOPICS
from stories.models import StoryEntity, StoryOutput
from stories.names import normal
from stories.outputs import FoundEntity, FoundTopic
from stories.recipes import EntityRecipe, TopicRecipe

NO_TABLE = "No table can be made of it"
Lines = list[tuple[Any, ...]]


def output_preview(output: StoryOutput, text: str) -> Rendered:
    """The text as a table, best rank first; one in another form as it is."""
    try:
        return _topic_table(output, text) if output.recipe == TOPICS else _entity_table(output, text)
    except InvalidOutput as error:
        return Rendered(as_code(text, "json").html, f"{NO_TABLE}: {error}.")


def preview_state(output: StoryOutput) -> str:
    """What the table shows beside the text: whom the mentions mean by now."""
    rows = StoryEntity.objects.filter(story=output.item_id).order_by("pk")
    return digest([output.item.source_hash, list(rows.values_list("pk", "method", "entity__name"))])


def mentions_of(output: StoryOutput) -> list[str]:
    """The mentions in its present text; of topics, and of a text in another form, none."""
    if output.current is None or output.recipe == TOPICS:
        return []
    try:
        return [one.mention_text for one in _entities(output.current.text)]
    except InvalidOutput:
        return []


def _entities(text: str) -> list[FoundEntity]:
    return sorted(EntityRecipe().read(text).entities, key=lambda one: one.rank)


def _topic_table(output: StoryOutput, text: str) -> Rendered:
    found: list[FoundTopic] = sorted(TopicRecipe().read(text).topics, key=lambda one: one.rank)
    listed = {normal(name) for name in output.item.collection.topics.present().values_list("name", flat=True)}
    rows = [(one, normal(one.topic) in listed) for one in found]
    return Rendered(render_to_string("stories/topic_table.html", {"rows": rows}))


def _entity_table(output: StoryOutput, text: str) -> Rendered:
    known = StoryEntity.objects.filter(story=output.item_id).select_related("entity")
    meant = {(row.type, row.dedup_key): row for row in known}
    rows: Lines = []
    for one in _entities(text):
        extra = {name: str(value) for name, value in (one.model_extra or {}).items() if value not in (None, "")}
        details = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in extra.items())
        rows.append((one, details, meant.get((one.type, dedup_key(one.mention_text, extra)))))
    return Rendered(render_to_string("stories/entity_table.html", {"rows": rows}))
