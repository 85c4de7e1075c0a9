"""The provider's webhook: verified, remembered, answered at once. It only wakes the poll."""

import json
import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generation.models import BatchJob, WebhookDelivery
from generation.provider import ProviderError, verify_webhook

logger = logging.getLogger(__name__)
MAX_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def openai_webhook(request: HttpRequest) -> HttpResponse:
    """Take one delivery: 200 for whatever is signed (known or not), 400 for what is not."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return HttpResponse("too large", status=413)
    try:
        verify_webhook(request.body, request.headers)
        event = json.loads(request.body)
    except (ProviderError, ValueError) as error:
        logger.warning("webhook refused: %s", error)
        return HttpResponse("the signature can't be verified", status=400)
    if isinstance(event, dict):
        _take(request.headers.get("webhook-id", ""), event)
    return HttpResponse("ok")


def _take(webhook_id: str, event: dict[str, Any]) -> None:
    kind = str(event.get("type") or "")
    data = event.get("data")
    batch_id = str(data.get("id") or "") if isinstance(data, dict) else ""
    if not kind.startswith("batch."):
        return
    job = BatchJob.objects.unsettled().filter(remote_batch_id=batch_id).first() if batch_id else None
    if job is None:
        return
    try:
        with transaction.atomic():
            WebhookDelivery.objects.create(
                webhook_id=webhook_id[:200], kind=kind[:60], remote_batch_id=batch_id[:100]
            )
            job.due_at(timezone.now())
            job.wake_up()
    except IntegrityError:
        logger.info("webhook %s came again", webhook_id)
