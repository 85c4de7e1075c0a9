"""Prompts: a version is never changed, and what no run could use is never saved. Recipe settings are validated."""

import pytest
from django.urls import reverse

from generation.models import Prompt, PromptActivation, RecipeSettings
from generation.recipes import all_recipes

ADD = "admin:generation_prompt_add"


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    client.get(reverse("admin:generation_prompt_changelist"))
    return client


def save(client, user="Write about {{ title }}.", **fields):
    data = {"recipe": "lessons.lesson", "collection": "", "system": "", "user": user, "note": "n", "activate": "on"}
    return client.post(reverse(ADD), data | fields)


def lessons():
    return Prompt.objects.filter(recipe="lessons.lesson", collection="")


def test_the_apps_prompts_are_versions_from_the_first_look_on(operator):
    assert lessons().get().from_file


def test_saving_makes_the_next_version_and_changes_none(operator, roles):
    before = lessons().get()
    save(operator)
    after = lessons().get(version=2)
    assert (after.user, after.active, after.created_by) == ("Write about {{ title }}.", True, roles["operator"])
    unchanged = lessons().get(version=1)
    assert (unchanged.user, unchanged.active) == (before.user, False)


def test_a_version_can_be_saved_without_putting_it_in_force(operator):
    save(operator, activate="")
    assert lessons().get(active=True).version == 1


def test_the_editor_starts_from_the_named_version(operator):
    before = lessons().get()
    page = operator.get(f"{reverse(ADD)}?from={before.pk}")
    assert page.context["adminform"].form.initial["user"] == before.user
    assert "{{ module_title }}" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "part", "words"),
    [
        ({"user": "{{ nonsense }}"}, "user", "{{ nonsense }}"),
        ({"user": "{% if nonsense %}a{% endif %}"}, "user", "{{ nonsense }}"),
        ({"system": "{% for x in nonsense %}{{ x }}{% endfor %}"}, "system", "{{ nonsense }}"),
        ({"user": "{% if title %}a"}, "user", "can't be read"),
        ({"user": "{{ title|explode }}"}, "user", "can't be read"),
        ({"user": "{% load static %}"}, "user", "can't be read"),
        ({"user": ""}, "user", "required"),
        ({"recipe": "nobody.knows"}, "recipe", "not one of"),
        ({"collection": "nowhere"}, "collection", "not one of"),
    ],
)
def test_what_no_run_could_use_is_refused_with_a_sentence(operator, fields, part, words):
    page = save(operator, **fields)
    assert words in page.context["adminform"].form.errors[part][0]
    assert lessons().count() == 1


def test_the_remark_is_always_known(operator):
    save(operator, user="{{ title }} {{ remark }}")
    assert lessons().count() == 2


def test_a_posted_text_keeps_its_lines(operator):
    save(operator, user="  a\r\n\r\n- {{ title }}\r\n")
    assert lessons().get(version=2).user == "  a\n\n- {{ title }}\n"


def test_a_version_shows_what_it_changed(operator):
    save(operator)
    page = operator.get(reverse("admin:generation_prompt_change", args=[lessons().get(version=2).pk]))
    name, lines = page.context["differences"][1]
    assert name == "user" and any(line.kind == "added" and line.text == "Write about {{ title }}." for line in lines)


def test_an_earlier_version_is_put_in_force_again(operator):
    save(operator)
    first = lessons().get(version=1)
    operator.post(reverse("admin:generation_prompt_change", args=[first.pk]), {"deed": "activate"})
    assert list(lessons().filter(active=True)) == [first]


