"""What the database knows of responses, mappings and repeats."""

import pytest

from consultations.again import repeated, set_up
from consultations.mappings import Coding, Labelled
from consultations.models import Response, ResponseSlot, SecondMapping
from consultations.second_import import import_second
from consultations.stored import (
    NothingStored,
    comparable,
    first_coding,
    latest_second,
    texts_of,
    themes_of,
    vary_stored,
)
from tests.consultations.rows import TOPICS, approve, consultation, label, respond, theme_list

pytestmark = pytest.mark.django_db
SAME = "The bus should run all night, because I come home late."


def test_texts_are_given_or_made_in_order():
    made = consultation(texts=("Given.", "", "Also given."))
    assert texts_of(made) == {"s00001": "Given.", "s00003": "Also given."}
    Response.objects.all().delete()
    slot = made.items.get(key="s00002")
    respond(made, "x", "Made.")
    assert texts_of(made)["s00002"] == "Made." and slot.text == ""


def test_a_given_text_goes_before_one_that_was_made():
    made = consultation(texts=("Given.",))
    respond(made, "Made.")
    assert texts_of(made) == {"s00001": "Given."}


def test_the_first_coding_follows_the_pointer():
    made = consultation(2)
    respond(made, "One.", "Two.")
    rows = label(made, ("Cost",), ("Noise",))
    assert [row.labels for row in first_coding(made).rows] == [("Cost",), ("Noise",)]
    assert first_coding(made, "approved").rows == []
    approve(Response)
    rows[1].approved, rows[1].status = rows[1].current, "approved"
    rows[1].save()
    assert first_coding(made, "approved").rows == [Labelled("s00002", "Two.", ("Noise",))]


def test_themes_of_a_consultation():
    made = consultation(1)
    assert themes_of(made) == []
    theme_list(made)
    assert tuple(theme.topic for theme in themes_of(made)) == TOPICS


def test_varying_again_replaces_the_mapping_of_that_name():
    made = consultation(3)
    label(made, ("Cost",), ("Noise",), ("Cost", "Noise"))
    first, second = vary_stored(made, 0.0, "1", "varied", "Ann"), vary_stored(made, 1.0, "2", "varied", "Bo")
    assert first.pk == second.pk and SecondMapping.objects.count() == 1
    assert (second.variation, second.seed, second.made_by, second.rows.count()) == (1.0, "2", "Bo", 3)


def test_nothing_is_varied_without_labels():
    with pytest.raises(NothingStored, match="run extract_themes first"):
        vary_stored(consultation(2), 0.3, "1", "varied")


def test_a_mapping_of_other_responses_is_refused_and_nothing_kept():
    with pytest.raises(NothingStored, match="nothing was kept"):
        import_second(consultation(2), Coding([Labelled("other", "", ("a",))]), "Ann")
    assert not SecondMapping.objects.exists()


def test_the_same_text_twice_is_matched_in_order():
    made = consultation(texts=("Yes.", "No.", "Yes."))
    coding = Coding([Labelled("", "Yes.", ("a",)), Labelled("", "Yes.", ("b",)), Labelled("", "Yes.", ("c",))])
    mapping, plan = import_second(made, coding, "Ann")
    assert dict(mapping.rows.values_list("slot__key", "labels")) == {"s00001": ["a"], "s00003": ["b"]}
    assert plan.unmatched == 1


def test_second_mappings_are_found_by_name_or_age():
    made = consultation(1)
    label(made, ("Cost",))
    for name in ("one", "two"):
        vary_stored(made, 0.5, "1", name)
    assert (latest_second(made).name, latest_second(made, "one").name) == ("two", "one")
    assert [mapping.name for mapping in comparable(made)] == ["two", "one"]
    with pytest.raises(NothingStored, match="there are: two, one"):
        latest_second(made, "three")


def test_repeats_name_what_they_repeat_and_given_ones_are_none():
    made = consultation(texts=(SAME, SAME, "", ""))
    respond(made, "x", "y", SAME.upper(), "Something else that nobody has said before today.")
    Response.objects.filter(item__position__lte=2).delete()
    (found,) = repeated(made)
    assert (found.key, found.of, found.similarity, found.untouched) == ("s00003", "s00001", 1.0, True)
    assert set_up([found]) == [found.item_id]
    assert list(ResponseSlot.objects.exclude(avoid="").values_list("key", "avoid")) == [("s00003", SAME)]


def test_the_touched_one_of_two_is_kept():
    made = consultation(2)
    rows = respond(made, SAME, SAME)
    Response.objects.filter(pk=rows[1].pk).update(touched=True)
    assert [(one.key, one.of) for one in repeated(made)] == [("s00001", "s00002")]


def test_the_threshold_is_the_consultation_s_or_the_caller_s():
    made = consultation(2)
    # Eleven words give nine shingles; another last word leaves 8 in common of 10.
    respond(made, SAME, SAME.replace("late.", "early."))
    assert len(repeated(made)) == 1
    assert repeated(made, 0.81) == []
    made.threshold = 0.81
    assert repeated(made) == []
