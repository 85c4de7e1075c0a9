"""The pages of one topic and of one entity: what is known of it, and the stories that it is in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from stories.models import Entity, StoryEntity, StoryTopic, Topic
from stories.queue import forget_alias
from stories.queue_page import may_decide

SHOWN = 25
EXCERPT = 240


def topic_page(model_admin: Any, request: HttpRequest, topic: Topic) -> HttpResponse:
    """A topic with its stories, those first that are most about it. Nothing can be posted to it."""
    if request.method == "POST":
        raise PermissionDenied
    rows = StoryTopic.objects.filter(topic=topic, story__removed_at=None).order_by("rank", "-story_id")
    facts = [("Feed", topic.collection.name), ("Description", topic.description), ("List", _standing(topic))]
    return _page(model_admin, request, topic, rows, facts=facts, heading="Stories on it")


def entity_page(model_admin: Any, request: HttpRequest, entity: Entity) -> HttpResponse:
    """An entity with its stories; a POST takes away a name that an editor has kept."""
    if request.method == "POST":
        return _alias_gone(model_admin, request, entity)
    rows = StoryEntity.objects.filter(entity=entity, story__removed_at=None).order_by("rank", "-story_id")
    facts = [
        ("Feed", entity.collection.name), ("Type", entity.type), ("Id outside", entity.external_id),
        ("Abbreviation", entity.abbreviation), ("Team", entity.team), ("Other names", ", ".join(entity.aliases)),
        ("List", "made by an editor" if entity.by_hand else _standing(entity)),
    ]  # fmt: skip
    return _page(
        model_admin, request, entity, rows, facts=facts, heading="Stories that mention it", kept=entity.kept_aliases,
        decides=may_decide(request),
    )  # fmt: skip


def _page(
    model_admin: Any, request: HttpRequest, about: Any, rows: QuerySet[Any], *, facts: list[tuple[str, str]],
    **context: Any,
) -> HttpResponse:  # fmt: skip
    page = Paginator(rows.select_related("story"), SHOWN).get_page(request.GET.get("p"))
    for row in page.object_list:
        text = " ".join(str(row.story.texts[0] if row.story.texts else "").split())
        row.excerpt = text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"
    known = [(name, value) for name, value in facts if value]
    context |= {"about": about, "facts": known, "stories": page, "original": about}
    return model_admin.page(request, "stories/about.html", about.name, **context)


def _standing(row: Any) -> str:
    return "no longer in its file" if row.removed_at else "from its file"


def _alias_gone(model_admin: Any, request: HttpRequest, entity: Entity) -> HttpResponse:
    if not may_decide(request):
        raise PermissionDenied("Taking a name away needs the right to edit what was found in stories.")
    alias = request.POST.get("forget", "")
    if forget_alias(entity, alias):
        messages.success(request, f"“{alias}” is no name of {entity.name} any more. What it has resolved stays.")
    else:
        messages.error(request, f"Nobody has kept “{alias}” for {entity.name}. Nothing was changed.")
    return redirect(reverse(model_admin.change_url, args=[entity.pk]))
