"""The provider's own count of a batch's tokens beside that of the answers which came in."""

from django.db.models import Sum

from generation.models import BatchJob, JobStatus

COUNTED = ("input_tokens", "output_tokens")


def usage_words(job: BatchJob) -> str:
    """A sentence when the two differ; nothing while answers are still to come, or where the provider counts none."""
    theirs = tuple(job.remote_usage.get(name) for name in COUNTED)
    if job.status != JobStatus.INGESTED or not all(isinstance(count, int) for count in theirs):
        return ""
    sums = job.attempts.aggregate(**{name: Sum(name) for name in COUNTED})
    ours = tuple(sums[name] or 0 for name in COUNTED)
    if ours == theirs:
        return ""
    return (
        f"The provider counts {theirs[0]:,} tokens in and {theirs[1]:,} out for this batch; the answers that came in "
        f"count {ours[0]:,} and {ours[1]:,}. Costs here are those of the answers: compare the provider's bill."
    )
