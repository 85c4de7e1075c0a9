"""The only file that imports `openai`: named providers, plain values, and one exception for every failure."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from json import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO

import httpx2
import openai
from django.conf import settings

from generation.pacing import asked_delay

# Where HTML or JSON of another shape comes with a 200, the SDK stumbles over it instead of saying so.
UNREADABLE = (
    JSONDecodeError, openai.APIResponseValidationError, httpx2.HTTPError, httpx2.InvalidURL,
    AttributeError, KeyError, TypeError, ValueError,
)  # fmt: skip
# Code of the error of a server that ignores `after`: its list proves nothing.
LIST_REPEATS = "list_repeats"
# Code of the error of a download that is whole by its own account, and of another size than the service names.
WRONG_SIZE = "wrong_size"


# When the one who waits for a call gives up, by the monotonic clock; None: the calls' own timeouts count.
_gives_up: ContextVar[float | None] = ContextVar("gives_up", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Inside this block calls take at most so many seconds in all and are not repeated: somebody waits for a page."""
    token = _gives_up.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _gives_up.reset(token)


class ProviderError(Exception):
    """A call failed. `permanent`: asking again can't help. `doubtful`: the service may have done it all the same."""

    def __init__(
        self, message: str, permanent: bool, *, doubtful: bool = False, status: int | None = None,
        code: str = "", retry_after: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(without_keys(message))
        self.permanent = permanent
        self.doubtful = doubtful
        self.status = status
        self.code = code
        self.retry_after = retry_after


def without_keys(message: str) -> str:
    """The message with our keys taken out: some services repeat a refused key in their answer."""
    for options in settings.PROVIDERS.values():
        if options["api_key"]:
            message = message.replace(options["api_key"], "[key]")
    return message


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at the provider; times are Unix seconds."""

    id: str
    filename: str
    bytes: int
    created_at: int = 0
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteBatch:
    """A batch as the provider describes it; unknown statuses pass through, empty strings become absent ids."""

    id: str
    status: str
    input_file_id: str = ""
    output_file_id: str = ""
    error_file_id: str = ""
    created_at: int = 0
    in_progress_at: int | None = None
    expires_at: int | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    endpoint: str = ""
    model: str = ""


@contextmanager
def failures(doing: str) -> Iterator[None]:
    """Turn whatever the SDK or its HTTP library raises into a ProviderError."""
    try:
        yield
    except openai.APITimeoutError as error:
        late = f"{doing}: the service did not answer in time"
        raise ProviderError(late, False, doubtful=True, status=408, code="timeout") from error
    except openai.APIStatusError as error:
        raise _status_error(doing, error) from error
    except openai.APIConnectionError as error:
        reason = error.__cause__ or error
        raise ProviderError(f"{doing}: no connection to the service ({reason})", False, doubtful=True) from error
    except UNREADABLE as error:
        words = f"{doing}: the answer can't be read ({error})"
        raise ProviderError(words, False, doubtful=True, code="unreadable_answer") from error
    except openai.OpenAIError as error:
        raise ProviderError(f"{doing}: {error}", True) from error


def _status_error(doing: str, error: openai.APIStatusError) -> ProviderError:
    status = error.status_code
    body = error.body if isinstance(error.body, dict) else {}
    words = str(body.get("message") or error.message)[:500]
    hint = {
        401: "the key was refused: check OPENAI_API_KEY",
        403: "the key may not do this",
        404: "not found at the service",
    }.get(status, "")
    transient = status in (408, 409, 429) or status >= 500
    # Right after an upload the service may not see the file yet: the same call succeeds a little later.
    if status == 400 and words.startswith("Cannot find file"):
        transient = True
    if status == 429 and error.code == "insufficient_quota":
        transient, hint = False, "the account has no credit left"
    return ProviderError(
        f"{doing}: {status} {words}" + (f" ({hint})" if hint else ""),
        not transient,
        doubtful=status >= 500 or status == 408,
        status=status,
        code=str(error.code or ""),
        retry_after=asked_delay(error.response.headers),
    )


def _remote_batch(value: Any) -> RemoteBatch:
    if not isinstance(value, openai.types.Batch) or not value.id:
        raise ProviderError("the service answered with something that is no batch", False, doubtful=True)
    errors = value.errors.data if value.errors and value.errors.data else []
    return RemoteBatch(
        id=value.id,
        status=str(value.status),
        input_file_id=value.input_file_id or "",
        output_file_id=value.output_file_id or "",
        error_file_id=value.error_file_id or "",
        created_at=value.created_at or 0,
        in_progress_at=value.in_progress_at,
        expires_at=value.expires_at,
        errors=[error.model_dump() for error in errors],
        counts=value.request_counts.model_dump() if value.request_counts else {},
        usage=value.usage.model_dump() if value.usage else {},
        metadata=dict(value.metadata or {}),
        endpoint=value.endpoint or "",
        model=value.model or "",
    )


def _remote_file(value: Any) -> RemoteFile:
    if not isinstance(value, openai.types.FileObject) or not value.id:
        raise ProviderError("the service answered with something that is no file", False)
    return RemoteFile(value.id, value.filename or "", value.bytes or 0, value.created_at or 0, value.expires_at)


class Provider:
    """One OpenAI-compatible service, named in the environment."""

    def __init__(self, name: str, base_url: str | None, api_key: str, batch: bool = True) -> None:
        if not api_key:
            variable = "OPENAI_API_KEY" if name == "default" else f"PROVIDER_{name.upper()}_API_KEY"
            raise ProviderError(
                f"No key for the provider '{name}': nothing was sent and nothing is owed. "
                f"Put {variable} into the environment or .env.",
                True,
            )
        self.name, self.base_url, self.api_key, self.batch = name, base_url or None, api_key, batch
        with failures(f"the address of the provider '{name}'"):
            self._sdk = openai.OpenAI(
                api_key=api_key, base_url=self.base_url, timeout=settings.PROVIDER_TIMEOUT, max_retries=2
            )

    @property
    def _client(self) -> openai.OpenAI:
        """The SDK, with the patience of the one who waits."""
        end = _gives_up.get()
        if end is None:
            return self._sdk
        left = end - time.monotonic()
        if left <= 0:
            raise ProviderError("the service did not answer in time", False, doubtful=True, status=408, code="timeout")
        return self._sdk.with_options(timeout=left, max_retries=0)

    def upload(self, handle: BinaryIO, filename: str) -> RemoteFile:
        """Upload a batch input file from an open handle (it is streamed, not read into memory)."""
        with failures("uploading the file"):
            return _remote_file(self._client.files.create(file=(filename, handle), purpose="batch"))

    def find_upload(self, filename: str) -> RemoteFile | None:
        """The newest uploaded batch file of this name, if the service has one."""
        with failures("looking for the uploaded file"):
            for value in self._client.files.list(purpose="batch", limit=100):
                if value.filename == filename:
                    return _remote_file(value)
        return None

    def find_file(self, file_id: str) -> RemoteFile | None:
        """A file by its id; None when the service no longer has it."""
        try:
            with failures("asking for the file"):
                return _remote_file(self._client.files.retrieve(file_id)) if file_id else None
        except ProviderError as error:
            if error.status != 404:
                raise
            return None

    def create_batch(self, input_file_id: str, endpoint: str, metadata: dict[str, str]) -> RemoteBatch:
        """Create a batch, once: the SDK's retries are off, because it sends no idempotency key."""
        client = self._client.with_options(max_retries=0, timeout=settings.CREATE_TIMEOUT_SECONDS)
        with failures("creating the batch"):
            return _remote_batch(
                client.batches.create(
                    input_file_id=input_file_id,
                    endpoint=endpoint,  # type: ignore[arg-type]
                    completion_window="24h",
                    metadata=metadata,
                )
            )

    def retrieve_batch(self, batch_id: str) -> RemoteBatch:
        """The batch as it stands now."""
        with failures("asking for the batch"):
            return _remote_batch(self._client.batches.retrieve(batch_id))

    def list_batches(self) -> Iterator[RemoteBatch]:
        """All batches of the account, page by page; raises LIST_REPEATS when the server gives a page again."""
        seen: set[str] = set()
        with failures("listing the batches"):
            for value in self._client.batches.list(limit=100):
                if value.id in seen:
                    raise ProviderError("the service's list of batches has no end", False, code=LIST_REPEATS)
                seen.add(value.id)
                yield _remote_batch(value)

    def batch_page(self, limit: int, after: str = "") -> tuple[list[RemoteBatch], bool]:
        """The newest batches, or those behind the batch `after`, at most `limit` (100), and whether there are more."""
        with failures("listing the batches"):
            page = self._client.batches.list(limit=limit, after=after or openai.omit)
            return [_remote_batch(value) for value in page.data], bool(page.has_more)

    def file_page(self, limit: int, after: str = "") -> tuple[list[RemoteFile], bool]:
        """The newest files for batches and of their results, or those behind the file `after`; and whether more."""
        with failures("listing the files"):
            page = self._client.files.list(limit=limit, after=after or openai.omit)
            return [_remote_file(value) for value in page.data], bool(page.has_more)

    def cancel_batch(self, batch_id: str) -> RemoteBatch:
        """Ask the service to cancel; what was answered by then comes with the files."""
        with failures("cancelling the batch"):
            return _remote_batch(self._client.with_options(max_retries=0).batches.cancel(batch_id))

    def download(self, file_id: str, target: Path) -> int:
        """Stream a file to `target` and return its bytes; a cut download is an error, never a short file."""
        with failures("downloading the file"):
            expected = _remote_file(self._client.files.retrieve(file_id)).bytes
            with self._client.files.with_streaming_response.content(file_id) as response, target.open("wb") as out:
                for block in response.iter_bytes():
                    out.write(block)
                    self._client  # noqa: B018 -- raises when whoever waits gives up
        size = target.stat().st_size
        if expected and size != expected:
            raise ProviderError(f"downloading the file: {size} of {expected} bytes arrived", False, code=WRONG_SIZE)
        return size

    def delete_file(self, file_id: str) -> None:
        """Delete a file at the service."""
        with failures("deleting the file"):
            self._client.files.delete(file_id)

    def models(self) -> list[str]:
        """Ids of the models that the key can see: the cheapest way to check a key."""
        with failures("asking for the models"):
            return sorted(model.id for model in self._client.models.list())

    def async_client(self) -> openai.AsyncOpenAI:
        """A client for direct requests, to be used in one event loop and closed there; its retries are off."""
        return openai.AsyncOpenAI(api_key=self.api_key, base_url=self.base_url, max_retries=0)


async def ask(
    client: openai.AsyncOpenAI, endpoint: str, body: dict[str, Any], timeout: float
) -> tuple[int, Mapping[str, str], bytes]:
    """Send one body as it is to an endpoint and return status, headers and bytes; call it inside `failures`."""
    response = await client.post(
        endpoint.removeprefix("/v1"), body=body, cast_to=httpx2.Response, options={"timeout": timeout}
    )
    return response.status_code, response.headers, response.content


def verify_webhook(body: bytes, headers: Mapping[str, str]) -> None:
    """Check a webhook's signature and age with the SDK; raises ProviderError when it is not the provider's."""
    if not settings.OPENAI_WEBHOOK_SECRET:
        raise ProviderError("OPENAI_WEBHOOK_SECRET is not set: webhooks can't be verified", True)
    client = openai.OpenAI(api_key="unused", webhook_secret=settings.OPENAI_WEBHOOK_SECRET)
    try:
        client.webhooks.verify_signature(body, headers)
    except ValueError as error:
        raise ProviderError(f"not signed by the provider: {error}", True) from error


@lru_cache(maxsize=16)
def _provider(name: str, base_url: str | None, api_key: str, batch: bool) -> Provider:
    return Provider(name, base_url, api_key, batch)


def get_provider(name: str = "default") -> Provider:
    """The provider of this name; raises ProviderError in a sentence when it has no key or is not configured."""
    options = settings.PROVIDERS.get(name)
    if options is None:
        known = ", ".join(sorted(settings.PROVIDERS)) or "none"
        raise ProviderError(f"No provider '{name}' is configured (configured: {known}). See PROVIDERS in .env.", True)
    return _provider(name, options["base_url"], options["api_key"], options["batch"])
