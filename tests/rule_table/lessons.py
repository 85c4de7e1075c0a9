"""The rules for course outlines; with those for importers, texts and checks of lessons in files of their own."""

from tests.rule_table.lesson_checks import LESSON_CHECK_TESTS, LESSON_CHECKS_IN_PARTICULAR
from tests.rule_table.lesson_imports import IMPORTERS
from tests.rule_table.lesson_texts import LESSON_TEXTS
from tests.rule_table.rule import Rule

__all__ = ["IMPORTERS", "LESSONS", "LESSON_CHECK_TESTS"]

NATIVE = "tests/lessons/test_outline_native.py::test_"
SHAPES = "tests/lessons/test_outline_shapes.py::test_"
NUMBERED = "tests/lessons/test_outline_numbered.py::test_"
REPEATS = "tests/lessons/test_outline_repeats.py::test_"
COURSE = "tests/lessons/test_course_import.py::test_"
BAD = "tests/test_bad_input.py::test_"
AUTO = "lessons/outline.py"
OUTLINE = "lessons/outline_native.py"
BULLETS = "lessons/outline_bullets.py"
TABLE = "lessons/outline_table.py"
READ = "lessons/outline_text.py"
ROWS = "lessons/outline_rows.py"
LABELS = "lessons/outline_labels.py"
ONE_LINE = '    text = " ".join(text.split())\n'
BY_HAND = NATIVE + "the_whole_outline_reads_as_worked_out_by_hand"
EACH_FILE = NUMBERED + "a_file_of_each_numbering"
AS_WRITTEN = NUMBERED + "numbers_as_outlines_write_them"
KEPT = NUMBERED + "numbers_gaps_and_duplicates_are_kept_as_written"
BEHIND = REPEATS + "codes_repeated_behind_an_outline_make_nothing_twice"
BEFORE = REPEATS + "codes_repeated_before_an_outline_make_nothing_twice"

