"""What commands say about a run: what was found, what it will cost, what became of it; in words and as plain values."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, Sum

from generation import costs
from generation.estimate_errors import accuracy_words, error_words
from generation.models import BatchJob, EstimateError, Mode, RequestStatus, Run
from generation.recipes import Recipe

GOOD = (RequestStatus.SUCCEEDED, RequestStatus.UNCHANGED)
USD = 10**9


def survey_lines(run: Run, recipes: Sequence[type[Recipe]], collections: Iterable[Any]) -> Iterator[str]:
    """For each collection and recipe: items and groups found, generated already, remaining, chosen for this run."""
    for collection in collections:
        for recipe in recipes:
            items = recipe.item_model._default_manager.filter(
                removed_at=None, collection_id=collection.pk, **recipe.made_for
            )
            if not isinstance(collection, recipe.item_model._meta.get_field("collection").related_model):
                continue
            found = items.count()
            made = recipe.artefact_model._default_manager.filter(recipe=recipe.key, item__in=items).count()
            chosen = run.requests.filter(recipe=recipe.key, collection=collection.slug).count()
            yield (
                f"{collection.name}: {found:,} {_plural(recipe.item_model, found)}{_groups(recipe, items)} found; "
                f"{recipe.key}: {made:,} already generated, {found - made:,} remaining, {chosen:,} chosen."
            )


def _groups(recipe: type[Recipe], items: Any) -> str:
    name = recipe.item_model.group_field
    if not name:
        return ""
    count = items.order_by().values(name).distinct().count()
    word = recipe.item_model._meta.get_field(name).verbose_name
    return f" in {count:,} {word if count == 1 else _several(str(word))}"


def _several(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _plural(model: Any, count: int) -> str:
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)


def estimate_lines(run: Run) -> Iterator[str]:
    """Requests, tokens, and the cost in each mode, likely with low and high, in all and for each request."""
    estimate = run.estimate
    out = estimate["output_tokens"]
    bases = sorted({part["output_basis"] for part in estimate["parts"]})
    yield (
        f"Estimate: {estimate['requests']:,} requests, {estimate['input_tokens']:,} tokens in "
        f"(± {estimate['input_error']:,}), {out['likely']:,} out ({out['low']:,} to {out['high']:,}; "
        f"{'; '.join(bases)})."
    )
    for mode in (Mode.BATCH, Mode.FLEX, Mode.DIRECT):
        cost = estimate["cost_nano"][mode]
        mark = "  <- chosen" if mode == run.mode else ""
        if cost["likely"] is None:
            yield f"  {mode:<7} cost unknown{mark}"
            continue
        each = cost["likely"] // max(1, estimate["requests"])
        low, likely, high = (costs.dollars(cost[level]) for level in ("low", "likely", "high"))
        yield f"  {mode:<7} {likely} ({low} to {high}), {costs.dollars(each)} each{mark}"
    for part in estimate["parts"]:
        if part["waits_for"]:
            yield f"  {part['recipe']}: its input is counted without the texts of {', '.join(part['waits_for'])}."
    for recipe in dict.fromkeys(part["recipe"] for part in estimate["parts"]):
        if past := accuracy_words(recipe):
            yield f"  {recipe}: {past}."
    if strangers := _unpriced_models(run):
        yield f"The price of {', '.join(strangers)} is not known: set MODEL_PRICES to see what it costs."


def _unpriced_models(run: Run) -> list[str]:
    parts = run.estimate["parts"]
    return sorted({part["model"] for part in parts if part["cost_nano"][run.mode]["likely"] is None})


def job_line(job: BatchJob) -> str:
    """One batch job: ours and the provider's name, where it stands, its file."""
    file = f"{job.request_count:,} requests, {job.input_bytes / 1000:,.1f} KB"
    names = f"file {job.input_file_id or 'not uploaded yet'}, batch {job.remote_batch_id or 'not created yet'}"
    place = job.place()
    waits = f", waits for room at the provider (place {place})" if place else ""
    return f"Batch job {job.pk}: {file}, {names}, {job.status}{waits}" + (f" ({job.error})" if job.error else "")


