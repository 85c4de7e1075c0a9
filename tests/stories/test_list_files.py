"""Lists of entities and topics: a file of each form worked out by hand, and files that are something else."""

import pytest

from generation.sources import SourceError
from stories.models import Entity, Feed, Story, Topic
from tests.generation.shell import refused, said
from tests.stories.files import bring, entities, parsed, problems

TWO = [("team", "Quarry Vale", "t2", ["QV", "Vale"]), ("player", "Tomas Brandt", "0", [])]


@pytest.mark.parametrize(
    "data",
    [
        [
            {"type": "team", "name": "Quarry Vale", "external_id": "t2", "aliases": ["QV", "Vale"]},
            {"type": "player", "name": "Tomas Brandt", "external_id": 0, "aliases": []},
        ],
        "type,name,external_id,aliases\nteam,Quarry Vale,t2,QV;Vale\nplayer,Tomas Brandt,0,\n",
    ],
    ids=["json", "csv"],
)
def test_type_name_id_and_aliases_of_entities(data):
    assert entities(data) == TWO


@pytest.mark.parametrize(
    ("cell", "aliases"),
    [
        ("QV;The Vale", ["QV", "The Vale"]),
        ('"QV, The Vale"', ["QV", "The Vale"]),
        ('"Vale, The; QV ;"', ["Vale, The", "QV"]),
        ("QV", ["QV"]),
        ('"QV,,QV, "', ["QV"]),
        ("", []),
    ],
)
def test_aliases_in_one_cell_are_parted_by_semicolons_or_else_by_commas(cell, aliases):
    data = f"type,name,external_id,aliases\nteam,Quarry Vale,t2,{cell}\n"
    assert entities(data) == [("team", "Quarry Vale", "t2", aliases)]


def test_aliases_as_a_list_keep_their_commas():
    data = [{"type": "team", "name": "Quarry Vale", "aliases": ["Vale, The; or so", "QV"]}]
    assert entities(data) == [("team", "Quarry Vale", "", ["Vale, The; or so", "QV"])]


def test_a_flat_map_leads_from_aliases_to_ids():
    data = {" ": "t2", "Quarry Vale": "t2", "QV": "t2", "Northgate": 0, " Vale ": "t2"}
    assert entities(data, type="team") == [
        ("team", "Quarry Vale", "t2", ["QV", "Vale"]), ("team", "Northgate", "0", []),
    ]  # fmt: skip
    assert parsed("stories.entities", data, type="team").notices == ["2 entities (format: map)."]


def test_a_flat_map_needs_a_type_and_says_how_to_name_it(tmp_path, db):
    path = tmp_path / "map.json"
    path.write_text('{"QV": "t2"}')
    status, sentence = refused("import_items", "stories.entities", path, "--collection", "feed")
    assert status == 1 and "name their type by the option 'type'" in sentence
    said("import_items", "stories.entities", path, "--collection", "feed", "--type", "team")
    assert Entity.objects.values_list("type", "name", "external_id").get() == ("team", "QV", "t2")


def test_numbers_and_words_that_mean_something_elsewhere_stay_as_they_are_written():
    names = ["0", "007", "NA", "NO", "yes", "no", "1.10", "1e3", "12345678901234567890", "null"]
    data = "type,name,id\n" + "".join(f"team,{name},{name}\n" for name in names)
    assert [(name, id) for _, name, id, _ in entities(data)] == [(name, name) for name in names]
    numbers = ["0", "1.10", "1e3", "12345678901234567890"]
    listed = ",".join(f'{{"type": "team", "name": "T", "id": {number}}}' for number in numbers)
    assert [id for *_, id, _ in entities(f"[{listed}]")] == numbers


def topics(data, **options):
    return [tuple(row.fields.values()) for row in parsed("stories.topics", data, **options).rows]


