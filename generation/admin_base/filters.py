"""Filters of the lists of items and artefacts. Each is one WHERE or EXISTS, none needs a join that doubles rows."""

from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from generation.base_models import ArtefactStatus
from generation.models import ArtefactFinding
from generation.recipes import all_recipes

Choices = list[tuple[str, str]]


def artefact_models(item_model: Any) -> list[Any]:
    """The models of what is made from such items."""
    return list(dict.fromkeys(recipe.artefact_model for recipe in all_recipes() if recipe.item_model is item_model))


def made(item_model: Any, *conditions: Q) -> Q:
    """Items that have an artefact of any recipe that fits the conditions (written for the artefact's table)."""
    found = Q(pk__in=[])
    for model in artefact_models(item_model):
        found |= Q(Exists(model._default_manager.filter(*conditions, item_id=OuterRef("pk"))))
    return found


class Dropdown(DropdownFilter):
    """A drop-down filter whose value means a condition; by itself, the value of a column."""

    options: ClassVar[tuple[tuple[str, str], ...]] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """The fixed options."""
        return list(self.options)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that fit the chosen option."""
        value = self.value()
        return self.chosen(queryset, str(value)) if value not in (None, "") else queryset

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows that fit `value`: those whose column of the parameter's name holds it."""
        return rows.filter(**{self.parameter_name or "": value})


class CollectionFilter(Dropdown):
    """By collection, of those that the user may see."""

    title = "collection"
    parameter_name = "collection"
    path = "collection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Slug and name of each visible collection."""
        model = model_admin.model._meta.get_field(self.path.partition("__")[0]).related_model
        if "__" in self.path:
            model = model._meta.get_field("collection").related_model
        self.title = str(model._meta.verbose_name)
        return list(model._default_manager.visible_to(request.user).values_list("slug", "name"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this collection."""
        return rows.filter(**{f"{self.path}__slug": value})


class ItemCollectionFilter(CollectionFilter):
    """The same for artefacts."""

    path = "item__collection"


class MadeFilter(Dropdown):
    """Items by the state of what was made from them."""

    title = "generated"
    parameter_name = "made"
    options = (
        ("no", "not yet"),
        ("yes", "yes"),
        *((value, f"yes, {label}") for value, label in ArtefactStatus.choices),
    )

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """With, without, or with an artefact in this state."""
        if value == "no":
            return rows.filter(~made(rows.model))
        return rows.filter(made(rows.model) if value == "yes" else made(rows.model, Q(status=value)))


class SourceFilter(Dropdown):
    """Items by what has happened to them in their source."""

    title = "source"
    parameter_name = "source"
    options = (
        ("present", "in the source"),
        ("changed", "changed since it was generated"),
        ("removed", "removed from the source"),
    )

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Present, changed or removed ones."""
        if value == "present":
            return rows.filter(removed_at=None)
        if value == "removed":
            return rows.filter(removed_at__isnull=False)
        return rows.filter(made(rows.model, ~Q(source_hash=OuterRef("source_hash"))))


class StatusFilter(Dropdown):
    """By the row's own status."""

    title = "status"
    parameter_name = "status"
    options = tuple(ArtefactStatus.choices)


class FindingsFilter(Dropdown):
    """Artefacts by the worst that the checks found, or by one check."""

    title = "findings"
    parameter_name = "findings"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Severities, then the checks that have found something."""
        recipes = [recipe.key for recipe in all_recipes() if recipe.artefact_model is model_admin.model]
        rows = ArtefactFinding.objects.filter(recipe__in=recipes).order_by("check_name")
        checks = rows.values_list("check_name", flat=True).distinct()
        fixed = [("error", "has an error"), ("warning", "has a warning"), ("none", "nothing found")]
        return [*fixed, *((f"check:{name}", f"check: {name.replace('_', ' ')}") for name in checks)]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows with such a finding in the text that they have now."""
        if value == "none":
            return rows.filter(weight=0)
        found = ArtefactFinding.objects.standing().filter(
            recipe=OuterRef("recipe"), artefact_id=OuterRef("pk"), revision_id=OuterRef("current_id")
        )
        check = value.partition(":")[2]
        condition = Q(check_name=check) if check else Q(severity=value)
        return rows.filter(Exists(found.filter(condition)))


class CandidateFilter(Dropdown):
    """Artefacts that have a second text to look at."""

    title = "candidate"
    parameter_name = "candidate"
    options = (("yes", "has a candidate"), ("no", "has none"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """With or without."""
        return rows.filter(candidate__isnull=value == "no")


class MadeInRunFilter(Dropdown):
    """Artefacts that a run has made or offered a candidate for; only an address names one (a pilot's page does)."""

    title = "run"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """The run that the address names: nothing is offered, and nothing is asked of the database."""
        named = str(request.GET.get("run") or "")
        return [(named, f"made in run {named}")] if named.isdecimal() else []

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Of this run."""
        return rows.filter(Q(current__attempt__run=value) | Q(candidate__attempt__run=value))


class ArtefactSourceFilter(Dropdown):
    """Artefacts whose item has moved on."""

    title = "source"
    parameter_name = "source"
    options = (
        ("changed", "changed since it was generated"),
        ("removed", "removed from the source"),
        ("approved", "approved, and changed or removed since"),
    )

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Changed or removed ones, or both of those with an approved text."""
        if value == "approved":
            rows = rows.filter(approved__isnull=False)
            return rows.filter(Q(item__removed_at__isnull=False) | ~Q(item__source_hash=F("approved__source_hash")))
        if value == "removed":
            return rows.filter(item__removed_at__isnull=False)
        return rows.changed_source()  # type: ignore[attr-defined]
