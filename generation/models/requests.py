"""The ledger: requests, every attempt to have them answered, and the raw answers."""

from hashlib import blake2b
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.outcomes import OutcomeKind


class RequestStatus(models.TextChoices):
    """Where a request stands. A run's ledger is its requests counted by this."""

    PLANNED = "planned", "planned"
    QUEUED = "queued", "queued"
    SUCCEEDED = "succeeded", "succeeded"
    INVALID = "invalid", "invalid"
    FAILED = "failed", "failed"
    EXPIRED = "expired", "expired"
    CANCELLED = "cancelled", "cancelled"
    MISSING = "missing", "missing"
    BLOCKED = "blocked", "blocked"
    UNCHANGED = "unchanged", "unchanged"


OPEN = (RequestStatus.PLANNED, RequestStatus.QUEUED)
RETRYABLE = (
    RequestStatus.INVALID, RequestStatus.FAILED, RequestStatus.EXPIRED, RequestStatus.CANCELLED, RequestStatus.MISSING,
)  # fmt: skip
STATUS_OF_OUTCOME = {
    OutcomeKind.SUCCEEDED: RequestStatus.SUCCEEDED,
    OutcomeKind.REFUSED: RequestStatus.INVALID,
    OutcomeKind.TRUNCATED: RequestStatus.INVALID,
    OutcomeKind.FILTERED: RequestStatus.INVALID,
    OutcomeKind.EMPTY: RequestStatus.INVALID,
    OutcomeKind.INVALID_OUTPUT: RequestStatus.INVALID,
    OutcomeKind.UNREADABLE: RequestStatus.INVALID,
    OutcomeKind.EXPIRED: RequestStatus.EXPIRED,
    OutcomeKind.CANCELLED: RequestStatus.CANCELLED,
    OutcomeKind.MISSING: RequestStatus.MISSING,
    OutcomeKind.REJECTED: RequestStatus.FAILED,
    OutcomeKind.RATE_LIMITED: RequestStatus.FAILED,
    OutcomeKind.SERVER_ERROR: RequestStatus.FAILED,
    OutcomeKind.TIMED_OUT: RequestStatus.FAILED,
    OutcomeKind.UNKNOWN: RequestStatus.FAILED,
}


def id_of_stranger(run_key: str, custom_id: str) -> str:
    """Our custom id of what another script has named: its ids hold any characters, and stand in several files."""
    return f"{run_key}-{blake2b(custom_id.encode(), digest_size=16).hexdigest()}"


class RequestQuerySet(models.QuerySet["Request"]):
    """Vocabulary of requests."""

    def planned(self) -> Self:
        """Not yet sent."""
        return self.filter(status=RequestStatus.PLANNED)

    def making(self) -> Self:
        """Those of runs that make artefacts: no rehearsals, no comparisons."""
        return self.filter(run__purpose__in=("launch", "pilot", "regeneration"))

    def under_way(self) -> Self:
        """Those of running runs whose result is still to come or to be accepted: sending them again would pay twice."""
        waiting = Q(status__in=OPEN) | Q(status=RequestStatus.SUCCEEDED, accepted_at=None)
        return self.making().filter(waiting, run__status__in=("running", "awaiting_approval"))

    def unaccepted(self) -> Self:
        """Answered well, but not yet made into artefacts."""
        return self.filter(status=RequestStatus.SUCCEEDED, accepted_at=None)

    def retryable(self) -> Self:
        """Those that a person may send again."""
        return self.filter(status__in=RETRYABLE)

    def finished(self) -> Self:
        """Nothing more happens to them by itself."""
        return self.exclude(status__in=OPEN)


class Request(models.Model):
    """One (run, recipe, item). The item may be deleted later: `label` and `collection` are what the ledger keeps."""

    run = models.ForeignKey("generation.Run", models.PROTECT, related_name="requests")
    recipe = models.CharField(max_length=80)
    item_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    collection = models.CharField(max_length=80, help_text="Slug of the collection.")
    category = models.CharField(max_length=200, blank=True, help_text="Of the item when it was planned.")
    custom_id = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, choices=RequestStatus, default=RequestStatus.PLANNED)
    prompt = models.ForeignKey("generation.Prompt", models.PROTECT, null=True, related_name="+")
    source_hash = models.CharField(max_length=32)
    recipe_hash = models.CharField(max_length=32)
    dependencies = models.JSONField(default=list, help_text="Ids of the revisions that its prompt was made from.")
    batch_job = models.ForeignKey("generation.BatchJob", models.SET_NULL, null=True, related_name="requests")
    attempt_count = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    cause = models.CharField(max_length=200, blank=True, help_text="The message without numbers, ids, quotations.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    next_due = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("run", "recipe", "item_id", name="request_once_in_run")]
        indexes = [
            # The page of a run counts by these two alone, without looking at a row.
            models.Index(fields=["run", "status", "error_code", "cause"], name="request_ledger"),
            models.Index(fields=["run", "recipe", "category", "status", "item_id"], name="request_figures"),
            models.Index(fields=["recipe", "item_id"], name="request_item"),
            models.Index(fields=["run"], condition=Q(status="succeeded", accepted_at=None), name="request_unaccepted"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe} of {self.label}"


class Attempt(models.Model):
    """One time that a request was sent. Never overwritten: a paid failure stays paid."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="attempts")
    run = models.ForeignKey("generation.Run", models.PROTECT, related_name="+")
    # The request's own, here once more: the figures of a run add up its attempts alone.
    recipe = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=200, blank=True)
    batch_job = models.ForeignKey("generation.BatchJob", models.PROTECT, null=True, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8)
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=100, help_text="As the answer names it, else as asked.")
    outcome = models.CharField(max_length=16, choices=OutcomeKind)
    http_status = models.IntegerField(null=True, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    place = models.CharField(max_length=24, blank=True, help_text="File and line that the answer came from.")
    remote_id = models.CharField(max_length=100, blank=True, help_text="The provider's name of the call.")
    input_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0)
    cost_nano = models.BigIntegerField(null=True, help_text="Nano-dollars; empty: unknown.")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("request", "number", name="attempt_number_once"),
            models.UniqueConstraint(
                "batch_job", "request", condition=Q(batch_job__isnull=False), name="attempt_once_in_job"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "outcome"], name="attempt_run"),
            models.Index(fields=["run", "recipe", "finished_at"], name="attempt_pace"),
            models.Index(
                fields=["run", "recipe", "category", "input_tokens", "output_tokens", "cost_nano"],
                name="attempt_figures",
            ),
            models.Index(fields=["started_at", "cost_nano", "outcome"], name="attempt_month"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.request}"


class RawAnswer(models.Model):
    """The answer as it came, kept for a while so that parsers can be run again without paying."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, primary_key=True, related_name="raw")
    line = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"Raw answer of attempt {self.pk}"


class StrayLine(models.Model):
    """A line of a result file that belongs to no request, or repeats one: kept and shown, never dropped."""

    batch_job = models.ForeignKey("generation.BatchJob", models.CASCADE, related_name="stray_lines")
    file = models.CharField(max_length=10)
    number = models.PositiveIntegerField(help_text="Line of the file, from 1.")
    custom_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200)
    line = models.BinaryField()

    class Meta:
        ordering = ["batch_job", "file", "number"]
        constraints = [models.UniqueConstraint("batch_job", "file", "number", name="stray_line_once")]

    def __str__(self) -> str:
        return f"Line {self.number}: {self.reason}"
