"""Question sets as a source: formats found out, rows and keys, import again, and files that are none."""

from pathlib import Path

import pytest

from generation.importing import SourceError, apply_import, plan_import, source_of
from questions.models import Question
from questions.sources import QuestionSource

DEMO = Path(__file__).resolve().parents[2] / "demo" / "questions"
METAQA = "what does [Ann] appear in\tFilm A|Film B\nwhat does [Bo] appear in\tFilm C\n"


def parse(text: str | bytes, format: str = "auto", filename: str = "x", **options: str):
    data = text if isinstance(text, bytes) else text.encode()
    return QuestionSource(options).parse(data, format=format, filename=filename)


def keys(parsed) -> list[str]:
    return [row.key for row in parsed.rows]


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (METAQA, "metaqa"),
        ("[Ann] is in what\tFilm\n", "metaqa"),
        ('[{"question": "x", "answer": "y"}]', "json"),
        ('{"question": "x"}\n{"question": "y"}\n', "jsonl"),
        ('{"question": "x"}\n{"question": \n{"question": "z"}\n', "jsonl"),
        ('{"question": "x"}', "json"),
        ("question,answers\nx,y\n", "csv"),
        ("question;answers\nx;y\n", "csv"),
        ("question\tanswers\nx\ty\n", "csv"),
        ('{"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": [{"id": 1, "question": "x"}]}]}]}', "squad"),
        ('[{"_id": "a", "question": "x", "answer": "y", "supporting_facts": [], "context": []}]', "hotpotqa"),
        ('{"Data": [{"Question": "x", "QuestionId": "a", "Answer": {"Value": "y", "Aliases": []}}]}', "triviaqa"),
        ('{"id": 1, "claim": "x", "label": "SUPPORTS"}\n{"id": 2, "claim": "y", "label": "REFUTES"}\n', "fever"),
    ],
)
def test_each_format_is_found_out(text, format):
    assert parse(text).collection_fields["file_format"] == format
    chosen = parse(text, format)
    assert chosen.rows == parse(text).rows and chosen.rows


def test_semicolons_can_be_chosen():
    text = "question;answers\nWhere, then?;Rome\n"
    assert parse(text, "csv-semicolon").rows[0].fields["gold"] == [["Rome"]]


@pytest.mark.parametrize("change", [
    lambda data: b"\xef\xbb\xbf" + data, lambda data: data.replace(b"\n", b"\r\n"), lambda data: data.rstrip(b"\n"),
    lambda data: b"\n" + data, lambda data: b"\xef\xbb\xbf\r\n" + data.replace(b"\n", b"\r\n"),
])  # fmt: skip
@pytest.mark.parametrize("text", [METAQA, "question,answers\nx,y\nz,\n", '{"question": "x"}\n{"question": "y"}\n'])
def test_marks_and_line_ends_change_nothing(text, change):
    assert parse(change(text.encode())).rows == parse(text).rows


@pytest.mark.parametrize("words", ["《红楼梦》是谁写的", "ใครเขียน", "من كتب", "who 🙂", "0", "NA", "NO", "yes", "007"])
def test_any_script_and_words_that_look_like_values(words):
    assert parse(f"question,answers\n{words},{words}\n").rows[0].fields["gold"] == [[words]]
    assert parse(f'[{{"question": "{words}", "answers": ["{words}"]}}]').rows[0].fields["text"] == words


def test_the_same_text_with_other_ids_is_another_question():
    parsed = parse("id,question,answers\n0,x,A\n1,x,A\n")
    assert keys(parsed) == ["0", "1"] and not parsed.problems


def test_a_repeated_id_is_reported_and_both_stay():
    parsed = parse("id,question\na,x\na,y\na-2,z\na,w\n")
    assert keys(parsed) == ["a", "a-2", "a-2-2", "a-3"]
    assert [problem.line for problem in parsed.problems] == [3, 4, 5]


def test_thousands_of_the_same_id_take_no_longer_than_others():
    parsed = parse("id,question\n" + "same,x\n" * 20_000)
    assert len(set(keys(parsed))) == 20_000 and keys(parsed)[-1] == "same-20000"


def test_without_ids_the_number_is_the_key():
    assert keys(parse(METAQA)) == ["q1", "q2"]


def test_a_very_long_id_is_cut_and_stays_one_of_a_kind():
    long = "x" * 200
    parsed = parse(f"id,question\n{long}a,x\n{long}b,y\n")
    assert len(set(keys(parsed))) == 2 and {len(key) for key in keys(parsed)} == {120} and len(parsed.problems) == 2


def test_questions_without_known_answers_are_counted():
    parsed = parse("question,answers\nx,A\ny,\n")
    assert parsed.notices == ["2 questions, 1 of them with known answers (format: csv)."]
    assert [row.fields["gold"] for row in parsed.rows] == [[["A"]], []]


