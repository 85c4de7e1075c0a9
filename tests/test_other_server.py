"""Without the folder `sandbox/`, against a server that shares nothing with it."""

import ast
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import other_server

pytestmark = pytest.mark.xdist_group("other_server")
ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ("sandbox", "tests", "benchmarks", "var", "node_modules", ".*", "__pycache__", "*.sqlite3*")
LESSONS = 3


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as somebody has it who deleted the sandbox."""
    folder = tmp_path_factory.mktemp("elsewhere") / "project"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return folder


@pytest.fixture
def server() -> Iterator[tuple[str, other_server.State]]:
    with other_server.serving() as served:
        yield served


class Elsewhere:
    """Runs commands of the copied project with its own database."""

    def __init__(self, project: Path, folder: Path, url: str, key: str) -> None:
        self.project, self.database = project, folder / "site.sqlite3"
        self.environment = {
            "PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEBUG": "on", "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": key,
            "DEFAULT_MODEL": "tale-1", "POLL_MIN_SECONDS": "0.05", "POLL_MAX_SECONDS": "0.2",
        }  # fmt: skip

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A manage.py command."""
        return subprocess.run(
            [sys.executable, "manage.py", *command], cwd=self.project, env=self.environment, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip

    def generate(self, mode: str) -> subprocess.CompletedProcess[str]:
        """Generate a few lessons of the demo's outline and wait for them."""
        how = ["--limit", str(LESSONS), "--mode", mode, "--wait", "--poll-interval", "0.1", "--yes"]
        return self.manage("generate", "lessons", "--collection", "demo", *how)

    def rows(self, query: str) -> list[Any]:
        """What its database holds."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def imported(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo's outline, made without any server or key."""
    site = Elsewhere(project, tmp_path_factory.mktemp("imported"), "http://127.0.0.1:9/v1", "")
    for command in (["migrate"], ["import_items", "lessons", "demo/data_governance.md", "--collection", "demo"]):
        done = site.manage(*command)
        assert done.returncode == 0, done.stderr
    return site.database


@pytest.fixture
def site(project: Path, imported: Path, server: Any, tmp_path: Path) -> Elsewhere:
    """A site of its own, with the server as its provider."""
    made = Elsewhere(project, tmp_path, server[0], other_server.KEY)
    shutil.copy(imported, made.database)
    return made


@pytest.mark.parametrize("mode", ["batch", "direct"])
def test_generate_succeeds_against_another_server(mode, site, server):
    done = site.generate(mode)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (site.project / "sandbox").exists()
    texts = [text for (text,) in site.rows("SELECT text FROM generation_revision")]
    assert len(texts) == LESSONS
    assert all("Written by the other server." in text for text in texts)
    assert site.rows("SELECT status, COUNT(*) FROM lessons_lesson GROUP BY 1") == [("needs_review", LESSONS)]
    calls = server[1].calls
    sent = [calls.count("POST /batches"), calls.count("POST /chat/completions")]
    assert sent == ([1, 0] if mode == "batch" else [0, LESSONS])
    # Our key travels with the batch, so that it can be found again.
    keys = [batch["metadata"]["batchsite_key"] for batch in server[1].batches.values()]
    assert keys == [key for (key,) in site.rows("SELECT key FROM generation_batchjob")]


def test_without_a_key_a_launch_is_refused_with_a_sentence(site, server):
    site.environment["OPENAI_API_KEY"] = ""
    done = site.generate("batch")
    assert done.returncode == 1
    assert "Put OPENAI_API_KEY into the environment" in done.stderr
    assert "Traceback" not in done.stderr
    assert server[1].calls == []
    assert site.rows("SELECT COUNT(*) FROM generation_run WHERE status = 'running'") == [(0,)]


def test_a_wrong_key_is_refused_before_anything_is_sent(site):
    site.environment["OPENAI_API_KEY"] = "another"
    done = site.generate("direct")
    assert done.returncode == 1
    assert "check OPENAI_API_KEY" in done.stderr
    assert site.rows("SELECT COUNT(*) FROM generation_attempt") == [(0,)]


def test_the_other_server_stands_on_the_standard_library_alone():
    tree = ast.parse(Path(other_server.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)