def test_a_version_can_neither_be_edited_nor_deleted(operator, roles):
    first = lessons().get()
    address = reverse("admin:generation_prompt_change", args=[first.pk])
    assert operator.post(address, {"user": "changed", "_save": "1"}).status_code == 400
    operator.force_login(roles["admin"])
    assert operator.post(reverse("admin:generation_prompt_delete", args=[first.pk]), {"post": "yes"}).status_code == 403
    assert lessons().get().user == first.user


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
def test_only_operators_write_prompts(client, operator, roles, role):
    client.force_login(roles[role])
    first = lessons().get()
    address = reverse("admin:generation_prompt_change", args=[first.pk])
    assert save(client).status_code == 403
    assert client.post(address, {"deed": "activate"}).status_code == 403
    assert "Edit as a new version" not in client.get(address).content.decode()
    assert lessons().count() == 1


def test_a_collections_own_prompt_is_hidden_with_it(client, operator, roles, course):
    save(operator, collection="course")
    course.groups.add(roles["viewer"].groups.get())
    address = reverse("admin:generation_prompt_changelist")
    assert not [row for row in operator.get(address).context["cl"].result_list if row.collection == "course"]
    assert "not one of" in save(operator, collection="course").context["adminform"].form.errors["collection"][0]


def test_each_recipe_has_a_row_of_settings(operator):
    operator.get(reverse("admin:generation_recipesettings_changelist"))
    assert set(RecipeSettings.objects.values_list("recipe", flat=True)) == {recipe.key for recipe in all_recipes()}


def settings_page(client, **fields):
    row, _ = RecipeSettings.objects.get_or_create(recipe="lessons.lesson")
    usual = {"enabled": "on", "options": "{}"}
    return client.post(reverse("admin:generation_recipesettings_change", args=[row.pk]), usual | fields)


def test_settings_are_saved_with_who_did_it(operator, roles):
    assert settings_page(operator, model="gpt-5.4-nano", max_output_tokens="900").status_code == 302
    row = RecipeSettings.objects.get(recipe="lessons.lesson")
    assert (row.model, row.max_output_tokens, row.updated_by) == ("gpt-5.4-nano", 900, roles["operator"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "2.5"), ("provider", "nobody"), ("options", "[1]"), ("options", "{"),
        ("reasoning_effort", "huge"),
        ("max_output_tokens", "-1"), ("endpoint", "/v1/images"),
    ],
)  # fmt: skip
def test_settings_that_no_run_could_use_are_refused(operator, name, value):
    page = settings_page(operator, **{name: value})
    assert page.status_code == 200 and name in page.context["adminform"].form.errors


def test_only_operators_change_settings(client, roles):
    client.force_login(roles["publisher"])
    assert settings_page(client, model="gpt-5.4-nano").status_code == 403


def put_in_force(client, prompt):
    return client.post(reverse("admin:generation_prompt_change", args=[prompt.pk]), {"deed": "activate"})


def test_who_put_a_version_in_force_and_when_is_recorded(operator, roles):
    save(operator)
    first, second = lessons().get(version=1), lessons().get(version=2)
    put_in_force(operator, first)
    noted = PromptActivation.objects.filter(prompt__recipe="lessons.lesson").first()
    assert (noted.prompt, noted.instead_of, noted.user, noted.actor) == (first, second, roles["operator"], "operator")
    shown = operator.get(reverse("admin:generation_prompt_change", args=[second.pk])).context["activations"]
    assert [one.prompt.version for one in shown] == [1, 2, 1]


def test_what_is_in_force_already_is_not_recorded_again(operator):
    first = lessons().get()
    before = PromptActivation.objects.count()
    put_in_force(operator, first)
    assert PromptActivation.objects.count() == before and lessons().get().active


def test_the_apps_own_version_is_recorded_without_a_person(operator):
    noted = PromptActivation.objects.get(prompt=lessons().get())
    assert (noted.user, noted.actor) == (None, "")


def test_a_version_is_compared_with_any_other(operator):
    for text in ("Second {{ title }}.", "Third {{ title }}."):
        save(operator, user=text)
    first, third = lessons().get(version=1), lessons().get(version=3)
    address = reverse("admin:generation_prompt_change", args=[third.pk])
    assert operator.get(address).context["before"].version == 2
    page = operator.get(address, {"against": first.pk})
    assert page.context["before"] == first and "differs from version 1" in page.content.decode()


