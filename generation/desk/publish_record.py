"""What publishing one record would do to which files, line by line; then the same page publishes it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from generation import review
from generation.admin_base.access import may
from generation.desk.deeds import published_words
from generation.desk.differences import Line, line_difference
from generation.desk.page import desk_url, record_of

# A record's files are few; of more than that only the names are shown.
MOST_SHOWN = 20
# In the address: the page to go back to is the record's own, not the desk.
BACK, RECORD = "back", "record"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that would be written or removed: how, and its changed lines, or a sentence instead of them."""

    path: str
    word: str
    lines: list[Line]
    sentence: str = ""


def publish_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The page with the files; a POST publishes what it showed."""
    if not model_admin.has_view_permission(request) or not may(request.user, "publish_artefact"):
        raise PermissionDenied
    artefact = record_of(model_admin, request, pk)
    if artefact is None:
        raise Http404("There is no such record.")
    back = _back(model_admin, request, pk)
    refusal = ""
    if request.method == "POST":
        try:
            messages.success(request, _published(artefact, request))
            return redirect(back)
        except review.ReviewRefused as refused:
            refusal = str(refused)
    context = {"artefact": artefact, "back": back, "refusal": refusal, **_changes(artefact, request)}
    status = 422 if refusal else 200
    return model_admin.page(request, "generation/desk/publish.html", f"Publish: {artefact}", status=status, **context)


def _back(model_admin: Any, request: HttpRequest, pk: int) -> str:
    if request.GET.get(BACK) == RECORD:
        return reverse(model_admin.change_url, args=[pk])
    return desk_url(model_admin, pk, f"?{request.GET.urlencode()}" if request.GET else "")


def _rows(artefact: Any) -> Any:
    return type(artefact)._default_manager.filter(pk=artefact.pk)


def _published(artefact: Any, request: HttpRequest) -> str:
    if request.POST.get("approved") != str(artefact.approved_id):
        raise review.ReviewRefused("Another text has been approved since you looked: these are its changes now.")
    return published_words(review.publish_artefacts(_rows(artefact), request.user))


def _changes(artefact: Any, request: HttpRequest) -> dict[str, Any]:
    found: list[FileChange] = []

    def note(path: str, before: bytes | None, after: bytes | None) -> None:
        shown = len(found) < MOST_SHOWN
        found.append(_change(path, before, after) if shown else FileChange(path, _word(before, after), []))

    try:
        result = review.what_would_change(_rows(artefact), request.user, note=note)
    except review.ReviewRefused as refused:
        return {"files_refused": str(refused)}
    return {
        "changes": found, "unchanged": result.unchanged, "skipped": result.skipped.items(),
        "possible": bool(result.written or result.unchanged),
    }  # fmt: skip


def _word(before: bytes | None, after: bytes | None) -> str:
    return "new" if before is None else "removed" if after is None else "changed"


def _change(path: str, before: bytes | None, after: bytes | None) -> FileChange:
    word = _word(before, after)
    old, new = _text(before), _text(after)
    if old is None or new is None:
        return FileChange(path, word, [], f"It is no text: {len(after or before or b''):,} bytes.")
    lines = line_difference(old, new)
    return FileChange(path, word, lines, "" if lines else "Only the ends of lines differ.")


def _text(content: bytes | None) -> str | None:
    try:
        text = (content or b"").decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text
