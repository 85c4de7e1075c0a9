"""Prompts, clean-up, acceptance and checks of the three recipes."""

import json

import pytest

from consultations.checks import check_labels, check_response, check_themes
from consultations.cleanup import clean_up
from consultations.models import Labelling, Response, ResponseSlot, ThemeLabel, ThemeSheet
from consultations.recipes import LABELS, RESPONSE, THEMES, LabelsRecipe, ResponseRecipe, ThemeListRecipe
from consultations.theme_lists import Theme
from generation import review
from generation.instructions import instruction, needs_of
from generation.parameters import strict_schema
from generation.recipes import Draft, InvalidOutput
from tests.consultations.rows import consultation, label, respond, theme_list

LONG = " ".join(["word"] * 100)


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("  I like it.\n", "I like it."), ('"I like it."', "I like it."), ("“I like it.”", "I like it."),
        ("```text\nI like it.\n```", "I like it."), ("Sure, here is the response:\n\nI like it.", "I like it."),
        ("Response 7:\nI like it.", "I like it."), ("**Response:**\n\nI like it.", "I like it."),
        ('"Free" is not "free".', '"Free" is not "free".'), ("Here is what I think: it is fine.",) * 2,
        ("My response:\nyes", "My response:\nyes"), ('"', '"'), ("One.\r\nTwo.\x00", "One.\nTwo."),
    ],
)  # fmt: skip
def test_only_what_is_around_a_response_goes(output, text):
    assert clean_up(output) == text == clean_up(text)


def texts(key: str, items: list) -> list[tuple[str, str]]:
    inforce = instruction(key, items[0].collection.slug)
    return inforce.texts(items, needs_of(type(inforce.recipe), items))


@pytest.mark.django_db
def test_the_prompt_of_a_slot_says_what_it_is_to_be():
    made = consultation(2)
    slots = list(made.items.select_related("collection"))
    slots[1].avoid = "An earlier text " * 100
    (_, first), (_, second) = texts(RESPONSE, slots)
    for words in ("Should buses be free?", "a resident", "in favour", "cost", "between 50 and 130 words", "number 1."):
        assert words in first
    assert "nearly the same" not in first and "An earlier text" in second
    assert len(second) < len(first) + 1000, "what is to be avoided is cut"


@pytest.mark.django_db
def test_the_manner_of_a_slot_stays_with_its_seed():
    made = consultation(40)
    manners = [context["manner"] for context in ResponseRecipe().contexts(list(made.items.all()), [{}] * 40)]
    assert manners == [one["manner"] for one in ResponseRecipe().contexts(list(made.items.all()), [{}] * 40)]
    assert len(set(manners)) > 8


@pytest.mark.django_db
def test_the_sample_is_seeded_bounded_and_of_both_sorts():
    made = consultation(texts=tuple(f"given {n}" for n in range(40)))
    made.items.filter(position__gt=20).update(text="")
    respond_to = list(made.items.filter(text=""))
    for slot, row in zip(respond_to, respond(made, *[f"made {n}" for n in range(40)])[20:], strict=True):
        assert row.item_id == slot.pk
    Response.objects.filter(item__position__lte=20).delete()
    sheet = ThemeSheet.objects.select_related("collection").get()
    sheet.sample_size = 15
    needs = needs_of(ThemeListRecipe, [sheet])
    first, again = (ThemeListRecipe().contexts([sheet], needs)[0] for _ in range(2))
    assert first == again and first["total"] == 40 and len(first["responses"]) == 15
    assert {text.split()[0] for text in first["responses"]} == {"given", "made"}
    few = ThemeListRecipe({"sample_characters": 30}).contexts([sheet], needs)[0]["responses"]
    assert few == first["responses"][: len(few)] and 15 < sum(map(len, few)) <= 30


@pytest.mark.django_db
def test_the_labels_prompt_has_the_list_in_the_part_that_is_the_same_for_all():
    made = consultation(2)
    respond(made, "First text.", "Second text.")
    theme_list(made)
    (one, first), (other, second) = texts(LABELS, list(made.items.select_related("collection")))
    assert one == other and "A: Cost" in one and "D: Noise" in one
    assert "First text." in first and "Second text." in second and "First text." not in second


@pytest.mark.django_db
def test_a_given_response_is_labelled_as_it_is():
    made = consultation(texts=("Given text.",))
    theme_list(made)
    ((_, user),) = texts(LABELS, list(made.items.select_related("collection")))
    assert "<response>Given text.</response>" in user


