"""Runs with small texts: requests of about 1.2 KB whose answers are about 1 KB."""

from typing import Any

from benchmarks import material
from generation import advance
from generation.models import Prompt, RecipeSettings, Run
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.models import Course

RECIPE = "lessons.lesson"
SYSTEM = """You write one short lesson of a course at a time, for learners who work through the course in order.
- Explain before you name: say what problem a thing solves, then what it is called, then how it works.
- Be concrete: give an example with names, figures or data that a practitioner would recognise.
- State only what you are sure of. Give no invented statistics, quotations, standards, laws or links.
- Write plainly, in full sentences, to the reader as "you". No filler, no praise of the topic.
Markdown only. The first line is the heading of the lesson; nothing stands before it."""
USER = """Write one lesson of the course "{{ course }}".

Lesson code: {{ key }}
Title: {{ title }}
Module: {{ module_code }} ({{ module_title }})
Length: about 110 words

Begin with the heading `# {{ key }}: {{ title }}`, then write:
{% for name in sections %}- ## {{ name }}
{% endfor %}"""
SECTIONS = ["Core Concepts", "Key Takeaways"]


def planned(size: int, slug: str, **fields: Any) -> Run:
    """A run of `size` short lessons of the course `slug`, which is there; what is timed as "plan"."""
    course = Course.objects.get(slug=slug)
    return advance.prepare(recipes_named([RECIPE]), [course], Selection(limit=size), **fields)


def prepare_site(size: int, slug: str) -> None:
    """A course of `size` plans, and the short prompt in force."""
    material.course(size, slug)
    Prompt(recipe=RECIPE, system=SYSTEM, user=USER).add()
    RecipeSettings.objects.update_or_create(
        recipe=RECIPE, defaults={"max_output_tokens": 1000, "options": {"sections": SECTIONS}}
    )
