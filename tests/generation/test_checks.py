"""Each wrong set-up is found by its id; the settings of the tests have none."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks as django_checks

from generation.checks import needed_retry, run_checks, run_deploy_checks

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = (ROOT / "batchsite/settings.py").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
SQLITE = {"timeout": 20, "transaction_mode": "IMMEDIATE",
          "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;"}  # fmt: skip
REAL = {"base_url": None, "api_key": "sk-x", "batch": True}
FAKE = {"base_url": "http://127.0.0.1:8001/v1", "api_key": "sk-sandbox", "batch": True}


@pytest.fixture(autouse=True)
def own_key(settings):
    """A site whose key is its own: test runners switch DEBUG off."""
    settings.SECRET_KEY = "x" * 60


def found() -> list[str]:
    """Ids of the messages under the settings as they are."""
    return [str(message.id) for message in run_checks()]


def test_the_settings_of_the_tests_are_right():
    assert found() == []


def test_the_checks_run_when_a_command_starts(settings):
    settings.LEASE_SECONDS = 0
    assert "generation.E010" in [message.id for message in django_checks()]


@pytest.mark.parametrize(("change", "expected"), [
    ({"retry": 959}, ["generation.E001"]),
    ({"retry": 960}, []),
    ({"workers": 1, "retry": 1259}, ["generation.E001"]),
    ({"workers": 1, "retry": 1260}, []),
    ({"queue_limit": 0}, ["generation.E002"]),
    ({"ack_failures": False}, ["generation.E003"]),
])  # fmt: skip
def test_queue(settings, change, expected):
    base = {"workers": 2, "timeout": 300, "queue_limit": 2, "bulk": 1, "retry": 960, "ack_failures": True}
    settings.Q_CLUSTER = base | change
    assert found() == expected


@pytest.mark.parametrize("missing", ["queue_limit", "ack_failures"])
def test_queue_with_a_value_left_out(settings, missing):
    settings.Q_CLUSTER = {key: value for key, value in settings.Q_CLUSTER.items() if key != missing}
    assert len(found()) == 1


def test_the_retry_that_is_needed_covers_every_prefetched_task():
    assert needed_retry({"workers": 4, "timeout": 100, "queue_limit": 8, "bulk": 1}) == 100 * (3 + 1) + 60


@pytest.mark.parametrize("change", [
    {"timeout": 9}, {"transaction_mode": "DEFERRED"}, {"init_command": ""},
    {"init_command": "PRAGMA journal_mode=DELETE; PRAGMA foreign_keys=ON"},
    {"init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=OFF"},
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_sqlite(settings, change):
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x", "OPTIONS": SQLITE}
    settings.DATABASES = {"default": database}
    assert found() == []
    settings.DATABASES = {"default": database | {"OPTIONS": SQLITE | change}}
    assert found() == ["generation.E004"]


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_postgresql_needs_no_sqlite_options(settings):
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}}
    assert found() == []


def test_the_sample_key_is_for_debug_only(settings):
    settings.SECRET_KEY = settings.SAMPLE_SECRET_KEY
    settings.DEBUG = True
    assert found() == []
    settings.DEBUG = False
    assert found() == ["generation.E005"]


@pytest.mark.parametrize(("providers", "debug", "expected"), [
    ({"default": FAKE}, False, ["generation.E006"]),
    ({"default": REAL, "second": FAKE | {"base_url": "http://localhost:1/v1"}}, False, ["generation.E006"]),
    ({"default": FAKE | {"base_url": "http://127.8.8.8/v1"}}, False, ["generation.E006"]),
    ({"default": FAKE}, True, []),
    ({"default": REAL, "sandbox": FAKE}, False, []),
    ({"default": FAKE | {"api_key": "sk-local-model"}}, False, []),
    ({"default": REAL | {"base_url": ""}}, True, ["generation.E007"]),
])  # fmt: skip
def test_providers(settings, providers, debug, expected):
    settings.PROVIDERS, settings.DEBUG = providers, debug
    assert found() == expected


@pytest.mark.parametrize(("value", "expected"), [("", ["generation.E007"]), ("  ", ["generation.E007"]), (None, [])])
def test_an_empty_address_is_no_address(monkeypatch, value, expected):
    if value is not None:
        monkeypatch.setenv("OPENAI_BASE_URL", value)
    assert found() == expected


@pytest.mark.parametrize(("name", "value", "expected"), [
    ("DIRECT_SLICE_SECONDS", 150.0, ["generation.E008"]),
    ("DIRECT_SLICE_SECONDS", 0.0, ["generation.E008"]),
    ("DIRECT_SLICE_SECONDS", 149.0, []),
    ("LEASE_SECONDS", 0, ["generation.E010"]),
    ("MODEL_PRICES", ["my-model=0.15"], ["generation.E009"]),
    ("MODEL_PRICES", ["=1/2"], ["generation.E009"]),
    ("MODEL_PRICES", ["my-model=cheap/2"], ["generation.E009"]),
    ("MODEL_PRICES", ["my-model=0.15/0.60", "other = 2 / 8"], []),
])  # fmt: skip
def test_single_values(settings, name, value, expected):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"timeout": 300, "retry": 960}
    setattr(settings, name, value)
    assert found() == expected


@pytest.mark.parametrize("name", ["MEDIA_ROOT", "STATIC_ROOT"])
def test_published_files_lie_apart(settings, tmp_path, name):
    setattr(settings, name, tmp_path / "served")
    settings.PUBLISH_ROOT = tmp_path / "served" / "published"
    assert found() == ["generation.E011"]
    settings.PUBLISH_ROOT = tmp_path / "served-not"
    assert found() == []


def test_a_production_site_without_a_key_is_told(settings):
    settings.DEBUG, settings.PROVIDERS = False, {"default": REAL | {"api_key": ""}}
    assert [message.id for message in run_deploy_checks()] == ["generation.W001"]


def test_every_message_has_a_hint(settings):
    settings.DEBUG, settings.SECRET_KEY, settings.LEASE_SECONDS = False, settings.SAMPLE_SECRET_KEY, 0
    settings.Q_CLUSTER = {"timeout": 300}
    messages = run_checks()
    assert len(messages) >= 5
    assert all(message.hint for message in messages)


def production(**changes: str) -> subprocess.CompletedProcess[str]:
    """`check --deploy` with the settings of a production site."""
    environment = {
        "PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEBUG": "off", "SECRET_KEY": "k9Lq7_" * 10,
        "ALLOWED_HOSTS": "batchsite.example", "BEHIND_PROXY": "on", "OPENAI_API_KEY": "sk-x",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, cwd=ROOT, env=environment | changes, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_production_site_passes_the_deployment_check():
    ended = production()
    assert ended.returncode == 0, ended.stderr


def test_a_production_site_without_a_key_of_its_own_does_not_start():
    ended = production(SECRET_KEY="")
    assert ended.returncode == 1
    assert "generation.E005" in ended.stderr


def test_the_example_names_exactly_what_the_settings_read():
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', SETTINGS))
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert read - named == set()
    assert {name for name in named - read if not name.startswith("PROVIDER_DEEPSEEK_")} == set()


def test_the_example_explains_each_variable():
    lines = EXAMPLE.splitlines()
    variables = [number for number, line in enumerate(lines) if re.match(r"#? ?[A-Z][A-Z_]+=", line)]
    explained = [any(re.match(r"# [^=]+$", line) for line in lines[number - 4 : number]) for number in variables]
    assert all(explained)


def test_the_example_holds_no_secret_and_no_empty_address():
    active = dict(line.split("=", 1) for line in EXAMPLE.splitlines() if re.match(r"[A-Z]", line))
    assert active["DEBUG"] == "off"
    assert not {"SECRET_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"} & set(active)


@pytest.mark.parametrize(("name", "default"), [
    ("Q_WORKERS", "2"), ("Q_TIMEOUT", "300"), ("POLL_MAX_SECONDS", "300"), ("RAW_RETENTION_DAYS", "90"),
    ("EDITOR_MONTHLY_REGENERATIONS", "30"), ("BATCH_MAX_REQUESTS", "50000"), ("DEFAULT_MODEL", "gpt-5.4-mini"),
])  # fmt: skip
def test_the_example_shows_the_defaults(name, default):
    assert f"# {name}={default}\n" in EXAMPLE
    written = re.search(rf'"{name}", default="?([^)",]+)', SETTINGS)
    assert written
    assert written[1].replace("_", "") == default