def accepted(made, labels: list[str]) -> list[str]:
    recipe = LabelsRecipe()
    return recipe.accept(made.items.all()[0], recipe.read(json.dumps({"labels": labels}))).fields["labels"]


@pytest.mark.django_db
def test_labels_are_accepted_as_letters_names_or_not_at_all():
    made = consultation(1)
    theme_list(made)
    assert accepted(made, ["b", "Cost", "B: Safety"]) == ["Safety", "Cost"]
    assert accepted(made, []) == []
    with pytest.raises(InvalidOutput, match="'Weather' is no theme of the list"):
        accepted(made, ["A", "Weather"])


@pytest.mark.django_db
def test_an_editor_s_labels_become_rows(roles):
    made = consultation(1)
    theme_list(made)
    (row,) = label(made, ("Cost",))
    review.save_text(row, '{"labels": ["Noise", "A"]}', roles["editor"], base_revision_id=row.current_id)
    assert list(ThemeLabel.objects.values_list("theme", "place")) == [("Noise", 1), ("Cost", 2)]
    assert Labelling.objects.get().labels == ["Noise", "Cost"]


def test_the_schemas_say_what_a_model_may_answer():
    labels = strict_schema(LabelsRecipe.schema)["properties"]["labels"]
    assert (labels["maxItems"], labels["items"]["type"]) == (5, "string")
    theme = strict_schema(ThemeListRecipe.schema)["$defs"]["FoundTheme"]
    assert set(theme["properties"]) == {"topic", "rationale"} == set(theme["required"])


@pytest.mark.django_db
def test_a_list_with_its_own_ids_keeps_them_and_another_gets_letters():
    recipe, sheet = ThemeListRecipe(), ThemeSheet()
    ours = '{"themes": [{"topic": "Cost", "rationale": "r"}, {"topic": "Noise", "rationale": ""}]}'
    assert '"topic_id": "B"' in recipe.accept(sheet, recipe.read(ours)).text
    theirs = ours.replace('"topic": "Cost"', '"topic_id": 7, "topic": "Cost"').replace(
        '"topic": "Noise"', '"topic_id": "x", "topic": "Noise"'
    )
    assert '"topic_id": "7"' in recipe.accept(sheet, recipe.read(theirs)).text


@pytest.mark.parametrize(
    ("text", "length", "names"),
    [
        (LONG, "medium", []), (LONG, "short", ["length"]), ("Too short.", "long", ["length"]), ("Fine.", "", []),
        (f"As an AI, I {LONG}", "medium", ["refusal"]), (f"I live in [your town]. {LONG}", "medium", ["placeholder"]),
    ],
)  # fmt: skip
def test_findings_on_a_response(text, length, names):
    assert [finding.check for finding in check_response(text, length)] == names


def test_findings_on_themes_and_labels():
    themes = [Theme("A", "x" * 81, "r"), Theme("B", "Cost"), Theme("C", "Noise", "r")]
    assert [finding.check for finding in check_themes(themes, 2)] == ["too_many", "long_name", "no_rationale"]
    assert [finding.check for finding in check_labels([])] == ["no_theme"] and not list(check_labels(["Cost"]))


@pytest.mark.django_db
def test_the_same_text_in_one_consultation_is_found_and_in_another_is_none():
    made, other = consultation(2), consultation(1, "trams")
    respond(other, "The same, really.")
    drafts = [Draft(slot, text) for slot, text in zip(made.items.all(), ("The same really", "Different."), strict=True)]
    for row in Response.objects.all():
        row.fingerprint = ResponseRecipe().accept(row.item, row.current.text).fields["fingerprint"]
        row.save()
    assert [[one.check for one in found] for found in ResponseRecipe().checks(drafts)] == [["length"], ["length"]]
    twins = [*drafts, Draft(drafts[1].item, "THE SAME -- REALLY!")][::2]
    found = ResponseRecipe().checks(twins)
    assert [one.message for one in found[0] if one.check == "repeat"] == ["The text is the same as that of s00002."]


@pytest.mark.django_db
def test_every_consultation_has_one_theme_sheet():
    made = consultation(0)
    made.save()
    sheet = ThemeSheet.objects.get(collection=made)
    assert sheet.source_hash == sheet.compute_hash() and THEMES and ResponseSlot.objects.count() == 0
