"""Plain inserts write what bulk_create would have written."""

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction
from django.forms import model_to_dict
from django.utils import timezone

from generation.models import Revision, Transition
from generation.models.inserts import copied, insert_objects, insert_rows, update_rows
from lessons.models import Lesson
from tests import factories

pytestmark = pytest.mark.django_db
SHARED = {"recipe": "lessons.lesson", "origin": "edited"}


def test_columns_shared_values_and_defaults_arrive():
    before = timezone.now()
    insert_rows(Revision, SHARED, ("item_id", "text", "dependencies"), [(1, "a%s?'\u2028", [7]), (2, "b", [])])
    first, second = Revision.objects.all()
    assert (first.item_id, first.text, first.dependencies, first.origin) == (1, "a%s?'\u2028", [7], "edited")
    assert (second.note, second.attempt_id, second.dependencies) == ("", None, [])
    assert before <= first.created_at == second.created_at <= timezone.now()


def test_objects_are_stored_as_bulk_create_stores_them(course):
    plans = list(course.items.all()[:2])
    for plan in plans:
        factories.lesson(plan, words=plan.pk)
    texts = dict(Lesson.objects.values_list("item_id", "current_id"))
    Lesson.objects.all().delete()
    made = [Lesson(item=plan, recipe="lessons.lesson", current_id=texts[plan.pk], title="T") for plan in plans]
    insert_objects(made[:1])
    Lesson.objects.bulk_create(made[1:])
    plain, usual = (model_to_dict(one, exclude=["id", "item", "current"]) for one in Lesson.objects.order_by("pk"))
    assert plain == usual
    assert Lesson.objects.first().created_at == made[0].created_at


def test_an_unknown_column_is_an_error():
    with pytest.raises(FieldDoesNotExist):
        insert_rows(Revision, SHARED | {"recpie": "x"}, ("text",), [("a",)])


def test_a_broken_constraint_is_an_error():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Transition, {"from_status": "", "to_status": ""}, ("detail",), [("of neither run nor job",)])


def test_nothing_is_inserted_for_no_rows():
    insert_rows(Revision, SHARED, ("item_id", "text"), [])
    insert_objects([])
    assert not Revision.objects.exists()


def test_a_copy_is_what_the_constructor_would_have_made():
    like = Revision(**SHARED, note="n")
    made = copied(like, item_id=7, text="t", dependencies=[1])
    usual = Revision(**SHARED, note="n", item_id=7, text="t", dependencies=[1], created_at=like.created_at)
    assert {name: value for name, value in vars(made).items() if name != "_state"} == {
        name: value for name, value in vars(usual).items() if name != "_state"
    }
    made.save()
    assert Revision.objects.get(item_id=7).text == "t"
    assert (like.pk, like._state.adding, copied(like).pk) == (None, True, None)


def test_values_are_written_into_the_rows_they_belong_to():
    insert_rows(Revision, SHARED, ("item_id", "text"), [(1, "a"), (2, "b"), (3, "c")])
    one, two, _ = Revision.objects.order_by("item_id")
    update_rows(Revision, ("text", "dependencies"), [("B?%s'", [2], two.pk), ("A\u2028", [1, 7], one.pk)])
    found = list(Revision.objects.order_by("item_id").values_list("text", "dependencies", "origin"))
    assert found == [("A\u2028", [1, 7], "edited"), ("B?%s'", [2], "edited"), ("c", [], "edited")]
