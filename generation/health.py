"""Whether the site is alive and ready, for load balancers and people."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from generation.models import BatchJob, Heartbeat, Run


def healthz(request: HttpRequest) -> JsonResponse:
    """The web process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers; the worker's age is told, but a silent worker does not take the web away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        last = Heartbeat.last()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    age = (timezone.now() - last).total_seconds() if last else None
    return JsonResponse({"status": "ok", "worker_seconds": None if age is None else round(age, 1)})


def worker_silent() -> str:
    """A sentence when work is due and no worker has answered for a while, else nothing: the admin's banner."""
    limit = timedelta(seconds=settings.WORKER_SILENT_SECONDS)
    now = timezone.now()
    late = Q(next_due=None) | Q(next_due__lte=now - limit)
    if not (Run.objects.running().filter(late).exists() or BatchJob.objects.unsettled().filter(late).exists()):
        return ""
    last = Heartbeat.last()
    if last and last > now - limit:
        return ""
    since = f"since {timezone.localtime(last):%Y-%m-%d %H:%M}" if last else "yet"
    return f"No worker has answered {since}: runs stand still, nothing is lost. Start one with `manage.py qcluster`."
