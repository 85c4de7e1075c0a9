"""The paragraph of `docs/troubleshooting.md` that fits where a batch job stands."""

from pathlib import Path

from django.conf import settings

from generation.models import BatchJob, JobStatus, RequestStatus
from generation.models.jobs import UNSENT

VALIDATING = "Stuck in validating"
IN_PROGRESS = "Stuck in progress"
FAILED = "Failed"
EXPIRED = "Expired"
LOST = "Lost batch id"
MISSING = "Missing items"
NO_API = "Trying without the API"
HEADINGS = (VALIDATING, IN_PROGRESS, FAILED, EXPIRED, LOST, MISSING, NO_API)
# States that say all by themselves; what is left is looked at more closely.
OF_STATUS = {
    JobStatus.VALIDATING: VALIDATING,
    JobStatus.IN_PROGRESS: IN_PROGRESS,
    JobStatus.FINALIZING: IN_PROGRESS,
    JobStatus.CANCELLING: IN_PROGRESS,
    JobStatus.SUBMITTING: LOST,
    JobStatus.NEEDS_ATTENTION: LOST,
    JobStatus.FAILED: FAILED,
    JobStatus.EXPIRED: EXPIRED,
}


def section_for(status: str, remote_status: str = "", *, missing: int = 0, failures: int = 0) -> str:
    """The heading for a job in this state, "" where all is well; `failures` are failed calls in a row."""
    if status in OF_STATUS:
        return OF_STATUS[JobStatus(status)]
    if status in UNSENT:
        return NO_API if failures else ""
    if status in (JobStatus.COMPLETED, JobStatus.CANCELLED):
        return ""
    if status == JobStatus.INGESTED:
        ended = {"failed": FAILED, "expired": EXPIRED}.get(remote_status, "")
        return ended or (MISSING if missing else "")
    # A word of the provider's that nobody knows: it is still at work, as far as we can tell.
    return IN_PROGRESS


def advice(job: BatchJob) -> str:
    """The fitting paragraph with its heading, or ""."""
    missing = job.requests.filter(status=RequestStatus.MISSING).count()
    heading = section_for(job.status, job.remote_status, missing=missing, failures=job.failures)
    text = paragraph(heading) if heading else ""
    return f"{heading}\n\n{text}" if text else ""


def paragraph(heading: str, path: Path | None = None) -> str:
    """The text below `## heading`, or "" where the page or the heading is missing."""
    page = path or settings.BASE_DIR / "docs" / "troubleshooting.md"
    if not page.exists():
        return ""
    for part in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        if title.strip() == heading:
            return body.strip()
    return ""
