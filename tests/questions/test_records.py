"""Questions in JSON: settable fields, and the shapes of four published sets, each as such a file has it."""

import json

import pytest

from generation.importing import Problem, SourceError
from questions.reading import Fields
from questions.records import placed_records, read_records, shape_of


def read(value, shape: str = "json", lines: bool = False, **fields: str):
    text = value if isinstance(value, str) else json.dumps(value)
    return list(read_records(iter(placed_records(text, lines=lines)), Fields(fields), shape))


def gold(answers) -> list[list[str]]:
    return read([{"question": "x", "answers": answers}])[0].gold


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["A", "B"], [["A"], ["B"]]),
        ("A|B", [["A"], ["B"]]),
        ("A", [["A"]]),
        ([["NYC", "New York"], "Rome"], [["NYC", "New York"], ["Rome"]]),
        ([{"text": "A"}, {"value": "B"}], [["A"], ["B"]]),
        ({"text": ["A", "a.", "A"], "answer_start": [3, 4, 5]}, [["A", "a."]]),
        (["0", "NA", "NO", "yes", "no"], [["0"], ["NA"], ["NO"], ["yes"], ["no"]]),
        ([0, 1.50, 7], [["0"], ["1.5"], ["7"]]),
        (True, [["true"]]),
        ([], []),
        (None, []),
        (["", "  "], []),
    ],
)
def test_known_answers(answers, expected):
    assert gold(answers) == expected


def test_numbers_stay_as_they_were_written():
    one = read('[{"id": 12345678901234567890123, "question": "x", "answers": [1.50, 0]}]')[0]
    assert (one.id, one.gold) == ("12345678901234567890123", [["1.50"], ["0"]])


def test_id_0_is_an_id():
    assert read([{"id": 0, "question": "x"}])[0].id == "0"


@pytest.mark.parametrize("name", ["data", "questions", "items"])
def test_the_list_may_lie_in_an_object(name):
    assert read({"version": "1", name: [{"query": "x", "answer": "y"}]})[0].text == "x"


def test_fields_can_be_named_also_within_others():
    row = {"meta": {"n": 7}, "q": "x", "question": "not this", "a": {"list": ["A"]}, "about": "T", "from": ["P", "Q"]}
    one = read([row], id="meta.n", question="q", answers="a.list", topic="about", context="from")[0]
    assert (one.id, one.text, one.gold, one.topic, one.context) == ("7", "x", [["A"]], "T", "P\n\nQ")


def test_jsonl_keeps_going_after_a_broken_line():
    found = read('{"question": "a"}\n\n{"question": \n7\n{"question": "b"}', lines=True)
    assert [one.text for one in found if not isinstance(one, Problem)] == ["a", "b"]
    assert [(one.line, one.what) for one in found if isinstance(one, Problem)] == [(3, "Line 3"), (4, "Line 4")]


def test_choices_and_hops():
    one = read([{"question": "x", "choices": ["yes", "no"], "hops": 2}])[0]
    assert (one.choices, one.hops) == (["yes", "no"], 2)


SQUAD = {
    "version": "1.1",
    "data": [
        {
            "title": "Amber",
            "paragraphs": [
                {
                    "context": "Amber is fossil resin.",
                    "qas": [
                        {
                            "id": "56be",
                            "question": "What is amber?",
                            "answers": [
                                {"answer_start": 9, "text": "fossil resin"},
                                {"answer_start": 16, "text": "resin"},
                                {"answer_start": 9, "text": "fossil resin"},
                            ],
                        },
                        {"id": "56bf", "question": "Who found it?", "answers": []},
                    ],
                }
            ],
        }
    ],
}


def test_squad():
    first, second = read(SQUAD, "squad")
    # What several people marked are spellings of one answer, not several answers.
    assert (first.id, first.text, first.gold) == ("56be", "What is amber?", [["fossil resin", "resin"]])
    assert (first.topic, first.context) == ("Amber", "Amber is fossil resin.")
    assert (second.id, second.gold) == ("56bf", [])


