"""Every page of the site for every role, GET and POST: who gets in. A page without a row here fails the test.

A row: name of the address -> who may GET and who may POST, by the roles' first letters (a: superuser), and for a page
of the console what its address names, as a function of the scene.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.console.scene import Scene, scene

LETTERS = {"v": "viewer", "e": "editor", "r": "reviewer", "p": "publisher", "o": "operator", "a": "admin"}
ALL = "verpoa"
Row = tuple[str, str] | tuple[str, str, Callable[[Scene], dict[str, Any]]]
READ: dict[str, Row] = {
    "_add": ("", ""), "_change": (ALL, ""), "_changelist": (ALL, ALL), "_delete": ("", ""), "_history": (ALL, ALL),
}  # fmt: skip
COLLECTION: dict[str, Row] = READ | {
    "_change": (ALL, "oa"), "_delete": ("oa", "oa"), "_generate": ("oa", "oa"), "_import": ("oa", "oa"),
    "_publish": ("pa", "pa"),
}  # fmt: skip
# A POST to the desk without a deed does nothing; each deed is tested for each role with the desk.
ARTEFACT: dict[str, Row] = READ | {
    "_change": (ALL, ALL), "_desk": (ALL, ALL), "_desk_beside": (ALL, ALL), "_desk_claim": ("", ALL),
    "_desk_job": ("rpa", "a"), "_desk_keys": (ALL, ALL), "_desk_people": (ALL, ALL), "_desk_publish": ("pa", "pa"),
    "_desk_search": (ALL, "erpa"),
    "_desk_similar": (ALL, ALL), "_desk_whole": ("rpa", "rpa"), "_preview": (ALL, ALL), "_queue": (ALL, ALL),
}  # fmt: skip
SUPERUSERS: dict[str, Row] = dict.fromkeys(READ, ("a", "a"))
OPERATORS: Row = ("oa", "oa")
FAMILIES: dict[str, dict[str, Row]] = {
    "auth_group": SUPERUSERS,
    "auth_user": SUPERUSERS | {"_password_change": ("a", "a")},
    "consultations_consultation": COLLECTION
    | {
        "_download": OPERATORS,
        "_make": OPERATORS,
        "_mapping": OPERATORS,
        "_page": (ALL, ALL),
        "_vary": ("", "oa"),
    },
    "consultations_labelling": ARTEFACT,
    "consultations_response": ARTEFACT,
    "consultations_responseslot": READ,
    "consultations_themelist": ARTEFACT,
    "django_q_failure": SUPERUSERS | {"_add": ("", "")},
    "django_q_ormq": SUPERUSERS | {"_add": ("", "")},
    "django_q_schedule": SUPERUSERS,
    "django_q_success": SUPERUSERS | {"_add": ("", "")},
    "generation_attempt": READ,
    "generation_batchjob": READ | {"_change": (ALL, "oa")},
    "generation_budget": dict.fromkeys(READ, OPERATORS) | {"_delete": ("a", "a")},
    "generation_prompt": READ | {"_add": ("oa", "oa"), "_change": (ALL, "oa")},
    "generation_recipesettings": READ | {"_change": (ALL, "oa")},
    "generation_request": READ,
    "generation_run": READ | {"_change": (ALL, "oa"), "_failures": (ALL, ALL), "_progress": (ALL, ALL)},
    "lessons_course": COLLECTION,
    "lessons_lesson": ARTEFACT,
    "lessons_lessonplan": READ,
    "materials_catalogue": COLLECTION,
    "materials_component": ARTEFACT,
    "materials_material": READ | {"_page": (ALL, ALL), "_page_preview": (ALL, ALL)},
    "questions_answer": ARTEFACT,
    "questions_dataset": COLLECTION | {"_evaluation": (ALL, ALL)},
    "questions_question": READ,
    "stories_entity": READ | {"_change": (ALL, "erpa")},
    "stories_feed": COLLECTION,
    "stories_story": READ,
    "stories_storyentity": READ | {"_found": (ALL, ALL), "_queue": (ALL, "erpa")},
    "stories_storyoutput": ARTEFACT,
    "stories_storytopic": READ,
    "stories_topic": READ,
}
# Pages that belong to no table, by the name of the address. Keep them sorted.
ROWS: dict[str, Row] = {
    "admin:app_list": (ALL, ALL, lambda made: {"app_label": "generation"}),
    "admin:autocomplete": ("", ""),
    "admin:index": (ALL, ALL),
    "admin:jsi18n": (ALL, ""),
    "admin:password_change": (ALL, ALL),
    "admin:password_change_done": (ALL, ""),
    "admin:search": (ALL, ALL),
    "console_counts": ("oa", "oa"),
    "console_notices": (ALL, ALL),
    "console_plan": ("oa", "oa"),
    "console_prompt_preview": ("oa", "", lambda made: {"pk": made["generation_prompt"].pk}),
    "console_prompt_try": ("oa", "oa", lambda made: {"pk": made["generation_prompt"].pk}),
    "console_remote_batches": ("oa", "oa"),
    "console_remote_files": ("oa", "oa"),
    "console_rest": ("oa", "oa", lambda made: {"pk": made["pilot"].pk}),
    "console_results": ("oa", "oa", lambda made: {"pk": made["pilot"].pk}),
    "console_saved_views": ("", ALL),
    "console_trial": ("rpoa", "rpoa", lambda made: {"pk": made["trial"].pk}),
    "console_trial_progress": ("rpoa", "", lambda made: {"pk": made["trial"].pk}),
    "console_trials": ("rpoa", ""),
}
# For everybody, also without an account; the webhook asks for a signature instead.
PUBLIC = {"admin:login", "admin:logout", "healthz", "openai_webhook", "readyz"}
# Nothing here has a page elsewhere.
UNUSED = {"admin:view_on_site"}
pytestmark = pytest.mark.django_db


def table() -> dict[str, Row]:
    """All rows by the name of the address."""
    of_tables = {f"admin:{model}{page}": row for model, pages in FAMILIES.items() for page, row in pages.items()}
    return of_tables | ROWS


def named(patterns: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Name and parameters of every address that has a name."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from named(pattern.url_patterns, inner)
        elif pattern.name:
            yield prefix + pattern.name, list(pattern.pattern.converters)


def model_of(name: str) -> str:
    """The table that the page belongs to, as `app_model`."""
    return next((model for model in FAMILIES if name.startswith(f"admin:{model}_")), "")


def address(name: str, parameters: list[str], made: Scene) -> str:
    """The page of a row of the scene."""
    row = table()[name]
    if len(row) == 3:
        return reverse(name, kwargs=row[2](made))
    model = model_of(name)
    found = {"action": "approve", "deed": "all", "other": made["other lesson"].pk}
    pk = made["bulk job"].pk if name.endswith("_desk_job") else made[model].pk if model in made else 1
    try:
        return reverse(name, kwargs={one: found.get(one, pk) for one in parameters})
    except NoReverseMatch as error:
        raise AssertionError(f"{name}: its row needs a function that names {parameters}") from error


def pages(made: Scene) -> list[tuple[str, str]]:
    """Name and address of every page that has a row; of kinds alike, the desk's job is one of lessons."""
    kinds = ("consultations_labelling", "consultations_response", "consultations_themelist")
    alike = [f"admin:{one}_desk_" for one in (*kinds, "materials_component", "questions_answer", "stories_storyoutput")]
    skipped = {f"{start}{page}" for start in alike for page in ("job", "beside")} | PUBLIC | UNUSED
    found = [one for one in named(get_resolver().url_patterns) if one[0] in table() and one[0] not in skipped]
    return [(name, address(name, parameters, made)) for name, parameters in found]


