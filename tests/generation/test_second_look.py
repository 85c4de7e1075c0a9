"""Texts seen again after an import that moved what no text was made from."""

import pytest

from generation.importing import apply_import, plan_import
from generation.models import ArtefactFinding, Revision
from generation.second_look import look_again
from questions.models import Answer, Question
from tests.questions.rows import dataset
from tests.tiny.sources import ThingSource

pytestmark = pytest.mark.django_db
KEY = "questions.answer"


def stored(question, text, **fields):
    """An answer as it was scored once."""
    revision = Revision.objects.create(recipe=KEY, item_id=question.pk, origin="generated", text=text)
    return Answer.objects.create(item=question, recipe=KEY, current=revision, source_hash="x", **fields)


def finding(answer, check="known_answers", message="0 of 1 known answers found, 1 wrong.", **fields):
    return ArtefactFinding.objects.create(
        recipe=KEY, artefact_id=answer.pk, revision=answer.current, check_name=check, severity="warning",
        message=message, **fields,
    )  # fmt: skip


def bring(text, slug="set"):
    return apply_import(plan_import("questions", text.encode(), slug=slug, filename="a.txt"))


def test_gold_that_is_imported_again_scores_the_answers_anew():
    made = bring("what flows through [Vienna]\tRhine\n")
    answer = stored(Question.objects.get(), '{"answers": ["Danube"]}', category="hallucination_only", f1=0.0, weight=10)
    finding(answer)
    bring("what flows through [Vienna]\tDanube\n")
    answer.refresh_from_db()
    assert (answer.category, answer.f1, answer.weight, answer.answers) == ("perfect", 1.0, 0, ["Danube"])
    assert not ArtefactFinding.objects.exists()
    assert answer.status == "needs_review" and not answer.touched and made.items.count() == 1


def test_gold_that_is_gone_leaves_the_answer_without_a_score():
    bring("what flows through [Vienna]\tDanube\n")
    answer = stored(Question.objects.get(), '{"answers": ["Danube"]}', category="perfect", f1=1.0)
    bring("what flows through [Vienna]\t\n")
    answer.refresh_from_db()
    assert (answer.category, answer.f1) == ("", None)


def test_the_same_file_again_looks_at_nothing(monkeypatch):
    bring("what flows through [Vienna]\tDanube\n")
    answer = stored(Question.objects.get(), '{"answers": ["Danube"]}', category="failed", f1=0.0)
    bring("what flows through [Vienna]\tDanube\n")
    answer.refresh_from_db()
    assert answer.category == "failed"


def test_a_finding_that_was_dismissed_and_is_found_again_stays_dismissed():
    question = dataset(("Danube",)).items.get()
    answer = stored(question, '{"answers": ["Rhine", "rhine"]}', weight=0)
    finding(answer, message="0 of 1 known answers found, 2 wrong.", dismissed_at="2026-01-01T00:00Z")
    assert look_again(KEY, Question.objects.all()) == 1
    answer.refresh_from_db()
    assert dict(ArtefactFinding.objects.values_list("check_name", "dismissed_at__year")) == {
        "known_answers": 2026, "repeated": None,
    }  # fmt: skip
    assert answer.weight == 10


def test_a_text_that_can_t_be_read_any_more_stays_as_it_was():
    answer = stored(dataset(("a",)).items.get(), "no JSON", category="partial", f1=0.4, weight=7)
    assert look_again(KEY, Question.objects.all()) == 0
    answer.refresh_from_db()
    assert (answer.category, answer.f1, answer.weight) == ("partial", 0.4, 7)


def test_only_the_named_items_are_looked_at():
    made = dataset(("a",), ("b",))
    rows = [stored(question, '{"answers": ["a"]}') for question in made.items.order_by("pk")]
    look_again(KEY, Question.objects.filter(pk=rows[0].item_id))
    assert list(Answer.objects.order_by("pk").values_list("category", flat=True)) == ["perfect", ""]


def test_a_source_gets_the_items_that_an_import_changed_and_no_others(monkeypatch):
    seen = []
    monkeypatch.setattr(
        ThingSource, "after_import", classmethod(lambda cls, items: seen.extend(items.values_list("key", flat=True)))
    )
    first = b"one: an apple\ntwo: a pear\n"
    apply_import(plan_import("tiny", first, slug="box", filename="box.txt"))
    assert seen == [], "what is new has no text yet"
    apply_import(plan_import("tiny", first.replace(b"pear", b"plum"), slug="box", filename="box.txt"))
    assert len(seen) == 1
