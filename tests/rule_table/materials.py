"""The rules for materials: their files, their components, their runs and what comes out."""

from tests.rule_table.materials_components import COMPONENTS, DEFAULTS, FINDINGS, OUTPUT_RULES, SETTINGS
from tests.rule_table.materials_files import FILES
from tests.rule_table.materials_runs import RUNS

NAMED = [*OUTPUT_RULES.values(), *FINDINGS.values(), *DEFAULTS.values(), *SETTINGS.values()]
# A rule that several names share stands here once.
MATERIALS = list(dict.fromkeys([*FILES, *COMPONENTS, *NAMED, *RUNS]))
