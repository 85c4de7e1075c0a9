"""Checks of one answer: what a person should look at before it is approved."""

from collections.abc import Iterator, Sequence

from generation.findings import Finding, Severity
from questions.matching import normal
from questions.scoring import Category, Score

LONG_CHARACTERS = 200
REFUSALS = (
    "i don't know", "i do not know", "unknown", "not known", "n/a", "i can't", "i cannot", "as an ai", "no answer",
)  # fmt: skip


def check_answers(answers: Sequence[str], choices: Sequence[str], found: Score | None) -> list[Finding]:
    """Findings on the answers to a question; `found` is their score where there are known answers."""
    findings = [*_form(answers), *_choice(answers, choices)]
    if found and found.category != Category.PERFECT:
        findings.append(Finding("known_answers", Severity.WARNING, _words(found)))
    return findings


def _form(answers: Sequence[str]) -> Iterator[Finding]:
    if not answers:
        yield Finding("no_answer", Severity.WARNING, "There is no answer.")
    seen: set[str] = set()
    for answer in answers:
        if normal(answer) in seen:
            yield Finding("repeated", Severity.WARNING, "The same answer twice.", place=answer)
        seen.add(normal(answer))
        if len(answer) > LONG_CHARACTERS:
            yield Finding("long", Severity.WARNING, f"An answer of {len(answer)} characters.", place=answer)
        if normal(answer).rstrip(".").startswith(REFUSALS) and len(answer) < LONG_CHARACTERS:
            yield Finding("refusal", Severity.WARNING, "It says that it does not know.", place=answer)


def _choice(answers: Sequence[str], choices: Sequence[str]) -> Iterator[Finding]:
    allowed = set(map(normal, choices))
    for answer in answers:
        if allowed and normal(answer) not in allowed:
            yield Finding("no_choice", Severity.ERROR, f"It is none of: {'; '.join(choices)}.", place=answer)


def _words(found: Score) -> str:
    known = found.correct + found.missed
    wrong = f", {found.incorrect} wrong" if found.incorrect else ""
    return f"{found.correct} of {known} known answers found{wrong}."
