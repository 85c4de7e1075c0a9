"""What lessons are generated from, what becomes of the answers, and what the command says on the way."""

from tests.rule_table.rule import Rule

CLEANUP = "tests/lessons/test_cleanup.py::test_"
PROMPT = "tests/lessons/test_lesson_prompt.py::test_"
CONTEXT = "tests/lessons/test_lesson_context.py::test_"
LEVELS = "tests/lessons/test_levels.py::test_"
RECIPE = "tests/lessons/test_recipe.py::test_"
FILES = "tests/lessons/test_files_of_a_course.py::test_"
PUBLISHED = "tests/lessons/test_publish.py::test_"
SOURCE = "tests/lessons/test_sources.py::test_"
SAYS = "tests/lessons/test_generate_command.py::test_"
ADOPT = "tests/generation/test_adopting.py::test_"
COMMAND = "tests/generation/test_commands_generate.py::test_"
MD = "lessons/prompts/lesson.md"
RECIPES = "lessons/recipes.py"
CLEAN = "lessons/cleanup.py"
NAMES = "lessons/publish.py"
SOURCES = "lessons/sources.py"
ADOPTING = "generation/adopting.py"
PUBLISH = "generation/pipeline/publish.py"
REPORT = "generation/run_report.py"
WHOLE = (CONTEXT + "the_request_of_a_lesson_holds_it_all",)
ALL_THREE = "_unwrap(_without_notes(_without_remnants(text)))"

