"""Rows of questions for tests."""

import json
from typing import Any

from generation.models import Attempt, Origin, Request, Revision, Run
from questions.matching import Rule
from questions.models import Answer, Dataset, Question
from questions.results import Result, ResultSet
from questions.scoring import score

Gold = tuple[str, ...]


def dataset(*gold: Gold, slug: str = "set") -> Dataset:
    """A dataset with a question for each tuple of known answers."""
    made = Dataset.objects.create(slug=slug, name=slug.capitalize())
    rows = [
        Question(collection=made, key=f"q{n}", position=n, text=f"question {n}", gold=[[one] for one in answers])
        for n, answers in enumerate(gold, start=1)
    ]
    for row in rows:
        row.source_hash = row.compute_hash()
    Question.objects.bulk_create(rows)
    return made


def answered(run: Run, question: Question, answers: list[str] | None, *costs: int | None, **fields: Any) -> Request:
    """A finished request of the run with an attempt for each cost; without answers it failed."""
    status = "invalid" if answers is None else "succeeded"
    request = Request.objects.create(
        run=run, recipe="questions.answer", item_id=question.pk, label=question.label,
        collection=question.collection.slug, custom_id=f"{run.key}-{question.pk}",
        **({"status": status} | fields),
    )  # fmt: skip
    attempts = [
        Attempt.objects.create(
            request=request, run=run, number=number, mode=run.mode, provider="default", model="m-1", input_tokens=5,
            outcome="succeeded" if answers is not None else "invalid_output", cost_nano=cost,
        )
        for number, cost in enumerate(costs, start=1)
    ]  # fmt: skip
    if answers is not None:
        text = json.dumps({"answers": answers})
        Revision.objects.create(
            recipe="questions.answer", item_id=question.pk, origin=Origin.GENERATED, text=text, attempt=attempts[-1]
        )
    return request


def approved(question: Question, revision: Revision) -> Answer:
    """An approved answer."""
    return Answer.objects.create(
        item=question, recipe="questions.answer", status="approved", current=revision, approved=revision
    )


def answered_and_approved(collection: Dataset) -> None:
    """An approved answer of a run to every question."""
    run = Run.objects.create(mode="batch")
    for question in collection.items.order_by("position"):
        request = answered(run, question, ["a1"], 1_000_000)
        approved(question, request.attempts.get().revisions.get())


def results(*pairs: tuple[list[str], Gold], rule: Rule | None = None, **fields: Any) -> ResultSet:
    """A set of results of (predicted, known)."""
    made = []
    for number, (predicted, gold) in enumerate(pairs, start=1):
        known = [[one] for one in gold]
        made.append(Result(f"q{number}", f"question {number}", predicted, known, 0.001, score(predicted, known, rule)))
    return ResultSet(**({"variant_name": "v", "dataset_name": "d", "results": made} | fields))
