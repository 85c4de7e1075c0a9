"""The rules for course outlines and lessons."""

from tests.rule_table.rule import Rule

NATIVE = "tests/lessons/test_outline_native.py::test_"
SHAPES = "tests/lessons/test_outline_shapes.py::test_"
NUMBERED = "tests/lessons/test_outline_numbered.py::test_"
TEXT = "tests/lessons/test_outline_text.py::test_"
CHECKS = "tests/lessons/test_checks.py::test_"
TWINS = "tests/lessons/test_twins.py::test_"
CLEANUP = "tests/lessons/test_cleanup.py::test_"
IMPORT = "tests/generation/test_importing.py::test_"
ADOPT = "tests/generation/test_adopting.py::test_"
BAD = "tests/test_bad_input.py::test_"
COMMAND = "tests/generation/test_commands_generate.py::test_"
OUTLINE = "lessons/outline_native.py"
READ = "lessons/outline_text.py"
ROWS = "lessons/outline_rows.py"
LABELS = "lessons/outline_labels.py"
PUBLISH = "generation/pipeline/publish.py"
WATCH = "generation/run_watch.py"
LESSON_CHECKS = "lessons/checks.py"
CLEAN = "lessons/cleanup.py"
IMPORTING = "generation/importing.py"

IMPORTERS = [
    Rule(
        "a preview or dry run shows what would change and writes nothing",
        (IMPORT + "a_plan_writes_nothing", "tests/generation/test_admin_import.py::test_the_preview_writes_nothing"),
        (
            (
                IMPORTING,
                "    _compare(plan)\n    return plan",
                "    _compare(plan)\n    apply_import(plan)\n    return plan",
            ),
        ),
    ),
    Rule(
        "the same file twice changes nothing",
        (IMPORT + "the_same_file_twice_changes_nothing",),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif True:"),),
    ),
    Rule(
        "a changed item is marked, so that only it is generated anew",
        (
            IMPORT + "one_changed_title_marks_one_item",
            "tests/generation/test_plan.py::test_one_changed_title_makes_one_lesson_again",
        ),
        (
            (IMPORTING, "elif source_hash != plan.hashes[key]:", "elif False:"),
            ("generation/pipeline/plan.py", '.exclude(item__source_hash=F("source_hash"))', ".none()"),
        ),
    ),
    Rule(
        "an item that is gone is marked removed, never deleted",
        (IMPORT + "what_is_gone_is_marked_and_comes_back_as_the_same_item",),
        ((IMPORTING, "            if removed_at is None:", "            if False:"),),
    ),
    Rule(
        "all is written in one transaction",
        (IMPORT + "a_failing_import_leaves_nothing",),
        (
            (
                IMPORTING,
                "    with transaction.atomic():\n        plan.collection",
                "    if plan:\n        plan.collection",
            ),
        ),
    ),
    Rule(
        "BOM, CRLF, no final newline, a blank first line change nothing",
        (TEXT + "the_same_outline_in_every_dress",),
        ((READ, 'text.replace("\\r\\n", "\\n").replace("\\r", "\\n")', "text"),),
    ),
    Rule(
        "any script survives",
        (NATIVE + "titles_of_any_script_survive",),
        (
            (
                LABELS,
                '    text = " ".join(text.split())\n',
                '    text = " ".join(text.encode("ascii", "ignore").decode().split())\n',
            ),
        ),
    ),
    Rule(
        "ids that look like numbers, NA, yes and no stay strings",
        (
            NATIVE + "titles_that_look_like_other_values_stay_strings",
            SHAPES + "cells_that_look_like_other_values_are_modules",
        ),
        (
            (
                LABELS,
                '    text = " ".join(text.split())\n',
                '    text = " ".join(text.split())\n    text = "" if text in ("0", "NA", "NO", "yes") else text\n',
            ),
        ),
    ),
    Rule(
        "totals that a file states are only compared",
        (NATIVE + "stated_totals_are_compared_only",),
        (("lessons/outline.py", "    compare_totals(outline, blocks)\n", ""),),
    ),
    Rule(
        "foreign files end in one sentence and no rows",
        (TEXT + "foreign_files_end_in_one_sentence",),
        ((READ, "if data.startswith(signature):", "if False:"),),
    ),
]

