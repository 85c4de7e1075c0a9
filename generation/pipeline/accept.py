"""Accept: good answers become artefacts: cleaned, validated, checked; a person's work is never written over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from generation.base_models import Artefact, ArtefactStatus
from generation.causes import trouble
from generation.findings import Finding, weight
from generation.instructions import instruction
from generation.jsonl import AnswerLine, read_answer
from generation.models import ArtefactFinding, Attempt, Origin, Purpose, Request, RequestStatus, Revision, Run
from generation.models.inserts import copied, insert_objects, insert_rows
from generation.models.revisions import ANSWERED, FINDING_COLUMNS, finding_values
from generation.outcomes import OutcomeKind, judge, message_texts
from generation.recipes import Accepted, Draft, InvalidOutput, Recipe

CHUNK = 500
REVISION_COLUMNS = ("item_id", "text", "attempt_id", "source_hash", "recipe_hash", "dependencies")
# Purposes whose texts become no artefacts, and how these texts are marked.
ORIGINS = {Purpose.COMPARISON: Origin.TRIED, Purpose.REHEARSAL: Origin.REHEARSED}


class Waiting(NamedTuple):
    """What is read of a request here: the rest of its row stays where it is."""

    pk: int
    recipe: str
    collection: str
    item_id: int
    source_hash: str
    recipe_hash: str
    dependencies: list[int]


@dataclass(slots=True)
class Made:
    """One accepted answer on its way: its revision, and the artefact that it belongs to."""

    request: Waiting
    item: Any
    accepted: Accepted
    revision: Revision
    artefact: Any = None
    is_candidate: bool = False
    findings: list[Finding] = field(default_factory=list)


def accept(run: Run, alive: Callable[[], bool] = lambda: True) -> bool:
    """Accept everything that waits in the run, chunk by chunk; False when `alive` said to stop between two."""
    while alive():
        with transaction.atomic():
            if not _accept_chunk(run):
                return True
    return False


def _accept_chunk(run: Run) -> bool:
    rows = run.requests.unaccepted().order_by("pk")
    # A second worker passes over what the first has locked; SQLite locks the whole database instead.
    locked = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    requests = [Waiting._make(row) for row in locked.values_list(*Waiting._fields)[:CHUNK]]
    for (key, collection), group in groupby(requests, key=lambda row: (row.recipe, row.collection)):
        recipe = instruction(key, collection, run.model).recipe
        _accept_group(run, recipe, list(group))
    # Not those refused just now: when a retry of them succeeds, it is still to be accepted.
    done = Request.objects.filter(pk__in=[row.pk for row in requests], status=RequestStatus.SUCCEEDED)
    done.update(accepted_at=timezone.now())
    return bool(requests)


def _accept_group(run: Run, recipe: Recipe, requests: list[Waiting]) -> None:
    items = recipe.items([request.item_id for request in requests])
    now = timezone.now()
    origin = ORIGINS.get(Purpose(run.purpose), Origin.GENERATED)
    shared = {"recipe": recipe.key, "created_at": now, "origin": origin}
    made = list(_read_all(recipe, requests, items, Revision(**shared)))
    _store_revisions(shared, [one.revision for one in made])
    if run.purpose in ORIGINS:
        return
    made = [one for one in made if one.item is not None]
    _attach(recipe, made, now)
    _store_findings(recipe, made)
    current = [one for one in made if not one.is_candidate]
    recipe.project([one.revision for one in current])


def _read_all(
    recipe: Recipe, requests: Sequence[Waiting], items: dict[int, Any], like: Revision
) -> Iterator[Made]:
    ids = [request.pk for request in requests]
    good = Attempt.objects.filter(request__in=ids, outcome=OutcomeKind.SUCCEEDED).order_by("number")
    newest = {request: (attempt, raw) for request, attempt, raw in good.values_list("request", "pk", "raw__line")}
    for request in requests:
        (attempt, raw), item = newest[request.pk], items.get(request.item_id)
        try:
            accepted = _read(recipe, item, bytes(raw))
        except InvalidOutput as error:
            _refuse(request, attempt, str(error))
            continue
        yield Made(request, item, accepted, _revision(request, attempt, accepted.text, like))


def _read(recipe: Recipe, item: Any, raw: bytes) -> Accepted:
    answer = read_answer(raw)
    first: InvalidOutput | None = None
    # A real batch can hold a fragment before the whole message: the whole text first, then each message alone.
    for text in _texts(answer):
        try:
            return recipe.accept(item, recipe.read(text)) if item is not None else Accepted(text)
        except InvalidOutput as error:
            first = first or error
    raise first or InvalidOutput("the answer holds no text")


def _texts(answer: AnswerLine) -> Iterator[str]:
    whole = judge(answer).text
    yield whole
    yield from dict.fromkeys(text for text in message_texts(answer.body) if text != whole)


def _refuse(request: Waiting, attempt: int, reason: str) -> None:
    # Still paid: the attempt keeps its usage and cost, only what it was good for changes.
    code = OutcomeKind.INVALID_OUTPUT.value
    Attempt.objects.filter(pk=attempt).update(outcome=code, error_code=code, error_message=reason[:2000])
    Request.objects.filter(pk=request.pk).update(status=RequestStatus.INVALID, **trouble(code, reason))


def _revision(request: Waiting, attempt: int, text: str, like: Revision) -> Revision:
    return copied(
        like,
        item_id=request.item_id,
        text=text,
        attempt_id=attempt,
        source_hash=request.source_hash,
        recipe_hash=request.recipe_hash,
        dependencies=request.dependencies,
    )


def _store_revisions(shared: dict[str, Any], revisions: Sequence[Revision]) -> None:
    insert_rows(Revision, shared, REVISION_COLUMNS, map(attrgetter(*REVISION_COLUMNS), revisions))
    attempts = [revision.attempt_id for revision in revisions]
    stored = Revision.objects.filter(attempt__in=attempts, origin__in=ANSWERED).order_by()
    ids: dict[int | None, int] = dict(stored.values_list("attempt", "pk"))
    for revision in revisions:
        revision.pk = ids[revision.attempt_id]


def _attach(recipe: Recipe, made: Sequence[Made], now: datetime) -> None:
    """Create artefacts, replace untouched drafts, offer the rest as candidates; findings weigh what is current."""
    model = recipe.artefact_model
    ids = [one.item.pk for one in made]
    rows = model._default_manager.select_for_update().filter(recipe=recipe.key, item_id__in=ids)
    # Without an order, here and below: to give one, SQLite would rather go through all artefacts of the recipe.
    standing = {row.item_id: row for row in rows.order_by()}
    new, changed = [], []
    like = model(recipe=recipe.key, created_at=now, updated_at=now)
    for one in made:
        artefact = standing.get(one.item.pk)
        if artefact is None:
            artefact = copied(like, item_id=one.item.pk)
            new.append(artefact)
        else:
            changed.append(artefact)
            one.is_candidate = bool(artefact.current_id) and not _untouched(artefact)
        one.artefact = artefact
        _point(one, now)
    _weigh(recipe, made)
    _store_new(recipe, new)
    columns = {name for one in made for name in one.accepted.fields}
    standard = ["current", "candidate", "source_hash", "recipe_hash", "weight", "updated_at"]
    if changed:
        # As an upsert: the cases of a bulk_update cost several times as much.
        fields = [*standard, *sorted(columns)]
        model._default_manager.bulk_create(changed, update_conflicts=True, unique_fields=["pk"], update_fields=fields)


def _store_new(recipe: Recipe, artefacts: Sequence[Artefact]) -> None:
    insert_objects(artefacts)
    items = [artefact.item_id for artefact in artefacts]
    stored = recipe.artefact_model._default_manager.filter(recipe=recipe.key, item__in=items)
    ids = dict(stored.order_by().values_list("item", "pk"))
    for artefact in artefacts:
        artefact.pk = ids[artefact.item_id]


def _untouched(artefact: Artefact) -> bool:
    return artefact.status == ArtefactStatus.NEEDS_REVIEW and not artefact.touched


def _point(one: Made, now: datetime) -> None:
    artefact = one.artefact
    artefact.source_hash, artefact.recipe_hash = one.revision.source_hash, one.revision.recipe_hash
    artefact.updated_at = now
    if one.is_candidate:
        artefact.candidate_id = one.revision.pk
        return
    artefact.current_id = one.revision.pk
    for name, value in one.accepted.fields.items():
        setattr(artefact, name, value)


def _weigh(recipe: Recipe, made: Sequence[Made]) -> None:
    drafts = [Draft(one.item, one.revision.text, one.artefact.pk or 0) for one in made]
    for one, findings in zip(made, recipe.checks(drafts), strict=True):
        one.findings = findings
        if not one.is_candidate:
            one.artefact.weight = weight(findings)


def _store_findings(recipe: Recipe, made: Sequence[Made]) -> None:
    rows = (finding_values(one.artefact.pk, one.revision, one.findings) for one in made)
    insert_rows(ArtefactFinding, {"recipe": recipe.key}, FINDING_COLUMNS, list(chain.from_iterable(rows)))
