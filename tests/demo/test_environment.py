"""The demo never touches another database or provider than its own."""

import json
import os
import subprocess
import sys

import environ
import pytest

from demo.environment import KEPT, ROOT, Place, demo_environment

FOREIGN = {
    "DATABASE_URL": "postgres://shop@db.example/production",
    "OPENAI_API_KEY": "sk-real",
    "OPENAI_BASE_URL": "https://api.example/v1",
    "PROVIDERS": "default,deepseek",
    "REDIS_URL": "redis://queue.example",
    "HTTP_PROXY": "http://proxy.example:3128",
    "DJANGO_SETTINGS_MODULE": "shop.settings",
    "PUBLISH_ROOT": "/srv/published",
}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "a folder + 50 %", 8123, 8124)


@pytest.mark.parametrize("name", FOREIGN)
def test_nothing_foreign_passes(place, name):
    assert FOREIGN[name] not in demo_environment(place, FOREIGN).values()


def test_what_programs_need_passes(place):
    given = dict.fromkeys(KEPT, "kept")
    assert given.items() <= demo_environment(place, given).items()


def test_it_can_rehearse(place):
    given = demo_environment(place)
    assert given["PROVIDER_SANDBOX_BASE_URL"] == given["OPENAI_BASE_URL"]


def test_the_database_lies_in_the_folder_whatever_its_name(place):
    url = demo_environment(place)["DATABASE_URL"]
    assert environ.Env.db_url_config(url)["NAME"] == str(place.folder / "demo.sqlite3")


def test_django_itself_sees_only_the_demo(place):
    script = (
        "from django.conf import settings as s; import json;"
        "print(json.dumps([str(s.DATABASES['default']['NAME']), str(s.MEDIA_ROOT), str(s.PUBLISH_ROOT),"
        "s.STORAGES['batchfiles']['OPTIONS']['location'], s.PROVIDERS['default']['base_url'], sorted(s.PROVIDERS)]))"
    )
    environment = demo_environment(place, {**os.environ, **FOREIGN})
    shown = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True, cwd="/")
    *paths, base_url, providers = json.loads(shown.stdout)
    assert all(path.startswith(f"{place.folder}/") for path in paths)
    assert (base_url, providers) == ("http://127.0.0.1:8124/v1", ["default", "sandbox"])


def test_a_dotenv_file_of_the_user_is_not_read(place):
    assert demo_environment(place)["ENV_FILE"] == os.devnull
    assert (ROOT / "manage.py").exists()
