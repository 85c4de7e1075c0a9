"""Compute: requests of local recipes are answered here, without any API call, and meet the same outcome method."""

import orjson
from django.db import transaction

from generation.ledger import Answered, Sending, record_batch
from generation.models import Request, RequestStatus, Run
from generation.outcomes import Outcome, OutcomeKind
from generation.recipes import InvalidOutput
from generation.waves import Ready, ready_chunks


def compute(run: Run) -> int:
    """Answer all ready requests of local recipes; returns how many."""
    answered = 0
    for ready in ready_chunks(run, "local"):
        outputs = ready.inforce.recipe.compute(ready.items, ready.needs)
        sending = Sending(run.pk, "local", "local", "local")
        with transaction.atomic():
            _remember_needs(ready)
            record_batch(
                sending,
                [_answered(request, output) for request, output in zip(ready.requests, outputs, strict=True)],
            )
        answered += len(outputs)
    return answered


def _remember_needs(ready: Ready) -> None:
    for request, item, need in zip(ready.requests, ready.items, ready.needs, strict=True):
        request.dependencies = [revision.pk for revisions in need.values() for revision in revisions]
        request.source_hash = item.source_hash
        request.status = RequestStatus.QUEUED
    Request.objects.bulk_update(ready.requests, ["dependencies", "source_hash", "status"], batch_size=200)


def _answered(request: Request, output: str | InvalidOutput) -> Answered:
    if isinstance(output, InvalidOutput):
        kind = OutcomeKind.INVALID_OUTPUT
        return Answered(request, Outcome(request.custom_id, kind, code=kind.value, message=str(output)))
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": output}}
    body = {"object": "chat.completion", "model": "local", "choices": [choice]}
    line = {"custom_id": request.custom_id, "response": {"status_code": 200, "body": body}, "error": None}
    return Answered(request, Outcome(request.custom_id, OutcomeKind.SUCCEEDED, output, "local"), orjson.dumps(line))