HOTPOT = {
    "_id": "5a7a", "question": "Were both towns Roman?", "answer": "yes", "type": "comparison", "level": "hard",
    "supporting_facts": [["Aum", 0]], "context": [["Aum", ["Aum was Roman.", " It grew."]], ["Bel", ["Bel, too."]]],
}  # fmt: skip


@pytest.mark.parametrize(
    "context",
    [HOTPOT["context"], {"title": ["Aum", "Bel"], "sentences": [["Aum was Roman.", " It grew."], ["Bel, too."]]}],
)
def test_hotpotqa(context):
    one = read([HOTPOT | {"context": context}], "hotpotqa")[0]
    assert (one.id, one.gold) == ("5a7a", [["yes"]])
    assert one.context == "Aum: Aum was Roman. It grew.\n\nBel: Bel, too."


TRIVIA = {
    "Data": [
        {
            "Answer": {
                "Aliases": ["Sunset Blvd", "Sunset Boulevard"], "MatchedWikiEntityName": "", "Type": "FreeForm",
                "NormalizedAliases": ["sunset blvd"], "NormalizedValue": "sunset boulevard",
                "Value": "Sunset Boulevard",
            },
            "Question": "Which musical opened in 1993?", "QuestionId": "tc_33", "EntityPages": [],
        }
    ],
}  # fmt: skip


def test_triviaqa():
    one = read(TRIVIA, "triviaqa")[0]
    assert (one.id, one.text) == ("tc_33", "Which musical opened in 1993?")
    assert one.gold == [["Sunset Boulevard", "Sunset Blvd"]]


def test_triviaqa_as_records_in_small_letters():
    row = {"question": "x", "question_id": "tc_1", "answer": {"value": "A", "aliases": ["B"], "type": "Entity"}}
    assert read([row], "triviaqa")[0].gold == [["A", "B"]]


FEVER = (
    '{"id": 75397, "verifiable": "VERIFIABLE", "label": "SUPPORTS", "claim": "Ann acted.", "evidence": [[[9, 1]]]}\n'
    '{"id": 0, "verifiable": "NOT VERIFIABLE", "label": "NOT ENOUGH INFO", "claim": "Bo slept.", "evidence": []}\n'
    '{"id": 3, "claim": "A test."}\n'
)


def test_fever():
    found = read(FEVER, "fever", lines=True)
    assert [(one.id, one.text) for one in found] == [("75397", "Ann acted."), ("0", "Bo slept."), ("3", "A test.")]
    assert [one.gold for one in found] == [[["SUPPORTS"]], [["NOT ENOUGH INFO"]], []]
    assert found[0].choices == ["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"]


@pytest.mark.parametrize(
    ("record", "shape"),
    [
        (SQUAD["data"][0], "squad"),
        (HOTPOT, "hotpotqa"),
        (TRIVIA["Data"][0], "triviaqa"),
        ({"id": 1, "claim": "x", "label": "SUPPORTS"}, "fever"),
        ({"question": "x", "answer": "y", "context": "z"}, "json"),
        ({"claim": "x"}, "json"),
        (7, "json"),
    ],
)
def test_shapes_are_recognised(record, shape):
    assert shape_of(record) == shape


@pytest.mark.parametrize("shape", ["json", "squad", "hotpotqa", "triviaqa", "fever"])
def test_no_shape_falls_over_strange_values(shape):
    strange = [
        {}, {"paragraphs": 7, "question": None, "Answer": "x"}, {"paragraphs": [{"qas": [7, {"answers": [7]}]}]},
        {"question": "x", "answer": [], "context": {"title": 7, "sentences": None}}, {"context": [["a", 7], 8]},
        {"Answer": {"Value": None, "Aliases": 7}}, [], "x", None,
    ]  # fmt: skip
    assert all(isinstance(one, Problem) or isinstance(one.text, str) for one in read(strange, shape))


@pytest.mark.parametrize("text", ['{"a": 1}', '"x"', "7", "[1, 2", "[" * 100_000])
def test_other_json_is_refused_in_a_sentence(text):
    with pytest.raises(SourceError, match=r"^Expected a question set .*, found .*\.$"):
        read(text)
