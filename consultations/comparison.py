"""How far two mappings of the same responses agree."""

import json
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import fmean, median, pstdev
from typing import Any

from consultations.mappings import Joined

Labels = AbstractSet[str]


@dataclass(frozen=True)
class Comparison:
    """Every figure of the comparison; `scores`, `additions` ... as in `document`."""

    scores: list[float]
    first: dict[str, int]
    second: dict[str, int]
    identical: int
    additions: int
    removals: int
    replacements: int
    kappas: dict[str, float]

    @property
    def percentage(self) -> float:
        """How many of a hundred responses have identical labels."""
        return 100 * self.identical / len(self.scores)

    @property
    def mean_kappa(self) -> float:
        """The mean over the themes; 0 without any."""
        return fmean(self.kappas.values()) if self.kappas else 0.0

    def document(self) -> dict[str, Any]:
        """The figures under the names of `comparison_results.json`."""
        scores = self.scores
        return {
            "jaccard_similarity": {
                "mean": fmean(scores), "median": median(scores), "std_dev": pstdev(scores), "min": min(scores),
                "max": max(scores), "scores": scores,
            },
            "theme_distribution": {"mapping1": self.first, "mapping2": self.second},
            "response_agreement": {"percentage": self.percentage, "count": self.identical},
            "theme_changes": {
                "additions": self.additions, "removals": self.removals, "replacements": self.replacements,
            },
            "cohen_kappa": {"mean": self.mean_kappa, "scores": self.kappas},
        }  # fmt: skip

    def to_bytes(self) -> bytes:
        """`comparison_results.json`."""
        return (json.dumps(self.document(), ensure_ascii=False, indent=2) + "\n").encode()


def compare(joined: Joined) -> Comparison:
    """Two mappings over their common responses."""
    pairs = [
        (frozenset(one.labels), frozenset(other.labels)) for one, other in zip(joined.first, joined.second, strict=True)
    ]
    themes = sorted({label for one, other in pairs for label in one | other})
    return Comparison(
        scores=[jaccard(one, other) for one, other in pairs],
        first=_counted([one for one, _ in pairs]),
        second=_counted([other for _, other in pairs]),
        identical=sum(one == other for one, other in pairs),
        additions=sum(len(other - one) for one, other in pairs),
        removals=sum(len(one - other) for one, other in pairs),
        replacements=sum(min(len(one), len(other)) - len(one & other) for one, other in pairs),
        kappas={theme: kappa(pairs, theme) for theme in themes},
    )


def jaccard(one: Labels, other: Labels) -> float:
    """Common labels as a share of all labels; two empty sets are alike."""
    return len(one & other) / len(one | other) if one or other else 1.0


def kappa(pairs: Sequence[tuple[Labels, Labels]], theme: str) -> float:
    """Cohen's kappa of a theme as present or absent; 0 where it is undefined (no disagreement is possible)."""
    total = len(pairs)
    both = sum(theme in one and theme in other for one, other in pairs)
    first = sum(theme in one for one, _ in pairs)
    second = sum(theme in other for _, other in pairs)
    # In whole numbers, times total squared, so that "undefined" is exact.
    observed = (total - first - second + 2 * both) * total
    expected = first * second + (total - first) * (total - second)
    return (observed - expected) / (total * total - expected) if expected != total * total else 0.0


def _counted(labels: Sequence[Labels]) -> dict[str, int]:
    """Responses by theme, the most frequent first."""
    counted = Counter(label for one in labels for label in one)
    return dict(sorted(counted.items(), key=lambda row: (-row[1], row[0])))
