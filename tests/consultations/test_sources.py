"""Every form of responses and briefs: what becomes of each line, and what is said about the rest."""

import json

import pytest

from consultations.sources import ConsultationSource
from generation.sources import Parsed, SourceError

TEXT = "text"


def parsed(data: bytes | str, format: str = "auto") -> Parsed:
    raw = data.encode() if isinstance(data, str) else data
    return ConsultationSource().parse(raw, format=format, filename="file")


def texts(found: Parsed) -> dict[str, str]:
    return {row.key: row.fields[TEXT] for row in found.rows}


def told(found: Parsed) -> list[tuple[int, str]]:
    return [(problem.line, problem.why) for problem in found.problems]


def refusal(data: bytes | str, format: str = "auto") -> str:
    with pytest.raises(SourceError) as caught:
        parsed(data, format)
    return str(caught.value)


def test_a_list_of_texts():
    found = parsed('["Yes.", "ไม่", "نعم 👍", "Yes."]')
    assert texts(found) == {"r1": "Yes.", "r2": "ไม่", "r3": "نعم 👍", "r4": "Yes."}
    assert found.collection_fields["file_format"] == "json" and not found.problems


def test_a_list_may_hold_empty_and_strange_entries():
    found = parsed('["Yes.", "  ", 7, null, [1], {"response_id": 9, "text": "No."}]')
    assert texts(found) == {"r1": "Yes.", "r3": "7", "9": "No."}
    assert [line for line, _ in told(found)] == [2, 4, 5]


def test_lines_with_ids_of_which_0_is_one():
    found = parsed('{"response_id": 0, "text": "Zero"}\n{"response_id": 1.0, "text": "One", "age": 30, "ok": true}\n')
    assert texts(found) == {"0": "Zero", "1.0": "One"}
    assert found.rows[1].fields["demographics"] == {"age": "30", "ok": "true"}


@pytest.mark.parametrize("value", ["NA", "NO", "yes", "007", "1e5", "null", "-0"])
def test_ids_stay_as_they_are_written(value):
    assert list(texts(parsed(f"response_id,text\n{value},x\n"))) == [value]
    assert list(texts(parsed(json.dumps({"response_id": value, "text": "x"})))) == [value]


def test_a_repeated_id_is_told_and_both_are_kept():
    ids = (5, 5, "5")
    found = parsed(
        "\n".join(json.dumps({"response_id": id, "text": text}) for id, text in zip(ids, "abc", strict=True))
    )
    assert texts(found) == {"5": "a", "5-2": "b", "5-3": "c"}
    assert told(found) == [
        (2, "The id '5' is there already; this one is kept as '5-2'."),
        (3, "The id '5' is there already; this one is kept as '5-3'."),
    ]


def test_a_repeated_id_in_a_table_is_told_by_its_line():
    found = parsed("response_id,text,age\n\n0,Yes.,30\n0,No.,31\n")
    assert texts(found) == {"0": "Yes.", "0-2": "No."}
    assert told(found) == [(4, "The id '0' is there already; this one is kept as '0-2'.")]
    assert [row.fields["demographics"] for row in found.rows] == [{"age": "30"}, {"age": "31"}]


def test_a_broken_line_does_not_stop_the_others():
    found = parsed('{"response_id": 1, "text": "a"}\n\n{"response_id": 2, "tex\n[1]\n{"response_id": 4, "text": "d"}')
    assert texts(found) == {"1": "a", "4": "d"}
    assert [line for line, _ in told(found)] == [3, 4]


def test_a_line_separator_inside_a_text_is_text():
    found = parsed('{"response_id": 1, "text": "a\u2028b\u0085c"}\n{"response_id": 2, "text": "d"}')
    assert texts(found) == {"1": "a\u2028b\u0085c", "2": "d"}


