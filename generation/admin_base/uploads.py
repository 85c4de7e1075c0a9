"""Uploads that wait between the preview and the confirmation: in our storage, under a random name of our own."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import storages
from django.http import HttpRequest
from django.utils import timezone

FOLDER = "uploads"
HOURS = 24


class UploadLost(Exception):
    """The upload can't be found again; the message says what to do."""


@dataclass(frozen=True)
class Kept:
    """An upload that was kept, with what was asked with it."""

    path: str
    data: bytes
    asked: dict[str, str]


def keep(request: HttpRequest, file: File, **asked: str) -> str:
    """Store an upload and return a token for it that is only good in this session, for a day."""
    sweep()
    path = storages["batchfiles"].save(f"{FOLDER}/{token_hex(16)}", file)
    return signing.dumps({"path": path, "asked": asked}, salt=_salt(request))


def fetch(request: HttpRequest, token: str) -> Kept:
    """The upload of a token; raises UploadLost."""
    try:
        signed: dict[str, Any] = signing.loads(token, salt=_salt(request), max_age=timedelta(hours=HOURS))
        with storages["batchfiles"].open(signed["path"]) as file:
            return Kept(signed["path"], file.read(), signed["asked"])
    except (signing.BadSignature, FileNotFoundError) as error:
        raise UploadLost("The uploaded file is no longer there. Please upload it again.") from error


def forget(path: str) -> None:
    """Remove a kept upload."""
    storages["batchfiles"].delete(path)


def sweep() -> None:
    """Remove uploads that nobody confirmed within a day."""
    storage = storages["batchfiles"]
    if not storage.exists(FOLDER):
        return
    oldest = timezone.now() - timedelta(hours=HOURS)
    for name in storage.listdir(FOLDER)[1]:
        if storage.get_created_time(f"{FOLDER}/{name}") < oldest:
            storage.delete(f"{FOLDER}/{name}")


def _salt(request: HttpRequest) -> str:
    return f"upload:{request.session.session_key}:{request.user.pk}"
