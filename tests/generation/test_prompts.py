import pytest

from generation.prompts import PromptError, PromptText, compiled, read_prompt_file, render, unknown_variables


def test_a_prompt_file_has_two_parts(tmp_path):
    path = tmp_path / "x.md"
    path.write_text("A note.\n\n## system\nBe brief.\n\n## user \nWrite\n## about\n{{ title }}\n", encoding="utf-8")
    assert read_prompt_file(path) == PromptText("Be brief.", "Write\n## about\n{{ title }}")


def test_a_prompt_file_may_do_without_a_system_part(tmp_path):
    path = tmp_path / "x.md"
    path.write_text("## user\nWrite.")
    assert read_prompt_file(path) == PromptText("", "Write.")


@pytest.mark.parametrize("text", ["", "Write.", "## system\nBe brief.", "## user\n\n"])
def test_a_prompt_file_without_a_user_part_is_refused_by_its_name(text, tmp_path):
    path = tmp_path / "lesson.md"
    path.write_text(text)
    with pytest.raises(PromptError, match=r"lesson\.md has no part '## user'"):
        read_prompt_file(path)


def test_variables_are_filled_in_and_nothing_is_escaped():
    assert render("  {{ title }}: {% for x in xs %}{{ x }};{% endfor %}\n", {"title": "A & B <i>", "xs": "ab"}) == (
        "A & B <i>: a;b;"
    )


def test_template_marks_in_a_value_stay_text():
    assert render("{{ title }}", {"title": "{{ secret }}{% now 'Y' %}"}) == "{{ secret }}{% now 'Y' %}"


@pytest.mark.parametrize(
    "text",
    ["{{ nobody }}", "{{ title.nobody }}", "{{ nobody|default:'x' }}", "{% if title %}{{ nobody|upper }}{% endif %}"],
)
def test_a_missing_variable_is_an_error_and_no_empty_place(text):
    with pytest.raises(PromptError, match="nobody"):
        render(text, {"title": "A"})


def test_an_empty_value_is_no_missing_one():
    assert render("[{{ remark }}]", {"remark": ""}) == "[]"


@pytest.mark.parametrize(
    "text", ["{% if title %}", "{{ title", "{% nonsense %}", "{{ title|nonsense }}", "{% load static %}", "{{ }}"]
)
def test_what_django_can_t_read_is_a_prompt_error(text):
    if text == "{{ title":
        assert render(text, {}) == text
        return
    with pytest.raises(PromptError):
        compiled(text)


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'x' %}", "{% extends 'x' %}", "{% url 'admin:index' %}", "{% now 'Y' %}", "{% debug %}",
        "{% firstof nobody title %}", "{% if title %}{% csrf_token %}{% endif %}",
        "{% for x in title %}{% lorem %}{% endfor %}",
        "{% if a %}{% else %}{% cycle 'a' 'b' %}{% endif %}", "{% with a=1 %}{% widthratio a 1 1 %}{% endwith %}",
    ],
)  # fmt: skip
def test_tags_that_reach_out_of_the_prompt_are_refused(text):
    with pytest.raises(PromptError, match=r"a prompt can't use \{% "):
        compiled(text)


def test_a_filter_that_fails_is_a_prompt_error():
    with pytest.raises(PromptError, match="can't be filled in"):
        render("{{ title|divisibleby:'x' }}", {"title": "A"})


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{{ title }}", []),
        ("{{ title.upper }} {{ nobody.name }}", ["nobody"]),
        ("{% if nobody %}x{% elif other == title %}y{% else %}{{ third }}{% endif %}", ["nobody", "other", "third"]),
        ("{% if title and not nobody %}x{% endif %}", ["nobody"]),
        ("{% if title == True or title is None %}x{% endif %}", []),
        ("{% if title|default:nobody %}x{% endif %}", ["nobody"]),
        ("{% for a, b in nobody %}{{ a }}{{ b }}{{ forloop.counter }}{% endfor %}", ["nobody"]),
        ("{% for a in title %}{{ a }}{% empty %}{{ other }}{% endfor %}", ["other"]),
        ("{% for a in title %}{% endfor %}{{ a }}", ["a"]),
        ("{% with a=title b=nobody %}{{ a }}{{ b }}{% endwith %}{{ b }}", ["nobody", "b"]),
        ("{{ title|default:nobody }}", ["nobody"]),
        ("{{ title|default:'nobody' }}", []),
        ("{% comment %}{{ nobody }}{% endcomment %}", []),
        ("{% verbatim %}{{ nobody }}{% endverbatim %}", []),
        ("{{ zz }}{{ aa }}{{ zz }}", ["zz", "aa"]),
    ],
)  # fmt: skip
def test_unknown_variables(text, unknown):
    assert unknown_variables(text, ["title"]) == unknown
