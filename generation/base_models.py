"""Abstract models that every domain app builds on: collection, source item, artefact."""

import hashlib
import json
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

type_of_user = AbstractBaseUser | AnonymousUser


def digest(value: Any) -> str:
    """A stable 32-digit hash of plain values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class ArtefactStatus(models.TextChoices):
    """Where an artefact stands in review."""

    NEEDS_REVIEW = "needs_review", "needs review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    PUBLISHED = "published", "published"


class CollectionQuerySet(models.QuerySet[Any]):
    """Vocabulary of collections."""

    def visible_to(self, user: Any) -> Self:
        """Collections without groups, and those of the user's groups; all of them for a superuser."""
        if user.is_superuser:
            return self
        link = self.model.groups.through.objects.filter(**{f"{self.model._meta.model_name}_id": OuterRef("pk")})
        mine = link.filter(group__in=user.groups.all())
        return self.filter(~Exists(link) | Exists(mine))


class Collection(models.Model):
    """What the items of one source belong to."""

    slug = models.SlugField(max_length=80, unique=True, help_text="Short name for commands and addresses.")
    name = models.CharField(max_length=200)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="+", help_text="Only these groups see it. Empty: everyone with access."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SourceItemQuerySet(models.QuerySet[Any]):
    """Vocabulary of source items."""

    def visible_to(self, user: Any) -> Self:
        """Items of the collections that the user may see."""
        if user.is_superuser:
            return self
        collections = self.model._meta.get_field("collection").related_model
        return self.filter(collection__in=collections.objects.visible_to(user))

    def present(self) -> Self:
        """Items that their source still holds."""
        return self.filter(removed_at=None)


class SourceItem(models.Model):
    """One imported thing to generate from. Subclasses add `collection` (a ForeignKey) and their own columns."""

    hashed_fields: ClassVar[tuple[str, ...]] = ()
    # The column by which the source groups its items (a course's modules), if it does.
    group_field: ClassVar[str] = ""
    collection_id: int
    collection: Any

    key = models.CharField(max_length=120, help_text="Name of the item within its collection.")
    position = models.PositiveIntegerField(default=0, help_text="Its place in the source.")
    source_hash = models.CharField(max_length=32, editable=False)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SourceItemQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["collection", "position"]
        constraints = [models.UniqueConstraint("collection", "key", name="%(class)s_key_once")]
        indexes = [models.Index(fields=["collection", "position"], name="%(class)s_order")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the ledger remembers of the item when it is gone."""
        return self.key

    def compute_hash(self) -> str:
        """Hash of the item's own fields (not its neighbours or the outline around it)."""
        return digest([getattr(self, name) for name in self.hashed_fields])


class ArtefactQuerySet(models.QuerySet[Any]):
    """Vocabulary of artefacts."""

    def visible_to(self, user: Any) -> Self:
        """Artefacts of the collections that the user may see."""
        if user.is_superuser:
            return self
        collections = self.model._meta.get_field("item").related_model._meta.get_field("collection").related_model
        # Without any restricted collection the join would cost more than the whole rest of a page's work.
        if not collections.groups.through.objects.exists():
            return self
        return self.filter(item__collection__in=collections.objects.visible_to(user))

    def untouched(self) -> Self:
        """Drafts that no person has written in or decided on: only these may be replaced by a new generation."""
        return self.filter(status=ArtefactStatus.NEEDS_REVIEW, touched=False)

    def changed_source(self) -> Self:
        """Artefacts whose item has changed since they were generated."""
        return self.exclude(item__source_hash=F("source_hash"))

    def publishable(self) -> Self:
        """Artefacts with an approved revision."""
        return self.filter(approved__isnull=False)


class Artefact(models.Model):
    """The record of (item, recipe) that people work on. Subclasses add `item` (a ForeignKey) and their own columns."""

    item_id: int
    item: Any

    recipe = models.CharField(max_length=80, db_index=True)
    status = models.CharField(max_length=20, choices=ArtefactStatus, default=ArtefactStatus.NEEDS_REVIEW)
    weight = models.PositiveIntegerField(default=0, help_text="Of its findings: error 100, warning 10, note 1.")
    touched = models.BooleanField(default=False, help_text="A person has edited or decided on it.")
    current = models.ForeignKey("generation.Revision", models.PROTECT, null=True, related_name="+")
    approved = models.ForeignKey("generation.Revision", models.PROTECT, null=True, blank=True, related_name="+")
    published = models.ForeignKey("generation.Revision", models.PROTECT, null=True, blank=True, related_name="+")
    candidate = models.ForeignKey("generation.Revision", models.SET_NULL, null=True, blank=True, related_name="+")
    source_hash = models.CharField(max_length=32, editable=False, help_text="The item's when it was last generated.")
    recipe_hash = models.CharField(max_length=32, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArtefactQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("item", "recipe", name="%(class)s_once"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published__isnull=False), name="%(class)s_published_has_text"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved__isnull=False), name="%(class)s_approved_has_text"
            ),
        ]
        indexes = [models.Index(fields=["status", "-weight", "id"], name="%(class)s_queue")]

    def __str__(self) -> str:
        return str(self.item)
