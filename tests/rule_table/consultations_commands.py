"""The rules for consultations: commands, pauses and interrupts, and the rules of every import."""

from tests.rule_table.rule import Rule

TESTS = "tests/consultations/test_"
OPTIONS = TESTS + "options.py::test_"
IMPORTS = TESTS + "import_rules.py::test_"
FOREIGN = TESTS + "foreign_files.py::test_"
ODD = TESTS + "odd_files.py::test_"
STEPS = TESTS + "steps.py::test_"
RUN = TESTS + "run_command.py::test_"
FILES = TESTS + "commands_files.py::test_"
WORDS = "consultations/command_options.py"
BASE = "generation/command_base.py"
DIRECT = "generation/pipeline/direct.py"
IMPORTING = "generation/importing.py"
ODD_FILES = "generation/odd_files.py"
COMMANDS = "consultations/management/commands/"
EXTRACT = COMMANDS + "extract_themes.py"

COMMAND_RULES = [
    Rule(
        "consultations: each command has exactly its options",
        (OPTIONS + "each_command_has_exactly_these_options", OPTIONS + "the_usual_lines_are_understood"),
        ((COMMANDS + "compare_themes.py", '"--summary", type=Path', '"--words", type=Path'),),
    ),
    Rule(
        "consultations: extract_themes on a file leaves no collection",
        (FILES + "extract_themes_of_a_file_leaves_only_the_ledger", FOREIGN + "no_theme_list"),
        (
            (EXTRACT, "                delete_collection(consultation)", "                pass"),
            (EXTRACT, 'read_themes(read_file(options["themes"]))', "pass"),
        ),
    ),
    Rule(
        "consultations: what it has paid stays for the next call",
        (
            FILES + "what_came_in_is_kept_and_only_the_rest_is_made",
            STEPS + "ten_then_a_pause_of_300_seconds_and_an_interrupt_keeps_what_is_left_of_it",
        ),
        ((EXTRACT, "if not (paid and launched_over(consultation)):", "if True:"),),
    ),
    Rule(
        "consultations: what was refused before the launch leaves nothing",
        (FOREIGN + "what_was_refused_before_the_launch_leaves_no_working_collection",),
        ((EXTRACT, "if not (paid and launched_over(consultation)):", "if not paid:"),),
    ),
    Rule(
        "consultations: run_consultation again sends and changes nothing",
        (RUN + "the_same_command_again_sends_and_changes_nothing",),
        (("consultations/workflow.py", 'else [THEMES, LABELS], only="new")', 'else [THEMES, LABELS], only="all")'),),
    ),
    Rule(
        "consultations: --batch-size and --wait-time pace a run in direct mode",
        (
            RUN + "a_paced_run_keeps_its_pace",
            STEPS + "ten_then_a_pause_of_300_seconds_and_an_interrupt_keeps_what_is_left_of_it",
        ),
        ((WORDS, 'pace_of(options), options["yes"]', '{}, options["yes"]'),),
    ),
    Rule(
        "consultations: and in no other",
        (OPTIONS + "a_pace_goes_with_direct_mode",),
        ((BASE, '    if options["mode"] == Mode.BATCH:', "    if False:"),),
    ),
    Rule(
        "consultations: a resumed wait waits only for the rest",
        (
            STEPS + "ten_then_a_pause_of_300_seconds_and_an_interrupt_keeps_what_is_left_of_it",
            RUN + "an_interrupt_lands_says_how_to_go_on_and_exits_130",
        ),
        ((DIRECT, 'run.pace["until"] = time.time() + wait', 'run.pace["until"] = time.time()'),),
    ),
    Rule(
        "consultations: Ctrl-C lets answers in flight land",
        (STEPS + "what_is_in_flight_lands_before_the_command_ends",),
        (
            (
                DIRECT,
                "            _land(lane, landed)\n",
                "            lane.in_flight.pop(landed.call.token) if stop() else _land(lane, landed)\n",
            ),
        ),
    ),
    Rule(
        "consultations: it exits 130",
        (
            STEPS + "what_is_in_flight_lands_before_the_command_ends",
            STEPS + "an_interrupt_between_two_steps_says_what_is_so",
        ),
        ((BASE, "FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130", "FAILED, WRONG_USE, INTERRUPTED = 1, 2, 1"),),
    ),
    Rule(
        "consultations: it prints how to resume, with every option that counts",
        (
            RUN + "how_to_go_on_repeats_all_that_decides_what_is_made",
            STEPS + "ten_then_a_pause_of_300_seconds_and_an_interrupt_keeps_what_is_left_of_it",
        ),
        ((WORDS, "for name in (*names, *LAUNCH):", "for name in names:"),),
    ),
    Rule(
        "consultations: after Ctrl-C no other step is launched",
        (STEPS + "an_interrupt_while_the_last_answers_land_launches_nothing_more",),
        (("consultations/workflow.py", "        if guide.stopped:", "        if False:"),),
    ),
    Rule(
        "consultations: also between two steps",
        (STEPS + "an_interrupt_between_two_steps_says_what_is_so",),
        ((COMMANDS + "run_consultation.py", "    interrupted = GOES_ON\n", ""),),
    ),
]

