"""The desk's pages: plain pages and forms; asked by its script they answer the same as JSON with a piece of HTML."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from generation import advance, review
from generation.desk.claims import claim, claim_sentence, claimed_by_others, release
from generation.desk.deeds import Asked
from generation.desk.differences import line_difference
from generation.desk.form import form_of
from generation.desk.keys import KEYS, keys_off, switch_off
from generation.desk.page import desk_context, desk_url, frame_context, record_of, works_here
from generation.desk.posts import ADVANCING, carried_out, number
from generation.desk.queue import Queue
from generation.drafts import tidy
from generation.pipeline.plan import PlanError
from generation.prompts import PromptError

REFUSALS = (review.ReviewRefused, PlanError, PromptError, advance.LaunchRefused)
GONE = (
    "This record is not there any more: it was deleted, or its collection is restricted now. Nothing you typed is lost."
)
View = Callable[..., HttpResponse]


def desk_view(model_admin: Any, request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The desk on one record, or on the first of the queue."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    queue = Queue.of(model_admin, request)
    desk = Desk(model_admin, request, queue)
    if request.method == "POST":
        return desk.post(pk)
    if pk is None:
        return desk.arrive(queue.first())
    artefact = record_of(model_admin, request, pk)
    if artefact is None:
        return desk.gone()
    if request.GET.get("go"):
        return desk.move(artefact)
    return desk.show(artefact)


class Desk:
    """One request to the desk: where it goes, and whether it is answered as a page or to the script."""

    def __init__(self, model_admin: Any, request: HttpRequest, queue: Queue) -> None:
        self.admin = model_admin
        self.request = request
        self.queue = queue
        self.scripted = request.headers.get("X-Desk") == "1"

    def show(self, artefact: Any, said: str = "", asked: Asked | None = None, refusal: str = "") -> HttpResponse:
        """One record."""
        context = desk_context(self.admin, self.request, self.queue, artefact, asked=asked)
        url = desk_url(self.admin, artefact.pk, self.queue.query)
        return self._answer("main", str(artefact), context, url, said, refusal=refusal)

    def arrive(self, pk: int | None, said: str = "") -> HttpResponse:
        """Go to this record, or say that there is none."""
        if not self.scripted and (pk is not None or self.request.method == "POST"):
            if said:
                messages.success(self.request, said)
            return redirect(desk_url(self.admin, pk, self.queue.query))
        artefact = record_of(self.admin, self.request, pk) if pk is not None else None
        return self.show(artefact, said) if artefact is not None else self.empty(said)

    def empty(self, said: str = "") -> HttpResponse:
        """Nothing in the filter waits, or others have open what does."""
        context = frame_context(self.admin, self.request, self.queue)
        claimed = [(claim_sentence(one), desk_url(self.admin, pk, self.queue.query)) for pk, one in self._elsewhere()]
        url = desk_url(self.admin, None, self.queue.query)
        return self._answer("empty", "Nothing waits", {**context, "elsewhere": claimed}, url, said)

    def _elsewhere(self) -> list[tuple[int, Any]]:
        waiting = self.queue.rows.filter(pk__in=self.queue.claimed).values_list("pk", flat=True)[:20]
        return [(pk, self.queue.claimed[pk]) for pk in waiting]

    def move(self, artefact: Any) -> HttpResponse:
        """Next, previous or skip: nothing is changed, but the record is free for others."""
        way = self.request.GET["go"]
        found = self.queue.neighbour(self.queue.place(artefact), forward=way != "previous")
        if found is None:
            said = "This is the first of the queue." if way == "previous" else "This is the last of the queue."
            return self.arrive(artefact.pk, said)
        release(self.admin.model, artefact.pk, self.request.user)
        return self.arrive(found, "Skipped, nothing was changed." if way == "skip" else "")

    def post(self, pk: int | None) -> HttpResponse:
        """A press of a button."""
        try:
            return self._undone() if self.request.POST.get("deed") == "undo" else self._decided(pk)
        except PermissionDenied as error:
            if self.scripted:
                return JsonResponse({"said": f"Not allowed: {error}" if str(error) else "Not allowed."}, status=403)
            raise

    def _undone(self) -> HttpResponse:
        try:
            artefact = review.undo(number(self.request.POST, "event"), self.request.user)
        except review.ReviewRefused as refused:
            if self.scripted:
                return JsonResponse({"said": str(refused)}, status=422)
            messages.error(self.request, str(refused))
            return redirect(self.request.get_full_path())
        return self.arrive(artefact.pk, f"Undone: it is '{artefact.get_status_display()}' again.")

    def _decided(self, pk: int | None) -> HttpResponse:
        artefact = record_of(self.admin, self.request, pk) if pk is not None else None
        if artefact is None:
            return self.gone()
        place = self.queue.place(artefact)
        asked = Asked.read(artefact, self.request.user, self._form())
        try:
            said = carried_out(asked, self.request.POST)
        except review.Conflict as conflict:
            return self.conflict(artefact, conflict, asked.edited)
        except REFUSALS as refused:
            return self._refused(artefact.pk, asked, str(refused))
        if asked.deed in ADVANCING:
            release(self.admin.model, artefact.pk, self.request.user)
            return self.arrive(self.queue.after(place), f"{said.rstrip('.')}: “{artefact}”.")
        return self.arrive(artefact.pk, said)

    def _form(self) -> Any:
        form = self.request.POST.copy()
        deed = form.get("deed", "save")
        form["reason"] = form.get(f"reason_{deed}", "") or form.get("reason", "")
        return form

    def _refused(self, pk: int, asked: Asked, sentence: str) -> HttpResponse:
        artefact = record_of(self.admin, self.request, pk)
        if artefact is None:
            return self.gone()
        # The text may have been saved before the decision was refused: the next press starts from there.
        saved = artefact.current_id != asked.base and artefact.current.text == asked.text
        if saved:
            asked.base = artefact.current_id
            sentence += " Your text was saved."
        if self.scripted and not saved:
            place = {"place": asked.place} if asked.place else {}
            return JsonResponse({"said": sentence, "deed": asked.deed, **place}, status=422)
        return self.show(artefact, sentence, asked=asked, refusal=sentence)

    def conflict(self, artefact: Any, conflict: review.Conflict, edited: bool) -> HttpResponse:
        """Both texts; nothing is lost."""
        context = {
            "artefact": artefact,
            "theirs": conflict.current,
            "yours": conflict.text,
            "edited": edited,
            "lines": line_difference(conflict.current.text, conflict.text),
            **(form_of(self.admin, artefact, conflict.text) if edited else {}),
            "here": desk_url(self.admin, artefact.pk, self.queue.query),
            "draft_key": f"desk:{self.request.user.pk}:{artefact._meta.label_lower}:{artefact.pk}",
        }
        title = f"The text has changed: {artefact}"
        return self._answer("conflict", title, context, context["here"], "The text has changed meanwhile.", status=409)

    def gone(self) -> HttpResponse:
        """The record is not there, or not for this person."""
        typed = tidy(self.request.POST.get("text", ""))
        url = desk_url(self.admin, None, self.queue.query)
        return self._answer(
            "gone", "Not there", {"typed": typed, "queue_url": url, "sentence": GONE}, url, GONE, status=410
        )

    def _answer(
        self, template: str, title: str, context: dict[str, Any], url: str, said: str = "", *, status: int = 200,
        refusal: str = "",
    ) -> HttpResponse:  # fmt: skip
        """The piece of HTML to the script, or the whole page."""
        name = f"generation/desk/{template}.html"
        context = {**context, "refusal": refusal, "title": title}
        if self.scripted:
            html = render_to_string(name, context, self.request)
            answer = {"said": said, "html": html, "title": title, "url": url}
            return JsonResponse(answer, status=422 if refusal else status)
        if said and not refusal and self.request.method != "POST" and status == 200:
            messages.info(self.request, said)
        context["main_template"] = name
        return self.admin.page(self.request, "generation/desk/desk.html", status=422 if refusal else status, **context)


def claim_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The page is still looked at: renew the claim, and tell who else has the record. Or it was left: release it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("leave"):
        release(model_admin.model, pk, request.user)
        return HttpResponse(status=204)
    artefact = record_of(model_admin, request, pk) if model_admin.has_view_permission(request) else None
    if artefact is None:
        return JsonResponse({"said": GONE}, status=410)
    if works_here(model_admin, request):
        claim(artefact, request.user)
    others = claim_sentence(claimed_by_others(model_admin.model, request.user).get(pk))
    return JsonResponse({"others": others, "revision": artefact.current_id})


def keys_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Each person switches single keys off."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        on = set(request.POST.getlist("on"))
        switch_off(request.user, {key.name for key in KEYS} - on)
        messages.success(request, "Your keys are saved.")
        return redirect(request.path)
    off = keys_off(request.user)
    rows = [(key, key.name not in off) for key in KEYS]
    back = desk_url(model_admin, None)
    return model_admin.page(request, "generation/desk/keys.html", "Keys of the desk", rows=rows, back=back)
