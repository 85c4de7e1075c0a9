"""The general rules of importers, as they hold for course outlines."""

from tests.rule_table.rule import Rule

NATIVE = "tests/lessons/test_outline_native.py::test_"
SHAPES = "tests/lessons/test_outline_shapes.py::test_"
TEXT = "tests/lessons/test_outline_text.py::test_"
COURSE = "tests/lessons/test_course_import.py::test_"
SOURCE = "tests/lessons/test_sources.py::test_"
IMPORT = "tests/generation/test_importing.py::test_"
ADMIN = "tests/generation/test_admin_import.py::test_"
CONTRACT = "tests/test_contract.py::TestLessonSource::test_"
IMPORTING = "generation/importing.py"
OUTLINE = "lessons/outline.py"
READ = "lessons/outline_text.py"
LABELS = "lessons/outline_labels.py"
SOURCES = "lessons/sources.py"
MARKS = (
    TEXT + "the_same_outline_in_every_dress",
    CONTRACT + "marks_of_an_editor_change_no_row_and_are_no_problem",
    CONTRACT + "marks_of_an_editor_change_no_item",
)
BLOCKS = "blocks = read_blocks(text, early.problem)"
ONE_LINE = '    text = " ".join(text.split())\n'

IMPORTERS = [
    Rule(
        "lessons: the parser is pure, it knows no database",
        (CONTRACT + "parsing_touches_no_database",),
        (
            (
                SOURCES,
                "        try:\n            outline =",
                "        Course.objects.count()\n        try:\n            outline =",
            ),
        ),
    ),
    Rule(
        "lessons: a problem has its line, what it is about and why",
        (COURSE + "problems_have_a_line_what_it_is_about_and_why", SOURCE + "problems_keep_their_lines"),
        ((SOURCES, "Problem(problem.line, problem.what, problem.why)", "Problem(0, problem.why, problem.what)"),),
    ),
    Rule(
        "lessons: dry run and preview show what is new, changed, unchanged and removed",
        (
            COURSE + "a_dry_run_tells_new_changed_unchanged_removed_and_invalid_before_anything_is_written",
            CONTRACT + "a_dry_run_counts_and_writes_nothing",
            ADMIN + "a_second_import_shows_what_would_change",
        ),
        ((IMPORTING, '"new", "changed", "unchanged", "removed", "restored", "problems")', '"new", "problems")'),),
    ),
    Rule(
        "lessons: dry run and preview show what is invalid",
        (
            COURSE + "a_dry_run_tells_new_changed_unchanged_removed_and_invalid_before_anything_is_written",
            ADMIN + "problems_are_shown_by_line",
        ),
        ((SOURCES, "[Problem(problem.line, problem.what, problem.why) for problem in outline.problems]", "[]"),),
    ),
    Rule(
        "lessons: a preview or dry run writes nothing",
        (
            IMPORT + "a_plan_writes_nothing",
            ADMIN + "the_preview_writes_nothing",
            CONTRACT + "a_dry_run_counts_and_writes_nothing",
            COURSE + "a_dry_run_tells_new_changed_unchanged_removed_and_invalid_before_anything_is_written",
        ),
        (
            (
                IMPORTING,
                "    _compare(plan)\n    return plan",
                "    _compare(plan)\n    apply_import(plan)\n    return plan",
            ),
        ),
    ),
    Rule(
        "lessons: what a dry run tells is what the import does",
        (COURSE + "what_a_dry_run_tells_is_what_an_import_does", IMPORT + "items_hold_what_the_file_says"),
        ((IMPORTING, '        _write(plan, plan.new, now, "source_hash")\n', ""),),
    ),
    Rule(
        "lessons: the same file twice changes nothing",
        (IMPORT + "the_same_file_twice_changes_nothing", CONTRACT + "the_same_file_twice_changes_nothing"),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif True:"),),
    ),
    Rule(
        "lessons: a changed item is marked, so that only it is generated anew",
        (
            IMPORT + "one_changed_title_marks_one_item",
            CONTRACT + "a_changed_item_is_marked_and_no_other",
            COURSE + "what_a_dry_run_tells_is_what_an_import_does",
            "tests/generation/test_plan.py::test_one_changed_title_makes_one_lesson_again",
        ),
        (
            (IMPORTING, "elif source_hash != plan.hashes[key]:", "elif False:"),
            ("generation/pipeline/plan.py", '.exclude(item__source_hash=F("source_hash"))', ".none()"),
        ),
    ),
    Rule(
        "lessons: an item that is gone is marked removed",
        (
            IMPORT + "what_is_gone_is_marked_and_comes_back_as_the_same_item",
            CONTRACT + "what_is_gone_is_marked_removed_and_comes_back_as_the_same_item",
            COURSE + "what_a_dry_run_tells_is_what_an_import_does",
        ),
        ((IMPORTING, "            if removed_at is None:", "            if False:"),),
    ),
    Rule(
        "lessons: an item that is gone is never deleted",
        (
            IMPORT + "what_is_gone_is_marked_and_comes_back_as_the_same_item",
            CONTRACT + "what_is_gone_is_marked_removed_and_comes_back_as_the_same_item",
        ),
        ((IMPORTING, "for row in chunk]).update(removed_at=now)", "for row in chunk]).delete()"),),
    ),
    Rule(
        "lessons: all is written in one transaction",
        (IMPORT + "a_failing_import_leaves_nothing", CONTRACT + "an_import_that_fails_leaves_nothing"),
        (
            (
                IMPORTING,
                "    with transaction.atomic():\n        plan.collection",
                "    if plan:\n        plan.collection",
            ),
        ),
    ),
    Rule(
        "lessons: a BOM changes nothing",
        MARKS,
        ((READ, '"utf-8-sig"', '"utf-8"'), (READ, '.removeprefix("\\ufeff")', "")),
    ),
    Rule(
        "lessons: CRLF and CR are plain line ends",
        (TEXT + "the_same_outline_in_every_dress",),
        ((READ, 'text.replace("\\r\\n", "\\n").replace("\\r", "\\n")', "text"),),
    ),
    Rule(
        "lessons: CRLF is one line end",
        (TEXT + "line_numbers_count_every_line_of_the_file",),
        ((READ, 'text.replace("\\r\\n", "\\n").replace("\\r", "\\n")', 'text.replace("\\r", "\\n")'),),
    ),
    Rule(
        "lessons: a file without a final newline keeps its last line",
        MARKS,
        ((OUTLINE, BLOCKS, 'blocks = read_blocks(text[: text.rfind("\\n")], early.problem)'),),
    ),
    Rule(
        "lessons: a blank first line changes nothing",
        MARKS,
        ((OUTLINE, BLOCKS, 'blocks = read_blocks(text if text[:1].strip() else "", early.problem)'),),
    ),
    Rule(
        "lessons: any script and emoji survive",
        (NATIVE + "titles_of_any_script_survive", COURSE + "any_script_is_stored_as_it_was_written"),
        ((LABELS, ONE_LINE, '    text = " ".join(text.encode("ascii", "ignore").decode().split())\n'),),
    ),
    Rule(
        "lessons: ids and titles like numbers, 0, NA, NO, yes and no stay strings",
        (
            NATIVE + "titles_that_look_like_other_values_stay_strings",
            SHAPES + "cells_that_look_like_other_values_are_modules",
            COURSE + "titles_and_codes_that_look_like_other_values_are_kept_as_strings",
        ),
        ((LABELS, ONE_LINE, ONE_LINE + '    text = "" if text in ("0", "NA", "NO", "yes") else text\n'),),
    ),
    Rule(
        "lessons: numbers are kept with their zeros",
        (COURSE + "titles_and_codes_that_look_like_other_values_are_kept_as_strings",),
        (
            (
                "lessons/outline_rows.py",
                "safe = safe_number(number)\n        if not safe",
                'safe = safe_number(number).lstrip("0")\n        if not safe',
            ),
        ),
    ),
    Rule(
        "lessons: totals that a file states are compared",
        (
            NATIVE + "stated_totals_are_compared_only",
            SOURCE + "stated_totals_are_compared",
            COURSE + "problems_have_a_line_what_it_is_about_and_why",
        ),
        ((OUTLINE, "    compare_totals(outline, blocks)\n", ""),),
    ),
    Rule(
        "lessons: totals that fit are no problem",
        (
            NATIVE + "totals_that_fit_the_course_or_module_and_vague_ones_are_no_problem",
            SOURCE + "stated_totals_are_compared",
        ),
        (("lessons/outline_totals.py", "            if not fits:", "            if True:"),),
    ),
    Rule(
        "lessons: foreign files end in a sentence of what was expected and found",
        (TEXT + "foreign_files_end_in_one_sentence", COURSE + "files_of_other_kinds_end_in_one_sentence_and_no_rows"),
        ((READ, "for sign, name in MARKUP.items():", "for sign, name in ():"),),
    ),
    Rule(
        "lessons: archives, pictures and documents are known by their first bytes",
        (TEXT + "foreign_files_end_in_one_sentence", SOURCE + "a_foreign_file_is_a_source_error"),
        ((READ, "if data.startswith(signature):", "if False:"),),
    ),
    Rule(
        "lessons: another encoding is refused",
        (TEXT + "foreign_files_end_in_one_sentence", COURSE + "files_of_other_kinds_end_in_one_sentence_and_no_rows"),
        (
            (
                READ,
                'text = data.decode("utf-8-sig")\n        except',
                'text = data.decode("utf-8-sig", "replace")\n        except',
            ),
        ),
    ),
    Rule(
        "lessons: a file that is cut within a character loses its last line only",
        (TEXT + "a_file_cut_within_a_character_loses_its_last_line_only",),
        ((READ, 'broken = "unexpected end" in error.reason and', "broken = False and"),),
    ),
    Rule(
        "lessons: a foreign file brings no rows",
        (
            CONTRACT + "foreign_files_end_in_one_sentence_and_no_rows",
            COURSE + "files_of_other_kinds_end_in_one_sentence_and_no_rows",
        ),
        (
            (READ, "    refuse_foreign(text)\n    return", "    return"),
            (OUTLINE, "    if not outline.lessons:", "    if False:"),
            (IMPORTING, "    if not rows:\n", "    if False:\n"),
        ),
    ),
    Rule(
        "lessons: a foreign file ends the command with exit status 1",
        (
            CONTRACT + "the_command_refuses_a_foreign_file_with_status_1_and_one_sentence",
            COURSE + "files_of_other_kinds_end_in_one_sentence_and_no_rows",
            COURSE + "a_chosen_form_that_does_not_fit_is_refused",
        ),
        (("generation/command_base.py", "ProviderError, SourceError, OSError)", "ProviderError, OSError)"),),
    ),
]
