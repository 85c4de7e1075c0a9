"""Requests with what came of them: text, findings, tokens and cost; a fixed number of queries for each recipe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from generation.findings import Finding, Severity
from generation.instructions import instruction_of
from generation.models import ArtefactFinding, Attempt, Purpose, Request, Revision, Run
from generation.models.revisions import ANSWERED
from generation.recipes import Draft, recipe_class


@dataclass
class ResultRow:
    """One request; tokens and cost (nano-dollars, None: unknown) of all its attempts."""

    request: Request
    text: str | None = None
    findings: list[Finding] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    cost: int | None = 0
    desk: str = ""

    def add(self, attempt: Attempt) -> None:
        """Count one attempt."""
        self.input_tokens += attempt.input_tokens
        self.output_tokens += attempt.output_tokens
        known = self.cost is not None and attempt.cost_nano is not None
        self.cost = (self.cost or 0) + (attempt.cost_nano or 0) if known else None


def result_rows(run: Run, requests: Sequence[Request]) -> list[ResultRow]:
    """A row for each request, in order."""
    rows = {request.pk: ResultRow(request) for request in requests}
    attempts = list(Attempt.objects.filter(request__in=rows).order_by("pk"))
    for attempt in attempts:
        rows[attempt.request_id].add(attempt)
    of_attempt = {attempt.pk: attempt.request_id for attempt in attempts}
    revisions: dict[int, Revision] = {}
    for revision in Revision.objects.filter(attempt__in=of_attempt, origin__in=ANSWERED).order_by("pk"):
        revisions[of_attempt[revision.attempt_id or 0]] = revision
        rows[of_attempt[revision.attempt_id or 0]].text = revision.text
    for key in dict.fromkeys(request.recipe for request in requests):
        mine = [rows[request.pk] for request in requests if request.recipe == key and request.pk in revisions]
        if run.purpose == Purpose.REHEARSAL:
            _check(run, key, mine)
        else:
            _link(key, mine)
    if run.purpose != Purpose.REHEARSAL:
        _stored_findings({revision.pk: rows[pk] for pk, revision in revisions.items()})
    return list(rows.values())


def _check(run: Run, key: str, rows: Sequence[ResultRow]) -> None:
    """A rehearsal stores no findings: its texts are checked when they are looked at."""
    items = recipe_class(key).item_model._default_manager.select_related(*recipe_class(key).select_related)
    found = items.in_bulk([row.request.item_id for row in rows])
    present = [row for row in rows if row.request.item_id in found]
    drafts = [Draft(found[row.request.item_id], row.text or "") for row in present]
    recipe = instruction_of(run, key).recipe
    for row, findings in zip(present, recipe.checks(drafts) if drafts else (), strict=True):
        row.findings = findings


def _link(key: str, rows: Iterable[ResultRow]) -> None:
    model: Any = recipe_class(key).artefact_model
    of_item = {row.request.item_id: row for row in rows}
    artefacts = model._default_manager.filter(recipe=key, item__in=of_item).values_list("item_id", "pk")
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_desk"
    for item_id, pk in artefacts:
        of_item[item_id].desk = reverse(name, args=[pk])


def _stored_findings(rows: dict[int, ResultRow]) -> None:
    for found in ArtefactFinding.objects.standing().filter(revision__in=rows):
        rows[found.revision_id].findings.append(
            Finding(found.check_name, Severity(found.severity), found.message, found.place, found.line)
        )
