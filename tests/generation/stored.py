"""Batch jobs whose result files a test writes itself, without a provider."""

from typing import Any

import orjson
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from generation.models import BatchJob, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import build
from tests import factories


def body(text: str = "# Title\n\nText.", **fields: Any) -> dict[str, Any]:
    """A chat completion with this text."""
    message = {"role": "assistant", "content": text, "refusal": None}
    usage = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return {"object": "chat.completion", "model": "gpt-5.4-mini", "choices": choices, "usage": usage} | fields


def line(custom_id: Any, status: int = 200, answer: Any = None, error: Any = None) -> bytes:
    """A line of an output or error file, without its newline."""
    answer = body() if answer is None else answer
    response = None if error else {"status_code": status, "request_id": "req_1", "body": answer}
    return orjson.dumps({"id": "batch_req_1", "custom_id": custom_id, "response": response, "error": error})


def built(collection: Any, **fields: Any) -> BatchJob:
    """The batch job of a run over the collection, as if it had ended at the provider; its files are still empty."""
    run: Run = factories.run(collection, **fields)
    with without_wakeups():
        run.move("running", "planned")
        (job,) = build.build(run)
    BatchJob.objects.filter(pk=job.pk).update(
        status="completed", remote_status="completed", remote_batch_id=f"batch_{job.pk}"
    )
    job.refresh_from_db()
    return job


def put(job: BatchJob, output: bytes | list[bytes] = b"", error: bytes | list[bytes] = b"") -> BatchJob:
    """Store result files."""
    for name, content in (("output", output), ("error", error)):
        data = content if isinstance(content, bytes) else b"".join(one + b"\n" for one in content)
        path = storages["batchfiles"].save(f"{name}/{job.key}.jsonl", ContentFile(data)) if data else ""
        setattr(job, f"{name}_path", path)
    job.save(update_fields=["output_path", "error_path"])
    return job


def again(job: BatchJob) -> BatchJob:
    """The job as before its ingest."""
    BatchJob.objects.filter(pk=job.pk).update(status="completed")
    job.refresh_from_db()
    return job