LESSONS = [
    Rule(
        "modules `# M0: Title — Lesson Map`, sometimes with a subtitle, whatever the dash",
        (NATIVE + "modules_have_code_title_subtitle_and_line", NATIVE + "each_dash_ends_the_module_title"),
        ((OUTLINE, r'LESSON_MAP = re.compile(r"\s+[-–—]+', r'LESSON_MAP = re.compile(r"\s+[—]+'),),
    ),
    Rule(
        "lessons `## L001: Title [F]` with a level or a range",
        (NATIVE + "levels_and_ranges", NATIVE + "an_unknown_level_is_reported_and_stays_in_the_title"),
        (
            (OUTLINE, "title, level = split_level(_unmarked(rest))", 'title, level = _unmarked(rest), ""'),
            (OUTLINE, "unknown = UNKNOWN_LEVEL.search(title[-20:])", "unknown = None"),
        ),
    ),
    Rule(
        "codes restart in every module, so the key is M0-L001",
        (NATIVE + "codes_restart_in_every_module",),
        ((ROWS, 'wanted = f"{module_code}-L{safe}" if module else f"L{safe}"', 'wanted = f"L{safe}"'),),
    ),
    Rule(
        "headings without a code are the section of the lessons after them, within their module",
        (NATIVE + "sections_end_with_their_module", NATIVE + "the_whole_outline_reads_as_worked_out_by_hand"),
        ((OUTLINE, '            section = ""\n', ""),),
    ),
    Rule(
        "an H1 that is no module is passed over",
        (NATIVE + "an_h1_that_is_no_module_is_passed_over",),
        ((OUTLINE, "elif block.level > module_level and", "elif block.level >= module_level and"),),
    ),
    Rule(
        "HTML comments are passed over",
        (NATIVE + "comments_are_passed_over",),
        ((READ, 'if in_comment or "<!--" in line:', "if False:"),),
    ),
    Rule(
        "complexity legends and tables of contents are passed over",
        (NATIVE + "legends_and_tables_of_contents_are_no_sections",),
        ((OUTLINE, "and not PASSED_OVER.match(block.text)", ""),),
    ),
    Rule(
        "rules are passed over",
        (NATIVE + "rules_are_passed_over",),
        ((READ, "    if RULE.match(line[:200]):", "    if False:"),),
    ),
    Rule(
        "a cut last line is a problem and no lesson",
        (NATIVE + "a_cut_last_line_is_a_problem_and_no_lesson", BAD + "a_cut_last_line_is_told_and_the_rest_imported"),
        ((OUTLINE, "    if not rest:\n", "    rest = rest or code\n    if False:\n"),),
    ),
    Rule(
        "duplicate codes in one module are reported and both kept apart",
        (NATIVE + "duplicate_codes_are_reported_and_both_kept_apart", BAD + "duplicate_codes_are_told_and_both_kept"),
        ((ROWS, "key = self._lesson_keys.take(wanted)", "key = wanted"),),
    ),
    Rule(
        "`## Module 1` with topics as H3 and lessons as nested bullets, tags at the end",
        (
            SHAPES + "headings_with_bullets_as_worked_out_by_hand",
            SHAPES + "tagged_items_in_the_second_depth_are_the_lessons",
        ),
        (("lessons/outline.py", '    "headings": parse_headings,', '    "headings": parse_bullets,'),),
    ),
    Rule(
        "bold bullets as modules; inline code and bold inside titles survive",
        (SHAPES + "bold_bullets_as_worked_out_by_hand",),
        (("lessons/outline.py", '    "bullets": parse_bullets,', '    "bullets": parse_table,'),),
    ),
    Rule(
        "numbered headings in many languages",
        (NUMBERED + "numbers_as_outlines_write_them", NUMBERED + "chinese_chapters_and_sections"),
        ((LABELS, "buổi", "buoi"), (LABELS, "(?P<word>章|节|節|", "(?P<word>节|節|")),
    ),
    Rule(
        "escaped numbers, 11a, gaps and duplicates: nothing merged, nothing dropped",
        (NUMBERED + "numbers_gaps_and_duplicates_are_kept_as_written",),
        ((ROWS, "code = self._module_codes.take(wanted)", "code = wanted"),),
    ),
    Rule(
        "a table with one row for each lesson, an empty module cell means as above",
        (SHAPES + "table_rows_as_worked_out_by_hand", SHAPES + "an_empty_module_cell_means_as_above"),
        (("lessons/outline_table.py", "    if module not in DITTO and module != above:", "    if module != above:"),),
    ),
    Rule(
        "codes repeated in check lists, diagrams or tables make no module twice",
        (NATIVE + "check_lists_tables_and_diagrams_do_not_make_a_module_twice",),
        ((ROWS, "if module.code in filled or not repeats:", "if True:"),),
    ),
    Rule(
        "a file with no module and no lesson is refused",
        (
            NATIVE + "modules_without_any_lesson_are_refused",
            BAD + "a_file_that_is_no_outline_is_refused_in_one_sentence",
        ),
        (("lessons/outline.py", "    if not outline.lessons:", "    if False:"),),
    ),
    Rule(
        "the prompt gets module, section, title, level, duration, audience, domain, neighbours and the outline",
        ("tests/lessons/test_lesson_prompt.py::test_each_text_reaches_the_model",),
        (("lessons/prompts/lesson.md", "{{ outline }}", ""),),
    ),
    Rule(
        "duration by level: 45, 60, 75, 90 minutes, of a range the higher level's",
        (
            "tests/lessons/test_levels.py::test_minutes_by_level",
            "tests/lessons/test_levels.py::test_of_a_range_the_higher_levels_minutes",
        ),
        (
            ("lessons/levels.py", "return max(known, key=ORDER.index", "return min(known, key=ORDER.index"),
            ("lessons/levels.py", '"F": 45', '"F": 60'),
        ),
    ),
    Rule(
        "clean-up: prompt remnants before the first heading go",
        (CLEANUP + "prompt_remnants_before_the_first_heading_go",),
        ((CLEAN, "_unwrap(_without_notes(_without_remnants(text)))", "_unwrap(_without_notes(text))"),),
    ),
    Rule(
        "clean-up: an outer code fence goes",
        (CLEANUP + "an_outer_fence_goes",),
        ((CLEAN, "_unwrap(_without_notes(_without_remnants(text)))", "_without_notes(_without_remnants(text))"),),
    ),
    Rule(
        "clean-up: quality notes behind the end go",
        (CLEANUP + "notes_behind_the_end_go",),
        ((CLEAN, "_unwrap(_without_notes(_without_remnants(text)))", "_unwrap(_without_remnants(text))"),),
    ),
    Rule(
        "clean-up never shortens a good lesson",
        (CLEANUP + "a_good_lesson_is_never_shortened", CLEANUP + "ends_that_only_look_like_notes_stay"),
        (
            (CLEAN, 'return heading if "```" not in body and ABOUT_THE_TEXT.search(body) else None', "return heading"),
            (CLEAN, "    if not any(sign in tail for sign in TAIL_SIGNS):", "    if False:"),
            (
                CLEAN,
                '    lines = text.rstrip().split("\\n")\n    if _ends',
                '    lines = text.rstrip().rstrip("-").rstrip().split("\\n")\n    if _ends',
            ),
            (CLEAN, "_finish(lines[:end]) if 0 < end < len(lines) else text", "_finish(lines[:end])"),
        ),
    ),
    Rule(
        "existing files come in by import_artefacts, matched by key, so that only the rest is generated",
        (ADOPT + "a_file_becomes_a_touched_text_for_review", ADOPT + "only_the_rest_is_generated"),
        (("generation/adopting.py", "        if pk is None:\n", "        pk = None\n        if pk is None:\n"),),
    ),
    Rule(
        "published as M0-L001.md or M00-L001-slug.md, with front matter if wished",
        (
            "tests/lessons/test_publish.py::test_names_and_order_are_those_of_the_outline",
            "tests/lessons/test_publish.py::test_padded_names",
            "tests/lessons/test_publish.py::test_front_matter_is_yaml_whatever_the_title",
        ),
        (
            (
                "lessons/publish.py",
                'name = padded_name(lesson.item) if self.chosen.get("padded") else lesson.item.key',
                'name = "x"',
            ),
            ("lessons/publish.py", 'return f"{code}-{slug}" if slug else code', "return code"),
            ("lessons/publish.py", "text = front_matter(lesson.item) + text", "pass"),
        ),
    ),
    Rule(
        "into a folder or a zip",
        (
            "tests/generation/test_publish.py::test_a_folder_elsewhere_leaves_the_state",
            "tests/generation/test_publish.py::test_the_zip_is_the_same_each_time",
        ),
        (
            (PUBLISH, "_fill(export, rows, PublishedFolder(out / below, out), below, result, {}, taken)", "pass"),
            (PUBLISH, '_each(export, rows, f"{safe_path(slug)}/" if several else "", put, result, {}, taken)', "pass"),
        ),
    ),
    Rule(
        "the command tells lessons, modules, requests, file, batch and cost",
        (
            COMMAND + "waiting_brings_every_lesson",
            COMMAND + "it_names_file_and_batch",
            COMMAND + "requests_are_counted_while_they_are_written",
        ),
        (
            (
                "generation/management/commands/generate.py",
                "(*survey_lines(run, recipes, collections), *estimate_lines(run))",
                "()",
            ),
            (WATCH, "self._console.say(job_line(job))", "pass"),
            (WATCH, 'console.bar("Prepared", total)', 'console.bar("", total)'),
        ),
    ),
]

