"""All rows of the table."""

from tests.rule_table.bad_input import BAD_INPUT
from tests.rule_table.consultations import CONSULTATIONS
from tests.rule_table.lessons import IMPORTERS, LESSON_CHECK_TESTS, LESSONS
from tests.rule_table.materials import MATERIALS
from tests.rule_table.questions import QUESTIONS
from tests.rule_table.stories import STORIES
from tests.rule_table.system_checks import SYSTEM_CHECKS

RULES = [
    *IMPORTERS, *LESSONS, *LESSON_CHECK_TESTS.values(), *QUESTIONS, *STORIES, *CONSULTATIONS, *MATERIALS, *BAD_INPUT,
    *SYSTEM_CHECKS.values(),
]  # fmt: skip