NATIVE_FORM = [
    Rule(
        "lessons: an outline is called Content Structure.md",
        (COURSE + "a_file_named_content_structure_makes_a_course_of_that_name",),
        (
            (
                "generation/importing.py",
                'stem = " ".join(PurePath(filename).stem',
                'stem = " ".join(PurePath(filename).stem[:7]',
            ),
        ),
    ),
    Rule(
        "lessons: modules `# M0: Title — Lesson Map`, whatever the dash",
        (NATIVE + "modules_have_code_title_subtitle_and_line", NATIVE + "each_dash_ends_the_module_title", BY_HAND),
        (
            (OUTLINE, r'LESSON_MAP = re.compile(r"\s+[-–—]+\s+Lesson', r'LESSON_MAP = re.compile(r"\s+[—]+\s+Lesson'),
            (
                OUTLINE,
                "_lesson(block, found, section, builder)\n        elif",
                "_lesson(block, found, '', builder)\n        elif",
            ),
        ),
    ),
    Rule(
        "lessons: the subtitle behind it is kept apart",
        (NATIVE + "modules_have_code_title_subtitle_and_line", NATIVE + "each_dash_ends_the_module_title"),
        ((OUTLINE, 'subtitle = parts[1].strip() if len(parts) > 1 else ""', 'subtitle = ""'),),
    ),
    Rule(
        "lessons: lessons `## L001: Title [F]` with level F, I, A, E or a range",
        (NATIVE + "levels_and_ranges", BY_HAND, COURSE + "any_script_is_stored_as_it_was_written"),
        ((OUTLINE, "title, level = split_level(_unmarked(rest))", 'title, level = _unmarked(rest), ""'),),
    ),
    Rule(
        "lessons: a range has two levels",
        (NATIVE + "levels_and_ranges", BY_HAND, COURSE + "what_a_dry_run_tells_is_what_an_import_does"),
        ((LABELS, "(?: ?[-–—/] ?([FIAE]))? ?", "() ?"),),
    ),
    Rule(
        "lessons: another level is told",
        (
            NATIVE + "an_unknown_level_is_reported_and_stays_in_the_title",
            COURSE + "problems_have_a_line_what_it_is_about_and_why",
        ),
        ((OUTLINE, "unknown = UNKNOWN_LEVEL.search(title[-20:])", "unknown = None"),),
    ),
    Rule(
        "lessons: the levels' words are Foundation, Intermediate, Advanced, Expert",
        ("tests/lessons/test_levels.py::test_words",),
        (("lessons/levels.py", '"A": "Advanced"', '"A": "Difficult"'),),
    ),
    Rule(
        "lessons: codes restart in every module, so the key is M0-L001",
        (NATIVE + "codes_restart_in_every_module", BY_HAND),
        ((ROWS, 'wanted = f"{module_code}-L{safe}" if module else f"L{safe}"', 'wanted = f"L{safe}"'),),
    ),
    Rule(
        "lessons: headings without a code are the section of the lessons after them",
        (BY_HAND, COURSE + "a_file_named_content_structure_makes_a_course_of_that_name"),
        ((OUTLINE, "            section = text\n", "            pass\n"),),
    ),
    Rule(
        "lessons: a section ends with its module",
        (NATIVE + "sections_end_with_their_module", BY_HAND),
        ((OUTLINE, '            section = ""\n', ""),),
    ),
    Rule(
        "lessons: an H1 that is no module is passed over",
        (NATIVE + "an_h1_that_is_no_module_is_passed_over",),
        ((OUTLINE, "elif block.level > module_level and", "elif block.level >= module_level and"),),
    ),
    Rule(
        "lessons: HTML comments are passed over",
        (NATIVE + "comments_are_passed_over",),
        ((READ, 'if in_comment or "<!--" in line:', "if False:"),),
    ),
    Rule(
        "lessons: complexity legends and tables of contents are passed over",
        (NATIVE + "legends_and_tables_of_contents_are_no_sections",),
        ((OUTLINE, "and not PASSED_OVER.match(block.text)", ""),),
    ),
    Rule(
        "lessons: rules are passed over",
        (NATIVE + "rules_are_passed_over",),
        ((READ, "    if RULE.match(line[:200]):", "    if False:"),),
    ),
    Rule(
        "lessons: a cut last line is a problem and no lesson",
        (
            NATIVE + "a_cut_last_line_is_a_problem_and_no_lesson",
            BAD + "a_cut_last_line_is_told_and_the_rest_imported",
            COURSE + "a_dry_run_tells_new_changed_unchanged_removed_and_invalid_before_anything_is_written",
        ),
        ((OUTLINE, "    if not rest:\n", "    rest = rest or code\n    if False:\n"),),
    ),
    Rule(
        "lessons: of two with one code both are kept, the second with a suffix",
        (NATIVE + "duplicate_codes_are_reported_and_both_kept_apart", BAD + "duplicate_codes_are_told_and_both_kept"),
        ((ROWS, "key = self._lesson_keys.take(wanted)", "key = wanted"),),
    ),
    Rule(
        "lessons: two with one code are reported",
        (
            NATIVE + "duplicate_codes_are_reported_and_both_kept_apart",
            COURSE + "problems_have_a_line_what_it_is_about_and_why",
        ),
        ((ROWS, "        if key != wanted:", "        if False:"),),
    ),
]
# A word or mark with which outlines number, and what is left where it is not known.
NUMBERS = {
    "1. and 1.1": ("(WORD, CJK, NUMBER, CODE)", "(WORD, CJK, CODE)"),
    "第 3 章": ("(?P<word>章|节|節|", "(?P<word>节|節|"),
    "第一週": ("部分|部|週|", "部分|部|"),
    "Unit 2": ("module|unit|", "module|"),
    "Week 4": ("chapter|week|", "chapter|"),
    "Day 1": ("class|day|", "class|"),
    "Month 2": ("stage|month|", "stage|"),
    "Buổi 1": ("hari|buổi|", "hari|"),
    "escaped numbers": ('    if "\\\\" in head:', "    if False:"),
    "11a": ("[a-z]?", ""),
}
OTHER_FORMS = [
    Rule(
        "lessons: the form of an outline is found out",
        (REPEATS + "the_shapes_are_worked_out_by_hand", COURSE + "the_form_is_found_or_chosen"),
        ((AUTO, "    if _held(headings) >=", "    return native\n    if _held(headings) >="),),
    ),
    Rule(
        "lessons: or chosen with --format",
        (COURSE + "the_form_is_found_or_chosen", COURSE + "a_chosen_form_that_does_not_fit_is_refused"),
        (
            (
                AUTO,
                '_auto(blocks, cut_line) if format == "auto" else _parse',
                "_auto(blocks, cut_line) if format else _parse",
            ),
        ),
    ),
    Rule(
        "lessons: numbers are kept as written, in the order of the file",
        (NUMBERED + "modules_and_lessons_stay_in_the_order_of_the_file", EACH_FILE),
        ((ROWS, 'code = code or f"L{safe}"', 'code = f"L{safe}"'),),
    ),
    Rule(
        "lessons: `## Module 1` with topics as H3 and lessons as nested bullets",
        (
            SHAPES + "headings_with_bullets_as_worked_out_by_hand",
            SHAPES + "tagged_items_in_the_second_depth_are_the_lessons",
            SHAPES + "untagged_items_below_topics_without_a_number_are_the_lessons",
        ),
        ((AUTO, '    "headings": parse_headings,', '    "headings": parse_bullets,'),),
    ),
    Rule(
        "lessons: untagged bullets below numbered topics are the lessons",
        (
            SHAPES + "untagged_items_below_numbered_topics_are_the_lessons_as_well",
            COURSE + "the_form_is_found_or_chosen",
        ),
        ((AUTO, " or _below_topics(headings, numbered)", ""),),
    ),
    Rule(
        "lessons: a topic without bullets is not lost",
        (SHAPES + "topics_of_which_one_has_no_items_are_the_lessons_themselves",),
        ((AUTO, "    return all((topic.module_code", "    return any((topic.module_code"),),
    ),
    Rule(
        "lessons: tags stand at the end of a bullet",
        (SHAPES + "tags_stand_at_the_end_of_a_bullet", SHAPES + "headings_with_bullets_as_worked_out_by_hand"),
        ((LABELS, "while found := TAG.search(text[-60:]):", "while found := None:"),),
    ),
    Rule(
        "lessons: bold bullets as modules, nested bullets as lessons",
        (SHAPES + "bold_bullets_as_worked_out_by_hand", REPEATS + "the_shapes_are_worked_out_by_hand"),
        ((AUTO, '    "bullets": parse_bullets,', '    "bullets": parse_table,'),),
    ),
    Rule(
        "lessons: inline code and bold inside titles survive",
        (
            SHAPES + "bold_bullets_as_worked_out_by_hand",
            SHAPES + "headings_with_bullets_as_worked_out_by_hand",
            NATIVE + "emphasis_around_a_heading_goes_and_inside_stays",
        ),
        ((LABELS, ONE_LINE, '    text = " ".join(text.replace("`", "").replace("**", "").split())\n'),),
    ),
    *(
        Rule(f"lessons: numbered by {name}", (AS_WRITTEN, EACH_FILE), ((LABELS, there, instead),))
        for name, (there, instead) in NUMBERS.items()
    ),
    Rule(
        "lessons: gaps and duplicates in the numbering: nothing merged, nothing dropped",
        (KEPT,),
        ((ROWS, "code = self._module_codes.take(wanted)", "code = wanted"),),
    ),
    Rule(
        "lessons: a table with one row for each lesson",
        (SHAPES + "table_rows_as_worked_out_by_hand", REPEATS + "the_shapes_are_worked_out_by_hand"),
        ((AUTO, '    "table": parse_table,', '    "table": parse_bullets,'),),
    ),
    Rule(
        "lessons: an empty module cell means as above",
        (SHAPES + "table_rows_as_worked_out_by_hand", SHAPES + "an_empty_module_cell_means_as_above"),
        ((TABLE, "    if module not in DITTO and module != above:", "    if module != above:"),),
    ),
    Rule(
        "lessons: codes repeated in check lists make no module twice",
        (SHAPES + "check_list_items_are_lessons_only_where_there_are_no_others",),
        ((BULLETS, "    if any(not candidate.block.task for candidate in candidates):", "    if False:"),),
    ),
    Rule(
        "lessons: codes repeated in diagrams make no module twice",
        (BEHIND, BEFORE, NATIVE + "check_lists_tables_and_diagrams_do_not_make_a_module_twice"),
        (
            (READ, "fence = None if in_comment else FENCE.match(line)", "fence = None"),
            (ROWS, "        if again and known:", "        if False:"),
        ),
    ),
    Rule(
        "lessons: codes repeated in tables make no module twice",
        (BEFORE,),
        ((TABLE, ' or _counts(table, roles["title"])', ""),),
    ),
    Rule(
        "lessons: a module named again without lessons is no second one",
        (NATIVE + "check_lists_tables_and_diagrams_do_not_make_a_module_twice",),
        ((ROWS, "if module.code in filled or not repeats:", "if True:"),),
    ),
    Rule(
        "lessons: a file with no module and no lesson is refused",
        (
            NATIVE + "modules_without_any_lesson_are_refused",
            BAD + "a_file_that_is_no_outline_is_refused_in_one_sentence",
            COURSE + "a_chosen_form_that_does_not_fit_is_refused",
        ),
        ((AUTO, "    if not outline.lessons:", "    if False:"),),
    ),
]
LESSONS = [*NATIVE_FORM, *OTHER_FORMS, *LESSON_TEXTS, *LESSON_CHECKS_IN_PARTICULAR]
