"""A client made of http.client alone, so that the tests share no reading of the contract with an SDK."""

import http.client
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from tests.sandbox_fixture import Sandbox

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
BOUNDARY = "sandboxtestboundary"


class Like:
    """Equal to every string that fits a pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(self.pattern, other) is not None

    def __hash__(self) -> int:
        return hash(self.pattern)

    def __repr__(self) -> str:
        return f"Like({self.pattern!r})"


class Near:
    """Equal to every whole number close to now (or to another moment)."""

    def __init__(self, offset: float = 0) -> None:
        self.moment = time.time() + offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and abs(other - self.moment) < 30

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"Near({self.moment:.0f})"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> Any:
        return self.json["error"]


def chat_line(custom_id: Any = "r-1", **changes: Any) -> dict[str, Any]:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"Say something about {custom_id}"}]}
    return {"custom_id": custom_id, "method": "POST", "url": CHAT, "body": {**body, **changes}}


def jsonl(lines: list[Any]) -> bytes:
    return b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)


def parse(raw: bytes) -> list[Any]:
    return [json.loads(line) for line in raw.split(b"\n") if line.strip()]


class Api:
    """Calls of one account."""

    def __init__(self, sandbox: Sandbox, key: str | None = "sk-test") -> None:
        self.sandbox = sandbox
        self.key = key

    def call(self, method: str, path: str, body: Any = None, headers: Any = None, timeout: float = 20) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.sandbox.process.port, timeout=timeout)
        sent = {"authorization": f"Bearer {self.key}"} if self.key else {}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if raw is not None:
            sent["content-type"] = "application/json"
        try:
            connection.request(method, path, raw, {**sent, **(headers or {})})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, b"" if body is None else body)

    def upload(self, content: bytes, name: str = "in.jsonl", purpose: str | None = "batch", **fields: str) -> Answer:
        parts = {**({"purpose": purpose} if purpose else {}), **fields}
        text = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in parts.items()
        )
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        head += "Content-Type: application/octet-stream\r\n\r\n"
        body = text.encode() + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self.call("POST", "/v1/files", body, {"content-type": f"multipart/form-data; boundary={BOUNDARY}"})

    def create(self, file_id: str, **changes: Any) -> Answer:
        asked = {"input_file_id": file_id, "endpoint": CHAT, "completion_window": "24h", **changes}
        return self.post("/v1/batches", {name: value for name, value in asked.items() if value is not None})

    def start(self, lines: list[Any], **changes: Any) -> str:
        """Upload and create; the batch's id."""
        file_id = self.upload(jsonl(lines)).json["id"]
        created = self.create(file_id, **changes)
        assert created.status == 200, created.raw
        return str(created.json["id"])

    def batch(self, batch_id: str) -> Any:
        return self.get(f"/v1/batches/{batch_id}").json

    def wait(self, batch_id: str, *statuses: str) -> Any:
        """The batch once it has one of the statuses (default: a terminal one)."""
        wanted = statuses or ("completed", "failed", "expired", "cancelled")
        until = time.monotonic() + 15
        while time.monotonic() < until:
            batch = self.batch(batch_id)
            if batch["status"] in wanted:
                return batch
            time.sleep(0.01)
        raise AssertionError(f"{batch['status']} instead of {wanted}")

    def run(self, lines: list[Any], **changes: Any) -> Any:
        """Upload, create and wait for the end."""
        return self.wait(self.start(lines, **changes))

    def content(self, file_id: str | None) -> bytes:
        return self.get(f"/v1/files/{file_id}/content").raw if file_id else b""

    def output(self, batch: Any) -> list[Any]:
        return parse(self.content(batch["output_file_id"]))

    def errors(self, batch: Any) -> list[Any]:
        return parse(self.content(batch["error_file_id"]))
