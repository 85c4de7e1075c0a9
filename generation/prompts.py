"""Prompt texts: files with a system and a user part, rendered by a Django engine that can reach nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import Template, TemplateSyntaxError
from django.template.base import FilterExpression, Node, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, VerbatimNode, WithNode

from generation.prompt_language import PromptContext, PromptEngine, PromptTemplate, count_turns
from generation.prompt_language import PromptError as PromptError  # noqa: PLC0414 - under this name everybody knows it

_PART = re.compile(r"^## (system|user)[ \t]*$", re.MULTILINE)
_MARK = "\x00missing:"
# Every other tag reaches out of the prompt (url, include, now, debug) or hides which variables it uses.
ALLOWED = (TextNode, VariableNode, ForNode, IfNode, WithNode, CommentNode, VerbatimNode)


@dataclass(frozen=True, slots=True)
class PromptText:
    """The two parts of a prompt, as templates."""

    system: str
    user: str


ENGINE = PromptEngine(_MARK + "%s\x00")


def read_prompt_file(path: Path) -> PromptText:
    """A recipe's default prompt: a file with the headings `## system` and `## user`."""
    parts = _PART.split(path.read_text(encoding="utf-8"))
    found = {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    if not found.get("user"):
        raise PromptError(f"{path.name} has no part '## user'")
    return PromptText(found.get("system", ""), found["user"])


@lru_cache(maxsize=256)
def compiled(text: str) -> Template:
    """The template of a text; raises PromptError with Django's own words when it can't be read."""
    try:
        template = PromptTemplate(text, engine=ENGINE)
        nodes = list(_nodes(template.nodelist))
    except TemplateSyntaxError as error:
        raise PromptError(str(error)) from error
    except RecursionError as error:
        raise PromptError("its tags are nested too deeply") from error
    foreign = next((node for node in nodes if not isinstance(node, ALLOWED)), None)
    if foreign:
        tag = foreign.token.contents if foreign.token else type(foreign).__name__
        raise PromptError(f"a prompt can't use {{% {tag} %}}: only if, for, with, comment, verbatim")
    for node in nodes:
        if isinstance(node, ForNode):
            count_turns(node)
    return template


def render(text: str, context: Mapping[str, Any]) -> str:
    """Fill in one part; a variable that the context does not hold is an error, never an empty place."""
    template = compiled(text)
    if (fixed := _fixed(text)) is not None:
        return fixed
    try:
        result = template.render(PromptContext(context))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # Only filters can fail so late, for example `divisibleby` on a text.
        raise PromptError(f"the prompt can't be filled in: {error}") from error
    if _MARK in result:
        name = result.split(_MARK, 1)[1].split("\x00", 1)[0]
        raise PromptError(f"the prompt uses {{{{ {name} }}}}, which has no value here")
    return result.strip()


@lru_cache(maxsize=256)
def _fixed(text: str) -> str | None:
    """What a part without a variable always comes to; None where it has some."""
    nodes = list(compiled(text).nodelist)
    fixed = [node.s for node in nodes if isinstance(node, TextNode)]
    return "".join(fixed).strip() if len(fixed) == len(nodes) else None


def unknown_variables(text: str, known: Iterable[str]) -> list[str]:
    """Names that the template asks for and that are not in `known`, in order of first use."""
    names: dict[str, None] = {}
    _collect(compiled(text).nodelist, {"True", "False", "None", *known}, names)
    return list(names)


def _nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes with everything inside them."""
    for node in nodes:
        yield node
        yield from _nodes(child for children in _children(node) for child in children)


def _children(node: Node) -> Iterator[Iterable[Node]]:
    if isinstance(node, IfNode):
        yield from (children for _, children in node.conditions_nodelists)
    else:
        yield from (getattr(node, attribute) for attribute in node.child_nodelists if hasattr(node, attribute))


def _collect(nodes: Iterable[Node], known: set[str], names: dict[str, None]) -> None:
    for node in nodes:
        for expression in _expressions(node):
            names |= dict.fromkeys(root for root in _roots(expression) if root not in known)
        inner = set(known)
        if isinstance(node, ForNode):
            inner |= {*node.loopvars, "forloop"}
        if isinstance(node, WithNode):
            inner |= set(node.extra_context)
        for children in _children(node):
            _collect(children, inner, names)


def _expressions(node: Node) -> Iterator[FilterExpression]:
    if isinstance(node, VariableNode):
        yield node.filter_expression
    elif isinstance(node, ForNode) and isinstance(node.sequence, FilterExpression):
        yield node.sequence
    elif isinstance(node, WithNode):
        yield from node.extra_context.values()
    elif isinstance(node, IfNode):
        for condition, _ in node.conditions_nodelists:
            yield from _compared(condition)


def _compared(condition: Any) -> Iterator[FilterExpression]:
    """The values of a condition, which is a tree of operators (None for `else`)."""
    value = getattr(condition, "value", None)
    if isinstance(value, FilterExpression):
        yield value
    for side in (getattr(condition, "first", None), getattr(condition, "second", None)):
        if side is not None:
            yield from _compared(side)


def _roots(expression: FilterExpression) -> Iterator[str]:
    """First names of the variables in an expression and in the arguments of its filters."""
    arguments = (argument for _, given in expression.filters for _, argument in given)
    for variable in (expression.var, *arguments):
        if isinstance(variable, Variable) and variable.lookups:
            yield variable.lookups[0]
