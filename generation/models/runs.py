"""Runs: what a person launched."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from generation.models.requests import Attempt
from generation.models.transitions import DueQuerySet, Stateful


class Mode(models.TextChoices):
    """How the requests travel."""

    BATCH = "batch", "Batch API (half price, within 24 hours)"
    FLEX = "flex", "flex (half price, slower)"
    DIRECT = "direct", "direct (full price, at once)"


class Purpose(models.TextChoices):
    """What a run is for."""

    LAUNCH = "launch", "launch"
    PILOT = "pilot", "pilot"
    REHEARSAL = "rehearsal", "rehearsal"
    COMPARISON = "comparison", "comparison"
    REGENERATION = "regeneration", "regeneration"


class RunStatus(models.TextChoices):
    """States of a run."""

    PLANNED = "planned", "planned"
    AWAITING_APPROVAL = "awaiting_approval", "awaiting approval"
    RUNNING = "running", "running"
    COMPLETED = "completed", "completed"
    CANCELLED = "cancelled", "cancelled"
    FAILED = "failed", "failed"


def new_key() -> str:
    """A random name of a run: part of its custom ids, so that they are ours in any account."""
    return secrets.token_hex(6)


class RunQuerySet(DueQuerySet):
    """Vocabulary of runs."""

    def running(self) -> Self:
        """Runs with work left."""
        return self.filter(status=RunStatus.RUNNING)

    def of_this_month(self) -> Self:
        """Runs made since the first of the month (in the site's time zone)."""
        start = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return self.filter(created_at__gte=start)


class Run(Stateful):
    """Recipes x selected items, in a mode, for a purpose, with its estimate, ledger and cost."""

    wake_task = "advance_run"
    transition_field = "run"

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.BATCH)
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.LAUNCH)
    recipes = models.JSONField(default=list, help_text="Keys of the recipes.")
    collections = models.JSONField(default=list, help_text="Slugs of the collections.")
    selection = models.JSONField(default=dict, help_text="How the items were chosen.")
    model = models.CharField(max_length=100, blank=True, help_text="Overrides the recipes' own model.")
    remark = models.TextField(blank=True, help_text="An editor's wish that goes into every prompt of the run.")
    pace = models.JSONField(default=dict, help_text="Direct mode: batch_size requests, then wait_time seconds.")
    estimate = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Requests by state, as of the last step.")
    cost_nano = models.BigIntegerField(default=0, help_text="Known cost so far in nano-dollars.")
    unpriced = models.PositiveIntegerField(default=0, help_text="Answers whose price nobody knows.")
    error = models.TextField(blank=True)
    finish_direct = models.BooleanField(default=False, help_text="After the batches, the rest goes directly.")
    go_on_without = models.BooleanField(default=False, help_text="What is not in is not waited for any more.")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True, help_text="Who launched it, also when the account is gone.")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "next_due"], name="run_due")]
        permissions = [
            ("import_items", "Can import sources"),
            ("launch_run", "Can launch, retry and cancel runs"),
            ("regenerate_single", "Can generate single records again"),
            ("review_artefact", "Can approve, request changes and reject"),
            ("override_findings", "Can approve despite errors"),
            ("publish_artefact", "Can publish and unpublish"),
            ("view_costs", "Can see all costs"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"

    @property
    def open(self) -> bool:
        """Whether anything may still happen in it."""
        return self.status in (RunStatus.PLANNED, RunStatus.AWAITING_APPROVAL, RunStatus.RUNNING)

    def groups(self) -> list[tuple[str, str]]:
        """The (recipe, collection) pairs that its requests fall into."""
        rows = self.requests.order_by("recipe", "collection").values_list("recipe", "collection")
        return list(rows.distinct())

    def ledger(self) -> dict[str, int]:
        """Requests by state, counted now."""
        rows = self.requests.order_by().values_list("status").annotate(n=Count("pk"))
        return dict(rows)

    def refresh_summary(self) -> None:
        """Recount states and cost; money of every attempt counts, also of failed ones."""
        money = self.attempts().aggregate(
            cost=Sum("cost_nano"), unpriced=Count("pk", filter=Q(cost_nano=None, input_tokens__gt=0))
        )
        self.counts, self.cost_nano, self.unpriced = self.ledger(), money["cost"] or 0, money["unpriced"]
        self.save(update_fields=["counts", "cost_nano", "unpriced"])

    def perhaps_paid_twice(self) -> int:
        """Requests sent again after an attempt whose answer never arrived: the provider may have charged both."""
        lost = self.attempts().filter(cost_nano=None, input_tokens=0, number__lt=F("request__attempt_count"))
        return lost.count()

    def attempts(self) -> models.QuerySet[Attempt]:
        """Every attempt of the run."""
        return Attempt.objects.filter(run_id=self.pk)
