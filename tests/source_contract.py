"""What holds for every source: subclasses name theirs and give it a good file."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from generation.importing import ImportPlan, apply_import, plan_import
from generation.sources import Parsed, Row, Source, SourceError, source_of
from tests.generation.shell import refused, said

MARKS: dict[str, Callable[[bytes], bytes]] = {
    "bom": lambda data: b"\xef\xbb\xbf" + data,
    "newline": lambda data: data + b"\n",
    "no final newline": lambda data: data.rstrip(b"\n"),
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "blank first line": lambda data: b"\n" + data,
    "all": lambda data: b"\xef\xbb\xbf\r\n" + data.rstrip(b"\n").replace(b"\n", b"\r\n"),
}


# What no kind takes, whatever the file is called: other formats, other encodings, and what breaks off.
FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "BOM alone": b"\xef\xbb\xbf",
    "blanks": b" \r\n\t\n",
    "zeros": b"\x00\x01\x02",
    "zip": b"PK\x03\x04\x14\x00" + bytes(60),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "cut JSON": b'{"items": [{"id": 1, "name": "A"}, {"id": 2, "na',
    "UTF-16": "# M0: A\n".encode("utf-16"),
    "Latin-1": b"caf\xe9: a, b\n# caf\xe9\n\xe9t\xe9\n",
    "half a character": b"\xff\xfe\xff",
}
Change = Callable[[list[Row]], list[Row]]


class SourceContract:
    """Tests of one kind's source."""

    kind: ClassVar[str]
    good: ClassVar[bytes]
    filename: ClassVar[str]

    @property
    def source(self) -> type[Source]:
        return source_of(self.kind)

    @property
    def items(self) -> Any:
        return self.source.item_model._default_manager

    @property
    def collections(self) -> Any:
        return self.source.collection_model._default_manager

    def read(self, data: bytes) -> Parsed:
        return self.source().parse(data, format="auto", filename=self.filename)

    def planned(self, data: bytes | None = None) -> ImportPlan:
        return plan_import(self.kind, self.good if data is None else data, slug="contract", filename=self.filename)

    def imported(self) -> Any:
        return apply_import(self.planned())

    def stored(self) -> list[Any]:
        """Every column of the items and of the collections."""
        return [list(rows.order_by("pk").values()) for rows in (self.items, self.collections)]

    @pytest.fixture
    def file_with(self, monkeypatch: Any) -> Callable[[Change], None]:
        """Lets the file say something else from now on: its rows, changed by a function."""
        real = self.source.parse

        def instead(change: Change) -> None:
            def parse(source: Source, data: bytes, **given: str) -> Parsed:
                parsed = real(source, data, **given)
                parsed.rows = change(parsed.rows)
                return parsed

            monkeypatch.setattr(self.source, "parse", parse)

        return instead

    def reworded(self, rows: list[Row]) -> list[Row]:
        """The rows with one more word in the first one's longest text."""
        first, *others = rows
        given = {name: first.fields.get(name) for name in self.source.item_model.hashed_fields}
        texts = {name: value for name, value in given.items() if isinstance(value, str)}
        name = max(texts, key=lambda one: len(texts[one]))
        return [replace(first, fields={**first.fields, name: f"{texts[name]} more"}), *others]

    def test_parsing_touches_no_database(self):
        parsed = self.read(self.good)
        assert parsed.rows
        assert len({row.key for row in parsed.rows}) == len(parsed.rows), "keys are unique"

    @pytest.mark.parametrize("change", MARKS)
    def test_marks_of_an_editor_change_no_row_and_are_no_problem(self, change):
        plain, marked = self.read(self.good), self.read(MARKS[change](self.good))
        # A place may be a line's number, and moves with a line before it.
        assert [(row.key, row.fields) for row in marked.rows] == [(row.key, row.fields) for row in plain.rows]
        assert {one.why for one in marked.problems} <= {one.why for one in plain.problems}

    @pytest.mark.django_db
    def test_the_same_file_twice_changes_nothing(self):
        self.imported()
        before = self.stored()
        plan = self.planned()
        assert not (plan.new or plan.changed or plan.removed or plan.restored or plan.moved)
        assert len(plan.unchanged) == len(plan.rows) > 0
        apply_import(plan)
        assert self.stored() == before

    @pytest.mark.django_db
    def test_the_hashes_of_the_import_are_those_of_the_items(self):
        model: Any = self.source.item_model
        items = list(model.objects.filter(collection=self.imported()))
        assert all(item.source_hash == item.compute_hash() for item in items)

    @pytest.mark.django_db
    @pytest.mark.parametrize("change", MARKS)
    def test_marks_of_an_editor_change_no_item(self, change):
        self.imported()
        plan = self.planned(MARKS[change](self.good))
        assert not (plan.new or plan.changed or plan.removed)

    @pytest.mark.django_db
    def test_a_changed_item_is_marked_and_no_other(self, file_with):
        self.imported()
        before = {row["key"]: row for row in self.items.values()}
        file_with(self.reworded)
        plan = self.planned()
        first = plan.rows[0].key
        assert ([row.key for row in plan.changed], len(plan.unchanged)) == ([first], len(before) - 1)
        apply_import(plan)
        after = {row["key"]: row for row in self.items.values()}
        assert after.keys() == before.keys()
        assert after[first]["changed_at"] and after[first]["source_hash"] != before[first]["source_hash"]
        assert all(row == before[key] for key, row in after.items() if key != first)

    @pytest.mark.django_db
    def test_what_is_gone_is_marked_removed_and_comes_back_as_the_same_item(self, file_with):
        def longer(rows: list[Row]) -> list[Row]:
            return [*rows, replace(rows[-1], key="one-more", position=len(rows) + 1)]

        file_with(longer)
        self.imported()
        more = self.items.get(key="one-more")
        file_with(list)
        assert [row.key for row in self.planned().removed] == ["one-more"]
        self.imported()
        assert list(self.items.exclude(removed_at=None)) == [more]
        assert not self.planned().removed
        file_with(longer)
        assert [row.key for row in self.planned().restored] == ["one-more"]
        self.imported()
        assert self.items.get(key="one-more") == more
        assert not self.items.exclude(removed_at=None).exists()

    @pytest.mark.django_db
    def test_an_import_that_fails_leaves_nothing(self, monkeypatch):
        def fail(*given: object) -> None:
            raise RuntimeError("disk full")

        monkeypatch.setattr("generation.importing._save_collection", fail)
        with pytest.raises(RuntimeError):
            self.imported()
        assert self.stored() == [[], []]

    @pytest.mark.django_db
    @pytest.mark.parametrize("foreign", FOREIGN)
    def test_foreign_files_end_in_one_sentence_and_no_rows(self, foreign):
        with pytest.raises(SourceError) as refusal:
            self.planned(FOREIGN[foreign])
        sentence = str(refusal.value)
        assert sentence.startswith("Expected ") and "found " in sentence
        assert "\n" not in sentence and sentence.endswith(".")
        assert self.stored() == [[], []]

    @pytest.mark.django_db
    @pytest.mark.parametrize("foreign", ["zeros", "blanks", "PDF"])
    def test_the_command_refuses_a_foreign_file_with_status_1_and_one_sentence(self, tmp_path, foreign):
        self.imported()
        before = self.stored()
        path = tmp_path / self.filename
        path.write_bytes(FOREIGN[foreign])
        status, said = refused("import_items", self.kind, path, "--collection", "contract")
        assert status == 1 and "\n" not in said.strip() and "Expected" in said
        assert self.stored() == before

    @pytest.mark.django_db
    def test_a_dry_run_counts_and_writes_nothing(self, tmp_path):
        path = tmp_path / self.filename
        path.write_bytes(self.good)
        told = said("import_items", self.kind, path, "--collection", "contract", "--dry-run")
        assert f"{len(self.read(self.good).rows)} new, 0 changed, 0 unchanged, 0 removed, 0 restored" in told
        assert self.stored() == [[], []]