def end_lines(run: Run) -> Iterator[str]:
    """What became of a run: counts, cost in all and each, beside direct mode, and errors by cause."""
    counts = run.ledger()
    good = counts.get(RequestStatus.SUCCEEDED, 0)
    rest = ", ".join(f"{n:,} {status}" for status, n in sorted(counts.items()) if status != RequestStatus.SUCCEEDED)
    yield f"Run {run.pk} {run.status}: {good:,} of {run.total:,} succeeded" + (f", {rest}." if rest else ".")
    yield _cost_line(run, good)
    if twice := run.perhaps_paid_twice():
        yield f"{twice:,} of the requests were sent again because no answer arrived: they were perhaps paid twice."
    for cause, count in causes(run):
        yield f"  {count:,} x {cause}"
    if off := error_words(run):
        yield f"The estimate was off by: {off}."
    if run.error:
        yield f"  {run.error}"


def _cost_line(run: Run, good: int) -> str:
    if run.unpriced:
        return f"Cost: unknown for {run.unpriced:,} answers, {costs.dollars(run.cost_nano)} for the others."
    each = f", {costs.dollars(run.cost_nano // good)} each" if good else ""
    direct = direct_cost(run)
    beside = f" Direct mode would have cost {costs.dollars(direct)}." if run.mode != Mode.DIRECT else ""
    return f"Cost: {costs.dollars(run.cost_nano)} in all{each} ({run.mode} mode).{beside}"


def direct_cost(run: Run) -> int | None:
    """What the same tokens would have cost in direct mode, in nano-dollars; None when a price is not known."""
    groups = run.attempts().order_by().values("model", "provider")
    sums = groups.annotate(
        input=Sum("input_tokens"), cached=Sum("cached_tokens"), output=Sum("output_tokens"), n=Count("pk")
    )
    prices = [
        costs.price(costs.Usage(row["input"], row["cached"], row["output"]), row["model"], row["provider"], "direct")
        for row in sums
        if row["input"] or row["output"]
    ]
    return None if None in prices else sum(price for price in prices if price is not None)


def causes(run: Run, most: int = 10) -> list[tuple[str, int]]:
    """Messages of requests that did not succeed, the most frequent first."""
    bad = run.requests.exclude(status__in=GOOD).exclude(error_message="")
    rows = bad.order_by().values_list("error_message").annotate(n=Count("pk")).order_by("-n", "error_message")
    return list(rows[:most])


def succeeded(run: Run) -> bool:
    """Whether every request of the run has its text (or needed none)."""
    return set(run.ledger()) <= set(GOOD)


def run_document(run: Run) -> dict[str, Any]:
    """A run as a script reads it; costs in dollars, null where a price is not known."""
    return {
        "run": run.pk,
        "key": run.key,
        "status": run.status,
        "mode": run.mode,
        "purpose": run.purpose,
        "recipes": run.recipes,
        "collections": run.collections,
        "actor": run.actor,
        "total": run.total,
        "counts": run.ledger(),
        "cost_usd": None if run.unpriced else run.cost_nano / USD,
        "perhaps_paid_twice": run.perhaps_paid_twice(),
        "estimate": estimate_document(run.estimate),
        "estimate_errors": [error_document(row) for row in run.estimate_errors.order_by("recipe", "collection")],
        "error": run.error,
        "batch_jobs": [job_document(job) for job in run.batch_jobs.order_by("pk")],
    }


def estimate_document(estimate: dict[str, Any]) -> dict[str, Any]:
    """An estimate with its costs in dollars."""
    if not estimate:
        return {}
    dollars = {
        mode: {level: None if nano is None else nano / USD for level, nano in levels.items()}
        for mode, levels in estimate["cost_nano"].items()
    }
    names = ("requests", "input_tokens", "input_error", "input_bytes", "output_tokens")
    return {name: estimate[name] for name in names} | {"cost_usd": dollars}


def error_document(row: EstimateError) -> dict[str, Any]:
    """How far one part of an estimate was off, as shares of what was expected; null where that is not known."""
    names = ("recipe", "collection", "requests", "answers", "input_off", "output_off", "cost_off")
    return {name: getattr(row, name) for name in names}


def job_document(job: BatchJob) -> dict[str, Any]:
    """A batch job as a script reads it."""
    names = (
        "key", "status", "run_id", "provider", "model", "endpoint", "request_count", "input_bytes", "input_file_id",
        "remote_batch_id", "remote_status", "remote_counts", "output_file_id", "error_file_id", "error", "created_at",
        "expires_at", "collected_at",
    )  # fmt: skip
    return {"batch_job": job.pk} | {name: getattr(job, name) for name in names}
