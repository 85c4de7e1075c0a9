"""Search in the present texts of a filter, with excerpts; and replace at the places that a person ticks."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from generation import review
from generation.desk.menu import menu
from generation.desk.page import desk_url
from generation.desk.queue import Queue
from generation.drafts import tidy
from generation.review.replacing import Place, pattern, replace_places, starts

# So many places are shown at once: replacing them first makes room for the next.
MAX_PLACES = 300
MAX_RECORDS = 100
AROUND = 60


@dataclass(frozen=True)
class Found:
    """One place: what stands before, there and after it, on its line; with "…" where the line goes on."""

    place: Place
    line: int
    before: str
    there: str
    after: str


@dataclass
class Hit:
    """One record with its places."""

    artefact: Any
    url: str
    places: list[Found] = field(default_factory=list)


def search_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The form, the places that were found, and (by POST) the replacement at the ticked ones."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    queue = Queue.of(model_admin, request)
    asked = request.POST if request.method == "POST" else request.GET
    find, ignore_case = tidy(asked.get("find", "")), asked.get("ignore_case") == "1"
    refusal, hits = "", list[Hit]()
    edits = model_admin.has_change_permission(request)
    try:
        if request.method == "POST":
            return _replaced(model_admin, request, find, ignore_case)
        if "find" in request.GET:
            hits = list(find_in(model_admin, queue, find, ignore_case=ignore_case))
    except review.ReviewRefused as refused:
        refusal = str(refused)
    kept = [(name, value) for name, value in queue.params.items() if name not in ("find", "ignore_case", "replacement")]
    context = {
        "queue": queue, "find": find, "ignore_case": ignore_case, "replacement": asked.get("replacement", ""),
        "hits": hits, "places": sum(len(hit.places) for hit in hits), "searched": "find" in asked and not refusal,
        "refusal": refusal, "may_edit": edits, "kept": kept, "full": len(hits) >= MAX_RECORDS, "cap": MAX_PLACES,
        **menu(model_admin, request.user, request.GET),
    }  # fmt: skip
    title = "Search in texts"
    return model_admin.page(request, "generation/desk/search.html", title, status=422 if refusal else 200, **context)


def _replaced(model_admin: Any, request: HttpRequest, find: str, ignore_case: bool) -> HttpResponse:
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    places = [Place.of(name) for name in request.POST.getlist("place")]
    sought = pattern(find, ignore_case=ignore_case)
    replacement = tidy(request.POST.get("replacement", ""))
    result = replace_places(model_admin.model, places, sought, replacement, request.user)
    skipped = "".join(f"; {count:,} left alone: {why}" for why, count in result.skipped.items())
    messages.success(
        request, f"{result.done:,} changed{skipped}. The text before is in the history of each, to be brought back."
    )
    return redirect(request.get_full_path())


def find_in(model_admin: Any, queue: Queue, find: str, *, ignore_case: bool) -> "islice[Hit]":
    """Records of the filter with the places in them; raises ReviewRefused for what can't be searched."""
    return islice(_hits(model_admin, queue, pattern(find, ignore_case=ignore_case), find, ignore_case), MAX_RECORDS)


def _hits(model_admin: Any, queue: Queue, sought: Any, find: str, ignore_case: bool) -> Any:
    left = MAX_PLACES
    for artefact in _candidates(queue.rows, find, ignore_case).iterator(MAX_RECORDS):
        text = artefact.current.text
        hit = Hit(artefact, desk_url(model_admin, artefact.pk))
        for start in islice(starts(sought, text), left):
            hit.places.append(_found(artefact, text, start, len(find)))
        left -= len(hit.places)
        if hit.places:
            yield hit
        if left <= 0:
            return


def _candidates(rows: QuerySet[Any], find: str, ignore_case: bool) -> QuerySet[Any]:
    """What the database finds; SQLite knows upper and lower case of ASCII only, so all are looked at where it can't."""
    found = rows.select_related("item__collection", "current").order_by("item__collection_id", "item__position", "pk")
    if ignore_case and not find.isascii():
        return found
    return found.filter(**{f"current__text__{'icontains' if ignore_case else 'contains'}": find})


def _found(artefact: Any, text: str, start: int, length: int) -> Found:
    end = start + length
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = last if last >= 0 else len(text)
    begin, stop = max(first, start - AROUND), min(last, end + AROUND)
    before = ("… " if begin > first else "") + text[begin:start]
    after = text[end:stop] + (" …" if stop < last else "")
    place = Place(artefact.pk, artefact.current_id, start)
    return Found(place, text.count("\n", 0, start) + 1, before, text[start:end], after)