# What the prompt gets, and where the prompt says it.
GIVEN = {
    "the module": " ({{ module_title }})",
    "the section": "Section of the module: {{ section }}",
    "the title": "Title: {{ title }}",
    "the level": " [{{ level }}]",
    "the level's word": "Level: {{ level_word }}",
    "the minutes": "{{ duration }} minutes",
    "the audience": "Audience: {{ audience }}",
    "the domain": "Domain: {{ domain }}",
    "the lessons before it": "{% for name in previous %}- {{ name }}\n{% endfor %}",
    "the lessons after it": "{% for name in next %}- {{ name }}\n{% endfor %}",
    "the outline": "{{ outline }}",
}
LESSON_TEXTS = [
    *(Rule(f"lessons: the prompt gets {name}", WHOLE, ((MD, text, ""),)) for name, text in GIVEN.items()),
    Rule(
        "lessons: audience and domain are fields of the course",
        (CONTEXT + "audience_and_domain_are_the_course_s", *WHOLE),
        (
            (RECIPES, '"audience": course.audience', '"audience": ""'),
            (RECIPES, '"domain": course.domain', '"domain": ""'),
        ),
    ),
    Rule(
        "lessons: neighbours are those of the module",
        (CONTEXT + "neighbours_are_those_of_the_module",),
        (
            (RECIPES, "titles = modules.setdefault(code, [])", 'titles = modules.setdefault("", [])'),
            (RECIPES, ".filter(module_code__in=wanted)", ""),
        ),
    ),
    Rule(
        "lessons: the outline in the prompt is cut to a length that can be set",
        (
            CONTEXT + "the_outline_is_cut_to_the_set_length",
            CONTEXT + "an_operator_sets_outline_and_sections_of_the_recipe",
            CONTEXT + "without_a_setting_the_outline_has_up_to_three_thousand_characters",
            *WHOLE,
        ),
        ((RECIPES, '"\\n".join(lines)[:limit]', '"\\n".join(lines)'), (RECIPES, "rows[:limit]", "rows")),
    ),
    *(
        Rule(
            f"lessons: {minutes} minutes for {level}",
            (LEVELS + "minutes_by_level", CONTEXT + "the_minutes_of_its_level_are_in_the_prompt"),
            (("lessons/levels.py", f'"{level}": {minutes}', f'"{level}": 50'),),
        )
        for level, minutes in (("F", 45), ("I", 60), ("A", 75), ("E", 90))
    ),
    Rule(
        "lessons: of a range the higher level's minutes",
        (
            LEVELS + "of_a_range_the_higher_levels_minutes",
            CONTEXT + "the_minutes_of_its_level_are_in_the_prompt",
            CONTEXT + "level_and_minutes",
        ),
        (("lessons/levels.py", "return max(known, key=ORDER.index", "return min(known, key=ORDER.index"),),
    ),
    Rule(
        "lessons: one Markdown lesson for each plan",
        (SAYS + "one_markdown_lesson_for_each_remaining_plan", RECIPE + "an_answer_is_cleaned_and_becomes_a_lesson"),
        ((RECIPES, "return Accepted(text, {", 'return Accepted("x" + text, {'),),
    ),
    Rule(
        "lessons: answers are cleaned",
        (RECIPE + "an_answer_is_cleaned_and_becomes_a_lesson",),
        ((RECIPES, "text = clean_up(output)", "text = output"),),
    ),
    Rule(
        "lessons: clean-up: prompt remnants before the first heading go",
        (CLEANUP + "prompt_remnants_before_the_first_heading_go", CLEANUP + "everything_at_once"),
        ((CLEAN, ALL_THREE, "_unwrap(_without_notes(text))"),),
    ),
    Rule(
        "lessons: clean-up: an outer code fence goes",
        (CLEANUP + "an_outer_fence_goes", CLEANUP + "everything_at_once"),
        ((CLEAN, ALL_THREE, "_without_notes(_without_remnants(text))"),),
    ),
    Rule(
        "lessons: clean-up: quality notes behind the end go",
        (CLEANUP + "notes_behind_the_end_go", CLEANUP + "everything_at_once"),
        ((CLEAN, ALL_THREE, "_unwrap(_without_remnants(text))"),),
    ),
    Rule(
        "lessons: clean-up never shortens a good lesson",
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
        "lessons: clean-up leaves starts that are no remnants",
        (CLEANUP + "starts_that_are_no_remnants_stay",),
        (
            (CLEAN, "    if not (REMNANT.match(start) or REMNANT_HEADING.match(start)):", "    if False:"),
            (CLEAN, "        elif _wrapper(lines, index) or not (dropping or _may_go(line)):", "        elif False:"),
        ),
    ),
    Rule(
        "lessons: clean-up leaves what stands in code",
        (CLEANUP + "code_never_closed_is_left_as_it_is",),
        ((CLEAN, "    if _ends_in_code(lines):", "    if False:"),),
    ),
    Rule(
        "lessons: existing files come in by import_artefacts, matched by key, so that only the rest is generated",
        (
            ADOPT + "a_file_becomes_a_touched_text_for_review",
            ADOPT + "only_the_rest_is_generated",
            FILES + "existing_files_come_in_by_key_and_only_the_rest_is_generated",
        ),
        ((ADOPTING, "        if pk is None:\n", "        pk = None\n        if pk is None:\n"),),
    ),
    Rule(
        "lessons: existing files are known by both published names",
        (
            SOURCE + "file_names_lead_to_keys",
            SOURCE + "every_published_name_leads_back",
            FILES + "existing_files_come_in_by_key_and_only_the_rest_is_generated",
            FILES + "what_was_published_comes_back_as_it_was",
        ),
        ((SOURCES, 'for zeros in (module_zeros, "") for', "for zeros in (module_zeros,) for"),),
    ),
    Rule(
        "lessons: the origin of such a text is import",
        (
            FILES + "existing_files_come_in_by_key_and_only_the_rest_is_generated",
            ADOPT + "a_file_becomes_a_touched_text_for_review",
        ),
        ((ADOPTING, "origin=Origin.IMPORTED", "origin=Origin.EDITED"),),
    ),
    Rule(
        "lessons: published as M0-L001.md",
        (PUBLISHED + "names_and_order_are_those_of_the_outline", FILES + "published_names"),
        ((NAMES, "else lesson.item.key", "else lesson.item.code"),),
    ),
    Rule(
        "lessons: or as M00-L001-slug.md",
        (PUBLISHED + "padded_names", FILES + "published_names", FILES + "into_a_zip"),
        ((NAMES, 'return f"{code}-{slug}" if slug else code', "return code"),),
    ),
    Rule(
        "lessons: with optional YAML front matter",
        (PUBLISHED + "front_matter_is_yaml_whatever_the_title", FILES + "front_matter_is_optional"),
        ((NAMES, "text = front_matter(lesson.item) + text", "pass"),),
    ),
    Rule(
        "lessons: into a folder",
        ("tests/generation/test_publish.py::test_a_folder_elsewhere_leaves_the_state", FILES + "published_names"),
        ((PUBLISH, "_fill(export, rows, PublishedFolder(out / below, out), below, result, {}, taken)", "pass"),),
    ),
    Rule(
        "lessons: or into a zip",
        ("tests/generation/test_publish.py::test_the_zip_is_the_same_each_time", FILES + "into_a_zip"),
        ((PUBLISH, '_each(export, rows, f"{safe_path(slug)}/" if several else "", put, result, {}, taken)', "pass"),),
    ),
]

