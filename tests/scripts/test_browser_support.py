"""A browser is found, or its absence has a reason."""

import json
from pathlib import Path

import playwright
import pytest

from scripts import get_browser
from tests.browser_support import NoBrowser, launch_options, playwright_has_its_own


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """A machine without any browser."""
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setenv("PATH", str(tmp_path))


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_no_browser_has_a_reason():
    with pytest.raises(NoBrowser, match="BROWSER_PATH"):
        launch_options()
    assert "no browser" in (get_browser.missing() or "")


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_the_browser_of_the_system_is_found(tmp_path, name):
    path = program(tmp_path / name)
    assert launch_options()["executable_path"] == path


def test_a_named_browser_comes_first(tmp_path, monkeypatch):
    program(tmp_path / "chromium")
    monkeypatch.setenv("BROWSER_PATH", program(tmp_path / "mine"))
    assert launch_options()["executable_path"] == str(tmp_path / "mine")


def test_a_named_browser_that_is_not_there_is_no_silent_fallback(tmp_path, monkeypatch):
    program(tmp_path / "chromium")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "missing"))
    with pytest.raises(NoBrowser, match="missing"):
        launch_options()


def test_playwrights_own_browser_needs_no_path(tmp_path):
    listed = json.loads((Path(playwright.__file__).parent / "driver/package/browsers.json").read_text())
    revision = next(one["revision"] for one in listed["browsers"] if one["name"] == "chromium-headless-shell")
    folder = tmp_path / "browsers" / f"chromium_headless_shell-{revision}"
    folder.mkdir(parents=True)
    assert not playwright_has_its_own()
    (folder / "INSTALLATION_COMPLETE").touch()
    assert "executable_path" not in launch_options()


@pytest.mark.parametrize(("user", "flag"), [(0, True), (1000, False)])
def test_only_root_goes_without_the_sandbox(tmp_path, monkeypatch, user, flag):
    program(tmp_path / "chromium")
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert ("--no-sandbox" in launch_options()["args"]) is flag


def test_nothing_is_fetched_where_there_is_a_browser(tmp_path, monkeypatch):
    program(tmp_path / "chromium")
    monkeypatch.setattr(get_browser, "worked", lambda command: pytest.fail("it fetched"))
    get_browser.main()


def test_every_way_is_tried_and_the_end_is_told(monkeypatch, capsys):
    tried = []

    def worked(command):
        tried.append(command)
        return True

    monkeypatch.setattr(get_browser, "ways", lambda: [[["a"], ["b"]], [["c"]]])
    monkeypatch.setattr(get_browser, "worked", worked)
    get_browser.main()
    assert tried == [["a"], ["b"], ["c"]]
    assert "will be skipped: no browser" in capsys.readouterr().out