@pytest.fixture
def unrendered(monkeypatch: Any) -> Iterator[None]:
    """What a page shows is tested elsewhere; here only who gets there."""
    monkeypatch.setattr(TemplateResponse, "rendered_content", "")
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})
    # Each refusal would be logged with its traceback: most of the time that this takes.
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def made(roles: Any, provider: Any, unrendered: None) -> Scene:
    """The scene, whose owner is the superuser."""
    return scene()


def ask(client: Client, method: str, url: str) -> Any:
    """The answer; whatever it did is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    return answer


def refused(answer: Any) -> bool:
    """Sent away, to the login or by a method that the page does not know."""
    at_the_door = answer.status_code == 302 and "/login/" in answer["Location"]
    return at_the_door or answer.status_code in (403, 405)


def away(answer: Any) -> bool:
    """Refused, or told that there is no such row."""
    gone = answer.status_code in (404, 410) or (answer.status_code == 302 and answer["Location"] == "/admin/")
    return gone or refused(answer)


def test_every_page_has_a_row():
    names = {name for name, _ in named(get_resolver().url_patterns)}
    assert names - set(table()) - PUBLIC - UNUSED == set()
    assert set(table()) - names == set(), "rows of pages that are gone"


def test_rows_are_sorted():
    assert list(ROWS) == sorted(ROWS) and list(FAMILIES) == sorted(FAMILIES)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_page_for_every_role(made, roles, letter):
    client, wrong = Client(), []
    client.force_login(roles[LETTERS[letter]])
    for name, url in pages(made):
        for place, method in enumerate(("get", "post")):
            answer = ask(client, method, url)
            if refused(answer) == (letter in str(table()[name][place])):
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("account", ["none", "not staff", "staff without a role"])
def test_without_a_role_nothing_opens(made, account):
    client = Client()
    if account != "none":
        client.force_login(User.objects.create_user("someone", is_staff=account.startswith("staff")))
    own = {"admin:index", "admin:jsi18n", "admin:password_change", "admin:password_change_done", "admin:search"}
    allowed = own if account.startswith("staff") else set()
    opened = {name for name, url in pages(made) for method in ("get", "post") if not away(ask(client, method, url))}
    assert opened - allowed == set()


def hide(made: Scene) -> None:
    """Restrict all collections to a group that nobody of the roles is in."""
    group = Group.objects.create(name="insiders")
    for collection in made["collections"]:
        collection.groups.add(group)


# What is theirs even where everything is hidden: lists (empty then), pages of no row, settings of the whole site.
OPEN = {
    "_changelist", "_add", "_import", "_queue", "_desk_keys", "_desk_people", "_desk_search", "_desk_similar",
    "_desk_whole", "_evaluation",
}  # fmt: skip
WHOLE_SITE = ("auth_", "django_q_", "generation_budget", "generation_recipesettings", "generation_prompt")


def shows_a_row(name: str) -> bool:
    """Whether the page is of one row that belongs to a collection."""
    model = model_of(name)
    page = name.removeprefix(f"admin:{model}")
    return bool(model) and page not in OPEN and not model.startswith(WHOLE_SITE)


@pytest.mark.parametrize("letter", ["v", "p", "o"])
def test_rows_of_hidden_collections_are_not_there(made, roles, letter):
    hide(made)
    client, seen = Client(), []
    client.force_login(roles[LETTERS[letter]])
    for name, url in pages(made):
        for method in ("get", "post") if shows_a_row(name) else ():
            answer = ask(client, method, url)
            if not away(answer):
                seen.append(f"{method} {name}: {answer.status_code}")
    assert seen == []


@pytest.mark.parametrize("letter", ["v", "p", "o"])
def test_lists_of_hidden_collections_are_empty(made, roles, letter):
    hide(made)
    client = Client()
    client.force_login(roles[LETTERS[letter]])
    lists = [(name, url) for name, url in pages(made) if name.endswith("_changelist") and model_of(name) in made]
    answers = {name: client.get(url) for name, url in lists if not model_of(name).startswith(WHOLE_SITE)}
    counted = {name: answer.context_data["cl"].result_count for name, answer in answers.items()}
    assert len(counted) > 10 and counted == dict.fromkeys(counted, 0)
