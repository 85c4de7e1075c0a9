"""Schema, form, JSON: whatever value a schema takes comes out of its form as it went in, and runs nothing."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from generation.schema_form import form_shape
from tests.browser.signed_in import desk_browser  # noqa: F401 (fixture)
from tests.desk.hostile import ATTACKS

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).resolve().parent.parent.parent / "static" / "batchsite" / "form_fields.js"
WORDS = ("plain", "a b", "__proto__", "constructor", "toString", "length")
TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(["", "null", "1", "a\nb", "c\r\nd", "\u2028", "\ud83d\ude00"]))
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    Literal["one", "two"]: st.sampled_from(["one", "two"]),
    str | None: st.none() | TEXTS,
    int | None: st.none() | st.integers(-9, 9),
    dict[str, int]: st.dictionaries(TEXTS, st.integers(0, 9), max_size=3),
    int | str: st.integers(0, 9) | TEXTS,
}  # fmt: skip


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> tuple[type[BaseModel], st.SearchStrategy[Any]]:
    """A model, and a strategy of the values that it takes, also with members that it does not name."""
    members: dict[str, Any] = {}
    values: dict[str, st.SearchStrategy[Any]] = {}
    for number in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):
            annotation, value = draw(schemas(depth=depth - 1))
        else:
            annotation, value = draw(st.sampled_from(list(PLAIN.items())))
        if draw(st.booleans()):
            annotation, value = list[annotation], st.lists(value, max_size=3)  # type: ignore[valid-type, assignment]
        name = f"member_{number}"
        members[name], values[name] = (annotation, ...), value
    unnamed = st.dictionaries(st.sampled_from(WORDS), TEXTS, max_size=2)
    made = st.builds(lambda named, more: named | more, st.fixed_dictionaries(values), unnamed)
    return create_model("Made", **members), made


@st.composite
def cases(draw: st.DrawFn) -> tuple[type[BaseModel], Any]:
    """A schema with one value of it."""
    model, values = draw(schemas())
    return model, draw(values)


@pytest.fixture(scope="module")
def blank(desk_browser: Any) -> Any:
    """An empty page with the script of forms, which notes whatever it is made to run or fetch."""
    page = desk_browser.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("dialog", lambda dialog: (page.asked.append(dialog.message), dialog.dismiss()))
    page.set_content("<!DOCTYPE html><title>x</title><div id='box'></div>")
    page.add_script_tag(content=SCRIPT.read_text())
    return page


READ = """([shape, text]) => {
    const root = window.formFields.build(shape, JSON.parse(text));
    document.getElementById("box").replaceChildren(root.element);
    return JSON.stringify(root.read());
}"""


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_the_form_gives_back_what_it_got(blank, case):
    model, value = case
    text = json.dumps(value)
    back = blank.evaluate(READ, [form_shape(model), text])
    # A browser writes 1e16 as an integer: the numbers of the model are compared as what they are there.
    assert model.model_validate_json(back) == model.model_validate_json(text)
    assert json.loads(back, parse_int=float) == json.loads(text, parse_int=float)


TYPED = """([shape, value]) => {
    const {build, find} = window.formFields, root = build(shape, undefined);
    document.getElementById("box").replaceChildren(root.element);
    Object.entries(value).forEach(([name, one]) => {
        const control = find(root, [name]).control;
        if (control.type === "checkbox") { control.checked = one; }
        else if (control.tagName === "SELECT") {
            control.value = Array.from(control.options).find(option => option.text === one).value;
        } else { control.value = one === null ? "" : String(one); }
    });
    return JSON.stringify(root.read());
}"""


class Leaves(BaseModel):
    """One field of each simple kind."""

    text: str
    whole: int
    number: float
    yes: bool
    choice: Literal["one", "two"]
    maybe: int | None


LEAVES = st.fixed_dictionaries({
    "text": st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20),
    "whole": st.integers(-(2**53) + 1, 2**53 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "yes": st.just(True),
    "choice": st.sampled_from(["one", "two"]),
    "maybe": st.integers(0, 99),
})  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=LEAVES)
def test_what_is_typed_is_what_is_read(blank, value):
    back = blank.evaluate(TYPED, [form_shape(Leaves), value])
    assert Leaves.model_validate_json(back) == Leaves.model_validate(value)


OURS = {
    "fieldset", "legend", "div", "label", "textarea", "input", "select", "option", "button", "span", "p", "details",
    "summary", "dl", "dt", "dd",
}  # fmt: skip


class Texts(BaseModel):
    """Where a hostile text can stand."""

    texts: list[str]
    rows: list[Leaves]


@pytest.mark.parametrize("hostile", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_texts_stay_text(blank, hostile):
    row = {"text": hostile, "whole": hostile, "number": hostile, "yes": True, "choice": hostile, hostile: hostile}
    text = json.dumps({"texts": [hostile], "rows": [row]})
    shape = form_shape(Texts)
    for node in (shape["fields"][0], *shape["fields"][1]["of"]["fields"]):
        node["label"] = node["help"] = hostile
    assert json.loads(blank.evaluate(READ, [shape, text])) == json.loads(text)
    made = set(blank.evaluate("Array.from(document.querySelectorAll('#box *')).map(one => one.localName)"))
    assert made <= OURS
    assert blank.asked == []


@pytest.mark.parametrize(
    "value",
    [{"texts": "no list", "rows": []}, {"texts": [["nested"]], "rows": []}, {"texts": [], "rows": [3]}, [], 3, None,
     {"texts": [{"a": 1}], "rows": []}, {"texts": ["x"] * 1600, "rows": []}],
)  # fmt: skip
def test_what_is_no_form_says_so_instead_of_losing_it(blank, value):
    read = """([shape, value]) => { try { window.formFields.build(shape, value); return "" }
        catch (error) { return error.misfit ? error.message : "broken: " + error } }"""
    said = blank.evaluate(read, [form_shape(Texts), value])
    assert said.endswith((".",)) and "broken" not in said
    assert blank.evaluate(read, [form_shape(Texts), {"texts": ["ok"], "rows": []}]) == ""


def test_numbers_that_a_browser_would_round_are_left_alone(blank):
    read = """([shape, text]) => { try { window.formFields.build(shape, JSON.parse(text)); return "" }
        catch (error) { return error.message } }"""
    model = create_model("Big", number=(int, ...))
    assert "can't show" in blank.evaluate(read, [form_shape(model), '{"number": 9007199254740993}'])
    assert "can't show" in blank.evaluate(read, [form_shape(model), '{"number": 1e400}'])
    assert "too large" in blank.evaluate(read, [form_shape(model), '{"number": 1, "more": [9007199254740993]}'])
