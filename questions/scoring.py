"""The score of one question: which predictions are known answers, and what that makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from questions.matching import Alphabet, Rule, Text, normal, same

Spellings = Sequence[str]
MISSED = -1


class Category(TextChoices):
    """What became of a question."""

    PERFECT = "perfect", "all found, nothing wrong"
    COMPLETE = "complete_with_hallucinations", "all found, and something wrong"
    PARTIAL = "partial", "some found, some missed"
    HALLUCINATION = "hallucination_only", "none right, some wrong"
    FAILED = "failed", "no answer"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one question: matched predictions, unmatched ones, unmatched known answers.

    `matches` says for each prediction which known answer (from 0) it took, `found` for each known answer in which
    spelling it was found; MISSED where there is none.
    """

    correct: int
    incorrect: int
    missed: int
    exact: bool = False
    matches: tuple[int, ...] = ()
    found: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every known answer was found."""
        return not self.missed and self.correct > 0

    @property
    def category(self) -> Category:
        """Which of the five categories it belongs to."""
        if not self.correct + self.incorrect:
            return Category.FAILED
        if not self.correct:
            return Category.HALLUCINATION
        if self.missed:
            return Category.PARTIAL
        return Category.COMPLETE if self.incorrect else Category.PERFECT

    @property
    def precision(self) -> float:
        """Share of the predictions that are right; 0 without any."""
        return share(self.correct, self.correct + self.incorrect)

    @property
    def recall(self) -> float:
        """Share of the known answers that were found; 0 without any."""
        return share(self.correct, self.correct + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return f1(self.correct, self.incorrect, self.missed)


def share(part: float, whole: float) -> float:
    """A ratio that is 0 where there is nothing to divide."""
    return part / whole if whole else 0.0


def f1(correct: int, incorrect: int, missed: int) -> float:
    """F1 of counts: the harmonic mean of precision and recall, written without them."""
    return share(2 * correct, 2 * correct + incorrect + missed)


def score(predicted: Sequence[str], gold: Sequence[Spellings], rule: Rule | None = None) -> Score:
    """Walk the predictions in order; each takes the first known answer left of which a spelling is the same."""
    rule = rule or Rule()
    alphabet = Alphabet()
    known = [[alphabet.text(normal(spelling)) for spelling in spellings] for spellings in gold]
    left, matches, found = list(range(len(known))), [], [MISSED] * len(known)
    for text in predicted:
        number, place = _first(alphabet.text(normal(text)), known, left, rule)
        if number != MISSED:
            left.remove(number)
            found[number] = place
        matches.append(number)
    correct = len(known) - len(left)
    exact = _exact(predicted, gold)
    return Score(correct, len(matches) - correct, len(left), exact, tuple(matches), tuple(found))


def _first(text: Text, known: Sequence[Sequence[Text]], left: Sequence[int], rule: Rule) -> tuple[int, int]:
    for number in left:
        for place, spelling in enumerate(known[number]):
            if same(text, spelling, rule):
                return number, place
    return MISSED, MISSED


def _exact(predicted: Sequence[str], gold: Sequence[Spellings]) -> bool:
    """Whether the normal texts are the known answers one by one, in whatever order: nothing more, nothing less."""
    if len(predicted) != len(gold):
        return False
    texts = sorted(map(normal, predicted))
    spelled = [{normal(spelling) for spelling in spellings} for spellings in gold]
    if all(len(spellings) == 1 for spellings in spelled):
        return texts == sorted(next(iter(spellings)) for spellings in spelled)
    for text in texts:
        fitting = next((spellings for spellings in spelled if text in spellings), None)
        if fitting is None:
            return False
        spelled.remove(fitting)
    return True
