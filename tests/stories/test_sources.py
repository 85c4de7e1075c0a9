"""Each shape of the three files, with the rows that it means."""

import json

import pytest

from generation.sources import SourceError
from stories.models import Entity, Feed
from stories.queue import create, keep_as_alias
from tests.stories.files import bring, entities, groups, parsed, problems
from tests.stories.rows import entity, feed, found, mentioned

A = {"id": 0, "title": "T", "summaries": [{"summary_text": "one"}, {"summary_text": "two"}]}
EXPECTED = [("0", "T", ["one", "two"])]


@pytest.mark.parametrize(
    "data",
    [
        [A], {"groups": [A]}, {"stories": [A]}, A, {"0": {**A, "id": None}}, {"groups": {"0": {**A, "id": None}}},
        [{"id": 0, "title": "T", "items": ["one", "two"]}],
        [{"group_id": "0", "headline": "T", "items": [{"title": "x", "text": "one"}, {"title": "two"}]}],
        [{"story_id": 0, "name": "T", "texts": ["one", "", "two"]}],
        {"articles": [{"id": 1, "text": "one"}, {"id": 2, "body": "two"}],
         "groups": [{"id": 0, "title": "T", "members": [1, "2"]}]},
        {"articles": {"a": "one", "b": {"content": "two"}},
         "groups": [{"id": 0, "title": "T", "articles": [{"id": "a"}, {"id": "b"}]}]},
        {"articles": [{"article_id": 7, "text": "two"}, {"article_id": 1, "text": "one"}],
         "groups": [{"id": 0, "title": "T", "members": [{"article_id": "1"}, 7]}]},
        json.dumps(A) + "\n" + json.dumps({"id": 9, "items": []}),
    ],
)  # fmt: skip
def test_shapes_of_groups(data):
    assert groups(data) == EXPECTED


def test_a_group_without_an_id_gets_its_position():
    assert [key for key, *_ in groups([{"items": ["a"]}, {"id": "", "items": ["b"]}, {"id": 0, "items": ["c"]}])] == [
        "1", "2", "0",
    ]  # fmt: skip


def test_a_position_that_is_an_id_of_another_is_not_taken():
    data = [{"items": ["a"]}, {"id": 1, "items": ["b"]}]
    assert [key for key, *_ in groups(data)] == ["1-without-id", "1"]
    assert len(problems("stories", data)) == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([A, {"id": 5, "summaries": []}], [(2, "5", "The group has no text: it was skipped.")]),
        ([A, {"id": 5, "items": [{"text": " "}]}], [(2, "5", "The group has no text: it was skipped.")]),
        ([A, A], [(2, "0", "Another group before it has this id: it was left out.")]),
        ([A, "x"], [(2, "x", "Expected a group, found something else.")]),
        (f"{json.dumps(A)}\n\n{{broken\n", [(3, "{broken", "The line is no JSON.")]),
        (
            {"articles": [{"id": 1, "text": "a"}], "groups": [{"id": 7, "members": [1, 2]}]},
            [(1, "7", "Its member '2' is not among the articles.")],
        ),
    ],
)
def test_problems_of_groups(data, expected):
    assert problems("stories", data) == expected
    assert len(groups(data)) == 1


@pytest.mark.parametrize("id", ["007", "NA", "NO", "yes", "12345678901234567890", "1.10", "1e3", "เรื่อง", "قصة", "🙂"])
def test_ids_stay_as_they_are_written(id):
    assert [key for key, *_ in groups([{"id": id, "items": ["a"]}])] == [id]
    if id[0].isdigit() and id != "007":
        assert [key for key, *_ in groups(f'[{{"id": {id}, "items": ["a"]}}]')] == [id]


def test_marks_of_editors_change_nothing():
    text = "\ufeff\r\n" + json.dumps(A) + "\r\n" + json.dumps({"id": 1, "items": ["ไทย"]})
    assert groups(text.encode()) == [*EXPECTED, ("1", "", ["ไทย"])]


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("stories", "# A course", "found no JSON"),
        ("stories", "[]", "without any group"),
        ("stories", "3", "single value"),
        ("stories", [{"id": 1, "items": []}], "found none .line 1: The group has no text"),
        ("stories", b"PK\x03\x04", "zip archive"),
        ("stories", b"\xff\xfea", "UTF-16"),
        ("stories.entities", "# A course\n\n## One", "without a column 'name'"),
        ("stories.entities", "[[1], [2]]", "without any entity"),
        ("stories.entities", {"QV": 7}, "option 'type'"),
        ("stories.topics", "{}", "without a list"),
        ("stories.topics", "a\x01b", "control characters"),
    ],
)
def test_foreign_files_end_in_a_sentence(kind, data, sentence):
    with pytest.raises(SourceError, match=sentence):
        parsed(kind, data)


