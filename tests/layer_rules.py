"""Reads the source tree and says where it breaks the one-way rule, by its imports and strings alone."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

# From the bottom to the top; a module of the engine that stands nowhere here belongs to the top.
LEVELS: tuple[tuple[str, ...], ...] = (
    ("base_models", "causes", "channel", "costs", "findings", "jsonl", "logs", "model_limits", "notices", "outcomes",
     "pacing", "parameters", "prompt_language", "prompts", "provider", "published_folder", "schema_form", "shingles",
     "svg", "throttle"),
    ("models",),
    ("recipes", "instructions", "ledger", "measured", "rehearsals", "waves", "exports",
     "sources", "drafts", "likeness", "adopting", "second_look", "odd_files", "importing", "roles",
     "token_counts", "estimate_errors"),
    ("pipeline", "launching"),
    ("advance", "counting", "going_on", "mailing", "pruning", "remote_inputs"),
    ("review", "trials"),
    ("tasks",),
    ("admin_base", "desk", "console", "admin", "management", "apps", "checks"),
)
TOP = len(LEVELS) - 1
ENGINE = "generation"
FORBIDDEN_NAMES = {"services", "utils", "helpers", "constants", "signals", "managers"}
CLOSED_TO_DOMAINS = ("pipeline", "provider", "ledger", "waves", "tasks", "desk", "console")
SDK = {"openai", "httpx2"}
SKIPPED = {"migrations", "var", "node_modules", "__pycache__"}
MAX_FILE, MAX_FUNCTION = 350, 60


@dataclass
class Module:
    """One source file with its dotted name."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@dataclass
class Tree:
    """All modules below a root, and which of their packages are domain apps."""

    root: Path
    extra_domains: tuple[str, ...] = ()
    modules: dict[str, Module] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.root.rglob("*.py")):
            parts = path.relative_to(self.root).with_suffix("").parts
            if SKIPPED & set(parts) or any(part.startswith(".") for part in parts):
                continue
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text(encoding="utf-8")
            self.modules[name] = Module(name, path, ast.parse(text), text.count("\n"))

    @cached_property
    def domains(self) -> list[str]:
        """Packages with a recipes.py, the engine apart."""
        found = {name.rpartition(".")[0] for name in self.modules if name.endswith(".recipes")}
        return sorted({name for name in found if "." not in name and name != ENGINE} | set(self.extra_domains))

    def production(self) -> Iterator[Module]:
        """Everything but the tests."""
        yield from (module for module in self.modules.values() if module.package not in ("tests", "conftest"))

    def imports(self, module: Module) -> Iterator[tuple[str, int]]:
        """Dotted names that a module imports, as precise as our tree allows, with their lines."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(module, node)
                for alias in node.names:
                    full = f"{base}.{alias.name}"
                    yield (full if full in self.modules else base), node.lineno

    def _base(self, module: Module, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = module.name.split(".")
        drop = node.level - (module.path.name == "__init__.py")
        return ".".join([*parts[: len(parts) - drop], *filter(None, [node.module])])


def level_of(name: str) -> int:
    """Level of a module of the engine, from 0."""
    part = name.split(".")[1] if "." in name else ""
    return next((number for number, names in enumerate(LEVELS) if part in names), TOP)


def is_below(name: str, package: str) -> bool:
    """Whether a dotted name is the package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def direction(tree: Tree) -> Iterator[str]:
    """The engine's layers, its pipeline's siblings, the domain apps, the sandbox, the SDK."""
    for module in tree.modules.values():
        for target, line in tree.imports(module):
            reason = _forbidden(tree, module, target)
            if reason:
                yield f"{module.name}:{line} imports {target}: {reason}"


def _forbidden(tree: Tree, module: Module, target: str) -> str:
    # A benchmark's floor is the bare SDK.
    free = module.name == f"{ENGINE}.provider" or module.package in ("tests", "benchmarks")
    if target.partition(".")[0] in SDK and not free:
        return "only generation.provider speaks to the SDK"
    if module.package == ENGINE:
        return _forbidden_in_engine(tree, module.name, target)
    if module.package == "sandbox" and target.partition(".")[0] in {*_ours(tree), *tree.domains} - {"sandbox"}:
        return "the sandbox imports nothing of ours"
    if is_below(target, "sandbox") and module.package not in ("sandbox", "tests"):
        return "only OPENAI_BASE_URL joins the sandbox to us"
    home = next((name for name in tree.domains if is_below(module.name, name)), None)
    return _forbidden_in_domain(tree, home, target) if home else ""


