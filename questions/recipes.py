"""How a question becomes a list of answers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from generation.findings import Finding
from generation.parameters import CHAT, Parameters
from generation.recipes import Accepted, Draft, Needs, Recipe, register
from generation.schema_form import FormWords
from questions.checks import check_answers
from questions.models import Answer, Question
from questions.scoring import Score, score

CONTEXT_CHARACTERS = 20_000


class AnswerList(BaseModel):
    """All right answers to the question, and no others."""

    # A year or a count may come as a number.
    model_config = ConfigDict(coerce_numbers_to_str=True)

    answers: list[str]


@register
class AnswerRecipe(Recipe):
    """The answers to one question."""

    key = "questions.answer"
    title = "Answers"
    item_model = Question
    artefact_model = Answer
    endpoint = CHAT
    parameters = Parameters(max_output_tokens=1000, temperature=0.0)
    prompt_file = "answer.md"
    schema = AnswerList
    editor = FormWords(rows={"answers": "Answer"})
    variables: ClassVar[Mapping[str, str]] = {
        "question": "the question as written",
        "topic": "the entity that it is about (may be empty)",
        "context": "the text to answer from (may be empty)",
        "choices": "list of the only possible answers (may be empty)",
        "hops": "steps from the topic to the answers (may be empty)",
        "dataset": "name of the dataset",
        "instructions": "what to mind in this dataset (may be empty)",
        "remark": "an editor's wish (may be empty)",
    }

    def contexts(self, items: Sequence[Question], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk; never the known answers."""
        limit = int(self.options.get("context_characters", CONTEXT_CHARACTERS))
        return [
            {
                "question": item.text,
                "topic": item.topic,
                "context": item.context[:limit],
                "choices": item.choices,
                "hops": item.hops or "",
                "dataset": item.collection.name,
                "instructions": item.collection.instructions,
            }
            for item in items
        ]

    def accept(self, item: Question, output: AnswerList) -> Accepted:
        """The answers without empty ones, and how they score; an empty list is an answer, too."""
        answers = [text for answer in output.answers if (text := answer.strip())]
        found = scored(item, answers)
        fields = {
            "answers": answers,
            "category": found.category.value if found else "",
            "f1": found.f1 if found else None,
        }
        return Accepted(json.dumps({"answers": answers}, ensure_ascii=False, indent=1), fields)

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """What to look at in each."""
        return [self._check(draft) for draft in drafts]

    def _check(self, draft: Draft) -> list[Finding]:
        answers = self.read(draft.text).answers
        return check_answers(answers, draft.item.choices, scored(draft.item, answers))


def scored(item: Question, answers: Sequence[str]) -> Score | None:
    """The score by the usual rule; None for a question without known answers."""
    return score(answers, item.gold) if item.gold else None