@pytest.mark.parametrize(
    "data",
    [
        "Injury\nCup final\n", ["Injury", "Cup final"], {"topics": ["Injury", {"name": "Cup final"}]},
        "name\nInjury\nCup final\n", "name;parent\nInjury;Health\nCup final;Sport\n",
    ],
    ids=["lines", "json", "json in an object", "csv", "csv with other columns"],
)  # fmt: skip
def test_a_list_of_topics_are_names_in_their_order(data):
    assert topics(data) == [("Injury", ""), ("Cup final", "")]


def test_the_lines_of_a_table_are_counted_with_the_blank_ones_before_it():
    data = " \n\nname,description\nInjury,x\n\nInjury,y\n"
    assert topics(data) == [("Injury", "x")]
    assert [line for line, *_ in problems("stories.topics", data)] == [6]


@pytest.mark.parametrize("words", ["👩‍🚒 at work", "می‌خواهم", "Rock\u00a0'n'\u00a0Roll", "क्षत्रिय", "#fairplay"])
def test_topics_may_hold_whatever_letters_need(words):
    assert topics(f"{words}\nInjury\n") == [(words, ""), ("Injury", "")]


@pytest.mark.parametrize(
    ("kind", "data", "rows"),
    [
        ("stories.entities", {"entities": [{"type": "team", "name": "A"}]}, 1),
        ("stories.topics", {"topics": ["Injury"]}, 1),
    ],
)
def test_totals_of_lists_are_compared_and_never_trusted(kind, data, rows):
    fitting, wrong = (parsed(kind, {"total": total, **data}) for total in (rows, 7))
    assert fitting.notices[1:] == ["The file states a total of 1 (total): that fits."] and not fitting.problems
    assert [one.why for one in wrong.problems] == ["The file states a total of 7; 1 found."]
    assert len(fitting.rows) == len(wrong.rows) == rows


HTML = "<!DOCTYPE html>\n<html><body>Injury</body></html>\n"
OUTLINE = "# M0: A course — Lesson Map\n\n## L001: One [F]\n"
HOPS = "what does [Some Actor] appear in\tFilm A|Film B\n"
ANSWERS = [{"id": 1, "question": "Who?", "answers": ["A"]}]
CATALOGUE = {"materials": {"ceramic": {"description": "x", "article_type": "y", "items": ["Alumina"]}}}
RESPONSES = ["I like it.", "I do not."]
ROWS = '{"response_id": 0, "text": "I like it."}\n{"response_id": 1, "text": "I do not."}\n'
GROUPS = [{"id": 0, "title": "One", "summaries": [{"summary_text": "a"}]}]
TABLE = "type,name,external_id,aliases\nteam,Quarry Vale,t2,QV\n"


@pytest.mark.parametrize(
    ("kind", "data", "found"),
    [
        ("stories", HTML, "no JSON"), ("stories", OUTLINE, "no JSON"), ("stories", HOPS, "no JSON"),
        ("stories", TABLE, "no JSON"), ("stories", ANSWERS, "none .line 1: The group has no text"),
        ("stories", CATALOGUE, "none .line 1"), ("stories", ROWS, "none .line 1: A row with this id is no story group"),
        ("stories", RESPONSES, "without any group"),
        ("stories", '[{"id": 0, "items": ["a"]}, {"id": 1, "it', "no JSON"),
        ("stories", "[1, 2", "no JSON"), ("stories", "[" * 100_000, "nested too deeply"),
        ("stories", b"\xe9t\xe9", "other bytes at place 0"), ("stories", b"[\x00]", "binary data"),
        ("stories", b"\xff\xfe[\x00", "UTF-16"),
        ("stories.entities", HTML, "without a column 'name'"), ("stories.entities", OUTLINE, "without a column 'name'"),
        ("stories.entities", HOPS, "without a column 'name'"), ("stories.entities", ANSWERS, "none .line 1"),
        ("stories.entities", GROUPS, "no type"), ("stories.entities", "name,description\nInjury,x\n", "no type"),
        ("stories.entities", '[{"type": "team", "na', "no JSON"),
        ("stories.entities", "type,name\nteam," + "x" * 200_000, "a table that can't be read"),
        ("stories.topics", HTML, "headings or markup .'<!DOCTYPE"), ("stories.topics", OUTLINE, "headings or markup"),
        ("stories.topics", HOPS, "with tabs"), ("stories.topics", ANSWERS, "rows with 'answers'"),
        ("stories.topics", GROUPS, "rows with 'summaries'"), ("stories.topics", TABLE, "rows with 'aliases'"),
        ("stories.topics", "name,description\n" + "x" * 200_000, "a table that can't be read"),
        ("stories.topics", '["Injury", "Cu', "no JSON"), ("stories.topics", CATALOGUE, "without a list"),
    ],
)  # fmt: skip
def test_files_of_other_kinds_end_in_one_sentence_that_says_what_they_are(kind, data, found):
    with pytest.raises(SourceError, match=f"Expected .*{found}") as refusal:
        parsed(kind, data)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 300