ALL_READ = (
    FOREIGN + "no_responses_and_no_brief",
    FOREIGN + "no_responses_to_find_themes_in",
    FOREIGN + "no_mapping_to_vary",
    FOREIGN + "no_mapping_to_compare",
    FOREIGN + "no_responses_to_join_by",
    FOREIGN + "no_mapping_of_a_coder",
    FOREIGN + "no_theme_list",
)

GENERAL = [
    Rule(
        "consultations: a dry run writes nothing",
        (IMPORTS + "a_dry_run_and_then_the_import_count_the_same",),
        (("generation/management/commands/import_items.py", "        if dry_run:\n", "        if False:\n"),),
    ),
    Rule(
        "consultations: the admin's preview writes nothing",
        (IMPORTS + "the_admin_s_preview_counts_and_writes_nothing",),
        (
            (
                IMPORTING,
                "    _compare(plan)\n    return plan",
                "    _compare(plan)\n    apply_import(plan)\n    return plan",
            ),
        ),
    ),
    Rule(
        "consultations: the same file twice changes nothing",
        (
            IMPORTS + "a_dry_run_and_then_the_import_count_the_same",
            ODD + "a_changed_response_is_changed_and_one_that_is_gone_is_marked",
        ),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif True:"),),
    ),
    Rule(
        "consultations: a changed response is marked, so that only it is labelled anew",
        (IMPORTS + "a_changed_response_and_one_that_is_gone", IMPORTS + "only_a_changed_response_is_labelled_anew"),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif False:"),),
    ),
    Rule(
        "consultations: a response that is gone is marked removed",
        (
            IMPORTS + "a_changed_response_and_one_that_is_gone",
            ODD + "a_changed_response_is_changed_and_one_that_is_gone_is_marked",
        ),
        ((IMPORTING, "            if removed_at is None:", "            if False:"),),
    ),
    Rule(
        "consultations: an import is one transaction",
        (IMPORTS + "a_failing_import_leaves_nothing",),
        (
            (
                IMPORTING,
                "    with transaction.atomic():\n        plan.collection",
                "    if plan:\n        plan.collection",
            ),
        ),
    ),
    Rule(
        "consultations: a byte order mark changes nothing",
        tuple(ODD + f"marks_and_line_ends_change_no_{what}" for what in ("response", "theme", "mapping")),
        ((ODD_FILES, 'data.decode("utf-8-sig")', 'data.decode("utf-8")'),),
    ),
    Rule(
        "consultations: nor do line ends of Windows",
        (ODD + "marks_and_line_ends_change_no_theme",),
        ((ODD_FILES, 'return text.replace("\\r\\n", "\\n").replace("\\r", "\\n")', "return text"),),
    ),
    Rule(
        "consultations: nor a blank first line",
        (ODD + "marks_and_line_ends_change_no_response",),
        (
            (
                "consultations/response_files.py",
                'for line in text.split("\\n") if line.strip()), "")',
                'for line in text.split("\\n")), "")',
            ),
        ),
    ),
    Rule(
        "consultations: any script survives",
        (
            ODD + "ids_and_texts_that_look_like_values_are_strings",
            ODD + "values_of_a_brief_that_look_like_others_are_strings",
            ODD + "themes_and_labels_that_look_like_values_are_strings",
        ),
        (
            (
                "consultations/file_values.py",
                "return str(value).strip()",
                'return str(value).encode("ascii", "ignore").decode().strip()',
            ),
        ),
    ),
    Rule(
        "consultations: ids and texts like 0, NA, NO, yes and no stay strings",
        (
            ODD + "ids_and_texts_that_look_like_values_are_strings",
            TESTS + "sources.py::test_ids_stay_as_they_are_written",
        ),
        (
            (
                "consultations/file_values.py",
                "return str(value).strip()",
                'return "" if value in ("0", "NA", "NO", "yes", "no") else str(value).strip()',
            ),
        ),
    ),
    Rule(
        "consultations: numbers stay as they are written",
        (ODD + "numbers_as_ids_stay_as_they_are_written",),
        ((ODD_FILES, "parse_int=str, parse_float=str, parse_constant=str", "parse_int=int"),),
    ),
    Rule(
        "consultations: so do the values of a brief",
        (ODD + "values_of_a_brief_that_look_like_others_are_strings",),
        (("consultations/brief.py", "Loader=yaml.BaseLoader", "Loader=yaml.SafeLoader"),),
    ),
    Rule(
        "consultations: a total that a file states is no response",
        (IMPORTS + "a_total_that_a_file_states_is_no_response_and_counts_for_nothing",),
        (("consultations/response_files.py", "            elif not one.text:", "            elif False:"),),
    ),
    Rule(
        "consultations: a foreign file is named for what it is, by every command that reads one",
        ALL_READ,
        ((ODD_FILES, "        if data.startswith(mark):", "        if False:"),),
    ),
    Rule(
        "consultations: it ends in one sentence and exit status 1",
        ALL_READ,
        ((BASE, "ProviderError, SourceError, OSError)", "ProviderError, OSError)"),),
    ),
    Rule(
        "consultations: files of another form of its own kind are refused",
        (FOREIGN + "mappings_and_theme_lists_are_no_responses",),
        (
            ("consultations/sources.py", "    if not rows:\n        problems", "    if False:\n        problems"),
            (IMPORTING, "    if not rows:\n        raise", "    if False:\n        raise"),
        ),
    ),
]