FOUND = (SAYS + "lessons_and_modules_found_already_generated_and_remaining",)
FILE = (SAYS + "the_file_its_size_and_id_and_the_batch", COMMAND + "it_names_file_and_batch")
ESTIMATED = (SAYS + "the_estimated_cost_in_all_and_for_each_lesson_batch_beside_direct",)
FINAL = (SAYS + "the_final_cost_in_all_and_for_each_lesson_beside_direct",)
# What the command says on the way: (what, tests, file, what stands there, what stands there instead).
SAID = [
    ("lessons found", FOUND, REPORT, "removed_at=None, collection_id=", "collection_id="),
    ("modules found", FOUND, REPORT, ".values(name).distinct().count()", ".values(name).count()"),
    ("already generated", FOUND, REPORT, "{made:,} already", "0 already"),
    ("remaining", FOUND, REPORT, "{found - made:,} remaining", "{found:,} remaining"),
    (
        "requests prepared",
        (SAYS + "the_requests_prepared", SAYS + "a_line_every_ten_requests_in_plain_mode"),
        "generation/run_watch.py",
        'console.bar("Prepared", total)',
        'console.bar("", total)',
    ),
    (
        "a line every ten requests in plain mode",
        (SAYS + "a_line_every_ten_requests_in_plain_mode", "tests/generation/test_commands_upkeep.py::test_milestones"),
        "generation/console_output.py",
        "total <= EVERY_TEN or ",
        "",
    ),
    ("the file's KB", FILE, REPORT, "job.input_bytes / 1000", "job.input_bytes / 1024"),
    ("the file's id", FILE, REPORT, "file {job.input_file_id or", "file {'' or"),
    ("the batch's id", FILE, REPORT, "batch {job.remote_batch_id or", "batch {'' or"),
    ("the batch's status", FILE[:1], REPORT, "{job.status}{waits}", "{waits}"),
    (
        "the batch's status until its end",
        (SAYS + "the_status_of_the_batch_until_its_end",),
        "generation/run_watch.py",
        "finished().count(), jobs_note(jobs))",
        "finished().count())",
    ),
    (
        "the estimated cost in all",
        ESTIMATED,
        REPORT,
        'for level in ("low", "likely", "high")',
        'for level in ("low", "high", "likely")',
    ),
    ("the estimated cost of each", ESTIMATED, REPORT, '// max(1, estimate["requests"])', ""),
    (
        "batch beside direct before",
        ESTIMATED,
        REPORT,
        "(Mode.BATCH, Mode.FLEX, Mode.DIRECT)",
        "(Mode.BATCH, Mode.FLEX)",
    ),
    (
        "the final cost in all",
        FINAL,
        REPORT,
        "Cost: {costs.dollars(run.cost_nano)} in all",
        "Cost: {run.cost_nano} in all",
    ),
    ("the final cost of each", FINAL, REPORT, "run.cost_nano // good", "run.cost_nano"),
    ("batch beside direct at the end", FINAL, REPORT, "costs.dollars(direct)}", "costs.dollars(run.cost_nano)}"),
]
LESSON_TEXTS += [
    Rule(f"lessons: the command says {what}", tests, ((file, there, instead),))
    for what, tests, file, there, instead in SAID
]
