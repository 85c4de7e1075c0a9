"""Every page of the admin answers for everybody who may see it, and refuses the others."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from generation.models import Attempt, BatchJob, Prompt, RecipeSettings, Request, Run
from lessons.models import Course, Lesson, LessonPlan
from tests import factories

OURS = (Course, LessonPlan, Lesson, Run, BatchJob, Request, Attempt, Prompt, RecipeSettings)
QUEUE = ("django_q_schedule", "django_q_success", "django_q_failure", "django_q_ormq")


def listed(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher", "operator", "admin"])
def test_lists_answer_for_every_role(client, roles, role, model):
    client.force_login(roles[role])
    assert client.get(listed(model)).status_code == 200


@pytest.mark.parametrize("model", OURS[:7], ids=lambda model: model.__name__)
def test_an_empty_list_says_what_to_do_first(client, roles, model):
    client.force_login(roles["admin"])
    page = client.get(listed(model)).content.decode()
    hint = getattr(admin.site._registry[model], "empty_hint", "")
    assert hint and hint in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_every_row_of_a_finished_run_has_a_page(client, provider, course, roles, role):
    factories.finished(course)
    client.force_login(roles[role])
    for model in (LessonPlan, Lesson, Run, BatchJob, Request, Attempt, Prompt):
        answer = client.get(page_of(model.objects.order_by("pk").first()))
        assert answer.status_code == 200, model
        assert client.get(listed(model)).status_code == 200


@pytest.mark.parametrize("model", [Run, BatchJob, Request, Attempt, LessonPlan, Lesson], ids=lambda one: one.__name__)
def test_machine_rows_can_neither_be_added_nor_deleted_nor_edited(client, provider, course, roles, model):
    factories.finished(course)
    client.force_login(roles["admin"])
    row = model.objects.order_by("pk").first()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert client.get(reverse(f"{name}_add")).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.post(page_of(row), {"status": "completed", "_save": "1"}).status_code in (400, 403, 422, 302)
    before = {field.name: getattr(row, field.attname) for field in model._meta.concrete_fields}
    row.refresh_from_db()
    assert before == {field.name: getattr(row, field.attname) for field in model._meta.concrete_fields}


@pytest.mark.parametrize("name", QUEUE)
def test_the_queue_is_for_superusers_only(client, roles, name):
    client.force_login(roles["admin"])
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    roles["operator"].user_permissions.set(apps.get_model("auth", "Permission").objects.all())
    client.force_login(roles["operator"])
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_a_schedule_of_any_function_needs_a_superuser(client, roles):
    roles["operator"].user_permissions.set(apps.get_model("auth", "Permission").objects.all())
    client.force_login(roles["operator"])
    answer = client.post(reverse("admin:django_q_schedule_add"), {"func": "os.system", "args": "'true'"})
    assert answer.status_code == 403


def test_people_and_groups_are_there_for_superusers(client, roles):
    client.force_login(roles["admin"])
    for name in ("auth_user_changelist", "auth_group_changelist", "auth_user_add"):
        assert client.get(reverse(f"admin:{name}")).status_code == 200


def test_the_sidebar_names_every_domain_app_before_the_engine(client, roles):
    client.force_login(roles["admin"])
    groups = [group["title"] for group in client.get(reverse("admin:index")).context["sidebar_navigation"]]
    assert groups.index("Lessons") < groups.index("Generation") < groups.index("Queue")


def test_pages_send_the_policy_and_no_script_of_ours_is_inline(client, provider, course, roles):
    factories.finished(course)
    client.force_login(roles["operator"])
    for row in (Lesson.objects.first(), Run.objects.first(), Prompt.objects.first()):
        answer = client.get(page_of(row))
        assert "script-src 'self' 'unsafe-eval'" in answer["Content-Security-Policy"]
        assert "<script>" not in answer.content.decode()
