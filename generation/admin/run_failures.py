"""What failed in a run as a file: CSV for spreadsheets, JSONL for scripts; streamed row by row."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

from generation.models import RequestStatus, Run
from generation.models.requests import RETRYABLE

COLUMNS = (
    "recipe", "collection", "category", "label", "custom_id", "status", "error_code", "cause", "error_message",
    "attempt_count",
)  # fmt: skip
CHUNK = 1000
# A spreadsheet takes a cell that begins so for a formula and would carry it out.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


class _Line:
    """A file whose writes come back as their own text."""

    def write(self, text: str) -> str:
        return text


def guarded(value: Any) -> Any:
    """The value for a cell of a spreadsheet: text that would be a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def failures_file(run: Run, form: str) -> StreamingHttpResponse:
    """The failed and blocked requests of the run in their order, as `csv` or `jsonl`."""
    rows = run.requests.filter(status__in=(*RETRYABLE, RequestStatus.BLOCKED)).order_by("pk").values_list(*COLUMNS)
    lines = (_csv if form == "csv" else _jsonl)(rows.iterator(CHUNK))
    answer = StreamingHttpResponse(lines, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="run-{run.pk}-failures.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _csv(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    # With the mark at the start, spreadsheets read it as UTF-8.
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow([guarded(value) for value in row])


def _jsonl(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n"