def test_a_row_without_a_question_is_a_problem():
    parsed = parse("id,question\n1,\n2,y\n")
    assert keys(parsed) == ["2"] and (parsed.problems[0].line, parsed.problems[0].what) == (2, "Line 2")
    assert parse('[{"id": 1}, {"question": "x"}]').problems[0].what == "Row 1"


def test_half_a_character_is_left_out():
    parsed = parse('[{"question": "\\ud800"}, {"question": "x", "answers": ["\\udc00"]}, {"question": "y"}]')
    assert len(parsed.rows) == 1 and len(parsed.problems) == 2


@pytest.mark.parametrize(
    ("filename", "options", "hops"),
    [("2-hop_qa.txt", {}, 2), ("2-hop_qa.txt", {"hops": "3"}, 3), ("qa.txt", {"hops": "1"}, 1), ("qa.txt", {}, None)],
)
def test_hops_are_those_of_the_option_or_of_the_file_s_name(filename, options, hops):
    assert parse(METAQA, filename=filename, **options).rows[0].fields["hops"] == hops


@pytest.mark.parametrize("hops", ["0", "two", "-1", "100", "²"])
def test_no_number_of_hops_is_refused(hops):
    with pytest.raises(SourceError, match="number of hops"):
        parse(METAQA, hops=hops)


def test_fields_can_be_named():
    parsed = parse('[{"q": "x", "a": "A/B", "n": 7}]', question_field="q", answers_field="a", id_field="n",
                   answer_separator="/")  # fmt: skip
    assert (parsed.rows[0].key, parsed.rows[0].fields["gold"]) == ("7", [["A"], ["B"]])


def test_a_named_field_that_is_nowhere_is_refused():
    with pytest.raises(SourceError, match=r"without the field 'q' \(the first has: question\)"):
        parse('[{"question": "x"}]', question_field="q")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"\xef\xbb\xbf\n \n", "an empty file"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"%PDF-1.7", "a PDF document"),
        ("question".encode("utf-16"), "UTF-16 text"),
        (b"caf\xe9,question", "other bytes at place 3"),
        (b"a\x00b", "binary data"),
        (b"# A course\n\nwith text\n", "text that begins with '# A course'"),
        (b"<html><body>", "text that begins with '<html>"),
        (b'{"topics": 1}', "a JSON object without a list of questions"),
        (b'{"data": []}', "no question in it"),
        (b'[{"title": "x"}]', r"no question in it \(Row 1: There is no question in it"),
        (b'[{"question": "x",]', "no JSON"),
        (b"name,email\nA,B\n", "text that begins with 'name,email'"),
    ],
)
def test_foreign_files_end_in_one_sentence(data, found):
    with pytest.raises(SourceError, match=f"Expected a question set .*found {found}") as caught:
        parse(data)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def put(text: str, **options):
    plan = plan_import("questions", text.encode(), slug="d", filename="x.txt", **options)
    return apply_import(plan), plan.counts()


def test_the_same_file_twice_changes_nothing(db):
    put(METAQA)
    before = list(Question.objects.values_list())
    counts = put(METAQA)[1]
    assert counts["unchanged"] == 2 and sum(counts.values()) == 2
    assert list(Question.objects.values_list()) == before


def test_only_what_the_model_sees_makes_a_question_changed(db):
    put("id,question,answers\na,x,A\nb,y,B\n")
    counts = put("id,question,answers\na,x,Other\nb,z,B\n")[1]
    assert (counts["changed"], counts["unchanged"]) == (1, 1)
    assert dict(Question.objects.values_list("key", "gold")) == {"a": [["Other"]], "b": [["B"]]}


def test_a_question_that_is_gone_is_marked(db):
    put("id,question\na,x\nb,y\n")
    assert put("id,question\nb,y\n")[1]["removed"] == 1
    assert Question.objects.count() == 2 and Question.objects.get(key="a").removed_at


@pytest.mark.parametrize(
    ("name", "format", "questions", "scored"),
    [
        ("1-hop.txt", "metaqa", 15, 14), ("2-hop.txt", "metaqa", 10, 10), ("claims.jsonl", "fever", 8, 8),
        ("house-rules.csv", "csv", 4, 4),
    ],
)  # fmt: skip
def test_the_demo_s_files(name, format, questions, scored):
    parsed = parse((DEMO / name).read_bytes(), filename=name)
    assert parsed.collection_fields["file_format"] == format and not parsed.problems
    assert (len(parsed.rows), sum(bool(row.fields["gold"]) for row in parsed.rows)) == (questions, scored)


def test_it_is_registered():
    assert source_of("questions") is QuestionSource