THREE = {
    "stories": (Story, {"a": {"items": ["1"]}, "b": {"items": ["2"]}, "c": {"items": ["3"]}},
                {"a": {"items": ["1"]}, "b": {"items": ["!"]}, "d": {"items": ["4"]}}, "x.json"),
    "stories.entities": (Entity, "type,name,id\nteam,A,a\nteam,B,b\nteam,C,c\n",
                         "type,name,id\nteam,A,a\nteam,B!,b\nteam,D,d\n", "x.csv"),
    "stories.topics": (Topic, "name,description\nA,\nB,\nC,\n", "name,description\nA,\nB,!\nD,\n", "x.csv"),
}  # fmt: skip
KINDS = pytest.mark.parametrize("kind", THREE)


@pytest.mark.django_db
@KINDS
def test_the_same_file_twice_changes_nothing(kind):
    model, data, _, name = THREE[kind]
    assert bring(kind, data, name) == {"new": 3}
    before = list(model.objects.values()), list(Feed.objects.values())
    assert bring(kind, data, name) == {"unchanged": 3}
    assert (list(model.objects.values()), list(Feed.objects.values())) == before


@pytest.mark.django_db
@KINDS
def test_only_what_changed_is_marked_and_what_is_gone_stays(kind):
    model, data, later, name = THREE[kind]
    bring(kind, data, name)
    assert bring(kind, later, name) == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1}
    marks = [
        (bool(changed), bool(removed))
        for changed, removed in model.objects.order_by("pk").values_list("changed_at", "removed_at")
    ]
    # A stays, B is changed, C is gone, D is new.
    assert marks == [(False, False), (True, False), (False, True), (False, False)]


@pytest.mark.django_db
@KINDS
def test_a_dry_run_counts_what_would_change_and_writes_nothing(kind, tmp_path):
    model, data, later, name = THREE[kind]
    bring(kind, data, name)
    before = list(model.objects.values()), list(Feed.objects.values())
    path = tmp_path / name
    path.write_bytes(later.encode() if isinstance(later, str) else repr(later).replace("'", '"').encode())
    told = said("import_items", kind, path, "--collection", "feed", "--dry-run")
    assert "3 items in the file: 1 new, 1 changed, 1 unchanged, 1 removed, 0 restored, 0 problems." in told
    assert "nothing was written" in told
    assert (list(model.objects.values()), list(Feed.objects.values())) == before


@pytest.mark.django_db
@KINDS
def test_an_import_that_fails_half_way_leaves_nothing(kind, monkeypatch):
    def fail(*args):
        raise RuntimeError("disk full")

    model, data, later, name = THREE[kind]
    bring(kind, data, name)
    before = list(model.objects.values())
    monkeypatch.setattr("generation.importing._save_collection", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        bring(kind, later, name)
    assert list(model.objects.values()) == before
