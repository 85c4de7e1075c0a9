"""The rules for questions: what is generated and checked, with those of their files and of their scores."""

from tests.rule_table.question_results import QUESTION_RESULTS
from tests.rule_table.question_scores import QUESTION_SCORES
from tests.rule_table.question_sets import QUESTION_SETS
from tests.rule_table.rule import Rule

ANSWER = "tests/questions/test_answer_recipe.py::test_"
WALK = "tests/questions/test_walk.py::test_"
RECIPES = "questions/recipes.py"
CHECKS = "questions/checks.py"

GENERATED = [
    Rule(
        'questions: the answers are asked for as JSON of the schema {"answers": [...]}',
        (ANSWER + "the_request_asks_for_the_schema_on_chat_completions",),
        ((RECIPES, "    answers: list[str]\n", "    answers: list[str]\n    notes: str\n"),),
    ),
    Rule(
        "questions: answers in a code fence are taken as well",
        (ANSWER + "numbers_and_code_fences_are_read", WALK + "a_fence_is_read_and_another_form_is_invalid"),
        (("generation/recipes.py", "    if fence:\n", "    if False:\n"),),
    ),
    Rule(
        "questions: known answers never reach the model",
        (ANSWER + "known_answers_never_reach_the_model",),
        ((RECIPES, '"topic": item.topic,', '"topic": str(item.gold),'),),
    ),
    Rule(
        "questions: the prompt gets question, topic, text, choices and hops",
        (ANSWER + "what_is_there_is_asked_and_what_is_not_leaves_no_trace",),
        (("questions/prompts/answer.md", "it takes {{ hops }} steps", "it takes some steps"),),
    ),
    Rule(
        "questions: several datasets in one run, the limit holds for each",
        (ANSWER + "the_limit_holds_for_each_dataset",),
        (("generation/pipeline/plan.py", "return chosen[: selection.most]", "return chosen"),),
    ),
    Rule(
        "questions: one without known answers gets answers and no score",
        (ANSWER + "without_known_answers_there_is_no_score",),
        ((RECIPES, "score(answers, item.gold) if item.gold else None", "score(answers, item.gold)"),),
    ),
]


def _check(name: str, there: str, instead: str = "if False:") -> Rule:
    return Rule(f"questions: the check '{name}'", (ANSWER + "checks",), ((CHECKS, there, instead),))


# The names are those of the findings.
CHECK_TESTS = {
    "known_answers": _check("known_answers", "if found and found.category != Category.PERFECT:"),
    "no_answer": _check("no_answer", "if not answers:"),
    "repeated": _check("repeated", "if normal(answer) in seen:"),
    "long": _check("long", "if len(answer) > LONG_CHARACTERS:"),
    "refusal": _check("refusal", 'if normal(answer).rstrip(".").startswith(REFUSALS)', "if False"),
    "no_choice": _check("no_choice", "if allowed and normal(answer) not in allowed:"),
}
QUESTIONS = [*QUESTION_SETS, *GENERATED, *CHECK_TESTS.values(), *QUESTION_SCORES, *QUESTION_RESULTS]