@pytest.mark.parametrize("against", ["x", "0", "²", "999999"])
def test_a_strange_choice_compares_with_the_version_before(operator, against):
    save(operator)
    page = operator.get(
        reverse("admin:generation_prompt_change", args=[lessons().get(version=2).pk]), {"against": against}
    )
    assert page.context["before"].version == 1


def test_a_changed_word_is_marked_within_its_line(operator):
    save(operator, user="Write about {{ title }} in short.")
    save(operator, user="Write about {{ title }} at length.")
    page = operator.get(reverse("admin:generation_prompt_change", args=[lessons().get(version=3).pk]))
    assert "<ins>at</ins>" in page.content.decode() and "<del>in</del>" in page.content.decode()


@pytest.mark.parametrize("user", ["{{ title.__class__ }}", "{% include 'x' %}", "{{ title|ljust:'999999999' }}"])
def test_hostile_prompts_are_refused_with_a_sentence(operator, user):
    page = save(operator, user=user)
    assert "can't be read" in page.context["adminform"].form.errors["user"][0] and lessons().count() == 1


def test_a_prompt_that_is_too_long_is_refused(operator):
    assert "at most" in save(operator, user="x" * 200_001).context["adminform"].form.errors["user"][0]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"temperature": "0.5"}, "temperature"), ({"model": "o3", "verbosity": "low"}, "verbosity"),
        ({"model": "gpt-4.1", "reasoning_effort": "low"}, "reasoning_effort"),
        ({"model": "gpt-5.4", "reasoning_effort": "minimal"}, "reasoning_effort"),
        ({"max_output_tokens": "3"}, "max_output_tokens"), ({"model": "gpt 5"}, "model"),
    ],
)  # fmt: skip
def test_what_the_model_does_not_take_is_said_at_its_field(operator, fields, place):
    page = settings_page(operator, **fields)
    assert list(page.context["adminform"].form.errors) == [place]
    assert not RecipeSettings.objects.exclude(updated_by=None).exists()


def test_a_plain_model_takes_a_temperature(operator):
    assert settings_page(operator, model="gpt-4.1", temperature="0.5").status_code == 302


def test_the_sandbox_is_no_provider_of_a_real_site(operator, settings):
    settings.PROVIDERS = settings.PROVIDERS | {"sandbox": {"base_url": "http://x", "api_key": "k", "batch": True}}
    settings.DEBUG = False
    page = settings_page(operator, provider="sandbox")
    assert "rehearsals only" in page.context["adminform"].form.errors["provider"][0]


def sent(client):
    page = client.get(reverse("admin:generation_recipesettings_change", args=[RecipeSettings.objects.get().pk]))
    return page.context


def test_a_table_says_what_is_sent_and_what_is_left_out(operator):
    settings_page(operator, model="gpt-4.1-mini", max_output_tokens="900")
    assert {("model", "gpt-4.1-mini"), ("max_tokens", "900")} <= set(sent(operator)["sent"])
    settings_page(operator, model="gpt-5.4-mini", max_output_tokens="900")
    assert ("max_completion_tokens", "900") in sent(operator)["sent"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": "nobody-knows"}, "price"),
        ({"provider": "other"}, "Batch API"),
        ({"provider": "other"}, "Few services"),
    ],
)
def test_what_is_possible_but_unusual_is_a_warning(operator, settings, fields, words):
    settings.PROVIDERS = settings.PROVIDERS | {"other": {"base_url": "http://x", "api_key": "k", "batch": False}}
    assert settings_page(operator, endpoint="/v1/responses", **fields).status_code == 302
    assert any(words in sentence for sentence in sent(operator)["warnings"])


def test_usual_settings_have_no_warning(operator):
    settings_page(operator, model="gpt-5.4-mini")
    assert sent(operator)["warnings"] == []
