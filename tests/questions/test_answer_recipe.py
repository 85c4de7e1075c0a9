"""How a question is asked, what becomes of the answer, and what a person should look at."""

import json

import pytest

from generation import advance
from generation.instructions import instruction
from generation.pipeline.plan import Selection
from generation.prompts import render, unknown_variables
from generation.recipes import Draft, InvalidOutput
from questions.models import Dataset, Question
from questions.recipes import AnswerRecipe
from tests.questions.rows import dataset


def question(**fields) -> Question:
    known = {"text": "who wrote [It]", "gold": [["Ann Lee", "A. Lee"], ["Bo"]], "key": "q1"}
    return Question(collection=Dataset(name="Books", slug="books"), **(known | fields))


def prompt(**fields) -> str:
    recipe = AnswerRecipe()
    text = recipe.default_prompt().user
    item = question(**fields)
    return instruction_text(recipe, text, item)


def instruction_text(recipe, text, item) -> str:
    return render(text, recipe.contexts([item], [{}])[0] | {"remark": ""})


def accepted(*answers: str, **fields):
    recipe = AnswerRecipe()
    return recipe.accept(question(**fields), recipe.read(json.dumps({"answers": list(answers)})))


def findings(*answers: str, **fields) -> list[str]:
    drafts = [Draft(question(**fields), json.dumps({"answers": list(answers)}))]
    return [finding.check for finding in AnswerRecipe().checks(drafts)[0]]


def test_the_prompt_uses_no_unknown_variable():
    text = AnswerRecipe().default_prompt()
    assert not unknown_variables(text.system + text.user, AnswerRecipe.variables)


def test_known_answers_never_reach_the_model():
    assert "Ann Lee" not in prompt() and "who wrote [It]" in prompt()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"context": "Once & <upon>"}, "Once & <upon>"),
        ({"choices": ["YES", "NO"]}, "The only possible answers are: YES; NO. Choose"),
        ({"topic": "It"}, "Topic: It"),
        ({"hops": 2}, "takes 2 steps"),
    ],
)
def test_what_is_there_is_asked_and_what_is_not_leaves_no_trace(fields, words):
    assert words in prompt(**fields)
    assert prompt() == "Question: who wrote [It]"


def test_one_hop_needs_no_words():
    assert prompt(hops=1) == prompt()


def test_instructions_of_the_dataset_come_first():
    item = question()
    item.collection.instructions = "Surnames only."
    assert instruction_text(AnswerRecipe(), AnswerRecipe().default_prompt().user, item).startswith("Surnames only.")


def test_a_long_context_is_cut():
    recipe = AnswerRecipe({"context_characters": 10})
    assert recipe.contexts([question(context="x" * 50)], [{}])[0]["context"] == "x" * 10


def test_the_request_asks_for_the_schema_on_chat_completions(db):
    row = dataset(("a",)).items.get()
    inforce = instruction("questions.answer")
    body = inforce.bodies([row], [{}])[0]
    assert inforce.endpoint == "/v1/chat/completions"
    assert body["response_format"]["json_schema"]["schema"] == {
        "description": "All right answers to the question, and no others.", "type": "object", "required": ["answers"],
        "properties": {"answers": {"type": "array", "items": {"type": "string"}}}, "additionalProperties": False,
    }  # fmt: skip


def test_an_answer_is_cleaned_and_scored():
    found = accepted(" a. lee ", "", "Cy")
    assert json.loads(found.text) == {"answers": ["a. lee", "Cy"]}
    assert found.fields == {"answers": ["a. lee", "Cy"], "category": "partial", "f1": 0.5}


def test_an_empty_list_is_an_answer():
    assert accepted().fields == {"answers": [], "category": "failed", "f1": 0.0}


def test_without_known_answers_there_is_no_score():
    assert accepted("x", gold=[]).fields == {"answers": ["x"], "category": "", "f1": None}


@pytest.mark.parametrize("text", ['{"answers": ["Bo", 1984]}', '```json\n{"answers": ["Bo", "1984"]}\n```'])
def test_numbers_and_code_fences_are_read(text):
    assert AnswerRecipe().read(text).answers == ["Bo", "1984"]


@pytest.mark.parametrize("text", ["Bo", '{"answers": "Bo"}', '{"answer": ["Bo"]}', '{"answers": [null]}', "[]"])
def test_anything_else_is_invalid(text):
    with pytest.raises(InvalidOutput, match="not the asked JSON"):
        AnswerRecipe().read(text)


@pytest.mark.parametrize(
    ("answers", "fields", "expected"),
    [
        (["Ann Lee", "Bo"], {}, []),
        (["Bo"], {}, ["known_answers"]),
        (["Cy"], {"gold": []}, []),
        ([], {"gold": []}, ["no_answer"]),
        (["Cy", "cy "], {"gold": []}, ["repeated"]),
        (["x" * 201], {"gold": []}, ["long"]),
        (["I don't know."], {"gold": []}, ["refusal"]),
        (["maybe"], {"gold": [], "choices": ["YES", "NO"]}, ["no_choice"]),
        (["yes"], {"gold": [], "choices": ["YES", "NO"]}, []),
    ],
)
def test_checks(answers, fields, expected):
    assert findings(*answers, **fields) == expected


def test_the_finding_on_known_answers_says_how_many():
    drafts = [Draft(question(), '{"answers": ["Bo", "Cy"]}')]
    assert AnswerRecipe().checks(drafts)[0][0].message == "1 of 2 known answers found, 1 wrong."


def test_a_label_is_key_and_one_short_line():
    assert question().label == "q1 who wrote [It]"
    assert question(text="a\nb " + "x" * 200).label == "q1 a b " + "x" * 75 + "…"


def test_the_limit_holds_for_each_dataset(db):
    sets = [dataset(("a",), ("b",), ("c",), slug=slug) for slug in ("1-hop", "2-hop")]
    run = advance.prepare([AnswerRecipe], sets, Selection(limit=2), mode="direct")
    assert [(one.collection, one.label.split()[0]) for one in run.requests.order_by("pk")] == [
        ("1-hop", "q1"), ("1-hop", "q2"), ("2-hop", "q1"), ("2-hop", "q2"),
    ]  # fmt: skip


def test_one_text_under_two_ids_is_asked_twice(db):
    made = dataset(("a",), ("b",), ())
    made.items.update(text="the same")
    run = advance.prepare([AnswerRecipe], [made], Selection(), mode="direct")
    assert sorted(run.requests.values_list("item_id", flat=True)) == sorted(made.items.values_list("pk", flat=True))
