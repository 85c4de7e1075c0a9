"""The demo as a newcomer starts it: real processes, real sandbox, 336 lessons."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from demo.environment import ROOT
from scripts.processes import answers_http, port_problem

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
SLOW_MACHINE = 240
LESSONS = "SELECT id, status, current_id FROM lessons_lesson ORDER BY id"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def demo_command(folder, ports, *more):
    site, sandbox = map(str, ports)
    base = [sys.executable, "-m", "demo", "--folder", str(folder), "--port", site, "--sandbox-port", sandbox]
    return [*base, *more]


@pytest.fixture(scope="module")
def made(folder, two_free_ports):
    """The folder of a demo that has brought its lessons."""
    command = demo_command(folder, two_free_ports(), "--once", "--no-web")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SLOW_MACHINE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def before(made):
    return rows(made, LESSONS)


def until(lines, word):
    """The lines up to the one with this word; fails if they end before it."""
    said = []
    for line in lines:
        said.append(line)
        if word in line:
            return said
    pytest.fail("".join(said))


@pytest.fixture
def serving(made, before, free_ports):
    """A demo that has come up and waits for Ctrl-C, and what it has said."""
    with subprocess.Popen(
        demo_command(made, free_ports), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as demo:
        yield demo, until(demo.stdout, "Ctrl-C stops everything")
        demo.terminate()
        demo.communicate(timeout=30)


def rows(folder, query):
    with closing(sqlite3.connect(folder / "demo.sqlite3")) as connection:
        return connection.execute(query).fetchall()


def test_the_first_start_brings_336_lessons_in_15_modules(made):
    assert rows(made, "SELECT status, COUNT(*) FROM lessons_lesson GROUP BY 1") == [("needs_review", 336)]
    assert rows(made, "SELECT COUNT(DISTINCT module_code) FROM lessons_lessonplan") == [(15,)]
    assert rows(made, "SELECT status, COUNT(*) FROM generation_batchjob GROUP BY 1") == [("ingested", 1)]


def test_the_first_start_brings_answers_and_components(made):
    brought = "SELECT COUNT(*) FROM questions_answer UNION ALL SELECT COUNT(*) FROM materials_component"
    assert rows(made, brought) == [(25,), (60,)]


def test_the_second_start_keeps_the_lessons_and_stops_without_a_trace(made, before, serving, free_ports):
    demo, said = serving
    assert "All 336 lessons are there already" in "".join(said)
    assert rows(made, LESSONS) == before
    assert rows(made, "SELECT COUNT(*) FROM generation_batchjob") == [(1,)]
    assert answers_http(free_ports[0], "/admin/login/")
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=30)
    assert demo.returncode == 0
    assert [port_problem(port, "it", "PORT") for port in free_ports] == [None, None]


def test_a_child_that_dies_ends_it_with_its_name(serving, free_ports):
    demo, _ = serving
    kill_child(demo.pid, "sandbox")
    said, _ = demo.communicate(timeout=30)
    assert demo.returncode == 1
    assert "sandbox ended with -9" in said
    assert [port_problem(port, "it", "PORT") for port in free_ports] == [None, None]


def kill_child(parent, word):
    """Kill the child of a process whose command line holds a word."""
    command = ["ps", "-o", "pid=,args=", "--ppid", str(parent)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (pid,) = [int(line.split()[0]) for line in found.splitlines() if f" -m {word} " in line]
    os.kill(pid, signal.SIGKILL)
