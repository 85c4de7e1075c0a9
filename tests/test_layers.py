"""The one-way rule and the budgets, on our own tree and on planted breaches."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.layer_rules import LEVELS, RULES, Tree, breaches

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def ours() -> Tree:
    return Tree(ROOT, extra_domains=("tests.tiny",))


def planted(folder: Path, files: dict[str, str]) -> list[str]:
    """The breaches of a small tree: a sound engine and domain app, with these files in addition."""
    sound = {
        "generation/__init__.py": "", "generation/costs.py": "", "generation/pipeline/__init__.py": "",
        "generation/advance.py": "from generation import costs\n", "lessons/__init__.py": "",
        "lessons/recipes.py": "from generation.advance import go\n", "stories/recipes.py": "",
    }  # fmt: skip
    for name, text in (sound | files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return breaches(Tree(folder))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_our_tree_keeps(rule, ours):
    assert list(rule(ours)) == []


def test_every_module_of_the_levels_is_looked_at(ours):
    assert ours.domains == ["lessons", "tests.tiny"] or set(ours.domains) > {"lessons", "tests.tiny"}
    there = {name.split(".")[1] for name in ours.modules if name.startswith("generation.")}
    assert {name for level in LEVELS[:5] for name in level} <= there | {"importing", "roles"}


def test_a_sound_tree_has_no_breach(tmp_path):
    assert planted(tmp_path, {}) == []


BREACHES = {
    "leaf_above": ({"generation/jsonl.py": "from generation import advance\n"}, "it lies above"),
    "leaf_names_model": ({"generation/jsonl.py": "import generation.models.runs\n"}, "it lies above"),
    "relative": ({"generation/pacing.py": "from .advance import go\n"}, "it lies above"),
    "pipeline_above": ({"generation/pipeline/plan.py": "import generation.advance\n"}, "it lies above"),
    "unknown_is_top": ({"generation/costs.py": "from generation.charts import draw\n"}, "it lies above"),
    "siblings": (
        {"generation/pipeline/plan.py": "", "generation/pipeline/build.py": "from generation.pipeline import plan\n"},
        "don't know each other",
    ),
    "engine_imports_domain": ({"generation/admin.py": "from lessons.recipes import x\n"}, "knows no domain app"),
    "engine_names_domain": ({"generation/admin.py": "KEY = 'lessons.lesson'\n"}, "names lessons"),
    "engine_names_url": ({"generation/admin.py": "URL = 'admin:lessons_lesson_change'\n"}, "names lessons"),
    "engine_names_fstring": ({"generation/admin.py": "URL = f'/lessons/{1}'\n"}, "names lessons"),
    "template_names_domain": (
        {"templates/generation/x.html": "{% url 'admin:lessons_lesson_changelist' %}\n"},
        "names lessons",
    ),
    "domains_together": ({"lessons/models.py": "from stories.recipes import x\n"}, "don't know each other"),
    "domain_in_pipeline": ({"lessons/admin.py": "from generation.pipeline import plan\n"}, "engine's pipeline"),
    "sandbox_imports_us": ({"sandbox/app.py": "from generation import costs\n"}, "nothing of ours"),
    "sandbox_imported": ({"lessons/admin.py": "import sandbox.app\n", "sandbox/app.py": ""}, "OPENAI_BASE_URL"),
    "second_sdk": ({"generation/advance.py": "from openai import OpenAI\n"}, "only generation.provider"),
    "sdk_in_domain": ({"lessons/admin.py": "import openai.types\n"}, "only generation.provider"),
    "nested": ({"lessons/admin.py": "def f():\n    import json\n"}, "imports inside f()"),
    "ready_elsewhere": ({"lessons/admin.py": "def ready():\n    import json\n"}, "imports inside ready()"),
    "circle": (
        {f"lessons/{one}.py": f"import lessons.{other}\n" for one, other in ("ab", "bc", "ca")},
        "lessons.a <-> lessons.b <-> lessons.c",
    ),
    "long_file": ({"lessons/models.py": "x = 1\n" * 351}, "351 lines"),
    "long_function": ({"lessons/models.py": "def f():\n" + "    x = 1\n" * 60}, "61 lines"),
    "empty_name": ({"lessons/utils.py": ""}, "after its subject"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREACHES)
def test_a_planted_breach_is_found(name, tmp_path):
    files, words = BREACHES[name]
    found = planted(tmp_path, files)
    assert len(found) == 1, found
    assert words in found[0]


@pytest.mark.parametrize(
    "files",
    [
        {"generation/apps.py": "class C:\n    def ready(self):\n        import generation.costs\n"},
        {"generation/admin.py": '"""Shows lessons."""\nHELP = "for example the lessons of a course"\n'},
        {"templates/generation/x.html": "<p>All lessons of a course</p>\n"},
        {"generation/provider.py": "import openai\n"},
        {"lessons/models.py": "def f():\n" + "    x = 1\n" * 59},
        {"generation/migrations/0001_initial.py": "import openai\n" * 400},
    ],
    ids=["ready", "prose", "template", "provider", "sixty_lines", "migrations"],
)
def test_what_is_allowed_is_not_found(files, tmp_path):
    assert planted(tmp_path, files) == []


def file_lengths(tree: Tree) -> list[int]:
    return [module.lines for module in tree.production() if module.lines]


def function_lengths(tree: Tree) -> list[int]:
    return [
        (function.end_lineno or 0) - function.lineno + 1
        for module in tree.production()
        for function in module.functions()
    ]


def docstring_lines(module: ast.Module) -> int:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node, clean=False) for node in ast.walk(module) if isinstance(node, holders)]
    return sum(text.count("\n") + 1 for text in texts if text)


def test_docstrings_are_fewer_than_a_tenth(ours):
    modules = list(ours.production())
    assert sum(docstring_lines(module.tree) for module in modules) < sum(module.lines for module in modules) / 10


def test_most_files_and_functions_are_short(ours):
    files, functions = file_lengths(ours), function_lengths(ours)
    assert quantiles(files, n=10)[-1] <= 200
    assert median(functions) <= 8
    assert quantiles(functions, n=10)[-1] <= 25
