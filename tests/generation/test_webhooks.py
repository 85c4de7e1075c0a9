"""The webhook: signed deliveries wake the poll once, everything else is refused or ignored."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from generation.models import BatchJob, JobStatus, Run, WebhookDelivery

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()


@pytest.fixture
def job(db, settings):
    settings.OPENAI_WEBHOOK_SECRET = SECRET
    run = Run.objects.create(status="running")
    later = {"next_due": "2100-01-01T00:00Z"}
    return BatchJob.objects.create(run=run, status=JobStatus.IN_PROGRESS, remote_batch_id="batch_1", **later)


def deliver(client, body=None, *, name="evt-1", at=None, secret=SECRET):
    """Post a delivery as the provider signs it."""
    raw = json.dumps(body or {"type": "batch.completed", "data": {"id": "batch_1"}})
    stamp = str(int(at or time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{stamp}.{raw}".encode(), hashlib.sha256).digest()
    headers = {
        "webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }  # fmt: skip
    return client.post("/webhooks/openai/", raw, content_type="application/json", headers=headers)


def test_a_delivery_makes_the_job_due(client, job):
    assert deliver(client).status_code == 200
    job.refresh_from_db()
    assert BatchJob.objects.due().filter(pk=job.pk).exists() is False  # it was woken just now
    assert job.woken_at is not None
    assert job.next_due.year < 2100


def test_the_same_delivery_acts_once(client, job):
    deliver(client)
    BatchJob.objects.update(woken_at=None)
    assert deliver(client).status_code == 200
    job.refresh_from_db()
    assert job.woken_at is None
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{"type": "batch.completed", "data": {"id": "batch_of_others"}}, {"type": "response.completed"}, ["x"], {}]
)
def test_what_is_not_ours_is_answered_and_ignored(client, job, body):
    assert deliver(client, body or {"type": None}).status_code == 200
    job.refresh_from_db()
    assert job.woken_at is None


@pytest.mark.parametrize("wrong", [{"secret": "whsec_" + base64.b64encode(b"forged").decode()}, {"at": 1_000_000}])
def test_forged_and_old_ones_are_refused(client, job, wrong):
    assert deliver(client, **wrong).status_code == 400
    assert not WebhookDelivery.objects.exists()


def test_without_headers_or_secret_nothing_is_taken(client, job, settings):
    assert client.post("/webhooks/openai/", "{}", content_type="application/json").status_code == 400
    settings.OPENAI_WEBHOOK_SECRET = ""
    assert deliver(client).status_code == 400
    assert client.get("/webhooks/openai/").status_code == 405


def test_a_storm_leaves_one_wake_up_for_each_delivery(client, job):
    for number in range(30):
        deliver(client, name=f"evt-{number % 3}")
    assert WebhookDelivery.objects.count() == 3
