"""Three recipes that wait for each other: a fact of a thing, a quiz on that fact, a digest of all facts of a box."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from generation.findings import Finding, Severity
from generation.models import Revision
from generation.parameters import RESPONSES, Parameters
from generation.recipes import Accepted, Dependency, Draft, InvalidOutput, Needs, Recipe, register
from tests.tiny.models import Digest, Fact, FactWord, Quiz, Thing, Whole


class FactOutput(BaseModel):
    """What the model is asked for."""

    statement: str
    words: list[str]


class QuizOutput(BaseModel):
    """A question with its answer."""

    question: str
    answer: str


class DigestOutput(BaseModel):
    """All facts in short."""

    summary: str


@register
class FactRecipe(Recipe):
    """A fact of a thing, and the words it consists of as derived rows."""

    key = "tiny.fact"
    title = "Fact"
    item_model = Thing
    artefact_model = Fact
    endpoint = RESPONSES
    parameters = Parameters(max_output_tokens=400)
    prompt_file = "fact.md"
    schema = FactOutput
    variables = {"name": "name of the thing", "box": "name of the box", "remark": "an editor's wish"}

    def contexts(self, items: Sequence[Thing], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        return [{"name": item.name, "box": item.collection.name} for item in items]

    def accept(self, item: Thing, output: FactOutput) -> Accepted:
        if not output.statement.strip():
            raise InvalidOutput("the statement is empty")
        return Accepted(output.model_dump_json(), {"statement": output.statement[:500]})

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        few = Finding("few_words", Severity.NOTE, "The fact names fewer than two words.")
        return [[few] if len(json.loads(draft.text)["words"]) < 2 else [] for draft in drafts]

    def project(self, revisions: Sequence[Revision]) -> None:
        FactWord.objects.filter(thing__in=[revision.item_id for revision in revisions]).delete()
        FactWord.objects.bulk_create(
            FactWord(thing_id=revision.item_id, word=word[:100], revision=revision)
            for revision in revisions
            for word in dict.fromkeys(json.loads(revision.text)["words"])
        )


@register
class QuizRecipe(Recipe):
    """A question on the fact of the same thing."""

    key = "tiny.quiz"
    title = "Quiz"
    item_model = Thing
    artefact_model = Quiz
    endpoint = RESPONSES
    prompt_file = "quiz.md"
    schema = QuizOutput
    needs = (Dependency("tiny.fact"),)
    order = 2
    variables = {"name": "name of the thing", "fact": "its fact as JSON", "remark": "an editor's wish"}

    def contexts(self, items: Sequence[Thing], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        facts = [[fact.text for fact in need["tiny.fact"]] for need in needs]
        return [{"name": item.name, "fact": "".join(texts)} for item, texts in zip(items, facts, strict=True)]


@register
class DigestRecipe(Recipe):
    """One digest of all facts of a box."""

    key = "tiny.digest"
    title = "Digest"
    item_model = Whole
    artefact_model = Digest
    endpoint = RESPONSES
    prompt_file = "digest.md"
    schema = DigestOutput
    needs = (Dependency("tiny.fact", scope="collection"),)
    order = 3
    variables = {"box": "name of the box", "facts": "list of the facts as JSON", "remark": "an editor's wish"}

    def contexts(self, items: Sequence[Whole], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        facts = [[fact.text for fact in need["tiny.fact"]] for need in needs]
        return [{"box": item.collection.name, "facts": texts} for item, texts in zip(items, facts, strict=True)]
