"""Each check of topics and entities, with the words that a person reads."""

import pytest

from stories.checks import check_entities, check_topics
from stories.outputs import FoundEntity, FoundTopic
from tests.stories.rows import found, topic

LISTED = {"injury": 1, "transfer": 2}
TYPES = {"player": ("position",), "team": ()}
TEXTS = ["Title", "Tomas  Brandt met the Łódź club."]


def of_topics(*given, most=3):
    rows = [FoundTopic(**one) for one in given]
    return [(one.check, str(one.severity), one.place) for one in check_topics(rows, LISTED, most)]


def of_entities(*given, most=3):
    rows = [FoundEntity(**one) for one in given]
    return [(one.check, str(one.severity), one.place) for one in check_entities(rows, TYPES, TEXTS, most)]


def test_good_ones_have_no_findings():
    assert of_topics(topic("Injury"), topic("TRANSFER", 2, 0.5)) == []
    assert of_entities(found("tomas brandt"), found("łódź", "team", 2)) == []


def test_a_topic_that_is_not_in_the_list_is_an_error():
    assert of_topics(topic("Injury"), topic("Weather", 2)) == [("off_list", "error", "Weather")]


def test_a_repeated_topic_is_a_warning():
    assert of_topics(topic("Injury"), topic("injury ", 2)) == [("repeated", "warning", "injury ")]


def test_a_type_that_is_not_looked_for_is_an_error():
    assert of_entities(found("Tomas", "planet")) == [("unknown_type", "error", "Tomas")]


def test_a_mention_that_the_text_does_not_have_is_a_warning():
    assert of_entities(found("Tomas Brand t")) == [("not_in_text", "warning", "Tomas Brand t")]


def test_nothing_found_is_a_warning():
    assert of_topics() == of_entities() == [("nothing_found", "warning", "")]


@pytest.mark.parametrize(("most", "expected"), [(2, []), (1, [("too_many", "warning", "")])])
def test_more_than_the_feed_takes_is_a_warning(most, expected):
    assert of_topics(topic("Injury"), topic("Transfer", 2), most=most) == expected
    assert of_entities(found("Tomas"), found("Brandt", rank=2), most=most) == expected


def test_a_rank_given_twice_is_noted():
    assert of_topics(topic("Injury"), topic("Transfer")) == [("same_rank", "note", "")]


def test_ranks_without_a_first_are_noted():
    assert of_topics(topic("Injury", 2), topic("Transfer", 3)) == [("no_first", "note", "")]


@pytest.mark.parametrize(("confidence", "noted"), [(0.5, False), (0.49, True)])
def test_an_unsure_answer_is_noted(confidence, noted):
    assert of_topics(topic("Injury", 1, confidence)) == [("unsure", "note", "Injury")] * noted
    given = found("Tomas") | {"confidence": confidence}
    assert of_entities(given) == [("unsure", "note", "Tomas")] * noted
