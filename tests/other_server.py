"""A second OpenAI-compatible server, written apart from the sandbox with the standard library alone.

It keeps conventions of its own: HTTP/1.0, small ids, no headers beside the content's, no list of models, oldest first
in lists, "" where others send null, no `finalizing`, blank lines behind the results, and only the old parameter names.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "other-key"
KNOWN = {"model", "messages", "input", "max_tokens", "max_output_tokens", "temperature", "text", "response_format"}
STATUSES = ("validating", "in_progress", "completed")


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class State:
    """Files, batches and what was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.lock = threading.Lock()

    def add_file(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep a file."""
        ident = f"f{len(self.files) + 1}"
        self.files[ident], self.names[ident] = content, name
        return self.file(ident)

    def file(self, ident: str) -> dict[str, Any]:
        """Describe a file."""
        if ident not in self.files:
            raise Refused(404, f"there is no file {ident}")
        about = {"bytes": len(self.files[ident]), "filename": self.names[ident], "purpose": "batch"}
        return {"id": ident, "object": "file", "created_at": 1} | about

    def add_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take a batch; it is run when it is asked for."""
        ident = f"b{len(self.batches) + 1}"
        self.file(asked["input_file_id"])
        self.batches[ident] = asked | {
            "id": ident, "object": "batch", "created_at": 1, "status": STATUSES[0],
            "error_file_id": "", "output_file_id": "",
        }  # fmt: skip
        return self.batches[ident]

    def look_at(self, ident: str) -> dict[str, Any]:
        """A batch goes one step on each time that somebody looks."""
        if ident not in self.batches:
            raise Refused(404, f"there is no batch {ident}")
        batch = self.batches[ident]
        if batch["status"] != STATUSES[-1]:
            batch["status"] = STATUSES[STATUSES.index(batch["status"]) + 1]
            if batch["status"] == STATUSES[-1]:
                lines = [self._run(json.loads(line)) for line in self.files[batch["input_file_id"]].splitlines()]
                batch["output_file_id"] = self.add_file("results", "\n".join([*lines, "", ""]).encode())["id"]
        return batch

    def _run(self, line: dict[str, Any]) -> str:
        done = {"status_code": 200, "body": answer(line["url"], line["body"])}
        return json.dumps({"custom_id": line["custom_id"], "response": done, "error": None}, ensure_ascii=False)


def answer(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A short lesson, as chat completions or responses wrap it."""
    unknown = body.keys() - KNOWN
    if unknown:
        raise Refused(400, f"unknown parameters: {', '.join(sorted(unknown))}")
    asked = " ".join(message["content"] for message in body.get("messages") or body["input"])
    title = re.search(r"^Title: (.+)$", asked, re.MULTILINE)
    text = f"# {title.group(1) if title else 'Untitled'}\n\nWritten by the other server."
    usage = {"prompt_tokens": len(asked) // 4, "completion_tokens": len(text) // 4}
    if path.endswith("/responses"):
        message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
        return {"object": "response", "status": "completed", "model": body["model"], "output": [message]}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return {"object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage}


class Handler(BaseHTTPRequestHandler):
    """Routes of one server; `state` is set by `serving`."""

    state: State

    def do_GET(self) -> None:
        self._serve(self._get)

    def do_POST(self) -> None:
        self._serve(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _serve(self, handle: Any) -> None:
        path = self.path.partition("?")[0].removeprefix("/v1")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                raise Refused(401, "who are you?")
            with self.state.lock:
                self.state.calls.append(f"{self.command} {path}")
                found = handle(path, body)
            self._send(200, found)
        except Refused as refusal:
            self._send(refusal.status, {"error": {"message": str(refusal)}})

    def _send(self, status: int, found: Any) -> None:
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(found, bytes) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _get(self, path: str, body: bytes) -> Any:
        match path.strip("/").split("/"):
            case ["files"]:
                return {"object": "list", "data": [self.state.file(ident) for ident in self.state.files]}
            case ["files", ident]:
                return self.state.file(ident)
            case ["files", ident, "content"]:
                self.state.file(ident)
                return self.state.files[ident]
            case ["batches"]:
                return {"object": "list", "data": list(self.state.batches.values()), "has_more": False}
            case ["batches", ident]:
                return self.state.look_at(ident)
        raise Refused(404, f"nothing at {path}")

    def _post(self, path: str, body: bytes) -> Any:
        if path == "/files":
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = BytesParser().parsebytes(head + body).walk()
            file = next(part for part in parts if part.get_filename())
            content = file.get_payload(decode=True)
            return self.state.add_file(str(file.get_filename()), content if isinstance(content, bytes) else b"")
        if path == "/batches":
            return self.state.add_batch(json.loads(body))
        if path in ("/chat/completions", "/responses"):
            return answer(path, json.loads(body))
        raise Refused(404, f"nothing at {path}")


@contextmanager
def serving() -> Iterator[tuple[str, State]]:
    """The server on a free port: its address (with /v1) and its state."""
    state = State()
    handler = type("BoundHandler", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1", state
        finally:
            server.shutdown()
