"""Files: upload, list, retrieve, content, delete."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import Response, StreamingResponse

from sandbox.calls import Call, page, query_number, reply
from sandbox.store import Row
from sandbox.wire import ApiError, file_id, loads, missing, whole_number

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
MAX_BATCH_BYTES, MAX_BYTES = 209_715_200, 536_870_912
THIRTY_DAYS = 2_592_000
PIECE = 1 << 18
NOT_JSONL = "Invalid file format for Batch API. Must be .jsonl"


def file_object(row: Row) -> dict[str, Any]:
    """A file on the wire."""
    return {
        "object": "file",
        "id": row["id"],
        "purpose": row["purpose"],
        "filename": row["filename"],
        "bytes": row["bytes"],
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "status": "processed",
        "status_details": None,
    }


def _checked_upload(form: FormData) -> tuple[UploadFile, str]:
    upload, purpose = form.get("file"), form.get("purpose")
    if not isinstance(upload, UploadFile):
        raise missing("file")
    if not isinstance(purpose, str):
        raise missing("purpose")
    if purpose not in PURPOSES:
        supported = ", ".join(f"'{name}'" for name in PURPOSES)
        message = f"Invalid value: '{purpose}'. Supported values are: {supported}."
        raise ApiError(400, message, "purpose", "invalid_value")
    return upload, purpose


def _check_batch_file(name: str, content: BinaryIO, size: int, most: int) -> None:
    if not name.endswith(".jsonl"):
        raise ApiError(400, NOT_JSONL)
    if size > most:
        message = f"The batch input file is larger than the {most} maximum for the gpt-4.1-nano model"
        raise ApiError(413, message)
    content.seek(0)
    # Only the first line is looked at; later ones are judged when the batch is validated.
    try:
        # A byte order mark passes here and fails when the batch is validated, as it does at the service.
        loads(content.readline().removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        raise ApiError(400, NOT_JSONL) from None


def _expiry(form: FormData, purpose: str, now: int) -> int | None:
    anchor, seconds = form.get("expires_after[anchor]"), form.get("expires_after[seconds]")
    if anchor is None and seconds is None:
        # Batch input lives thirty days unless asked otherwise.
        return now + THIRTY_DAYS if purpose == "batch" else None
    if anchor != "created_at":
        message = f"Invalid value: '{anchor}'. Value must be 'created_at'."
        raise ApiError(400, message, "expires_after[anchor]", "invalid_value")
    return now + whole_number(str(seconds), "expires_after[seconds]", 3600, THIRTY_DAYS)


def _copy(source: BinaryIO, target: Path) -> None:
    source.seek(0)
    with target.open("wb") as out:
        shutil.copyfileobj(source, out, PIECE)


async def create_file(call: Call) -> Response:
    """POST /v1/files."""
    world = call.world
    try:
        async with call.request.form() as form:
            upload, purpose = _checked_upload(form)
            now = int(world.clock.now())
            expires_at = _expiry(form, purpose, now)
            if purpose == "batch":
                fault = world.faults.take("upload", call.scene())
                most = int(fault.number(0)) if fault else MAX_BATCH_BYTES
                _check_batch_file(upload.filename or "", upload.file, upload.size or 0, most)
            elif (upload.size or 0) > MAX_BYTES:
                raise ApiError(413, "The file is larger than the 512 MB allowed.", "file")
            row = {
                "id": file_id(),
                "account": call.account,
                "purpose": purpose,
                "filename": upload.filename,
                "created_at": now,
                "expires_at": expires_at,
            }
            part = world.store.work / row["id"]  # type: ignore[operator]
            await asyncio.to_thread(_copy, upload.file, part)
    except MultiPartException:
        raise ApiError(400, "We could not parse the multipart body of your request.") from None
    # The upload counts only from here on: an interrupted one leaves nothing behind.
    world.store.add_file(part, **row)
    return reply(file_object(find_file(call, str(row["id"]))))


def find_file(call: Call, ident: str) -> Row:
    """A file of this account that has not expired, or 404."""
    now = int(call.world.clock.now())
    sql = "SELECT * FROM files WHERE id = ? AND account = ? AND (expires_at IS NULL OR expires_at > ?)"
    row = call.world.store.row(sql, ident, call.account, now)
    if row is None:
        raise ApiError(404, f"No such File object: {ident}", "id")
    return row


async def list_files(call: Call) -> Response:
    """GET /v1/files with after, limit, order and purpose."""
    query = call.request.query_params
    limit = query_number(call, "limit", 10_000, 10_000)
    now = call.world.clock.now()
    hidden = call.world.faults.look("file_not_listed", call.scene())
    newest = now - hidden.number(1e9) if hidden else now
    ascending = query.get("order", "desc") == "asc"
    where = "account = ? AND (expires_at IS NULL OR expires_at > ?) AND created_at <= ?"
    values: list[Any] = [call.account, int(now), newest]
    if query.get("purpose"):
        where += " AND purpose = ?"
        values.append(query["purpose"])
    if query.get("after"):
        where += f" AND number {'>' if ascending else '<'} ?"
        values.append(find_file(call, query["after"])["number"])
    sql = f"SELECT * FROM files WHERE {where} ORDER BY number {'ASC' if ascending else 'DESC'} LIMIT ?"  # noqa: S608
    rows = call.world.store.rows(sql, *values, limit + 1)
    return reply(page([file_object(row) for row in rows], limit))


async def retrieve_file(call: Call) -> Response:
    """GET /v1/files/{id}."""
    return reply(file_object(find_file(call, call.ident)))


async def _pieces(content: BinaryIO, length: int) -> AsyncIterator[bytes]:
    with content:
        while length > 0 and (piece := await asyncio.to_thread(content.read, min(PIECE, length))):
            length -= len(piece)
            yield piece


async def file_content(call: Call) -> Response:
    """GET /v1/files/{id}/content, as a stream with its length."""
    row = find_file(call, call.ident)
    content = call.world.store.path(row["id"]).open("rb")
    short = call.world.faults.take("content-size", call.scene())
    length = int(row["bytes"] * short.number(0.5)) if short else row["bytes"]
    headers = {
        "content-length": str(length),
        "content-disposition": f'attachment; filename="{row["id"]}"',
    }
    return StreamingResponse(_pieces(content, length), headers=headers, media_type="application/octet-stream")


async def delete_file(call: Call) -> Response:
    """DELETE /v1/files/{id}."""
    row = find_file(call, call.ident)
    call.world.store.remove_file(row["id"])
    return reply({"object": "file", "id": row["id"], "deleted": True})