# The names are those of the findings; each test fails when the check is taken out of check_lesson.
LESSON_CHECK_TESTS = {
    "heading": Rule(
        "a heading is there and fits the title",
        (CHECKS + "a_missing_heading_is_an_error", CHECKS + "the_heading_fits_the_title"),
        ((LESSON_CHECKS, "        *_heading(lesson, facts),\n", ""),),
    ),
    "sections": Rule(
        "the required sections are there (settable, ten in the usual template)",
        (
            CHECKS + "a_missing_section_is_an_error_that_names_it",
            CHECKS + "sections_are_settable",
            CHECKS + "the_usual_template_has_ten_sections",
        ),
        ((LESSON_CHECKS, "        *_sections(lesson, facts),\n", ""), (LESSON_CHECKS, '    "Worked Example",\n', "")),
    ),
    "length": Rule("length by level", (CHECKS + "length",), ((LESSON_CHECKS, "        *_length(text, facts),\n", ""),)),
    "code fences": Rule(
        "code fences are closed and tagged",
        (CHECKS + "an_open_code_fence_is_an_error_at_its_line", CHECKS + "an_untagged_fence_is_a_warning"),
        ((LESSON_CHECKS, "        *_fences(lesson),\n", ""),),
    ),
    "placeholders": Rule(
        "no leftover placeholders or template text",
        (CHECKS + "placeholders_are_errors_at_their_line",),
        ((LESSON_CHECKS, "        *_placeholders(prose, lowered),\n", ""),),
    ),
    "refusal": Rule(
        "no refusal phrases",
        (CHECKS + "refusals_are_errors",),
        ((LESSON_CHECKS, "        *_refusals(prose, lowered),\n", ""),),
    ),
    "duplicate": Rule(
        "no duplicate of another lesson",
        (
            TWINS + "the_same_text_in_a_chunk_is_an_error_for_both",
            TWINS + "the_same_text_as_a_stored_lesson",
            TWINS + "nearly_the_same_text_in_a_chunk_is_a_warning_for_both",
            TWINS + "nearly_the_same_text_as_a_stored_lesson",
            TWINS + "answers_of_a_run_are_compared_with_each_other",
            TWINS + "an_edited_and_an_imported_text_are_compared_as_well",
        ),
        (("lessons/recipes.py", ", *filter(None, [twins.get(draft.item.pk)])", ""),),
    ),
    "tables": Rule(
        "no broken tables",
        (CHECKS + "broken_tables",),
        ((LESSON_CHECKS, "        *table_findings(lesson.rows),\n", ""),),
    ),
}
