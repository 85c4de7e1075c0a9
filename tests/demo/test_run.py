"""How the demo starts, refuses to start, and ends."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from demo import progress, users
from demo.environment import ROOT, Place
from demo.run import CannotStart, arguments, check_ports, main, only_one
from scripts.processes import HOST


@pytest.fixture
def busy_port():
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_busy_port_is_named_and_nothing_is_made(busy_port, free_ports, tmp_path, capsys):
    assert main(["--port", str(busy_port), "--sandbox-port", str(free_ports[0]), "--folder", str(tmp_path)]) == 1
    assert f"Port {busy_port} for the site cannot be used" in capsys.readouterr().err
    assert not (tmp_path / "demo.sqlite3").exists()


def test_a_busy_sandbox_port_is_named(busy_port, free_ports, tmp_path):
    with pytest.raises(CannotStart, match=rf"Port {busy_port} for the sandbox .* SANDBOX_PORT="):
        check_ports(Place(tmp_path, free_ports[0], busy_port), web=True)


def test_without_a_site_its_port_may_be_in_use(busy_port, free_ports, tmp_path):
    check_ports(Place(tmp_path, busy_port, free_ports[0]), web=False)


def test_one_port_for_both_is_refused(free_ports, tmp_path):
    with pytest.raises(CannotStart, match="must differ"):
        check_ports(Place(tmp_path, free_ports[0], free_ports[0]), web=True)


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path):
    with only_one(tmp_path), pytest.raises(CannotStart, match="already running"), only_one(tmp_path):
        pass


def test_the_lock_goes_with_the_demo(tmp_path):
    for _ in range(2):
        with only_one(tmp_path):
            pass


def test_the_usual_ports_and_folder():
    options = arguments([])
    assert (options.port, options.sandbox_port, options.folder) == (8000, 8001, ROOT / "var" / "demo")


def test_ctrl_c_at_the_start_stops_it_with_130(free_ports, tmp_path):
    command = [sys.executable, "-m", "demo", "--port", str(free_ports[0]), "--sandbox-port", str(free_ports[1])]
    with subprocess.Popen(
        [*command, "--folder", str(tmp_path)], stdout=subprocess.PIPE, env=os.environ, text=True
    ) as demo:
        assert demo.stdout and "Preparing" in demo.stdout.readline()
        demo.send_signal(signal.SIGINT)
        said, _ = demo.communicate(timeout=30)
    assert demo.returncode == 130
    assert "Stopped before the lessons were there" in said


@pytest.fixture
def groups(db):
    return [Group.objects.get_or_create(name=name.title())[0] for name in users.ROLES if name != "admin"]


def test_each_role_gets_its_user(groups):
    assert users.make_users() == list(users.ROLES)
    for group in groups:
        user = get_user_model().objects.get(username=group.name.lower())
        assert list(user.groups.all()) == [group]
        assert (user.is_staff, user.is_superuser, user.check_password("demo")) == (True, False, True)


def test_only_the_administrator_is_superuser(groups):
    users.make_users()
    assert get_user_model().objects.get(is_superuser=True).username == "admin"


def test_existing_users_keep_their_password_and_groups(groups):
    users.make_users()
    editor = get_user_model().objects.get(username="editor")
    editor.set_password("changed")
    editor.save()
    editor.groups.clear()
    assert users.make_users() == []
    editor.refresh_from_db()
    assert editor.check_password("changed")
    assert not editor.groups.exists()


def test_a_missing_group_is_named_and_leaves_no_half_made_user(db):
    Group.objects.all().delete()
    with pytest.raises(users.GroupMissing, match="'viewer'"):
        users.make_users()
    assert not get_user_model().objects.filter(username="viewer").exists()


def test_the_table_names_everybody():
    shown = users.table("http://127.0.0.1:8000/admin/")
    assert all(f"\n    {name} " in shown for name in users.ROLES)
    assert "http://127.0.0.1:8000/admin/" in shown
    assert "'demo'" in shown


@pytest.mark.parametrize(
    ("lessons", "shown"),
    [
        (progress.Lessons(336, 168, 1), "  [###############...............] 168 of 336 lessons, 7 s"),
        (progress.Lessons(0, 0, 0), "  [..............................] 0 of 0 lessons, 7 s"),
    ],
)
def test_the_line_of_progress(lessons, shown):
    assert progress.line(lessons, 7.2) == shown


@pytest.mark.parametrize(("planned", "made", "complete"), [(0, 0, False), (336, 335, False), (336, 336, True)])
def test_complete_is_every_lesson_and_at_least_one(planned, made, complete):
    assert progress.Lessons(planned, made, 0).complete is complete
