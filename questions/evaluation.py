"""Stored runs as evaluated answers: what each question was answered, and what that cost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum

from generation.costs import NANO
from generation.models import Attempt, Origin, Prompt, Request, RequestStatus, Revision, Run
from generation.models.requests import OPEN
from generation.recipes import InvalidOutput
from questions.matching import Rule
from questions.models import Answer, Dataset, Question
from questions.recipes import AnswerRecipe
from questions.results import Result, ResultSet
from questions.scoring import score

# What was never asked has no place in a score.
NOT_ASKED = (*OPEN, RequestStatus.CANCELLED, RequestStatus.BLOCKED, RequestStatus.UNCHANGED)
AS_THEY_STAND = "answers as they stand"


class NothingToEvaluate(Exception):
    """There is no such run, or nothing was answered in it; the message says which."""


def evaluate_run(run_id: int, rule: Rule | None = None, variant: str = "") -> list[ResultSet]:
    """The answers of a run, scored now: one set for each dataset in it. Raises NothingToEvaluate.

    A question that was asked and not answered (an invalid output, a failure) counts as failed, and its cost counts.
    `variant` is the name in the result files; by default the model and the version of its prompt.
    """
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise NothingToEvaluate(f"There is no run {run_id}.")
    asked = run.requests.filter(recipe=AnswerRecipe.key).exclude(status__in=NOT_ASKED)
    slugs = asked.order_by().values_list("collection", flat=True).distinct()
    sets = [_set_of(run, asked.filter(collection=slug).order_by("pk"), slug, rule, variant) for slug in sorted(slugs)]
    if not sets:
        raise NothingToEvaluate(f"Run {run_id} has no answered questions.")
    return sets


def evaluate_answers(dataset: Dataset, rule: Rule | None = None) -> ResultSet:
    """The answers of a dataset as they stand now, whoever wrote them. Raises NothingToEvaluate."""
    rows = Answer.objects.filter(item__collection=dataset, item__removed_at=None, recipe=AnswerRecipe.key)
    rows = rows.select_related("item", "current__attempt").defer("item__context").order_by("item__position", "pk")
    cost = costs(Attempt.objects.filter(request__recipe=AnswerRecipe.key, request__collection=dataset.slug))
    results = []
    for answer in rows:
        attempt = answer.current.attempt if answer.current else None
        dollars = cost.get(attempt.request_id, 0.0) if attempt else 0.0
        text = answer.current.text if answer.current else ""
        results.append(result(answer.item, answers_of_text(text), dollars, rule))
    if not results:
        raise NothingToEvaluate(f"'{dataset.name}' has no answers yet.")
    return ResultSet(variant_name=AS_THEY_STAND, dataset_name=dataset.slug, results=results)


def _set_of(run: Run, asked: Any, slug: str, rule: Rule | None, variant: str) -> ResultSet:
    requests: list[Request] = list(asked)
    attempts = run.attempts().filter(request__recipe=AnswerRecipe.key, request__collection=slug)
    model = _most(attempts.values_list("model", flat=True)) or run.model
    times = attempts.aggregate(first=Min("started_at"), last=Max("finished_at"))
    taken = times["last"] - times["first"] if times["first"] and times["last"] else None
    return ResultSet(
        variant_name=variant or variant_name(model, _prompt_version(requests)), dataset_name=slug, model=model,
        mode=run.mode, status=run.status, results=list(_results(run, requests, costs(attempts), rule)),
        seconds=taken.total_seconds() if taken else 0.0,
    )  # fmt: skip


def _results(
    run: Run, requests: Sequence[Request], cost: dict[int, float | None], rule: Rule | None
) -> Iterator[Result]:
    made = Revision.objects.filter(attempt__run_id=run.pk, recipe=AnswerRecipe.key, origin=Origin.GENERATED)
    # In a retried request the last revision counts.
    texts = dict(made.order_by("pk").values_list("attempt__request_id", "text"))
    questions = Question.objects.in_bulk([request.item_id for request in requests])
    for request in requests:
        question = questions.get(request.item_id)
        answers = answers_of_text(texts.get(request.pk, ""))
        # A deleted question has no known answers any more: it is listed and not scored.
        question = question or Question(key=request.label, text=request.label)
        yield result(question, answers, cost.get(request.pk, 0.0), rule)


def result(question: Question, answers: Sequence[str], cost: float | None, rule: Rule | None = None) -> Result:
    """The answers to a question, scored."""
    return Result(question.key, question.text, answers, question.gold, cost, score(answers, question.gold, rule))


def answers_of_text(text: str) -> list[str]:
    """The answers in a revision's text; none where it is not in the asked form."""
    try:
        return list(AnswerRecipe().read(text).answers) if text else []
    except InvalidOutput:
        return []


def costs(attempts: Any) -> dict[int, float | None]:
    """Dollars by request, of every attempt at it; None where the price of one that used tokens is unknown."""
    unknown = Count("pk", filter=Q(cost_nano=None, input_tokens__gt=0))
    rows = attempts.order_by().values_list("request_id").annotate(sum=Sum("cost_nano"), unknown=unknown)
    return {request: None if strange else (nano or 0) / NANO for request, nano, strange in rows}


def variant_name(model: str, version: int | None) -> str:
    """How results are called when nobody names them: the model and the version of its prompt."""
    return f"{model or 'unknown'}-p{version}" if version else model or "unknown"


def _prompt_version(requests: Sequence[Request]) -> int | None:
    prompt = _most(request.prompt_id for request in requests)
    return Prompt.objects.filter(pk=prompt).values_list("version", flat=True).first() if prompt else None


def _most(values: Iterable[Any]) -> Any:
    """The most frequent of the values that say something."""
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else ""


def merged(sets: Sequence[ResultSet]) -> ResultSet:
    """Several datasets of one variant as one set, with the dataset before each question's id."""
    return ResultSet(
        variant_name=sets[0].variant_name, dataset_name="+".join(one.dataset_name for one in sets),
        model=sets[0].model, mode=sets[0].mode, status=sets[0].status, seconds=max(one.seconds for one in sets),
        results=[
            replace(one, question_id=f"{part.dataset_name}/{one.question_id}") for part in sets for one in part.results
        ],
    )  # fmt: skip
