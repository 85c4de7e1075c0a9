"""Pages of the console that hold something, for axe: each makes its rows and returns the addresses."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from generation import review
from generation.causes import trouble
from generation.models import BatchJob, Budget, Notice, Run
from lessons.models import Lesson
from tests import factories
from tests.generation.scenes import submitted


def home(course: Any, roles: Any) -> list[str]:
    """Something in each of its parts."""
    running_and_ended(course, roles)
    Budget.objects.create(scope="month", amount_nano=10**9)
    one, two, *_ = Lesson.objects.order_by("pk")
    review.approve(one, roles["publisher"], comment="good")
    review.reject(two, roles["reviewer"], "off topic")
    cache.clear()
    return [reverse("admin:index")]


def running_and_ended(course: Any, roles: Any) -> list[str]:
    """A run under way with a job in doubt, and one with failures."""
    ended = factories.finished(course, created_by=roles["operator"])
    failed = ended.requests.first()
    ended.requests.filter(pk=failed.pk).update(status="failed", **trouble("server_error", "the service failed"))
    running = submitted(factories.course(2, 3, "second")).run
    BatchJob.objects.filter(run=running).update(expires_at=timezone.now() + timedelta(hours=3))
    BatchJob.objects.create(run=running, provider="default", model="m", endpoint="/v1/x", status="needs_attention")
    return [reverse("admin:generation_run_change", args=[run.pk]) for run in (ended, running)]


def at_the_provider(course: Any, roles: Any) -> list[str]:
    """Ours, and one that is orphaned."""
    factories.finished(course)
    lost = submitted(factories.course(1, 2, "lost"))
    BatchJob.objects.filter(pk=lost.pk).update(status="needs_attention", remote_batch_id=None)
    return [reverse("console_remote_batches"), reverse("console_remote_files")]


def notices(course: Any, roles: Any) -> list[str]:
    """Read and unread."""
    run = Run.objects.create(status="completed")
    for kind in ("finished", "failed", "needs_attention", "awaiting_approval"):
        Notice.objects.create(user=roles["operator"], run=run, kind=kind, detail="6 of 6 succeeded")
    Notice.objects.filter(kind="failed").update(read_at=timezone.now())
    return [reverse("console_notices")]


def empty(course: Any, roles: Any) -> list[str]:
    """A site without anything."""
    course.delete()
    cache.clear()
    names = ("admin:index", "console_notices", "console_remote_batches", "console_remote_files")
    return [reverse(name) for name in names]
