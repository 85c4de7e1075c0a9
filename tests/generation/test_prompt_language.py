"""Hostile prompts: nothing is reached but their variables, nothing is called, and no text makes much of little."""

import time

import pytest

from generation.prompts import PromptError, compiled, render, unknown_variables
from generation.recipes import all_recipes
from lessons.models import Course

VALUES = {
    "title": "A title of some length for loops", "names": ["one", "two", "three"],
    "theme": {"topic": "Bread", "fields": ["a", "b"]}, "remark": "",
}  # fmt: skip
DEEP = 3000


class Secret:
    """An object with something to hide."""

    password = "hidden"

    def delete(self):
        """Should never be called."""
        raise AssertionError("called")

    def __str__(self):
        return "a secret"


@pytest.mark.parametrize(
    "text",
    [
        "{{ title.__class__ }}", "{{ title.__class__.__mro__ }}", "{{ theme.__init__.__globals__ }}", "{{ _private }}",
        "{% for a in title.__class__.__subclasses__ %}{{ a }}{% endfor %}", "{% if title.__len__ %}x{% endif %}",
        "{% with a=title.__dict__ %}{{ a }}{% endwith %}", "{{ title|default:title.__class__ }}",
        "{% include '/etc/passwd' %}", "{% extends 'base.html' %}", "{% load static %}{% static 'x' %}",
        "{% load log %}", "{% ssi '/etc/passwd' %}", "{% debug %}", "{% templatetag openvariable %}", "{% cycle 1 2 %}",
        "{% regroup names by x as y %}", "{% spaceless %}{{ title }}{% endspaceless %}",
        "{% autoescape on %}{% endautoescape %}",
        "{% filter upper %}{{ title }}{% endfilter %}", "{% querystring a=1 %}",
        "{% partialdef x %}{% endpartialdef %}",
        "{% ifchanged %}{{ title }}{% endifchanged %}", "{% resetcycle %}", "{% block x %}{% endblock %}",
        "{{ title|ljust:'999999999' }}", "{{ title|center:'999999999' }}", "{{ title|stringformat:'999999999s' }}",
        "{{ title|pprint }}", "{{ names|random }}", "{{ title|json_script }}", "{{ title|floatformat:'999999999' }}",
        "{{ names|dictsort:'x' }}", "{{ title|urlize }}", "{{ title|linenumbers }}",
    ],
)  # fmt: skip
def test_what_reaches_out_of_a_prompt_is_refused_when_it_is_saved(text):
    with pytest.raises(PromptError):
        unknown_variables(text, VALUES)


@pytest.mark.parametrize("lookup", ["password", "delete", "__str__", "upper", "items.x", "0"])
def test_attributes_are_neither_read_nor_called(lookup):
    with pytest.raises(PromptError):
        render("{{ thing." + lookup + " }}", {"thing": Secret()})


def test_a_row_of_the_database_gives_its_name_and_nothing_else(course):
    assert render("{{ course }}", {"course": course}) == "Course"
    for text in ("{{ course.pk }}", "{{ course.groups.all }}", "{{ course.delete }}", "{{ course._state }}"):
        with pytest.raises(PromptError):
            render(text, {"course": course})
    assert Course.objects.exists()


@pytest.mark.parametrize("text", ["{{ names.pop }}", "{{ names.clear }}", "{{ theme.clear }}", "{{ title.format }}"])
def test_methods_of_values_are_not_called(text):
    with pytest.raises(PromptError):
        render(text, VALUES)
    assert len(VALUES["names"]) == 3 and VALUES["theme"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ theme.topic }}", "Bread"), ("{{ names.1 }}", "two"), ("{{ theme.fields.0 }}", "a"), ("{{ title.0 }}", "A"),
        ("{% for key, value in theme.items %}{{ key }},{% endfor %}", "topic,fields,"),
        ("{% for one in names %}{{ forloop.counter }}{% if not forloop.last %},{% endif %}{% endfor %}", "1,2,3"),
        ("{% for a in names %}{% for b in 'xy' %}{{ forloop.parentloop.counter }}{% endfor %}{% endfor %}", "112233"),
        ("{{ names|join:', ' }} {{ names|length|add:1 }}", "one, two, three 4"),
        ("{% with a=theme.topic|upper %}{{ a|default:'x' }}{% endwith %}", "BREAD"),
        ("{% if 'one' in names and title|length > 3 %}yes{% endif %}", "yes"),
    ],
)  # fmt: skip
def test_entries_and_places_are_read(text, shown):
    assert render(text, VALUES) == shown


def nested(depth, inside=""):
    loops = "".join(f"{{% for a{number} in title %}}" for number in range(depth))
    return loops + inside + "{% endfor %}" * depth


def doubled(times, by):
    return "".join(f"{{% with a{n + 1}=a{n}|{by.format(n)} %}}" for n in range(times)) + "{% endwith %}" * times


@pytest.mark.parametrize(
    "text",
    [
        nested(8), nested(8, "{{ title }}"), nested(5, "x" * 1000), nested(6, "{% if title %}{% endif %}"),
        "{% with a0=title %}" + doubled(40, "add:a{}") + "{% endwith %}",
        "{% with a0=names %}" + doubled(40, "add:a{}") + "{% endwith %}",
        "{{ title|join:title|join:title|join:title|join:title|join:title }}",
        "{% with a0=title %}" + doubled(9, "join:a{}") + "{% endwith %}",
        "{% for a in big %}{{ big }}{% endfor %}",
    ],
)  # fmt: skip
def test_a_few_tags_can_not_make_endless_work(text):
    began = time.process_time()
    with pytest.raises(PromptError, match="more than"):
        render(text, VALUES | {"big": "x" * 200_000})
    assert time.process_time() - began < 20


@pytest.mark.parametrize("text", ["{% if title %}" * DEEP + "{% endif %}" * DEEP, nested(DEEP)])
def test_tags_nested_too_deeply_are_no_crash(text):
    with pytest.raises(PromptError):
        render(text, VALUES)


def test_a_long_prompt_of_practice_is_no_endless_work():
    responses = ["A response of some three hundred characters. " * 7] * 1000
    text = render("{% for one in responses %}{{ forloop.counter }}. {{ one }}\n{% endfor %}", {"responses": responses})
    assert len(text) > 300_000


def test_the_apps_own_prompts_are_of_this_language():
    for recipe in all_recipes():
        text = recipe().default_prompt()
        assert compiled(text.system) and unknown_variables(text.user, {*recipe.variables, "remark"}) == []
