"""Whether a predicted answer is a known one. The plain rule, reached through bounds that cost less."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz.distance import LCSseq

SIMILARITY = 0.8
CONTAINMENT = 0.8


@dataclass(frozen=True, slots=True)
class Rule:
    """From which ratio two texts count as the same: by difflib, and by length where one contains the other."""

    similarity: float = SIMILARITY
    containment: float = CONTAINMENT


def normal(text: str) -> str:
    """What is compared of an answer."""
    return text.lower().strip()


class Alphabet:
    """Numbers the characters of some texts, so that a text's stock of characters becomes the bits of one integer.

    The n-th occurrence of a character has a bit of its own: the bits that two stocks share are then exactly what
    `SequenceMatcher.quick_ratio` counts, at the price of one `&`.
    """

    def __init__(self) -> None:
        self._bits: dict[tuple[str, int], int] = {}

    def text(self, text: str) -> "Text":
        """The text, made ready for comparing."""
        seen: dict[str, int] = {}
        stock = 0
        for char in text:
            number = seen.get(char, 0)
            seen[char] = number + 1
            stock |= self._bits.setdefault((char, number), 1 << len(self._bits))
        return Text(text, len(text), stock)


class Text:
    """A normal text with its length and its stock of characters."""

    __slots__ = ("_matcher", "length", "stock", "text")

    def __init__(self, text: str, length: int, stock: int) -> None:
        self.text, self.length, self.stock = text, length, stock
        self._matcher: SequenceMatcher[str] | None = None

    def ratio(self, predicted: str) -> float:
        """difflib's ratio of (predicted, this); what difflib learns of this text is kept for the next one."""
        if self._matcher is None:
            self._matcher = SequenceMatcher(None, "", self.text)
        self._matcher.set_seq1(predicted)
        return self._matcher.ratio()


def same(predicted: Text, gold: Text, rule: Rule) -> bool:
    """Equal, or one within the other and long enough, or alike enough by difflib."""
    if predicted.text == gold.text:
        return True
    shorter, longer = sorted((predicted.length, gold.length))
    total = shorter + longer
    common = (predicted.stock & gold.stock).bit_count()
    if common == shorter and shorter / longer >= rule.containment:
        small, large = (predicted, gold) if predicted.length == shorter else (gold, predicted)
        if small.text in large.text:
            return True
    # Each is an upper bound of the next: stocks, then the longest common subsequence, which holds all of
    # difflib's blocks. The same formula as difflib's, so that they meet the threshold at the same float.
    if 2.0 * common / total < rule.similarity:
        return False
    if 2.0 * LCSseq.similarity(predicted.text, gold.text) / total < rule.similarity:
        return False
    return gold.ratio(predicted.text) >= rule.similarity
