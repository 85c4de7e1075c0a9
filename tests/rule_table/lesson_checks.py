"""The checks of a lesson's text, by the names of their findings; and what each holds in particular."""

from tests.rule_table.rule import Rule

CHECKS = "tests/lessons/test_checks.py::test_"
TWINS = "tests/lessons/test_twins.py::test_"
RECIPE = "tests/lessons/test_recipe.py::test_"
LESSON_CHECKS = "lessons/checks.py"
FIND = "lessons/twins.py"

# The names are those of the findings; each test fails when the check is taken out of check_lesson.
LESSON_CHECK_TESTS = {
    "heading": Rule(
        "lessons: check: a heading is there and fits the title",
        (
            CHECKS + "a_missing_heading_is_an_error",
            CHECKS + "the_heading_fits_the_title",
            RECIPE + "the_heading_is_held_against_the_plan_s_title",
        ),
        ((LESSON_CHECKS, "        *_heading(lesson, facts),\n", ""),),
    ),
    "sections": Rule(
        "lessons: check: the required sections are there",
        (CHECKS + "a_missing_section_is_an_error_that_names_it", CHECKS + "an_empty_section_is_a_warning"),
        ((LESSON_CHECKS, "        *_sections(lesson, facts),\n", ""),),
    ),
    "length": Rule(
        "lessons: check: length by level",
        (CHECKS + "length", RECIPE + "the_length_that_is_checked_is_that_of_the_level"),
        ((LESSON_CHECKS, "        *_length(text, facts),\n", ""),),
    ),
    "code fences": Rule(
        "lessons: check: code fences",
        (CHECKS + "an_open_code_fence_is_an_error_at_its_line", CHECKS + "an_untagged_fence_is_a_warning"),
        ((LESSON_CHECKS, "        *_fences(lesson),\n", ""),),
    ),
    "placeholders": Rule(
        "lessons: check: leftover placeholders or template text",
        (CHECKS + "placeholders_are_errors_at_their_line",),
        ((LESSON_CHECKS, "        *_placeholders(prose, lowered),\n", ""),),
    ),
    "refusal": Rule(
        "lessons: check: refusal phrases",
        (CHECKS + "refusals_are_errors", CHECKS + "a_refusal_quoted_far_down_is_a_warning"),
        ((LESSON_CHECKS, "        *_refusals(prose, lowered),\n", ""),),
    ),
    "duplicate": Rule(
        "lessons: check: duplicate of another lesson",
        (
            TWINS + "the_same_text_in_a_chunk_is_an_error_for_both",
            TWINS + "the_same_text_as_a_stored_lesson",
            TWINS + "answers_of_a_run_are_compared_with_each_other",
            TWINS + "an_edited_and_an_imported_text_are_compared_as_well",
        ),
        (("lessons/recipes.py", ", *filter(None, [twins.get(draft.item.pk)])", ""),),
    ),
    "tables": Rule(
        "lessons: check: broken tables",
        (CHECKS + "broken_tables",),
        ((LESSON_CHECKS, "        *table_findings(lesson.rows),\n", ""),),
    ),
}
LESSON_CHECKS_IN_PARTICULAR = [
    Rule(
        "lessons: check: ten sections in the usual template",
        (
            CHECKS + "the_usual_template_has_ten_sections",
            RECIPE + "each_of_the_ten_sections_is_asked_for_unless_others_are_set",
        ),
        ((LESSON_CHECKS, '    "Worked Example",\n', ""),),
    ),
    Rule(
        "lessons: check: the sections are settable",
        (
            RECIPE + "each_of_the_ten_sections_is_asked_for_unless_others_are_set",
            "tests/lessons/test_lesson_context.py::test_an_operator_sets_outline_and_sections_of_the_recipe",
        ),
        (("lessons/recipes.py", 'tuple(self.options.get("sections") or USUAL_SECTIONS)', "USUAL_SECTIONS"),),
    ),
    *(
        Rule(
            f"lessons: check: the length of {level}",
            (RECIPE + "the_length_that_is_checked_is_that_of_the_level",),
            (("lessons/levels.py", f'"{level}": Length(', f'"{level}": Length(10 + '),),
        )
        for level in "FIAE"
    ),
    Rule(
        "lessons: check: fences are closed",
        (CHECKS + "an_open_code_fence_is_an_error_at_its_line", CHECKS + "a_shorter_fence_does_not_close_a_longer_one"),
        ((LESSON_CHECKS, "    if lesson.open_fence:", "    if False:"),),
    ),
    Rule(
        "lessons: check: fences are tagged",
        (CHECKS + "an_untagged_fence_is_a_warning",),
        ((LESSON_CHECKS, "lesson.untagged.append(number)", "pass"),),
    ),
    Rule(
        "lessons: check: a heading that does not fit the title",
        (CHECKS + "the_heading_fits_the_title", RECIPE + "the_heading_is_held_against_the_plan_s_title"),
        ((LESSON_CHECKS, "    if score < TITLE_FITS:", "    if False:"),),
    ),
    Rule(
        "lessons: check: duplicates wholly the same",
        (
            TWINS + "the_same_text_in_a_chunk_is_an_error_for_both",
            TWINS + "the_same_text_as_a_stored_lesson",
            TWINS + "a_crowd_of_equal_lessons_names_the_first_and_the_first_names_the_last",
        ),
        ((FIND, "        if twin != item.key:", "        if False:"),),
    ),
    Rule(
        "lessons: check: duplicates are those of the same course",
        (
            TWINS + "the_lessons_of_another_course_are_not_looked_at",
            TWINS + "one_chunk_may_hold_lessons_of_two_courses",
        ),
        (
            (FIND, "holders.setdefault((item.collection_id, value), set())", "holders.setdefault((0, value), set())"),
            (FIND, "holders[item.collection_id, value]", "holders[0, value]"),
            (
                FIND,
                "        if (course, value) in holders:\n            holders[course, value]",
                "        if (0, value) in holders:\n            holders[0, value]",
            ),
        ),
    ),
]
