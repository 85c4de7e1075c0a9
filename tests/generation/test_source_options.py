"""What a source wants to know about a file besides its format reaches it from the command line."""

import pytest
from django.core.management import call_command

from generation.importing import Parsed, Row, Source, SourceError, plan_import
from generation.sources import _sources, register_source, source_options
from tests.tiny.models import Box, Thing


@pytest.fixture
def prefixed(monkeypatch):
    monkeypatch.setitem(_sources, "tiny", Source)

    @register_source
    class Prefixed(Source):
        kind, title, collection_model, item_model = "tiny", "a list", Box, Thing
        options = {"name_prefix": "put before every name"}

        def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
            prefix = self.chosen.get("name_prefix", "")
            return Parsed([Row(name, 1, {"name": prefix + name}) for name in data.decode().split()])

    return Prefixed


def test_options_reach_the_parser(prefixed, db):
    plan = plan_import("tiny", b"cup", slug="box", options={"name_prefix": "red "})
    assert plan.new == [Row("cup", 1, {"name": "red cup"})]


def test_without_options_there_are_none(prefixed, db):
    assert plan_import("tiny", b"cup", slug="box").new[0].fields == {"name": "cup"}


def test_an_unknown_option_is_refused_by_name(prefixed, db):
    with pytest.raises(SourceError, match="no option 'colour' for a list"):
        plan_import("tiny", b"cup", slug="box", options={"colour": "red"})


def test_the_command_offers_every_source_s_options(prefixed, db, tmp_path):
    file = tmp_path / "things.txt"
    file.write_text("cup")
    call_command("import_items", "tiny", str(file), "--collection", "box", "--name-prefix", "red ", verbosity=0)
    assert Thing.objects.get().name == "red cup"
    assert source_options()["name_prefix"] == "tiny: put before every name"


def test_an_option_of_another_kind_is_refused(prefixed, db, tmp_path):
    file = tmp_path / "outline.md"
    file.write_text("# M0: A — Lesson Map\n\n## L001: One [F]\n")
    with pytest.raises(Exception, match="no option 'name_prefix'"):
        call_command("import_items", "lessons", str(file), "--collection", "c", "--name-prefix", "x", verbosity=0)
