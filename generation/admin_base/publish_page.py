"""The page that publishes a collection: every export at once, beneath PUBLISH_ROOT or as one zip."""

from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from generation import review
from generation.admin_base.access import require
from generation.desk.whole import FILES_AT_ONCE, file_lists

NOTHING = "Nothing of it is approved yet: only approved texts leave."


def publish_page(model_admin: Any, request: HttpRequest, collection: Any) -> HttpResponseBase:
    """What would change among the files of each export; a POST publishes, or gives a zip."""
    require(request.user, "publish_artefact")
    refusal = ""
    if request.method == "POST":
        try:
            return _carried_out(request, collection)
        except review.ReviewRefused as refused:
            refusal = str(refused)
    number = 0 if request.GET.get("files") else review.approved_in(collection, request.user)
    changes: list[review.Published] = []
    try:
        # Comparing reads every file: of a large collection only when it is asked for.
        if number <= FILES_AT_ONCE:
            changes = review.collection_changes(collection, request.user)
    except review.ReviewRefused as refused:
        refusal = refusal or str(refused)
    context = {
        "collection": collection,
        "many": number if number > FILES_AT_ONCE else 0,
        "exports": [(one.title, file_lists(one.result), one.result.skipped.items()) for one in changes],
        "ready": number > FILES_AT_ONCE or any(_files(one.result) for one in changes),
        "nothing": NOTHING,
        "refusal": refusal,
    }
    status = 422 if request.method == "POST" else 200
    return model_admin.page(request, "generation/publish.html", f"Publish {collection}", status=status, **context)


def _files(result: Any) -> int:
    return len(result.written) + len(result.unchanged)


def _carried_out(request: HttpRequest, collection: Any) -> HttpResponseBase:
    if request.POST.get("step") == "zip":
        return _zip(request, collection)
    done = review.publish_collection(collection, request.user)
    if not any(_files(one.result) for one in done):
        raise review.ReviewRefused(NOTHING)
    messages.success(request, published_words(done))
    return redirect(request.path)


def published_words(done: Sequence[review.Published]) -> str:
    """`Published: 3 written, 2 unchanged, 1 removed.`"""
    counts = {
        "written": sum(len(one.result.written) for one in done),
        "unchanged": sum(len(one.result.unchanged) for one in done),
        "removed": sum(len(one.result.removed) for one in done),
    }
    return f"Published: {', '.join(f'{number:,} {word}' for word, number in counts.items() if number)}."


def _zip(request: HttpRequest, collection: Any) -> HttpResponse | FileResponse:
    # The response closes the file, and with that it is gone.
    archive = TemporaryFile()  # noqa: SIM115
    try:
        result = review.collection_zip(collection, request.user, archive)
        if not result.written:
            raise review.ReviewRefused(NOTHING)
    except review.ReviewRefused:
        archive.close()
        raise
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=f"{collection.slug}.zip")
