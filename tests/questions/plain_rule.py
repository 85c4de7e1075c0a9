"""The scoring rule as one would write it down, without any haste: what ours is held against."""

from difflib import SequenceMatcher


def plain_same(predicted: str, gold: str, similarity: float = 0.8, containment: float = 0.8) -> bool:
    if predicted == gold:
        return True
    longest = max(len(predicted), len(gold))
    within = predicted in gold or gold in predicted
    if within and min(len(predicted), len(gold)) / longest >= containment:
        return True
    return SequenceMatcher(None, predicted, gold).ratio() >= similarity


def plain_score(predicted: list[str], gold: list[str], **rule: float) -> tuple[int, int, int]:
    """Correct, incorrect, missed."""
    left = [text.lower().strip() for text in gold]
    correct = 0
    for text in predicted:
        for known in left:
            if plain_same(text.lower().strip(), known, **rule):
                left.remove(known)
                correct += 1
                break
    return correct, len(predicted) - correct, len(left)
