"""Search in texts, and replacing at chosen places."""

import pytest
from django.urls import reverse

from generation.models import Revision
from lessons.models import Lesson
from tests.desk import rows

ADDRESS = "admin:lessons_lesson_desk_search"


@pytest.fixture
def lessons(course):
    return rows.lessons(course, 3)


@pytest.fixture
def editor(client, roles):
    client.force_login(roles["editor"])
    return client


def search(client, query="?status=any", **asked):
    return client.get(reverse(ADDRESS) + query, asked | {"status": "any"})


def names(page):
    return [found.place.name for hit in page.context["hits"] for found in hit.places]


def replace(client, places, find="line", replacement="row", **fields):
    form = {"find": find, "place": places, "replacement": replacement, **fields}
    return client.post(reverse(ADDRESS) + "?status=any&find=" + find, form)


def test_places_with_excerpts(editor, lessons):
    page = search(editor, find="line")
    assert len(page.context["hits"]) == 3 and page.context["places"] == 9
    first = page.context["hits"][0].places[0]
    assert (first.line, first.before, first.there, first.after) == (3, "First ", "line", ".")
    assert "First <mark>line</mark>." in page.content.decode()


@pytest.mark.parametrize(("find", "ignore", "count"), [("LINE", "", 0), ("LINE", "1", 9), ("%", "", 0), (".", "", 12)])
def test_it_is_searched_as_it_is_written(editor, lessons, find, ignore, count):
    assert search(editor, find=find, ignore_case=ignore).context["places"] == count


def test_other_alphabets_without_case(editor, lessons):
    Revision.objects.filter(pk=lessons[0].current_id).update(text="ÄRGER und Straße 日本 🎉")
    assert search(editor, find="ärger", ignore_case="1").context["places"] == 1
    assert search(editor, find="日本").context["places"] == 1


def test_the_filter_holds(editor, lessons):
    assert len(search(editor, find="line", module="M1").context["hits"]) == 0
    assert editor.get(reverse(ADDRESS), {"find": ""}).status_code == 422
    assert editor.get(reverse(ADDRESS), {"find": "a" * 201}).status_code == 422


def test_only_the_ticked_places_are_replaced_in_one_revision_each(editor, lessons, roles):
    before = Revision.objects.count()
    chosen = names(search(editor, find="line"))
    replace(editor, [chosen[0], chosen[2], chosen[3]])
    texts = [Lesson.objects.get(pk=lesson.pk).current.text for lesson in lessons]
    assert texts[0].endswith("First row.\n\nSecond line.\n\nThird row.")
    assert texts[1].endswith("First row.\n\nSecond line.\n\nThird line.")
    assert Revision.objects.count() == before + 2
    newest = Revision.objects.latest("pk")
    assert (newest.author, newest.note) == (roles["editor"], "replaced “line” by “row” at 1 place")
    assert newest.parent.text.count("line") == 3, "the text before is kept"


def test_a_text_that_has_changed_since_is_left_alone(editor, lessons):
    chosen = names(search(editor, find="line"))
    replace(editor, chosen[:1], replacement="verse")
    answer = replace(editor, chosen)
    editor.cookies["messages"] = answer.cookies["messages"]
    assert "2 changed; 1 left alone: its text has changed since" in editor.get(answer.url).content.decode()
    assert "verse" in Lesson.objects.get(pk=lessons[0].pk).current.text


@pytest.mark.parametrize("place", ["x", "1-2", "1-2-x", "-1-2-3", "9" * 30 + "-1-1"])
def test_places_of_a_forged_form(editor, lessons, place):
    assert replace(editor, [place]).status_code == 422


def test_a_place_where_it_does_not_stand_changes_nothing(editor, lessons):
    count = Revision.objects.count()
    replace(editor, [f"{lessons[0].pk}-{lessons[0].current_id}-1", "999999-1-1"])
    assert replace(editor, []).status_code == 422
    assert Revision.objects.count() == count


def test_a_replacement_is_taken_as_it_is(editor, lessons):
    replace(editor, names(search(editor, find="Third"))[:1], find="Third", replacement=r"\1 \g<0> $&")
    assert r"\1 \g<0> $& line." in Lesson.objects.get(pk=lessons[0].pk).current.text


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_only_reads_searches_but_replaces_nothing(client, roles, lessons, role):
    client.force_login(roles[role])
    page = search(client, find="line")
    assert page.context["places"] == 9 and 'name="place"' not in page.content.decode()
    assert replace(client, names(page)).status_code == 403
    assert Lesson.objects.filter(touched=True).count() == 0


def test_hidden_texts_are_neither_found_nor_changed(editor, lessons, course, roles):
    chosen = names(search(editor, find="line"))
    course.groups.add(roles["viewer"].groups.get())
    assert search(editor, find="line").context["places"] == 0
    replace(editor, chosen)
    assert Lesson.objects.filter(touched=True).count() == 0


def test_a_line_that_goes_on_is_cut_with_a_sign(editor, lesson):
    long = f"{'a ' * 100}needle{' b' * 100}"
    Revision.objects.filter(pk=lesson.current_id).update(text=f"First.\n{long}\nneedle")
    cut, whole = search(editor, find="needle").context["hits"][0].places
    assert (cut.before, cut.after) == (f"… {'a ' * 30}", f"{' b' * 30} …")
    assert (whole.before, whole.after) == ("", "")