def test_csv_with_a_blank_line_after_its_header():
    found = parsed('response_id,text,age,region\n\n0,Yes.,30,North\n1,"No,\nnever.",,\n')
    assert texts(found) == {"0": "Yes.", "1": "No,\nnever."} and not found.problems
    assert found.rows[0].fields["demographics"] == {"age": "30", "region": "North"}
    assert found.notices == ["2 responses, with age, region (format: csv)."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_csv_of_other_tools(delimiter, end):
    lines = [delimiter.join(row) for row in (("id", "Response"), ("a", "x"), ("b", "y"))]
    found = parsed(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + end.encode())
    assert texts(found) == {"a": "x", "b": "y"}


def test_csv_without_ids_is_numbered_and_short_rows_are_filled():
    found = parsed("text,age\nYes.\nNo.,40\na,b,c\n")
    assert texts(found) == {"r1": "Yes.", "r2": "No."}
    assert told(found) == [(4, "It has 3 cells and the header 2; left out.")]


def test_a_response_without_text_is_told():
    found = parsed("response_id,text\n1,Yes.\n2,\n")
    assert told(found) == [(3, "There is no text in it; left out.")]


BRIEF = """question: Should buses be free?
background: They cost two euros.
responses: 40
seed: 007
vary:
  perspective: [resident, driver]
  stance: {NO: 3, yes: 1}
  length: {short: 1}
"""


@pytest.mark.parametrize("json_form", [False, True])
def test_a_brief_in_yaml_and_json(json_form):
    text = BRIEF
    if json_form:
        text = json.dumps(
            {
                "question": "Should buses be free?", "background": "They cost two euros.", "responses": 40,
                "seed": "007",
                "vary": {"perspective": ["resident", "driver"], "stance": {"NO": 3, "yes": 1}, "length": {"short": 1}},
            }
        )  # fmt: skip
    found = parsed(text)
    assert [row.key for row in found.rows][::39] == ["s00001", "s00040"]
    stances = [row.fields["stance"] for row in found.rows]
    assert (stances.count("NO"), stances.count("yes")) == (30, 10)
    assert {row.fields["length"] for row in found.rows} == {"short"}
    assert found.collection_fields["question"] == "Should buses be free?"
    assert (found.collection_fields["seed"], found.collection_fields["file_format"]) == ("007", "brief")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("responses: 0", "'0' as the number"), ("responses: many", "'many' as the number"), ("responses: ", "''"),
        ("replies: 5", "'replies'"), ("vary: {mood: [a]}", "'mood'"), ("vary: {length: [epic]}", "'epic' is not"),
        ("vary: {stance: {a: -1}}", "'a' in 'stance'"), ("vary: {stance: {a: 0}}", "no value of 'stance'"),
        ("vary: {stance: []}", "'stance' is neither"), ("question: ' '", "no question"), ("vary: 3", "no mapping"),
    ],
)  # fmt: skip
def test_a_wrong_brief_is_refused_with_the_reason(change, words):
    name = change.partition(":")[0]
    lines = [line for line in ("question: q?", "responses: 5") if not line.startswith(name)]
    assert words in refusal("\n".join([*lines, change]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Dear all,\n\nbuses are fine.\n", "begins with 'Dear all,'"), (b"{}", "no text in it"),
        (b"[]", "no response in it"), (b'[" "]', "no text in it"), (b"[1,", "no JSON"), (b"id,age\n1,2\n", "begins"),
        (b"text,text\na,b\n", "'text' more than once"), (b"\xff\xd8\xff\xe0", "a picture"), (b"caf\xe9", "other bytes"),
        (b'["\\ud800"]', "half of a character"),
    ],
)  # fmt: skip
def test_a_foreign_file_is_refused_in_one_sentence(data, words):
    sentence = refusal(data)
    assert words in sentence and "\n" not in sentence and sentence.startswith("Expected ")


def test_a_chosen_format_is_not_guessed():
    assert "no JSON" in refusal(BRIEF, "json")
    assert texts(parsed('{"text": "a"}', "jsonl")) == {"r1": "a"}
