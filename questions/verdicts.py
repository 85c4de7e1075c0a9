"""Answers beside the known ones, with a word for each: matched, wrong, missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from generation.admin_base.previews import Rendered, as_code
from generation.recipes import InvalidOutput
from questions.models import Question
from questions.recipes import AnswerRecipe
from questions.scoring import MISSED, Score, Spellings, score

MATCHED, WRONG, LEFT_OUT, UNSCORED = "matched", "wrong", "missed", "not scored"
MARKS = {MATCHED: "✓", WRONG: "✗", LEFT_OUT: "○", UNSCORED: "–"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line: what was predicted, what is known, and what that makes; either may be empty."""

    predicted: str
    known: str
    word: str

    @property
    def mark(self) -> str:
        """A sign for the word, beside it."""
        return MARKS[self.word]


def verdicts(predicted: Sequence[str], gold: Sequence[Spellings], found: Score) -> Iterator[Verdict]:
    """Predictions in their order, then the known answers that none of them is."""
    for text, number in zip(predicted, found.matches, strict=True):
        if not gold:
            yield Verdict(text, "", UNSCORED)
        elif number == MISSED:
            yield Verdict(text, "", WRONG)
        else:
            yield Verdict(text, _known(gold[number]), MATCHED)
    for spellings, place in zip(gold, found.found, strict=True):
        if place == MISSED:
            yield Verdict("", _known(spellings), LEFT_OUT)


def _known(spellings: Spellings) -> str:
    others = ", ".join(spellings[1:6])
    return f"{spellings[0]} (also: {others})" if others else spellings[0]


def preview_of_answers(question: Question, text: str) -> Rendered:
    """The answers in a text beside the known ones; a text in another form as it is."""
    try:
        answers = list(AnswerRecipe().read(text).answers)
    except InvalidOutput as error:
        return Rendered(as_code(text, "json").html, f"No list of answers can be read from it: {error}.")
    found = score(answers, question.gold)
    context = {"question": question, "rows": list(verdicts(answers, question.gold, found)), "found": found}
    return Rendered(render_to_string("questions/answers.html", context))
