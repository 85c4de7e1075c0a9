"""The answers, the question sets and the result files keep the contract of every kind."""

from typing import Any

import pytest

from questions.models import Answer
from tests.contract import ExportContract, RecipeContract, SourceContract
from tests.questions.rows import answered_and_approved, dataset


class TestAnswer(RecipeContract):
    key = "questions.answer"
    run_names = (key,)
    bad_outputs = ("", "No.", "[]", '{"unexpected": [1]}', '{"answers": "one"}', '{"answers": [null]}')

    def make_collection(self, items: int, slug: str) -> Any:
        return dataset(*[("a1", "b2")] * items, slug=slug)


class TestMetaQA(SourceContract):
    kind = "questions"
    good = b"what does [Ann] appear in\tFilm A|Film B\nwhat does [Bo] appear in\tFilm C\n"
    filename = "2-hop.txt"


class TestRecords(SourceContract):
    kind = "questions"
    good = b'{"id": 0, "question": "Who?", "answers": ["Ann"]}\n{"id": 1, "question": "Who?"}\n'
    filename = "questions.jsonl"


class TestTable(SourceContract):
    kind = "questions"
    good = b"id;question;answers\n0;Who?;Ann|Bo\n1;Who?;\n"
    filename = "questions.csv"


@pytest.mark.django_db
class TestResultFiles(ExportContract):
    kind = "questions"

    def make_approved(self) -> Any:
        answered_and_approved(dataset(("a1",), ("b2",)))
        return Answer.objects.publishable()
