"""Fixtures that every test may use."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.core.management import call_command

from tests import factories

pytest_plugins = ["tests.sandbox_fixture"]


# Fixtures with which a test uses the site's own database.
DATABASE = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask for the tests that a second database could make fail."""
    parser.addoption("--database-only", action="store_true", help="only tests that use the site's database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --database-only leave out what parses, draws, or starts sites and servers of its own."""
    if not config.getoption("--database-only"):
        return
    kept = [item for item in items if item.get_closest_marker("django_db") or DATABASE & set(_fixtures(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.fixture(autouse=True, scope="module")
def settled() -> None:
    """What earlier modules have left is no work for the collector any more: thousands of tests leave much behind."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    """Each test writes its files to a folder of its own, and finds nothing that another has kept."""
    cache.clear()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PUBLISH_ROOT = tmp_path / "published"
    settings.STORAGES = settings.STORAGES | {
        "batchfiles": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "batchfiles")},
        }
    }


@pytest.fixture
def provider(sandbox: Any, settings: Any) -> Iterator[Any]:
    """The default provider is this test's sandbox."""
    settings.PROVIDERS = {"default": {"base_url": sandbox.url, "api_key": "sk-test", "batch": True}}
    yield sandbox


@pytest.fixture
def course(db: None) -> Any:
    """A course with two modules of three lessons."""
    return factories.course()


@pytest.fixture
def roles(db: None) -> dict[str, User]:
    """One user of each role, and `admin`, a superuser."""
    call_command("setup", verbosity=0)
    users = {"admin": User.objects.create_superuser("admin", password="x")}
    for name in ("viewer", "editor", "reviewer", "publisher", "operator"):
        users[name] = User.objects.create_user(name, password="x", is_staff=True)
        users[name].groups.add(Group.objects.get(name=name.capitalize()))
    return users
