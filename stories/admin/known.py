"""Topics and entities that are known to a feed, each with its stories."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from generation.admin_base.base import column
from generation.admin_base.filters import CollectionFilter
from generation.admin_base.items import SourceItemAdmin
from stories.about_pages import entity_page, topic_page
from stories.filters import ByHandFilter, PresentFilter, TypeFilter
from stories.models import Entity, Topic


class KnownAdmin(SourceItemAdmin):
    """What is known to a feed; it changes by importing its list again. Nothing is generated from it."""

    actions: Any = ()
    icon = "topic"
    menu_order = 5
    # The relation to the rows of stories that it is in.
    derived = ""
    about: ClassVar[Callable[[Any, HttpRequest, Any], HttpResponse]]

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """In how many stories each is."""
        by_id = {row.pk: row for row in rows}
        table = self.model._meta.get_field(self.derived).related_model._default_manager
        found = table.filter(**{f"{self.opts.model_name}__in": by_id, "story__removed_at": None}).order_by()
        counts = dict(found.values_list(str(self.opts.model_name)).annotate(n=Count("story", distinct=True)))
        for row in rows:
            row.story_count = counts.get(row.pk, 0)

    @column("Stories")
    def stories_shown(self, row: Any) -> int:
        """How many it is in."""
        return int(row.story_count)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Its page with its stories."""
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return self.about(request, found)


@admin.register(Topic)
class TopicAdmin(KnownAdmin):
    """The controlled list of each feed."""

    derived = "story_topics"
    list_display = ("name", "description", "collection", "stories_shown")
    list_filter = (CollectionFilter, PresentFilter)
    search_fields = ("name",)
    empty_hint = "There is no topic yet. Import a list: feeds, “Import …”, “Topics”."
    about = topic_page


@admin.register(Entity)
class EntityAdmin(KnownAdmin):
    """Who and what may be mentioned."""

    icon = "groups"
    derived = "story_entities"
    list_display = ("name", "type", "external_id", "abbreviation", "team", "names_shown", "stories_shown")
    list_filter = (CollectionFilter, TypeFilter, ByHandFilter, PresentFilter)
    search_fields = ("name", "external_id", "abbreviation", "key")
    empty_hint = "There is no entity yet. Import a list: feeds, “Import …”, “Entities”."
    about = entity_page

    @column("Other names")
    def names_shown(self, entity: Entity) -> str:
        """Of the file and of editors."""
        return ", ".join([*entity.aliases, *entity.kept_aliases]) or "–"
