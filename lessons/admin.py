"""Courses, lesson plans and lessons in the admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Min, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.admin_base.artefacts import ArtefactAdmin
from generation.admin_base.base import column
from generation.admin_base.collections import CollectionAdmin
from generation.admin_base.filters import Choices, CollectionFilter, Dropdown, MadeFilter, SourceFilter
from generation.admin_base.items import SourceItemAdmin
from lessons.levels import LEVEL_WORDS, duration
from lessons.models import Course, Lesson, LessonPlan

NEIGHBOURS = 3


class ModuleFilter(Dropdown):
    """By module; of the chosen course where one is chosen."""

    title = "module"
    parameter_name = "module"
    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Codes and titles in the order of the outline."""
        rows = LessonPlan.objects.visible_to(request.user)
        course = request.GET.get("collection")
        rows = rows.filter(collection__slug=course) if course else rows
        found: dict[str, str] = {}
        ordered = rows.values_list("module_code", "module_title").annotate(first=Min("position")).order_by("first")
        for code, title, _ in ordered:
            found.setdefault(code, f"{code}: {title}")
        return list(found.items())

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this module."""
        return rows.filter(**{f"{self.path}module_code": value})


class LevelFilter(Dropdown):
    """By complexity level; a range counts for each of its levels."""

    title = "level"
    parameter_name = "level"
    options = (*LEVEL_WORDS.items(), ("none", "without a level"))
    path = ""

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this level."""
        condition = {"level": ""} if value == "none" else {"level__contains": value}
        return rows.filter(**{self.path + name: wanted for name, wanted in condition.items()})


class LessonModuleFilter(ModuleFilter):
    """The same for lessons."""

    path = "item__"


class LessonLevelFilter(LevelFilter):
    """The same for lessons."""

    path = "item__"


@admin.register(Course)
class CourseAdmin(CollectionAdmin):
    """Courses: one outline each."""

    icon = "school"
    fields = ("name", "slug", "audience", "domain", "groups")
    readonly_fields = ("slug",)
    empty_hint = "There is no course yet. Import an outline to begin: a Markdown file with modules and lessons."


@admin.register(LessonPlan)
class LessonPlanAdmin(SourceItemAdmin):
    """Lesson plans: the lines of the outlines."""

    list_display = ("key", "title", "module_code", "level_shown", "made_shown", "source_shown")
    list_display_links = ("key", "title")
    list_filter = (CollectionFilter, ModuleFilter, LevelFilter, MadeFilter, SourceFilter)
    search_fields = ("key", "title", "section")
    fields = (
        "collection", "key", "module_code", "module_title", "section", "code", "title", "level", "position",
        "imported_at", "changed_at", "removed_at",
    )  # fmt: skip
    empty_hint = "There are no lesson plans yet. Import an outline on the page of the courses."

    @column("Level", ordering="level")
    def level_shown(self, plan: LessonPlan) -> str:
        """In words."""
        return plan.level_word or "–"


@admin.register(Lesson)
class LessonAdmin(ArtefactAdmin):
    """Lessons: read, mended, decided."""

    list_display = ("key_shown", "title", "status_shown", "findings_shown", "words", "updated_shown")
    list_display_links = ("key_shown", "title")
    list_filter = (
        *ArtefactAdmin.list_filter[:2],
        LessonModuleFilter,
        LessonLevelFilter,
        *ArtefactAdmin.list_filter[2:],
    )
    search_fields = ("item__key", "title")
    empty_hint = "There are no lessons yet. Choose lesson plans in their list and run “Generate”."

    @column("Lesson", ordering="item__position")
    def key_shown(self, lesson: Lesson) -> SafeString:
        """The plan's key, with a word where a second text waits."""
        waits = format_html(' <span class="bs-quiet">{}</span>', "candidate") if lesson.candidate_id else ""
        return format_html("{}{}", lesson.item.key, waits)

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """The plan in words."""
        plan = artefact.item
        level = f"{plan.level_word} ({plan.level}), {duration(plan.level)} min" if plan.level else "none"
        facts = [
            ("Course", plan.collection.name),
            ("Module", f"{plan.module_code}: {plan.module_title}"),
            ("Section", plan.section),
            ("Lesson", f"{plan.key} {plan.title}"),
            ("Level", level),
        ]
        return [(name, value) for name, value in facts if value]

    def neighbours(self, artefact: Any) -> tuple[Sequence[str], Sequence[str]]:
        """Titles around it in its module."""
        plan = artefact.item
        rows = LessonPlan.objects.filter(collection=plan.collection_id, module_code=plan.module_code).present()
        before = rows.filter(position__lt=plan.position).order_by("-position")[:NEIGHBOURS]
        after = rows.filter(position__gt=plan.position).order_by("position")[:NEIGHBOURS]
        return [row.title for row in reversed(before)], [row.title for row in after]
