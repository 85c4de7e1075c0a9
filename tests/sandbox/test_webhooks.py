"""Signed events, received by a small server of the test."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.sandbox.raw import Api, Like, Near, chat_line

KEY = b"a key of the test"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Receiver(HTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = []
        self.statuses = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait(self, number):
        until = time.monotonic() + 10
        while len(self.events) < number and time.monotonic() < until:
            time.sleep(0.01)
        return self.events


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.events.append((dict(self.headers.items()), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(sandbox, receiver):
    receiver.events.clear()
    sandbox.options(webhook_url=f"http://127.0.0.1:{receiver.server_port}/hook", webhook_secret=SECRET)
    return sandbox, receiver, Api(sandbox)


def signed(headers, body):
    text = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(KEY, text, hashlib.sha256).digest()).decode()


def test_an_event_carries_the_id_alone_and_is_signed(hook):
    _, receiver, api = hook
    ident = api.start([chat_line()])
    [(headers, body)] = receiver.wait(1)
    assert json.loads(body) == {
        "id": Like("evt_[0-9a-f]{32}"),
        "object": "event",
        "created_at": Near(),
        "type": "batch.completed",
        "data": {"id": ident},
    }
    assert headers["Webhook-Signature"] == signed(headers, body)
    assert abs(int(headers["Webhook-Timestamp"]) - time.time()) < 10


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("failed_batch", "failed"), ("expired_partial", "expired"), ("cancelled_partial", "cancelled")],
)
def test_other_ends(hook, fault, kind):
    sandbox, receiver, api = hook
    sandbox.faults(fault)
    api.start([chat_line()])
    assert json.loads(receiver.wait(1)[0][1])["type"] == f"batch.{kind}"


def test_a_failed_delivery_is_tried_again_with_the_same_id(hook):
    _, receiver, api = hook
    receiver.statuses = [500, 302]
    api.start([chat_line()])
    events = receiver.wait(3)
    assert len({headers["Webhook-Id"] for headers, _ in events}) == 1
    assert len(events) == 3


@pytest.mark.parametrize(("fault", "count", "ids"), [("webhook_duplicate", 3, 1), ("webhook_storm", 25, 25)])
def test_repeated_events(hook, fault, count, ids):
    sandbox, receiver, api = hook
    sandbox.faults(fault, count)
    api.start([chat_line()])
    assert len({headers["Webhook-Id"] for headers, _ in receiver.wait(count)}) == ids
    assert len(receiver.events) == count


def test_forged_and_old(hook):
    sandbox, receiver, api = hook
    sandbox.faults("webhook_forged")
    sandbox.faults("webhook_old", 900)
    api.start([chat_line()])
    [(headers, body)] = receiver.wait(1)
    assert headers["Webhook-Signature"] != signed(headers, body)
    assert 890 < time.time() - int(headers["Webhook-Timestamp"]) < 930


def test_old_alone_is_rightly_signed(hook):
    sandbox, receiver, api = hook
    sandbox.faults("webhook_old")
    api.start([chat_line()])
    [(headers, body)] = receiver.wait(1)
    assert headers["Webhook-Signature"] == signed(headers, body)


def test_unknown_type_out_of_order_and_none(hook):
    sandbox, receiver, api = hook
    sandbox.faults("webhook_missing")
    api.run([chat_line()])
    sandbox.clear_faults()
    sandbox.faults("webhook_unknown_type")
    sandbox.faults("webhook_out_of_order")
    api.run([chat_line()])
    types = [json.loads(body)["type"] for _, body in receiver.wait(2)]
    assert types == ["batch.sandbox_surprise", "batch.in_progress"]
