"""Datasets, questions and answers in the admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.admin_base.artefacts import ArtefactAdmin
from generation.admin_base.base import column
from generation.admin_base.collections import CollectionAdmin
from generation.admin_base.filters import CollectionFilter, Dropdown, MadeFilter, SourceFilter
from generation.admin_base.items import SourceItemAdmin
from generation.admin_base.previews import Rendered
from generation.base_models import digest
from questions.evaluation_page import evaluation_page
from questions.models import Answer, Dataset, Question
from questions.recipes import AnswerRecipe
from questions.scoring import Category
from questions.verdicts import preview_of_answers

SHOWN_CHARACTERS = 120
CONTEXT_CHARACTERS = 3000
CATEGORY_LABELS = {
    Category.PERFECT.label: "success", Category.COMPLETE.label: "warning", Category.PARTIAL.label: "warning",
    Category.HALLUCINATION.label: "danger", Category.FAILED.label: "danger",
}  # fmt: skip


def cut(text: str, most: int = SHOWN_CHARACTERS) -> str:
    """The beginning of a text in one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


class KnownFilter(Dropdown):
    """Questions with known answers, or without."""

    title = "known answers"
    parameter_name = "known"
    options = (("yes", "there are some"), ("no", "there are none"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of that sort."""
        return rows.filter(gold=[]) if value == "no" else rows.exclude(gold=[])


class CategoryFilter(Dropdown):
    """By how the answers score."""

    title = "score"
    parameter_name = "category"
    options = (*((one.value, one.label) for one in Category), ("none", "no known answer"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Answers of this category."""
        return rows.filter(category="" if value == "none" else value)


@admin.register(Dataset)
class DatasetAdmin(CollectionAdmin):
    """Datasets: one file of questions each."""

    icon = "quiz"
    list_display = ("name", "slug", "items_shown", "artefacts_shown", "evaluation_shown", "created_shown")
    fields = ("name", "slug", "instructions", "file_name", "file_format", "imported_at", "groups")
    readonly_fields = ("slug", "file_name", "file_format", "imported_at")
    empty_hint = "There is no dataset yet. Import one to begin: a file of questions, with known answers or without."

    def get_urls(self) -> list[Any]:
        """Adds the evaluation."""
        view = self.admin_site.admin_view(self.evaluation_view)
        return [path("evaluation/", view, name="questions_dataset_evaluation"), *super().get_urls()]

    def evaluation_view(self, request: HttpRequest) -> HttpResponse:
        """How well a run, or what stands now, does."""
        return evaluation_page(self, request)

    @column("Evaluation")
    def evaluation_shown(self, row: Any) -> SafeString | str:
        """A way to it once there are answers."""
        if not row.states:
            return "–"
        address = reverse(f"{self.admin_site.name}:questions_dataset_evaluation")
        return format_html('<a class="bs-link" href="{}?collection={}">{}</a>', address, row.slug, "scores")

    def run_links(self, run: Any) -> Sequence[tuple[str, str]]:
        """The evaluation of the run."""
        if AnswerRecipe.key not in run.recipes:
            return ()
        address = reverse(f"{self.admin_site.name}:questions_dataset_evaluation")
        return [("Evaluate its answers", f"{address}?run={run.pk}")]


@admin.register(Question)
class QuestionAdmin(SourceItemAdmin):
    """Questions, as their files have them."""

    list_display = ("key", "text_shown", "topic", "hops", "known_shown", "made_shown", "source_shown")
    list_display_links = ("key", "text_shown")
    list_filter = (CollectionFilter, KnownFilter, MadeFilter, SourceFilter)
    search_fields = ("key", "text", "topic")
    fields = (
        "collection", "key", "text", "topic", "hops", "choices_shown", "known_shown", "context", "position",
        "imported_at", "changed_at", "removed_at",
    )  # fmt: skip
    readonly_fields = ("choices_shown", "known_shown")
    empty_hint = "There are no questions yet. Import a file of them on the page of the datasets."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the texts to answer from, which may be long."""
        return super().get_queryset(request).defer("context")

    @column("Question", ordering="text")
    def text_shown(self, question: Question) -> str:
        """Its beginning."""
        return cut(question.text)

    @column("Known answers")
    def known_shown(self, question: Question) -> str:
        """In their usual spelling."""
        return cut(", ".join(question.known_answers)) or "none: not scored"

    @column("Choices")
    def choices_shown(self, question: Question) -> str:
        """The only answers that there are."""
        return ", ".join(question.choices) or "any answer"


@admin.register(Answer)
class AnswerAdmin(ArtefactAdmin):
    """Answers: read beside the known ones, mended, decided."""

    icon = "fact_check"
    editor = "plain"
    list_display = (
        "item_shown", "answers_shown", "category_shown", "f1_shown", "status_shown", "findings_shown", "updated_shown",
    )  # fmt: skip
    list_filter = (*ArtefactAdmin.list_filter[:2], CategoryFilter, *ArtefactAdmin.list_filter[2:])
    search_fields = ("item__key", "item__text")
    empty_hint = "There are no answers yet. Choose questions in their list and run “Generate”."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the texts to answer from: only a record's own page fetches its."""
        return super().get_queryset(request).defer("item__context")

    @column("Question", ordering="item__position")
    def item_shown(self, answer: Answer) -> str:
        """Key and text."""
        return cut(answer.item.label)

    @column("Answers")
    def answers_shown(self, answer: Answer) -> str:
        """Their beginning."""
        return cut(", ".join(answer.answers)) or "none"

    @column("Score", ordering="category", label=CATEGORY_LABELS)
    def category_shown(self, answer: Answer) -> str:
        """In words on a colour."""
        return str(Category(answer.category).label) if answer.category else "not scored"

    @column("F1", ordering="f1")
    def f1_shown(self, answer: Answer) -> str:
        """With two places."""
        return "–" if answer.f1 is None else f"{answer.f1:.2f}"

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """The question with all that it says."""
        question = artefact.item
        facts = [
            ("Dataset", question.collection.name),
            ("Question", f"{question.key} {question.text}"),
            ("Topic", question.topic),
            ("Hops", str(question.hops or "")),
            ("Choices", ", ".join(question.choices)),
            ("Known", "; ".join(", also ".join(spellings[:6]) for spellings in question.gold) or "none: not scored"),
            ("To answer from", cut(question.context, CONTEXT_CHARACTERS)),
        ]
        return [(name, value) for name, value in facts if value]

    def preview_basis(self, artefact: Any) -> str:
        """The known answers are no part of what is asked, but of what is shown."""
        return digest([artefact.item.text, artefact.item.gold])

    def preview_of(self, artefact: Any, text: str) -> Rendered:
        """The answers beside the known ones."""
        return preview_of_answers(artefact.item, text)