def _ours(tree: Tree) -> set[str]:
    return {module.package for module in tree.modules.values()}


def _forbidden_in_engine(tree: Tree, name: str, target: str) -> str:
    if any(is_below(target, domain) for domain in tree.domains):
        return "the engine knows no domain app"
    if not is_below(target, ENGINE):
        return "the engine stands on nothing of ours" if target.partition(".")[0] in _ours(tree) else ""
    if is_below(name, f"{ENGINE}.pipeline") and is_below(target, f"{ENGINE}.pipeline"):
        return "steps of the pipeline don't know each other"
    return "it lies above" if level_of(target) > level_of(name) else ""


def _forbidden_in_domain(tree: Tree, home: str, target: str) -> str:
    if any(is_below(target, other) for other in tree.domains if other != home):
        return "domain apps don't know each other"
    closed = next((part for part in CLOSED_TO_DOMAINS if is_below(target, f"{ENGINE}.{part}")), None)
    return f"domain apps know nothing of the engine's {closed}" if closed else ""


def named_domains(tree: Tree) -> Iterator[str]:
    """Domain apps named in the engine's strings: whole words in strings without spaces, docstrings apart."""
    if not tree.domains:
        return
    word = re.compile(rf"(?<![a-z])({'|'.join(map(re.escape, tree.domains))})(?![a-z])")
    for module in tree.production():
        if module.package == ENGINE:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                    found = word.search(node.value)
                    if found:
                        yield f"{module.name}:{node.lineno} names {found.group(1)}: the engine knows no domain app"


def templates(tree: Tree) -> Iterator[str]:
    """Domain apps named in the engine's templates: in addresses, fields and file names."""
    word = re.compile(rf"\b({'|'.join(map(re.escape, tree.domains))})[_.:/]")
    for path in sorted((tree.root / "templates" / ENGINE).rglob("*.html")) if tree.domains else []:
        found = word.search(path.read_text(encoding="utf-8"))
        if found:
            yield f"{path.relative_to(tree.root)} names {found.group(1)}: the engine knows no domain app"


def nested_imports(tree: Tree) -> Iterator[str]:
    """Imports inside functions, AppConfig.ready apart."""
    for module in tree.production():
        for function in module.functions():
            if function.name == "ready" and module.path.name == "apps.py":
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"{module.name}:{node.lineno} imports inside {function.name}()"


def circles(tree: Tree) -> Iterator[str]:
    """Circles of imports: groups of modules that reach each other."""
    graph = {
        name: {target for target, _ in tree.imports(module) if target in tree.modules and target != name}
        for name, module in tree.modules.items()
    }
    reach = {name: _reached(graph, name) for name in graph}
    told: set[str] = set()
    for name in sorted(graph):
        group = sorted(other for other in reach[name] if name in reach[other])
        if group and name not in told:
            told.update(group)
            yield f"circle of imports: {' <-> '.join(group)}"


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(graph[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(graph[name])
    return seen


def sizes(tree: Tree) -> Iterator[str]:
    """Files and functions beyond their budget, and modules whose name says nothing."""
    for module in tree.modules.values():
        if module.lines > MAX_FILE:
            yield f"{module.name} has {module.lines} lines: more than {MAX_FILE}"
        if module.path.stem in FORBIDDEN_NAMES:
            yield f"{module.name}: name a module after its subject"
        for function in module.functions():
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > MAX_FUNCTION:
                yield f"{module.name}:{function.lineno} {function.name}() has {length} lines: more than {MAX_FUNCTION}"


RULES = (direction, named_domains, templates, nested_imports, circles, sizes)


def breaches(tree: Tree) -> list[str]:
    """Every breach of every rule."""
    return [breach for rule in RULES for breach in rule(tree)]
