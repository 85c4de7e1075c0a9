"""Values that somebody hands over for the lists in answers, so that what reads them has something to be right about.

A file of JSON: `{"right": 0.6, "rules": [...]}`. A rule fills the list `field` of an answer in JSON. With `contains`
and `values` it speaks for prompts that hold this text (of several the longest): a share of `right` of the answers has
exactly these values, the others lack some, or have one of another rule as well or instead, or none at all. With `pick`,
a pattern whose first group is a value, it chooses 1 to `most` (3) of what the prompt's lines say.
"""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST = 3


class BadKnown(ValueError):
    """The file is not of this form; the message says where."""


@dataclass(frozen=True)
class Rule:
    """One rule of the file."""

    field: str
    contains: str = ""
    values: tuple[str, ...] = ()
    pick: re.Pattern[str] | None = None
    most: int = MOST


@dataclass(frozen=True)
class Known:
    """The rules, and which share of the answers is right."""

    rules: tuple[Rule, ...] = ()
    right: float = 0.6

    def fill(self, made: Any, prompt: str, dice: random.Random) -> Any:
        """The made-up answer with the lists that a rule has values for."""
        if not isinstance(made, dict):
            return made
        found = {name: self._values(name, prompt, dice) for name, value in made.items() if isinstance(value, list)}
        return made | {name: values for name, values in found.items() if values is not None}

    def _values(self, field: str, prompt: str, dice: random.Random) -> list[str] | None:
        rules = [rule for rule in self.rules if rule.field == field]
        fitting = [rule for rule in rules if rule.contains and rule.contains in prompt]
        if fitting:
            chosen = max(fitting, key=lambda rule: len(rule.contains))
            others = [value for rule in rules if rule is not chosen for value in rule.values]
            return self._mixed(chosen.values, [one for one in others if one not in chosen.values], dice)
        for rule in rules:
            if rule.pick and (there := list(dict.fromkeys(rule.pick.findall(prompt)))):
                return dice.sample(there, dice.randint(1, min(rule.most, len(there))))
        return None

    def _mixed(self, values: Sequence[str], others: Sequence[str], dice: random.Random) -> list[str]:
        """All of them, or one of the mistakes that people and models make."""
        if dice.random() < self.right:
            return list(values)
        wrong = [dice.choice(others)] if others else []
        some = list(values[: len(values) // 2])
        return dice.choice([[*values, *wrong], [*some, *wrong], some, wrong, []])


def read_known(path: Path) -> Known:
    """The rules of a file; raises BadKnown, or OSError where it can't be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        right = float(value.get("right", Known.right))
        if not 0 <= right <= 1:
            raise ValueError(f"a share of right answers lies between 0 and 1, and {right} does not")
        return Known(tuple(_rule(one) for one in value["rules"]), right)
    except (ValueError, KeyError, TypeError, AttributeError, re.error) as error:
        raise BadKnown(f"{path} is no file of known values: {error}") from error


def _rule(value: Mapping[str, Any]) -> Rule:
    pick = re.compile(value["pick"], re.MULTILINE) if "pick" in value else None
    if pick is None and not value["contains"]:
        raise ValueError("a rule needs `contains` or `pick`")
    if pick is not None and pick.groups != 1:
        raise ValueError(f"{value['pick']} has {pick.groups} groups, and one is needed")
    values = tuple(map(str, value.get("values", ())))
    return Rule(str(value["field"]), str(value.get("contains", "")), values, pick, max(1, int(value.get("most", MOST))))
