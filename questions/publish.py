"""Approved answers as result files, which can be evaluated and compared, and as one list of answers."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from generation.exports import Export, ExportFile, register_export
from generation.jsonl import chunked
from generation.models import Attempt, Origin, Revision
from questions.evaluation import answers_of_text, costs, result, variant_name
from questions.models import Answer
from questions.results import Result, ResultSet, placed

CHUNK = 500
EDITED = "edited"
# Variant, mode and model.
Variant = tuple[str, str, str]
# Of an attempt: its run, when it began and when it ended.
Times = tuple[int, datetime, datetime | None]


def approved_answers(artefacts: Any) -> Iterator[list[Answer]]:
    """Chunks of answers with their approved revisions, in the order of the dataset."""
    ids = list(artefacts.order_by("item__position", "pk").values_list("pk", flat=True))
    rows = Answer.objects.select_related(
        "item__collection", "approved__attempt__request__prompt", "approved__attempt__run",
        "approved__parent__attempt__request__prompt", "approved__parent__attempt__run",
    )  # fmt: skip
    for chunk in chunked(ids, CHUNK):
        found = rows.in_bulk(chunk)
        yield [found[pk] for pk in chunk if pk in found and found[pk].approved]


@register_export
class ResultFiles(Export):
    """A result file for each variant among the approved answers: `results/<variant>_<dataset>[_batch].json`."""

    key = "questions.results"
    title = "Result files"
    artefact_model = Answer
    scope = "collection"
    options = {"variant": "name of the variant (otherwise the model and the version of its prompt)"}

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """One file for each variant and mode; what a person wrote is a variant of its own."""
        sets: dict[Variant, ResultSet] = {}
        ids: dict[Variant, list[tuple[int, int]]] = {}
        times: defaultdict[Variant, list[Times]] = defaultdict(list)
        for answers in approved_answers(artefacts):
            attempts = [attempt for answer in answers if (attempt := attempt_of(answer.approved))]
            cost = costs(Attempt.objects.filter(request__in={attempt.request_id for attempt in attempts}))
            for answer in answers:
                variant = self._variant(answer)
                known = sets.setdefault(variant, _empty(variant, answer.item.collection.slug))
                known.results.append(_result(answer, cost))
                if attempt := attempt_of(answer.approved):
                    times[variant].append((attempt.run_id, attempt.started_at, attempt.finished_at))
                ids.setdefault(variant, []).append((answer.pk, answer.approved_id or 0))
        for variant, (path, known) in zip(sets, placed(sets.values()), strict=True):
            artefact_ids, revision_ids = zip(*ids[variant], strict=True)
            known.seconds = _seconds(times[variant])
            yield ExportFile(path, known.to_bytes(), artefact_ids, revision_ids)

    def _variant(self, answer: Answer) -> Variant:
        attempt = attempt_of(answer.approved)
        if attempt is None:
            return EDITED, "", ""
        prompt = attempt.request.prompt
        name = self.chosen.get("variant") or variant_name(attempt.model, prompt.version if prompt else None)
        return name, attempt.mode, attempt.model


def attempt_of(revision: Revision | None) -> Attempt | None:
    """The attempt whose words a revision holds: its own, or that of the candidate that was taken unchanged."""
    if revision is None or revision.attempt:
        return revision.attempt if revision else None
    parent = revision.parent
    taken = revision.origin == Origin.TAKEN and parent is not None and parent.text == revision.text
    return parent.attempt if taken and parent else None


def _seconds(times: Sequence[Times]) -> float:
    """How long the runs took that made the answers, from the first start to the last end in each."""
    spans: dict[int, tuple[datetime, datetime]] = {}
    for run, start, end in times:
        first, last = spans.get(run, (start, start))
        spans[run] = min(first, start), max(last, end or start)
    return sum((last - first).total_seconds() for first, last in spans.values())


def _empty(variant: Variant, dataset: str) -> ResultSet:
    name, mode, model = variant
    return ResultSet(name, dataset, model, mode)


def _result(answer: Answer, cost: dict[int, float | None]) -> Result:
    attempt = attempt_of(answer.approved)
    dollars = cost.get(attempt.request_id, 0.0) if attempt else 0.0
    return result(answer.item, answers_of_text(answer.approved.text if answer.approved else ""), dollars)


@register_export
class AnswerLines(Export):
    """All approved answers of a dataset, one JSON object a line: `answers.jsonl`."""

    key = "questions.answers"
    title = "Answers as JSONL"
    artefact_model = Answer
    scope = "collection"

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """One file."""
        lines: list[str] = []
        artefact_ids: list[int] = []
        revision_ids: list[int] = []
        for answer in (one for chunk in approved_answers(artefacts) for one in chunk):
            if answer.approved:
                artefact_ids.append(answer.pk)
                revision_ids.append(answer.approved.pk)
                lines.append(_line(answer, answer.approved))
        if lines:
            yield ExportFile("answers.jsonl", "".join(lines).encode(), tuple(artefact_ids), tuple(revision_ids))


def _line(answer: Answer, approved: Revision) -> str:
    question = answer.item
    value = {"question_id": question.key, "question": question.text, "answers": answers_of_text(approved.text)}
    return json.dumps(value, ensure_ascii=False) + "\n"
