"""The language of prompts: Django's templates without code, with few filters and a bound on their work."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.template import Context, Engine, NodeList, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Lexer, Node, Parser, TextNode, Variable, VariableDoesNotExist

# Characters put out and turns taken in filling in one part; the longest prompts of practice stay below a tenth.
MAX_WORK = 4_000_000
# Elements or characters of one value.
MAX_VALUE = 1_000_000
# All others reach out of the prompt, tell of its values' insides, or can make much of little.
FILTERS = frozenset({
    "add", "capfirst", "cut", "default", "default_if_none", "divisibleby", "first", "join", "last", "length", "lower",
    "pluralize", "safe", "slice", "title", "truncatechars", "truncatewords", "upper", "wordcount", "yesno",
})  # fmt: skip
# What a mapping gives besides its entries.
VIEWS = {"items": dict.items, "keys": dict.keys, "values": dict.values}


class PromptError(Exception):
    """The prompt can't be used; the message says where and why."""


class PromptContext(Context):
    """Values of one filling-in, and how much work it has made."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(dict(values), autoescape=False)
        self.spent = 0

    def spend(self, work: int) -> None:
        """Count work; raises PromptError beyond the bound."""
        self.spent += work
        if self.spent > MAX_WORK:
            raise PromptError(f"the prompt makes more than {MAX_WORK:,} characters or turns: are its loops nested?")


class PromptVariable(Variable):
    """A name, and entries or places within its value; no attribute is read and nothing is called."""

    def _resolve_lookup(self, context: Any) -> Any:
        current = context
        for name in self.lookups or ():
            try:
                current = _entry(current, name)
            except (LookupError, TypeError, ValueError) as error:
                raise VariableDoesNotExist("Failed lookup for key [%s]", (name,)) from error
        return current


def _entry(value: Any, name: str) -> Any:
    # Fifty thousand prompts look up half a million names: the plain cases come first, and without a detour.
    if isinstance(value, Context):
        for frame in reversed(value.dicts):
            if name in frame:
                return frame[name]
        raise LookupError(name)
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if name in VIEWS:
            return list(VIEWS[name](value))
    elif isinstance(value, Mapping) and name in value:
        return value[name]
    if isinstance(value, list | tuple | str):
        return value[int(name)]
    raise LookupError(name)


class PromptExpression(FilterExpression):
    """A value with its filters, whose size is counted."""

    def __init__(self, token: str, parser: Any) -> None:
        super().__init__(token, parser)
        self.var = _plain(self.var)
        self.filters = [
            (function, [(lookup, _plain(given)) for lookup, given in arguments]) for function, arguments in self.filters
        ]

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        """The value; raises PromptError where all values together are too much."""
        value = super().resolve(context, ignore_failures)
        context.spend(1 + (len(value) if isinstance(value, str) else 0))
        return value


def _plain(value: Any) -> Any:
    return PromptVariable(value.var) if isinstance(value, Variable) else value


class PromptParser(Parser):
    """Makes expressions of ours, and knows few filters."""

    def compile_filter(self, token: str) -> PromptExpression:
        """An expression of ours."""
        return PromptExpression(token, self)

    def find_filter(self, filter_name: str) -> Callable[..., Any]:
        """One of the allowed ones, with a bound on what it makes."""
        if filter_name not in FILTERS:
            raise TemplateSyntaxError(
                f"a prompt can't use the filter '{filter_name}': only {', '.join(sorted(FILTERS))}"
            )
        return _bounded(filter_name, super().find_filter(filter_name))


def _size(value: Any) -> int:
    return len(value) if hasattr(value, "__len__") else 0


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def checked(value: Any, *given: Any, **options: Any) -> Any:
        # Only joining can make a product of two sizes at a stroke.
        before = _size(value) * _size(given[0]) if name == "join" and given else 0
        if before > MAX_VALUE:
            raise PromptError(f"the filter '{name}' makes more than {MAX_VALUE:,} characters")
        result = function(value, *given, **options)
        if _size(result) > MAX_VALUE:
            raise PromptError(f"the filter '{name}' makes more than {MAX_VALUE:,} characters")
        return result

    return checked


class Turn(Node):
    """Stands first in the body of a loop and counts its turns, each with the text that it puts out."""

    def __init__(self, work: int) -> None:
        self.work = work

    def render(self, context: Any) -> str:
        """Nothing."""
        context.spend(self.work)
        return ""


class PromptTemplate(Template):
    """A template that our parser has read."""

    def compile_nodelist(self) -> NodeList:
        """The nodes; raises TemplateSyntaxError."""
        parser = PromptParser(
            Lexer(self.source).tokenize(), self.engine.template_libraries, self.engine.template_builtins, self.origin
        )
        return parser.parse()


def count_turns(loop: Any) -> None:
    """Let each turn of a loop's node count with the text that it puts out."""
    body: NodeList = loop.nodelist_loop
    texts = [node for node in body.get_nodes_by_type(TextNode) if isinstance(node, TextNode)]
    body.insert(0, Turn(1 + sum(len(node.s) for node in texts)))


class PromptEngine(Engine):
    """Django's template language without loaders, libraries, debug pages or escaping."""

    def __init__(self, invalid: str) -> None:
        super().__init__(dirs=[], loaders=[], libraries={}, autoescape=False, string_if_invalid=invalid)
