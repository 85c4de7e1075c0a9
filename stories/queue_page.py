"""The page of the queue: one mention at a time, with its story, whom it may mean, and the decision."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from generation.review import actor_label
from stories.marking import marked_texts
from stories.models import OPEN, Entity, Feed, Method, StoryEntity
from stories.names import normal
from stories.queue import Decision, QueueRefused, create, pick, reopen, same_open, undo
from stories.search import MOST, candidates, find_entities, nearest

DECIDES = "stories.change_storyoutput"
LAST = "stories_queue_last"
FILTERS = ("collection", "type", "method", "q")
NOT_OPEN = "Nobody has decided on this mention. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter of the queue as the address has it."""

    collection: str = ""
    type: str = ""
    method: str = ""
    q: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> "Asked":
        """From the address."""
        return cls(**{name: request.GET.get(name, "").strip()[:200] for name in FILTERS})

    def query(self, **more: Any) -> str:
        """The address's query with this filter."""
        kept = {name: value for name, value in (asdict(self) | more).items() if value not in ("", None)}
        return f"?{urlencode(kept)}" if kept else ""

    def rows(self, request: HttpRequest) -> QuerySet[StoryEntity]:
        """The open mentions of the filter that the user may see, in the order in which they were found."""
        rows = visible_mentions(request).open()
        rows = rows.filter(story__collection__slug=self.collection) if self.collection else rows
        rows = rows.filter(type=self.type) if self.type else rows
        rows = rows.filter(method=self.method) if self.method in OPEN else rows
        return (rows.filter(normal_mention__contains=normal(self.q)) if self.q else rows).order_by("pk")


def visible_mentions(request: HttpRequest) -> Any:
    """Mentions in feeds that the user may see."""
    rows = StoryEntity.objects.all()
    user = request.user
    return rows if user.is_superuser else rows.filter(story__collection__in=Feed.objects.visible_to(user))


def may_decide(request: HttpRequest) -> bool:
    """Who edits what was found in stories decides on mentions."""
    return request.user.has_perm(DECIDES)


def queue_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """One mention of the queue, or what a press of a button did."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        return _pressed(model_admin, request)
    return _shown(model_admin, request)


def entities_found(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """What a typed search found, as the piece of the page that shows it."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    row = _row(request, request.GET.get("at", ""))
    if row is None:
        raise Http404
    return render(request, "stories/found.html", _found(request, row) | {"decides": may_decide(request)})


def _shown(model_admin: Any, request: HttpRequest, refusal: str = "") -> HttpResponse:
    asked, at = Asked.read(request), request.POST.get("row") or request.GET.get("at", "")
    rows = asked.rows(request)
    row = _row(request, at) or rows.filter(pk__gt=_number(at)).first() or rows.first()
    context: dict[str, Any] = {
        "asked": asked,
        "queue_url": _address(model_admin),
        "filter_query": asked.query(),
        "feeds": Feed.objects.visible_to(request.user),
        "types": visible_mentions(request).open().order_by("type").values_list("type", flat=True).distinct(),
        "methods": [(one.value, one.label) for one in OPEN],
        "waiting": rows.count(),
        "last": last_decision(request),
        "decides": may_decide(request),
        "refusal": refusal,
        "row": row,
    }
    if row is not None:
        context |= _about(request, row) | _ways(rows, row, asked)
    title = f"{row.mention}: whom does it mean?" if row else "Mentions"
    return model_admin.page(request, "stories/queue.html", title, status=422 if refusal else 200, **context)


def _about(request: HttpRequest, row: StoryEntity) -> dict[str, Any]:
    """The mention in its story, the entities that it may mean, and what was looked for."""
    known = candidates(row)
    same = same_open(row).count()
    offered = known if row.method == Method.AMBIGUOUS else known or nearest(row)
    return {
        "texts": marked_texts(row.story.texts, [row.mention]),
        "details": [(name.replace("_", " "), value) for name, value in row.details.items() if value],
        "offered": offered,
        "same": same,
        **_found(request, row),
    }


def _found(request: HttpRequest, row: StoryEntity) -> dict[str, Any]:
    text, type = request.GET.get("find", "").strip()[:200], request.GET.get("of", row.type)
    found = find_entities(row.story.collection_id, type, text)
    types = Entity.objects.filter(collection=row.story.collection_id).order_by("type")
    return {
        "row": row, "find": text, "of": type, "found": found, "full": len(found) == MOST,
        "known_types": list(types.values_list("type", flat=True).distinct()),
    }  # fmt: skip


