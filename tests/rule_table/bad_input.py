"""Bad input: what is wrong, and the tests that it ends in one clear error and loses nothing."""

from tests.rule_table.rule import Rule

IMPORT = "tests/generation/test_importing.py::test_"
BAD = "tests/test_bad_input.py::test_"
RUNS = "tests/generation/test_advance.py::test_"
BUILD = "tests/generation/test_build.py::test_"
READ = "lessons/outline_text.py"
IMPORTING = "generation/importing.py"
PROVIDER = "generation/provider.py"

FOREIGN = (BAD + "a_file_that_is_no_outline_is_refused_in_one_sentence",)
BAD_INPUT = [
    Rule("wrong file kind", FOREIGN, ((READ, "if data.startswith(signature):", "if False:"),)),
    Rule(
        "empty file",
        (*FOREIGN, "tests/lessons/test_outline_text.py::test_foreign_files_end_in_one_sentence"),
        (
            (READ, "    if not start and not text.strip():", "    if False:"),
            (IMPORTING, "    if not data.strip():", "    if False:"),
        ),
    ),
    Rule("no lessons", FOREIGN, (("lessons/outline.py", "    if not outline.lessons:", "    if False:"),)),
    Rule(
        "cut last line",
        (BAD + "a_cut_last_line_is_told_and_the_rest_imported",),
        (("lessons/outline_native.py", "    if not rest:\n", "    rest = rest or code\n    if False:\n"),),
    ),
    Rule(
        "duplicate codes",
        (BAD + "duplicate_codes_are_told_and_both_kept",),
        (("lessons/outline_rows.py", "key = self._lesson_keys.take(wanted)", "key = wanted"),),
    ),
    Rule(
        "10 MB outline",
        (BAD + "an_outline_of_10_mb_is_read_in_seconds", IMPORT + "a_file_over_the_limit_is_refused_before_it_is_read"),
        ((IMPORTING, "limit = settings.UPLOAD_MAX_BYTES", "limit = 10**6"),),
    ),
    Rule(
        "unknown course",
        (BAD + "an_unknown_course_is_named",),
        (("generation/command_base.py", "        if not here:", "        if False:"),),
    ),
    Rule(
        "prompt with a missing variable",
        (
            "tests/generation/test_admin_prompts.py::test_what_no_run_could_use_is_refused_with_a_sentence",
            BAD + "a_prompt_with_a_missing_variable_is_refused_before_anything_is_sent",
            RUNS + "a_prompt_that_broke_after_the_plan_fails_the_run_with_its_sentence",
        ),
        (
            ("generation/prompts.py", "    if _MARK in result:", "    if False:"),
            ("generation/admin/prompt_forms.py", "            if problem:\n", "            if False:\n"),
        ),
    ),
    Rule(
        "model refused",
        (
            BAD + "a_refused_model_is_told_for_each_request",
            RUNS + "a_model_that_the_service_refuses_says_so_on_every_request",
        ),
        (
            ("generation/pipeline/poll.py", '"error": _errors(remote) if remote.errors else ""', '"error": ""'),
            ("generation/outcomes.py", "message=words(line.error_message)", 'message=""'),
        ),
    ),
    Rule(
        "wrong key (401)",
        (
            RUNS + "with_a_wrong_key_nothing_starts",
            RUNS + "a_key_that_is_refused_after_the_launch_ends_the_job_with_its_sentence",
            "tests/generation/test_direct.py::test_what_can_t_get_better_stops_the_rest_unsent",
        ),
        ((PROVIDER, '401: "the key was refused: check OPENAI_API_KEY",', ""),),
    ),
    Rule(
        "no network",
        (
            RUNS + "without_a_network_nothing_starts",
            "tests/generation/test_provider.py::test_no_network_is_a_sentence_and_not_permanent",
        ),
        ((PROVIDER, "except openai.APIConnectionError as error:", "except ZeroDivisionError as error:"),),
    ),
    Rule(
        "disk full while writing JSONL",
        (
            BUILD + "a_full_disk_is_one_clear_error_and_every_request_says_what_happened",
            BUILD + "after_a_full_disk_a_retry_makes_the_rest",
        ),
        (
            (
                "generation/advance.py",
                "except (build.BuildError, PromptError, OSError) as error:",
                "except build.BuildError as error:",
            ),
        ),
    ),
    Rule(
        "disk full while results come in",
        ("tests/generation/test_collect.py::test_a_full_disk_while_results_come_in_loses_nothing",),
        (("generation/advance.py", "    except OSError as error:\n", "    except ZeroDivisionError as error:\n"),),
    ),
    Rule(
        "sandbox down",
        (RUNS + "a_sandbox_that_is_down_is_waited_for_and_nothing_is_lost",),
        ((PROVIDER, "except openai.APIConnectionError as error:", "except ZeroDivisionError as error:"),),
    ),
    Rule(
        "non-JSON answer",
        (
            RUNS + "an_answer_that_is_no_json_is_shown_and_asked_for_again",
            RUNS + "lines_that_are_no_json_are_invalid_and_the_rest_goes_on",
            "tests/generation/test_provider.py::test_whatever_a_server_sends_becomes_one_kind_of_error",
        ),
        (
            (PROVIDER, "    except UNREADABLE as error:", "    except ZeroDivisionError as error:"),
            ("generation/jsonl.py", 'broken=f"not JSON: {error}"', 'broken=""'),
        ),
    ),
]
