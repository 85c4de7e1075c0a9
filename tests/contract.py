"""What holds for every recipe and export: subclasses name theirs and give it something to work on."""

from io import BytesIO
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import BaseModel

from generation import advance
from generation.base_models import Artefact, ArtefactStatus, SourceItem
from generation.exports import export_named
from generation.findings import Finding, Severity
from generation.instructions import Instruction, instruction, needs_of
from generation.jsonl import ENDPOINTS
from generation.models import ArtefactFinding, Prompt, Run
from generation.parameters import strict_schema
from generation.pipeline.plan import Selection
from generation.prompts import unknown_variables
from generation.recipes import Draft, InvalidOutput, Recipe, recipe_class
from tests.generation.scenes import follow
from tests.source_contract import MARKS, SourceContract

__all__ = ["MARKS", "ExportContract", "RecipeContract", "SourceContract"]

REMARK = "remark"


class RecipeContract:
    """Tests of one recipe."""

    key: ClassVar[str]
    # Kinds or recipes that a run needs so that this one's needs are met.
    run_names: ClassVar[tuple[str, ...]]
    # Outputs that the recipe must refuse with a reason.
    bad_outputs: ClassVar[tuple[str, ...]] = ()

    def make_collection(self, items: int, slug: str) -> Any:
        """A collection with so many items for the recipe (or one, where it has one a collection)."""
        raise AssertionError(f"{type(self).__name__} makes no collection")

    @pytest.fixture
    def collection(self, db: None) -> Any:
        return self.make_collection(3, "contract")

    @pytest.fixture
    def made(self, collection: Any, provider: Any) -> Run:
        """A run through the sandbox that has ended."""
        recipes = [recipe_class(name) for name in self.run_names]
        run = advance.prepare(recipes, [collection], Selection(), mode="direct")
        advance.launch(run, "contract")
        return follow(run)

    @property
    def recipe(self) -> type[Recipe]:
        return recipe_class(self.key)

    def items(self, collection: Any) -> list[Any]:
        rows = self.recipe.item_model._default_manager.filter(collection=collection)
        return list(rows.select_related(*self.recipe.select_related).order_by("position", "pk"))

    def artefacts(self) -> list[Any]:
        rows = self.recipe.artefact_model._default_manager.filter(recipe=self.key)
        return list(rows.select_related("current", "item").order_by("item__position", "pk"))

    def inforce(self, collection: Any) -> Instruction:
        return instruction(self.key, collection.slug)

    def drafts(self) -> list[Draft]:
        return [Draft(row.item, row.current.text, row.pk) for row in self.artefacts()]

    def test_it_is_declared_in_full(self):
        recipe = self.recipe
        assert recipe.key.partition(".")[0] == recipe.item_model._meta.app_label
        assert issubclass(recipe.item_model, SourceItem)
        assert issubclass(recipe.artefact_model, Artefact)
        assert recipe.title
        assert recipe.endpoint in ENDPOINTS
        assert all(recipe.variables.values()), "every variable is explained"
        assert all(recipe_class(need.recipe).order < recipe.order for need in recipe.needs)

    def test_its_item_has_its_own_hash(self, collection):
        for item in self.items(collection):
            assert item.compute_hash() == item.source_hash
            assert item.label

    def test_the_prompt_uses_only_declared_variables(self):
        text = self.recipe().default_prompt()
        for part in (text.system, text.user):
            assert unknown_variables(part, self.recipe.variables) == []

    def test_contexts_fill_exactly_the_declared_variables(self, collection):
        items = self.items(collection)
        contexts = self.recipe().contexts(items, needs_of(self.recipe, items))
        assert len(contexts) == len(items)
        assert all(set(context) == set(self.recipe.variables) - {REMARK} for context in contexts)

    def test_a_wish_of_the_editor_is_in_every_prompt(self, collection):
        items = self.items(collection)
        texts = self.inforce(collection).texts(items, needs_of(self.recipe, items), "with a pinch of salt")
        assert all("with a pinch of salt" in user for _, user in texts)

    def test_prompts_differ_from_item_to_item(self, collection):
        if self.recipe.local:
            return
        items = self.items(collection)
        texts = self.inforce(collection).texts(items, needs_of(self.recipe, items))
        assert len({user for _, user in texts}) == len(items)

    def test_the_queries_for_prompts_don_t_grow_with_the_items(self, collection, db):
        large = self.make_collection(60, "large")
        counts = []
        for chosen in (collection, large):
            items, inforce = self.items(chosen), self.inforce(chosen)
            with CaptureQueriesContext(connection) as counted:
                inforce.bodies(items, needs_of(self.recipe, items))
            counts.append(len(counted))
        assert counts[0] == counts[1]

    def test_the_schema_is_one_that_strict_mode_takes(self):
        if self.recipe.schema is None:
            return
        schema = strict_schema(self.recipe.schema)
        assert schema["type"] == "object"
        assert len(str(schema)) < 120_000

    def test_answers_of_the_sandbox_become_artefacts(self, made, collection):
        assert made.status == "completed"
        artefacts = self.artefacts()
        assert [row.item_id for row in artefacts] == [item.pk for item in self.items(collection)]
        assert all(row.status == ArtefactStatus.NEEDS_REVIEW and row.current.text.strip() for row in artefacts)
        assert all(row.current.attempt.request.recipe == self.key for row in artefacts)

    def test_what_was_accepted_is_accepted_again(self, made):
        recipe = self.recipe()
        for row in self.artefacts():
            accepted = recipe.accept(row.item, recipe.read(row.current.text))
            assert accepted.text == row.current.text
            assert {name: getattr(row, name) for name in accepted.fields} == accepted.fields

    def test_json_is_taken_out_of_a_fence(self, made):
        if self.recipe.schema is None:
            return
        recipe = self.recipe()
        value = recipe.read(f"```json\n{self.artefacts()[0].current.text}\n```")
        assert isinstance(value, BaseModel)

    def test_bad_outputs_are_refused_with_a_reason(self, collection):
        recipe, item = self.recipe(), self.items(collection)[0]
        for output in self.bad_outputs:
            with pytest.raises(InvalidOutput) as refusal:
                recipe.accept(item, recipe.read(output))
            assert str(refusal.value)

    def test_checks_give_a_list_for_each_draft_and_say_it_again(self, made):
        drafts = self.drafts()
        found = self.recipe().checks(drafts)
        assert len(found) == len(drafts)
        assert all(isinstance(one, Finding) and one.severity in Severity for findings in found for one in findings)
        assert all(one.check.isidentifier() and one.message for findings in found for one in findings)
        assert self.recipe().checks(drafts) == found
        assert self.recipe().checks([]) == []

    def test_the_findings_that_are_stored_are_those_of_the_checks(self, made):
        artefacts = self.artefacts()
        for row, found in zip(artefacts, self.recipe().checks(self.drafts()), strict=True):
            stored = ArtefactFinding.objects.filter(recipe=self.key, artefact_id=row.pk, revision=row.current)
            assert sorted(stored.values_list("check_name", flat=True)) == sorted(one.check for one in found)

    def test_the_queries_of_checks_don_t_grow_with_the_drafts(self, made):
        drafts = self.drafts()
        counts = []
        for chosen in (drafts[:1], drafts * 20):
            with CaptureQueriesContext(connection) as counted:
                self.recipe().checks(chosen)
            counts.append(len(counted))
        assert counts[1] <= counts[0]

    def test_derived_rows_can_be_made_again(self, made):
        revisions = [row.current for row in self.artefacts()]
        before = self.derived()
        self.recipe().project(revisions)
        assert self.derived() == before

    def derived(self) -> list[Any]:
        """The recipe's own derived rows, without their ids."""
        return []

    def test_another_prompt_moves_the_recipe_hash_and_nothing_else_does(self, collection):
        before = self.inforce(collection).recipe_hash
        assert self.inforce(collection).recipe_hash == before
        Prompt(recipe=self.key, user="Another text.").add()
        assert self.inforce(collection).recipe_hash != before


class ExportContract:
    """Tests of one kind's default export, over artefacts that the subclass makes and approves."""

    kind: ClassVar[str]

    def make_approved(self) -> Any:
        """A QuerySet of artefacts with approved revisions."""
        raise AssertionError(f"{type(self).__name__} approves nothing")

    @pytest.mark.django_db
    def test_files_are_the_same_each_time_with_safe_and_unique_paths(self):
        rows = self.make_approved()
        export = export_named(self.kind)
        first, second = list(export().files(rows)), list(export().files(rows))
        assert first == second
        paths = [file.path for file in first]
        assert len(set(paths)) == len(paths) > 0
        assert not any(path.startswith("/") or ".." in path for path in paths)
        assert all(BytesIO(file.content).read() for file in first)
        assert {pk for file in first for pk in file.artefact_ids} == set(rows.values_list("pk", flat=True))