def _ways(rows: QuerySet[StoryEntity], row: StoryEntity, asked: Asked) -> dict[str, Any]:
    """Where the mention stands in the queue, and the addresses before and after it; round again at the end."""
    before, after = rows.filter(pk__lt=row.pk), rows.filter(pk__gt=row.pk)
    next_pk = after.values_list("pk", flat=True).first() or rows.values_list("pk", flat=True).first()
    previous = before.values_list("pk", flat=True).last() or rows.values_list("pk", flat=True).last()
    return {
        "position": before.count() + 1 if row.is_open else 0,
        "next_url": asked.query(at=next_pk),
        "previous_url": asked.query(at=previous),
    }


def _pressed(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not may_decide(request):
        raise PermissionDenied("Deciding on mentions needs the right to edit what was found in stories.")
    asked = Asked.read(request)
    row = _row(request, request.POST.get("row", ""))
    try:
        if request.POST.get("deed") == "undo":
            return redirect(_address(model_admin) + asked.query(at=_undone(request)))
        if row is None:
            raise QueueRefused("The mention is gone: its story was generated or edited anew. Nothing was changed.")
        if request.POST.get("deed") == "reopen":
            return redirect(_address(model_admin) + asked.query(at=_reopened(request, row)))
        decision = _decided(request, row)
    except QueueRefused as refused:
        return _shown(model_admin, request, refusal=str(refused))
    request.session[LAST] = asdict(decision) | {"moment": decision.moment.isoformat(), "row": row.pk}
    messages.success(request, in_words(decision))
    following = asked.rows(request).filter(pk__gt=row.pk).values_list("pk", flat=True).first()
    return redirect(_address(model_admin) + asked.query(at=following or 0))


def _decided(request: HttpRequest, row: StoryEntity) -> Decision:
    """Carry out the press of a button on this mention; raises QueueRefused."""
    post, actor = request.POST, actor_label(request.user)
    alias, same = "keep_alias" in post, "apply_to_same" in post
    seen = post.get("seen", "")
    if seen != seen_mark(row):
        raise QueueRefused(f"Meanwhile {row.decided_by or 'the machine'} has decided on this mention.")
    if post.get("deed") == "create":
        name, external_id, team = (_typed(request, field) for field in ("name", "external_id", "team"))
        return create(
            row, actor, name=name, external_id=external_id, team=team, keep_alias=alias, apply_to_same=same
        )  # fmt: skip
    entity = Entity.objects.filter(collection=row.story.collection_id, pk=_number(post.get("pick", ""))).first()
    if entity is None:
        raise QueueRefused("There is no such entity in this feed: choose another one. Nothing was changed.")
    return pick(row, entity, actor, keep_alias=alias, apply_to_same=same)


def _typed(request: HttpRequest, field: str) -> str:
    """What was typed for a column of the new entity; raises QueueRefused where the column can't hold it."""
    text = " ".join(request.POST.get(field, "").replace("\x00", "").split())
    longest: int = getattr(Entity._meta.get_field(field), "max_length", 0)
    if len(text) > longest:
        raise QueueRefused(f"The {field.replace('_', ' ')} has more than {longest} characters. Nothing was changed.")
    return text


def seen_mark(row: StoryEntity) -> str:
    """What a page shows of the state of a mention; another one means that somebody was faster."""
    return f"{row.method}:{row.decided_by}"


def _undone(request: HttpRequest) -> int:
    last, row = last_decision(request), request.session.get(LAST, {}).get("row", 0)
    if last is None:
        raise QueueRefused("There is no decision of yours to take back.")
    request.session.pop(LAST)
    rows = undo(last)
    messages.success(request, f"Taken back: “{last.mention}” is {last.name} no longer ({_count(rows)}).")
    return int(row)


def _reopened(request: HttpRequest, row: StoryEntity) -> int:
    if row.is_open or not row.decided_by:
        raise QueueRefused(NOT_OPEN)
    reopen([row.pk])
    row.refresh_from_db()
    messages.success(request, f"Looked at anew: “{row.mention}” is {row.get_method_display()}.")
    return row.pk


def last_decision(request: HttpRequest) -> Decision | None:
    """The person's last decision in this session that was not taken back."""
    kept = dict(request.session.get(LAST, {}))
    kept.pop("row", None)
    return replace(Decision(**kept), moment=datetime.fromisoformat(kept["moment"])) if kept else None


def in_words(decision: Decision) -> str:
    """What a decision did, for the message above the next mention."""
    made = "made and picked" if decision.created else "picked"
    alias = f"; “{decision.alias}” is kept as another name" if decision.alias else ""
    return f"“{decision.mention}”: {decision.name} {made} ({_count(decision.rows)}){alias}."


def _count(rows: int) -> str:
    return f"{rows:,} mention{'s' if rows != 1 else ''}"


def _row(request: HttpRequest, number: str) -> StoryEntity | None:
    rows = visible_mentions(request).select_related("story__collection", "entity")
    return rows.filter(pk=_number(number)).first() if _number(number) else None


def _number(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdecimal() else 0


def _address(model_admin: Any) -> str:
    return reverse(f"{model_admin.admin_site.name}:stories_storyentity_queue")
