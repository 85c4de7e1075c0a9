"""Every form of a question set, from the file to the database: rows by hand, and what a second import does."""

import pytest

from generation.importing import apply_import, plan_import
from generation.sources import SourceError
from questions.models import Dataset, Question
from questions.sources import QuestionSource
from tests.contract import MARKS
from tests.generation.shell import document
from tests.questions.forms import FORMS, HOTPOTQA_TEST, Form

EACH = pytest.mark.parametrize("name", FORMS)


def parsed(form: Form, data: bytes = b"", format: str = "auto", **options: str):
    return QuestionSource(options).parse(data or form.text.encode(), format=format, filename=form.filename)


def rows(found) -> list[tuple[str, dict]]:
    return [(row.key, row.fields) for row in found.rows]


def bring(form: Form, text: str = "") -> dict[str, int]:
    """Import it into the dataset `set`; what was counted."""
    plan = plan_import("questions", (text or form.text).encode(), slug="set", filename=form.filename)
    apply_import(plan)
    return {name: number for name, number in plan.counts().items() if number}


def check(name: str) -> None:
    """A form's rows are those written down, whether the form is named or found out, and in this order."""
    form = FORMS[name]
    for format in ("auto", name):
        found = parsed(form, format=format)
        assert (rows(found), found.problems) == (form.rows, [])
        assert [row.position for row in found.rows] == list(range(1, len(form.rows) + 1))
    found_out = "csv" if name == "csv-semicolon" else name
    assert parsed(form).collection_fields == {"file_name": form.filename, "file_format": found_out}


def test_metaqa_by_hand():
    check("metaqa")


def test_json_by_hand():
    check("json")


def test_jsonl_by_hand():
    check("jsonl")


def test_csv_by_hand():
    check("csv")


def test_semicolons_by_hand():
    check("csv-semicolon")


def test_squad_by_hand():
    check("squad")


def test_hotpotqa_by_hand():
    check("hotpotqa")
    assert rows(parsed(HOTPOTQA_TEST)) == HOTPOTQA_TEST.rows


def test_triviaqa_by_hand():
    check("triviaqa")


def test_fever_by_hand():
    check("fever")


def test_each_format_has_its_file():
    assert set(FORMS) == set(QuestionSource.formats) - {"auto"}


@EACH
@pytest.mark.parametrize("change", MARKS)
def test_what_editors_do_to_a_file_changes_nothing(name, change):
    found = parsed(FORMS[name], MARKS[change](FORMS[name].text.encode()))
    assert (rows(found), found.problems) == (FORMS[name].rows, [])


@EACH
def test_the_rows_reach_the_database_and_the_second_time_nothing_changes(db, name):
    form = FORMS[name]
    assert bring(form) == {"new": len(form.rows)}
    stored = Question.objects.order_by("position")
    names = ("text", "gold", "topic", "context", "choices", "hops")
    assert [(one.key, {field: getattr(one, field) for field in names}) for one in stored] == form.rows
    before = list(stored.values()), list(Dataset.objects.values())
    assert bring(form) == {"unchanged": len(form.rows)}
    assert (list(stored.values()), list(Dataset.objects.values())) == before


@EACH
def test_a_changed_question_alone_is_marked(db, name):
    form = FORMS[name]
    bring(form)
    assert form.text.count(form.edit[0]) == 1
    counts = bring(form, form.text.replace(*form.edit))
    same = len(form.rows) - 1
    assert counts == ({"changed": 1, "unchanged": same} if same else {"changed": 1})
    assert [one.key for one in Question.objects.exclude(changed_at=None)] == [form.edited]


def test_other_hops_are_a_change_since_the_model_is_told_them(db):
    form = FORMS["metaqa"]
    bring(form)
    assert bring(form._replace(filename="3-hop_test.txt")) == {"changed": 5}


def test_what_is_gone_is_marked_and_comes_back(db):
    form = FORMS["csv"]
    bring(form)
    without = form.text.replace("NA,Who?,Ann,,\n", "")
    assert bring(form, without) == {"unchanged": 2, "removed": 1}
    assert [one.key for one in Question.objects.exclude(removed_at=None)] == ["NA"]
    assert bring(form) == {"unchanged": 2, "restored": 1}
    assert Question.objects.filter(removed_at=None).count() == 3


def test_all_of_an_import_or_nothing_is_written(db, monkeypatch):
    form = FORMS["metaqa"]
    bring(form)
    before = list(Question.objects.values())

    def fails(cls, items):
        raise RuntimeError("in the last step")

    monkeypatch.setattr(QuestionSource, "after_import", classmethod(fails))
    with pytest.raises(RuntimeError):
        bring(form, form.text.replace("Film B", "Film C") + "one [more]\tX\n")
    assert list(Question.objects.values()) == before


def test_a_dry_run_counts_and_writes_nothing(db, tmp_path):
    form = FORMS["csv"]
    bring(form)
    path = tmp_path / "set.csv"
    # One as it was, one changed, one gone, one new, one that can't be read.
    path.write_text("id,question,answers\n0,Who?,Ann\nNA,What?,Ann\n1,New?,x\n2,,y\n")
    before = list(Question.objects.values()), list(Dataset.objects.values())
    told = document("import_items", "questions", path, "--collection", "set", "--dry-run")
    # The first has lost its topic and its context, which the model saw.
    assert told["counts"] == {"new": 1, "changed": 2, "unchanged": 0, "removed": 1, "restored": 0}
    assert [(one["line"], one["why"]) for one in told["problems"]] == [
        (5, "There is no question in it; it was left out.")
    ]
    assert (list(Question.objects.values()), list(Dataset.objects.values())) == before


def test_names_of_fields_belong_to_the_forms_that_have_settable_ones():
    for name in ("metaqa", "squad", "hotpotqa", "triviaqa", "fever"):
        with pytest.raises(SourceError, match=f"whose fields can be named .*, found '{name}'"):
            parsed(FORMS[name], format=name, question_field="question")


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ('"total": 3', [("total", "The file states a total of 3; 2 found.")]),
        ('"Count": "5", "version": "1.1"', [("Count", "The file states a total of 5; 2 found.")]),
        ('"metadata": {"num": 9, "total_questions": 7}', [
            ("total_questions", "The file states a total of 7; 2 found.")]),
        ('"total": 2, "number_of_questions": 2', []),
        ('"total": "many", "size": 9', []),
    ],
)  # fmt: skip
def test_a_total_that_a_file_states_is_only_compared(beside, told):
    text = f'{{{beside}, "data": [{{"question": "x", "answer": "y"}}, {{"question": "z", "answer": "y"}}]}}'
    found = parsed(FORMS["json"], text.encode())
    assert [row.key for row in found.rows] == ["q1", "q2"]
    assert [(one.what, one.why) for one in found.problems] == told
