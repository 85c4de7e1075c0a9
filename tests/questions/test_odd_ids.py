"""Ids of questions that look like something else, in each form that has ids, and what a second import says of them."""

import json

import pytest

from generation.importing import apply_import, plan_import
from questions.models import Question
from questions.sources import QuestionSource

WORDS = ["0", "NA", "NO", "yes", "no", "007", "1.0", "12345678901234567890", "null", "公园", "สวน", "حديقة", "🙂"]


def keys(text):
    return [row.key for row in QuestionSource().parse(text.encode(), format="auto", filename="a").rows]


@pytest.mark.parametrize("word", WORDS)
def test_an_id_stays_a_string(word):
    assert keys(f"id,question,answers\n{word},who,a\n") == [word]
    record = {"id": word, "question": "who", "answers": [word]}
    assert keys(json.dumps([record])) == keys(json.dumps(record) + "\n") == [word]
    squad = {"data": [{"paragraphs": [{"context": "c", "qas": [{"id": word, "question": "q", "answers": []}]}]}]}
    assert keys(json.dumps(squad)) == [word]


@pytest.mark.parametrize("number", ["0", "7", "1.0", "1e3", "false"])
def test_a_number_as_an_id_stays_as_it_is_written(number):
    assert keys(f'[{{"id": {number}, "question": "who", "answers": ["a"]}}]') == [number]


@pytest.mark.django_db
def test_known_answers_are_told_apart_from_what_the_model_sees():
    def bring(text):
        plan = plan_import("questions", text.encode(), slug="set", filename="a.csv")
        apply_import(plan)
        return {name: count for name, count in plan.counts().items() if count}

    assert bring("id,question,answers\n0,who,a\n1,what,b\n2,why,c\n") == {"new": 3}
    assert bring("id,question,answers\n0,who,A2\n1,WHAT,b\n") == {"unchanged": 1, "changed": 1, "removed": 1}
    assert Question.objects.get(key="0").gold == [["A2"]]
    assert Question.objects.get(key="2").removed_at is not None
