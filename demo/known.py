"""What the demo hands to its sandbox, so that an evaluation has something to show: known answers, mixed with mistakes.

The figures say nothing about a model: the sandbox gives the known answers to a share of the questions, and makes
mistakes in the others.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.environment import ROOT

QUESTIONS = ("questions/1-hop.txt", "questions/2-hop.txt")
RIGHT = 0.6
# Themes stand in the prompt, a line each, after their letters.
LABELS = {"field": "labels", "pick": "^([A-Z]): ", "most": 3}


def rules() -> Iterator[dict[str, Any]]:
    """For each question its known answers; labels from the list in the prompt."""
    for name in QUESTIONS:
        for line in (ROOT / "demo" / name).read_text(encoding="utf-8").splitlines():
            question, _, answers = line.partition("\t")
            if answers:
                yield {"field": "answers", "contains": f"Question: {question}", "values": answers.split("|")}
    yield LABELS


def write_known(folder: Path) -> Path:
    """Write the file for `python -m sandbox --known` and say where it lies."""
    path = folder / "known.json"
    text = json.dumps({"right": RIGHT, "rules": list(rules())}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path
