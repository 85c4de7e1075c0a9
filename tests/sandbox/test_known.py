"""Values that are handed to the sandbox, and which of its answers are right."""

import json
import random
import re

import pytest

from sandbox.answers import answer
from sandbox.known import BadKnown, Known, Rule, read_known

VIENNA = Rule("answers", "through [Vienna]", ("Danube", "Donau"))
PARIS = Rule("answers", "through [Paris]", ("Seine",))
SCHEMA = {"type": "object", "properties": {"answers": {"type": "array", "items": {"type": "string"}}}}


def asked(known, prompt, seed=0):
    """The answers to a prompt, as the sandbox gives them."""
    body = {
        "model": "gpt-5.4-mini", "messages": [{"role": "user", "content": prompt}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}},
    }  # fmt: skip
    made = answer("/v1/chat/completions", body, seed, known=known)
    return json.loads(made.body["choices"][0]["message"]["content"])["answers"]


def test_without_rules_answers_are_made_up_as_before():
    assert asked(Known(), "through [Vienna]") == asked(None, "through [Vienna]")
    assert asked(Known((PARIS,)), "through [Vienna]") == asked(None, "through [Vienna]")


def test_with_a_share_of_1_every_answer_is_right():
    known = Known((VIENNA, PARIS), 1.0)
    assert all(asked(known, f"{number}: through [Vienna]") == ["Danube", "Donau"] for number in range(20))
    assert asked(known, "through [Paris]") == ["Seine"]


def test_with_a_share_of_0_mistakes_of_all_sorts_are_made():
    known = Known((VIENNA, PARIS), 0.0)
    made = {tuple(asked(known, f"{number}: through [Vienna]")) for number in range(60)}
    assert made == {("Danube", "Donau", "Seine"), ("Danube", "Seine"), ("Danube",), ("Seine",), ()}


def test_about_the_share_is_right_and_the_same_request_has_the_same_answer():
    known = Known((VIENNA, PARIS), 0.6)
    made = [asked(known, f"{number}: through [Vienna]") for number in range(300)]
    right = sum(one == ["Danube", "Donau"] for one in made)
    assert 150 < right < 210
    assert made == [asked(known, f"{number}: through [Vienna]") for number in range(300)]


def test_of_several_rules_the_longest_counts():
    longer = Rule("answers", "which river flows through [Vienna]", ("Wien",))
    assert asked(Known((VIENNA, longer), 1.0), "which river flows through [Vienna]") == ["Wien"]


def test_values_are_picked_from_the_lines_of_the_prompt():
    rule = Rule("labels", pick=re.compile(r"^([A-Z]): ", re.MULTILINE), most=2)
    prompt = "A: x\nB: y\nno: z\nC: w"
    made = [Known((rule,)).fill({"labels": []}, prompt, random.Random(n))["labels"] for n in range(60)]
    assert {label for labels in made for label in labels} == {"A", "B", "C"}
    assert {len(labels) for labels in made} == {1, 2} and all(len(set(labels)) == len(labels) for labels in made)


@pytest.mark.parametrize("made", [["a"], "text", {"answers": "no list"}, {"other": ["x"]}])
def test_what_has_no_such_list_stays(made):
    assert Known((VIENNA,), 1.0).fill(made, "through [Vienna]", random.Random(1)) == made


def test_a_file_is_read(tmp_path):
    path = tmp_path / "known.json"
    rules = [{"field": "a", "contains": "b", "values": [1]}, {"field": "l", "pick": "^(.)"}]
    path.write_text(json.dumps({"right": 0.25, "rules": rules}))
    found = read_known(path)
    assert found.right == 0.25 and found.rules[0] == Rule("a", "b", ("1",))
    assert found.rules[1].pick.findall("x\ny") == ["x", "y"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"rules": [{}]}', '{"rules": [{"field": "a", "contains": ""}]}', '{"rules": [], "right": 2}',
        '{"rules": [{"field": "a", "pick": "("}]}', '{"rules": [{"field": "a", "pick": "ab"}]}',
    ],
)  # fmt: skip
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(BadKnown, match="no file of known values"):
        read_known(path)
