"""The recipes, the source and the exports of consultations keep the contract of every kind."""

from typing import Any

from consultations.models import ThemeLabel
from tests.consultations.rows import consultation
from tests.contract import RecipeContract, SourceContract

BRIEF = b"question: Should buses be free?\nresponses: 6\nseed: 3\nvary:\n  stance: {yes: 2, no: 1}\n"


class TestResponse(RecipeContract):
    key = "consultations.response"
    run_names = (key,)
    bad_outputs = ("", " \n", '""', "```\n```")

    def make_collection(self, items: int, slug: str) -> Any:
        return consultation(items, slug)


class TestThemeList(RecipeContract):
    key = "consultations.theme_list"
    run_names = ("consultations.response", key)
    bad_outputs = ("", "No.", "[]", "{}", '{"themes": []}', '{"themes": [{"topic": " ", "rationale": ""}]}')

    def make_collection(self, items: int, slug: str) -> Any:
        return consultation(items, slug)


class TestLabels(RecipeContract):
    key = "consultations.labels"
    run_names = ("consultations.response", "consultations.theme_list", key)
    bad_outputs = ("", "{}", '{"labels": "A"}', '{"labels": ["A"]}', '{"labels": ["A","B","C","D","E","F"]}')

    def make_collection(self, items: int, slug: str) -> Any:
        return consultation(items, slug)

    def derived(self) -> list[Any]:
        return sorted(ThemeLabel.objects.values_list("slot", "theme", "place", "revision"))


class TestBrief(SourceContract):
    kind = "consultations"
    good = BRIEF
    filename = "brief.yaml"


class TestTexts(SourceContract):
    kind = "consultations"
    good = b'["Yes, please.", "No."]'
    filename = "responses.json"


class TestLines(SourceContract):
    kind = "consultations"
    good = b'{"response_id": 0, "text": "Yes."}\n{"response_id": 1, "text": "No.", "age": 30}\n'
    filename = "responses.jsonl"


class TestTable(SourceContract):
    kind = "consultations"
    good = b"response_id,text,age\n\n0,Yes.,30\n1,No.,\n"
    filename = "responses.csv"
