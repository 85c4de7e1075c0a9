"""`make run`: the first settings, the administrator, the port."""

import socket
import stat

import pytest
from django.contrib.auth import get_user_model

from scripts import run_site
from scripts.processes import HOST

EXAMPLE = "DEBUG=on\n# At least 50 characters.\nSECRET_KEY=change-me\nOPENAI_API_KEY=\n"


def test_the_secret_key_takes_the_place_of_the_sample():
    assert run_site.first_settings(EXAMPLE, r"a\1b") == EXAMPLE.replace("change-me", r"a\1b")


def test_a_secret_key_that_is_commented_out_is_set_too():
    assert run_site.first_settings("#SECRET_KEY=x\nA=1\n", "new") == "SECRET_KEY=new\nA=1\n"


def test_an_example_without_a_secret_key_gets_one():
    assert run_site.first_settings("A=1\n", "new") == "SECRET_KEY=new\nA=1\n"


def test_the_settings_are_made_once_for_the_owner_only(tmp_path):
    path, example = tmp_path / ".env", tmp_path / ".env.example"
    example.write_text(EXAMPLE)
    assert run_site.ensure_settings(path, example)
    first = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "change-me" not in first
    assert not run_site.ensure_settings(path, example)
    assert path.read_text() == first


def test_two_sites_get_different_keys(tmp_path):
    example = tmp_path / ".env.example"
    example.write_text(EXAMPLE)
    for name in ("a", "b"):
        run_site.ensure_settings(tmp_path / name, example)
    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()


def test_the_own_example_gets_its_key_replaced():
    made = run_site.first_settings((run_site.ROOT / ".env.example").read_text(), "brand-new")
    assert made.count("\nSECRET_KEY=brand-new\n") == 1


def test_a_port_in_use_gives_a_sentence_before_anything_is_done(capsys, monkeypatch):
    monkeypatch.setattr(run_site, "prepare", lambda env_file: pytest.fail("it went on"))
    with socket.create_server((HOST, 0)) as server:
        assert run_site.main(["--port", str(server.getsockname()[1])]) == 1
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.django_db
def test_without_a_terminal_nobody_is_asked_for_an_administrator(capsys, monkeypatch):
    monkeypatch.setattr(run_site, "manage", lambda *command: pytest.fail("it asked"))
    run_site.ensure_superuser(interactive=False)
    assert "createsuperuser" in capsys.readouterr().out


@pytest.mark.django_db
def test_an_administrator_is_asked_for_only_once(monkeypatch):
    asked = []
    monkeypatch.setattr(run_site, "manage", lambda *command: asked.append(command))
    run_site.ensure_superuser(interactive=True)
    get_user_model().objects.create_superuser("boss", password="x")
    run_site.ensure_superuser(interactive=True)
    assert asked == [("createsuperuser",)]
