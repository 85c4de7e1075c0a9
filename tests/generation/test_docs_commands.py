"""The pages name every command, every sub-command and every option that there is."""

import argparse
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands, load_command_class

# Of Django's own.
SHARED = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
          "--force-color", "--skip-checks"}  # fmt: skip


def ours():
    """Names of the commands of apps that lie at the top of this tree (installed ones may lie deeper within it)."""
    home = {app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    return sorted(name for name, app in get_commands().items() if app in home)


def described(parser):
    """Sub-commands and long options of a parser, with those of its sub-commands."""
    for action in parser._actions:
        yield from (flag for flag in action.option_strings if flag.startswith("--") and flag not in SHARED)
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield name
                yield from described(inner)


def pages():
    paths = [settings.BASE_DIR / "README.md", *sorted((settings.BASE_DIR / "docs").glob("*.md"))]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def unnamed(parts, text):
    return [part for part in parts if not re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", text)]


def test_the_readme_names_every_command():
    names = ours()
    assert {"generate", "batches", "evaluate"} <= set(names) and "migrate" not in names
    assert not unnamed(names, pages()["README.md"])


@pytest.mark.parametrize("name", ours())
def test_every_option_is_named_on_a_page_that_names_its_command(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    text = "\n".join(page for page in pages().values() if not unnamed([name], page))
    assert not unnamed(sorted(set(described(parser))), text)


def test_a_missing_option_is_found():
    assert unnamed(["--wait", "--wait-time"], "generate [--wait-time S]") == ["--wait"]
