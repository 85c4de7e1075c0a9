"""Batch jobs: one OpenAI batch each."""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from generation.models.transitions import DueQuerySet, Stateful


class JobStatus(models.TextChoices):
    """Our own states and OpenAI's eight; a word that is not here is kept and shown as it came."""

    PREPARED = "prepared", "prepared"
    UPLOADING = "uploading", "uploading"
    UPLOADED = "uploaded", "uploaded"
    SUBMITTING = "submitting", "submitting"
    VALIDATING = "validating", "validating"
    IN_PROGRESS = "in_progress", "in progress"
    FINALIZING = "finalizing", "finalizing"
    COMPLETED = "completed", "completed"
    FAILED = "failed", "failed"
    EXPIRED = "expired", "expired"
    CANCELLING = "cancelling", "cancelling"
    CANCELLED = "cancelled", "cancelled"
    INGESTED = "ingested", "ingested"
    NEEDS_ATTENTION = "needs_attention", "needs attention"


# The provider's own words. Any other word of its is kept as it comes, unless it is one of ours: then it is marked.
REMOTE = (
    JobStatus.VALIDATING, JobStatus.IN_PROGRESS, JobStatus.FINALIZING, JobStatus.COMPLETED, JobStatus.FAILED,
    JobStatus.EXPIRED, JobStatus.CANCELLING, JobStatus.CANCELLED,
)  # fmt: skip
UNSENT = (JobStatus.PREPARED, JobStatus.UPLOADING, JobStatus.UPLOADED)
TERMINAL = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.EXPIRED, JobStatus.CANCELLED)
SETTLED = (JobStatus.INGESTED, JobStatus.NEEDS_ATTENTION)


def status_from(word: str) -> str:
    """The job's status for a word of the provider's: never one that would make us send something again."""
    return f"provider: {word}"[:32] if word in JobStatus.values and word not in REMOTE else word[:32]


def first_status(word: str) -> str:
    """The status of a job whose batch was just found. One that has ended is polled first: that tells its files."""
    return JobStatus.VALIDATING if word in TERMINAL else status_from(word)


def new_job_key() -> str:
    """The random key that makes a batch ours: in its metadata and its upload's file name."""
    return secrets.token_hex(16)


class BatchJobQuerySet(DueQuerySet):
    """Vocabulary of batch jobs."""

    def unsettled(self) -> Self:
        """Jobs that still have a step to take."""
        return self.exclude(status__in=SETTLED)

    def stuck(self) -> Self:
        """Jobs whose batch has been at the provider for longer than STUCK_HOURS, and is not done."""
        since = timezone.now() - timedelta(hours=settings.STUCK_HOURS)
        at_provider = self.unsettled().exclude(remote_batch_id=None).exclude(status__in=TERMINAL)
        return at_provider.annotate(sent_at=Coalesce("submitting_at", "created_at")).filter(sent_at__lt=since)

    def named(self, name: str) -> Self:
        """The job with our number, our key or the provider's batch id."""
        number = Q(pk=int(name)) if name.isascii() and name.isdigit() else Q()
        return self.filter(Q(key=name) | Q(remote_batch_id=name) | number) if name else self.none()


class BatchJob(Stateful):
    """One JSONL file, one model, one endpoint, one provider."""

    wake_task = "advance_job"
    transition_field = "batch_job"

    run = models.ForeignKey("generation.Run", models.PROTECT, related_name="batch_jobs")
    key = models.CharField(max_length=32, unique=True, default=new_job_key, editable=False)
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=100)
    endpoint = models.CharField(max_length=60)
    request_count = models.PositiveIntegerField(default=0)
    input_bytes = models.PositiveBigIntegerField(default=0)
    reserved_tokens = models.PositiveBigIntegerField(
        default=0, help_text="Prompt tokens held of the model's limit, from the submission to the end."
    )
    input_tokens = models.PositiveBigIntegerField(default=0, help_text="Prompt tokens of the file, estimated.")
    input_path = models.CharField(max_length=200, blank=True)
    input_file_id = models.CharField(max_length=100, blank=True)
    input_deleted_at = models.DateTimeField(null=True, blank=True, help_text="When the upload was deleted there.")
    remote_batch_id = models.CharField(max_length=100, null=True, blank=True, unique=True)
    remote_status = models.CharField(max_length=40, blank=True, help_text="The provider's own word.")
    remote_counts = models.JSONField(default=dict, help_text="The provider's counters: shown, never trusted.")
    remote_usage = models.JSONField(default=dict)
    remote_errors = models.JSONField(default=list)
    output_file_id = models.CharField(max_length=100, blank=True)
    error_file_id = models.CharField(max_length=100, blank=True)
    output_path = models.CharField(max_length=200, blank=True)
    error_path = models.CharField(max_length=200, blank=True)
    collected_at = models.DateTimeField(null=True, blank=True)
    submitting_at = models.DateTimeField(null=True, blank=True, help_text="When the last create call began.")
    in_progress_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider began to run it, by the provider's own account."
    )
    submissions = models.PositiveSmallIntegerField(default=0, help_text="Create calls, counted when they are claimed.")
    polls = models.PositiveIntegerField(default=0, help_text="Polls since the last change.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed calls in a row.")
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = BatchJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "next_due"], name="batchjob_due")]

    def __str__(self) -> str:
        return f"Batch job {self.pk}"

    def attach(self, remote_id: str, word: str, detail: str) -> bool:
        """submitting -> the provider's own status: this batch of the provider is this job's."""
        now = timezone.now()
        return self.move(
            first_status(word), JobStatus.SUBMITTING, JobStatus.NEEDS_ATTENTION, detail=f"{detail}: {remote_id}",
            remote_batch_id=remote_id, remote_status=word[:40], expires_at=now + timedelta(days=1), failures=0, polls=0,
            error="", next_due=None if word in TERMINAL else now + timedelta(seconds=settings.POLL_MIN_SECONDS),
        )  # fmt: skip

    def log_ids(self) -> dict[str, int]:
        """Ids for log lines."""
        return {"run": self.run_id, "job": self.pk}

    def place(self) -> int | None:
        """Its place among those that wait for room in the model's limit, from 1; None when it does not wait."""
        if self.status != JobStatus.PREPARED or not self.next_due:
            return None
        ahead = BatchJob.objects.filter(status=JobStatus.PREPARED, provider=self.provider, model=self.model)
        return ahead.filter(pk__lt=self.pk).count() + 1

    @property
    def from_file(self) -> bool:
        """Whether its answers are from a file that a person brought, not from a batch of ours."""
        return self.remote_status == "file"

    @property
    def upload_name(self) -> str:
        """File name of the upload: holds our key, so that an upload whose answer was lost can be found."""
        return f"batchsite-{self.key}.jsonl"