VALE = [("team", "Quarry Vale", "7", ["QV", "Vale"])]


@pytest.mark.parametrize(
    "data",
    [
        [{"type": "team", "name": "Quarry Vale", "external_id": 7, "aliases": ["QV", "Vale", "Quarry Vale"]}],
        {"entities": [{"type": "Team", "name": "Quarry Vale", "id": "7", "aliases": "QV;Vale"}]},
        {"teams": [{"name": "Quarry Vale", "team_id": 7, "aliases": "QV, Vale"}]},
        "type,name,external_id,aliases\nteam,Quarry Vale,7,QV;Vale\n",
        "\ufeff\r\nType;Name;ID;Aliases\r\nteam;Quarry Vale;7;QV, Vale",
        '{"type": "team", "name": "Quarry Vale", "id": 7, "aliases": ["QV", "Vale"]}\n{"type": "team"}\n',
        {"team": {"Quarry Vale": 7, "QV": 7, "Vale": "7"}},
    ],
)
def test_shapes_of_entities(data):
    assert entities(data) == VALE


def test_a_flat_map_takes_its_type_from_an_option():
    data = {"Quarry Vale": 7, "Northgate": 0, "QV": 7, "Vale": 7}
    assert entities(data, type="Team") == [*VALE, ("team", "Northgate", "0", [])]


def test_abbreviations_and_teams():
    data = "type,name,team_abbr,team_name\nteam,Quarry Vale,QV,Quarry Vale\nplayer,Bo,QV,\nstaff,Cy,QV,Quarry Vale\n"
    rows = [row.fields for row in parsed("stories.entities", data).rows]
    assert [(row["abbreviation"], row["team"]) for row in rows] == [("QV", ""), ("", "QV"), ("", "Quarry Vale")]


def test_problems_of_entities():
    data = "type,name,id\nteam,A,1\n\nteam,,2\n,B,3\nteam,A again,1\n"
    assert [(line, what) for line, what, _ in problems("stories.entities", data)] == [
        (4, "2"),
        (5, "B"),
        (6, "A again"),
    ]


def test_two_of_a_name_in_two_teams_are_two():
    data = "type,name,team\nplayer,Okoro,A\nplayer,Okoro,B\nplayer,Okoro,A\n"
    assert len(entities(data)) == 2 and len(problems("stories.entities", data)) == 1


@pytest.mark.parametrize(
    "data",
    [
        "Injury\nMatch result\n", "- Injury\n\n- Match result", ["Injury", "Match result"],
        {"topics": [{"name": "Injury"}, {"topic": "Match result"}]}, {"Injury": "", "Match result": "x"},
        "name,description\nInjury,\nMatch result,x\n", "name\nInjury\nMatch result\n",
    ],
)  # fmt: skip
def test_shapes_of_topics(data):
    rows = parsed("stories.topics", data).rows
    assert [(row.key, row.fields["name"]) for row in rows] == [("injury", "Injury"), ("match result", "Match result")]


def test_a_topic_stands_in_the_list_once():
    assert problems("stories.topics", "Injury\nINJURY \n") == [
        (2, "INJURY", "It stands in the list before: it was left out.")
    ]


@pytest.mark.django_db
def test_a_file_of_players_leaves_the_teams_alone():
    assert bring("stories.entities", "type,name\nteam,Quarry Vale\nteam,Northgate", "x.csv") == {"new": 2}
    assert bring("stories.entities", "type,name\nplayer,Bo", "x.csv") == {"new": 1}
    assert bring("stories.entities", "type,name\nteam,Quarry Vale", "x.csv") == {"unchanged": 1, "removed": 1}
    assert Entity.objects.present().count() == 2 and Feed.objects.count() == 1


@pytest.mark.django_db
def test_an_import_takes_away_nothing_that_editors_made():
    made = feed(1)
    keep_as_alias(entity(made, "Bo", external_id="1"), "Bobby")
    (row,) = mentioned(made.items.get(), found("Ann Boe"))
    create(row, "eve")
    bring("stories.entities", "type,name,id\nplayer,Bo B.,1", "x.csv")
    standing = Entity.objects.present().order_by("pk").values_list("name", "kept_aliases")
    assert list(standing) == [("Bo B.", ["Bobby"]), ("Ann Boe", [])]


@pytest.mark.django_db
def test_an_editor_s_entity_becomes_the_file_s_when_it_turns_up_there():
    (row,) = mentioned(feed(1).items.get(), found("Ann Boe"))
    made = create(row, "eve")
    bring("stories.entities", "type,name,aliases\nplayer,Ann Boe,Annie", "x.csv")
    assert Entity.objects.values_list("pk", "by_hand", "aliases").get() == (made.entity, False, ["Annie"])
