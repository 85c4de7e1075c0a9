"""The rules for runs over materials: what is taken, blocked, retried, gone without; the report; what comes out."""

from tests.rule_table.rule import Rule

RUN = "tests/materials/test_runs.py::test_"
COMMAND = "tests/materials/test_commands.py::test_"
FIGURES = "tests/generation/test_run_figures.py::test_"
GOING = "tests/generation/test_going_on.py::test_"
SIDE = "tests/materials/test_side_by_side.py::test_"
PUBLISH = "tests/materials/test_publish.py::test_"
CHOICE = "generation/recipe_choice.py"
WAVES = "generation/waves.py"
PLAN = "generation/pipeline/plan.py"
LINES = "generation/run_figures.py"
PAGE = "generation/admin/run_page.py"
GOING_ON = "generation/going_on.py"
FAILED = RUN + "a_failed_frontmatter_blocks_its_own_and_failed_tags_block_nothing"

CHOSEN = [
    Rule(
        "materials: `generate materials --all` takes enabled and disabled ones",
        (COMMAND + "all_takes_enabled_and_disabled_ones",),
        ((CHOICE, "if also_disabled or ", "if "),),
    ),
    Rule(
        "materials: without --all only those that are switched on",
        (COMMAND + "without_all_only_what_is_switched_on",),
        ((CHOICE, "if also_disabled or recipe.key", "if True or recipe.key"),),
    ),
    Rule(
        "materials: `generate materials.tags materials.table` takes these two",
        (COMMAND + "named_recipes_of_one_category_only", RUN + "named_components_of_one_category"),
        (
            (
                "generation/recipes.py",
                "if name in (recipe.key, recipe.key",
                "if name.partition('.')[0] in (recipe.key, recipe.key",
            ),
        ),
    ),
    Rule(
        "materials: a recipe that is named is taken though it is switched off",
        (COMMAND + "a_recipe_that_is_switched_off_is_made_when_it_is_named",),
        ((CHOICE, "or recipe.key in names or", "or"),),
    ),
    Rule(
        "materials: `--filter category=ceramic` restricts",
        (
            COMMAND + "named_recipes_of_one_category_only",
            COMMAND + "a_category_that_is_not_there_makes_nothing",
            RUN + "named_components_of_one_category",
        ),
        ((PLAN, "            rows = rows.filter(**{name: value})\n", "            pass\n"),),
    ),
]

FAILING = [
    Rule(
        "materials: what depends on a failed frontmatter is blocked, of its own material only; the ledger balances",
        (FAILED,),
        ((WAVES, '        if failed and dependency.scope == "item":', "        if False:"),),
    ),
    Rule(
        "materials: what is blocked says what it needs",
        (FAILED,),
        ((WAVES, 'f"it needs {dependency.recipe}, which is {failed[0]}"', '"it is blocked"'),),
    ),
    Rule(
        "materials: a failed component stops none of the others",
        (RUN + "each_component_s_failure_stops_nothing_else", FAILED),
        (
            (
                "materials/recipes.py",
                "    needs = (FRONTMATTER_NEED,)\n    order = 9\n",
                '    needs = (FRONTMATTER_NEED, type(FRONTMATTER_NEED)("materials.tags"))\n    order = 9\n',
            ),
        ),
    ),
    Rule(
        "materials: a computed component that can't be made fails alone",
        (RUN + "a_table_of_nothing_is_a_failure_of_its_own",),
        (
            (
                "materials/components.py",
                "        except InvalidOutput as error:\n            return error",
                "        except ZeroDivisionError as error:\n            return str(error)",
            ),
        ),
    ),
    Rule(
        "materials: a retry makes only what failed",
        (FAILED,),
        (
            (
                PLAN,
                "rows = Request.objects.filter(chosen, run=run).retryable()",
                "rows = Request.objects.filter(run=run)",
            ),
        ),
    ),
    Rule(
        "materials: and what was blocked by it",
        (FAILED,),
        ((PLAN, "run.requests.filter(status=RequestStatus.BLOCKED).update(", "run.requests.none().update("),),
    ),
]

WITHOUT = [
    Rule(
        "materials: a wave starts when what it needs is in",
        (GOING + "without_a_word_it_waits", GOING + "a_wave_that_waits_for_all_starts_with_those_that_are_in"),
        ((WAVES, "        if any(status in OPEN for status, _ in states):", "        if False:"),),
    ),
    Rule(
        "materials: or a person says `go on without`, by button or command",
        (
            GOING + "a_wave_that_waits_for_all_starts_with_those_that_are_in",
            GOING + "what_can_do_without_is_made_without",
            GOING + "the_command",
            RUN + "a_person_goes_on_without_the_frontmatter",
        ),
        ((WAVES, "if self._goes_on and", "if False and"),),
    ),
    Rule(
        "materials: what is there too little for stays blocked",
        (GOING + "what_can_t_do_without_stays_blocked", GOING + "of_nothing_at_all_nothing_is_made"),
        (
            (WAVES, "if self._goes_on and (revisions or dependency.dispensable):", "if self._goes_on:"),
            (
                "generation/recipes.py",
                'return any(need.dispensable or need.scope == "collection" for need in cls.needs)',
                "return True",
            ),
        ),
    ),
    Rule(
        "materials: only an operator goes on without",
        (GOING + "nobody_else_s", GOING + "the_command_of_a_person_without_the_right"),
        (
            ("generation/roles.py", '("regenerate_single",)', '("regenerate_single", "launch_run")'),
            ("generation/roles.py", '"Viewer": ()', '"Viewer": ("launch_run",)'),
        ),
    ),
    Rule(
        "materials: going on without passes no budget",
        (GOING + "a_budget_stands_in_the_way",),
        ((GOING_ON, "        launching.check_added(run, likely_added(run), user, actor)\n", ""),),
    ),
    Rule(
        "materials: after a retry it is waited again",
        (GOING + "after_a_retry_it_is_waited_again",),
        (
            (PLAN, "            run.go_on_without = False\n", ""),
            (PLAN, ".update(go_on_without=False)", ".update(go_on_without=True)"),
        ),
    ),
]

SIDE_BY_SIDE = [
    Rule(
        "materials: batches of different models, endpoints and providers side by side in one run",
        (SIDE + "batches_of_different_models_endpoints_and_providers_are_under_way_together",),
        (("generation/pipeline/build.py", "target = (inforce.provider, ", 'target = ("default", '),),
    ),
    Rule(
        "materials: a provider without a Batch API is asked directly beside them",
        (SIDE + "a_provider_without_a_batch_api_goes_directly_beside_the_batches",),
        (("generation/instructions.py", 'if mode == "batch" and has_batch else', 'if mode == "batch" else'),),
    ),
    Rule(
        "materials: one batch that fails stops none of the others",
        (SIDE + "one_batch_that_fails_stops_none_of_the_others",),
        (
            (
                "generation/pipeline/build.py",
                "target = (inforce.provider, inforce.model, ",
                'target = (inforce.provider, "gpt-4o", ',
            ),
        ),
    ),
    Rule(
        "materials: one page shows them all",
        (SIDE + "batches_of_different_models_endpoints_and_providers_are_under_way_together",),
        ((PAGE, "MAX_JOBS = 50", "MAX_JOBS = 1"),),
    ),
]

IN_THE_TERMINAL = COMMAND + "progress_of_a_run_by_category_and_component"
ON_THE_PAGE = FIGURES + "the_page_of_the_run_has_every_figure"
WATCHED = FIGURES + "watching_on_a_terminal_shows_every_figure_by_recipe_and_category"
COUNTED = FIGURES + "pace_and_rates"

# What the report says -> its tests, and how it is switched off.
REPORT = {
    "done and total": Rule(
        "materials: the report has done and total",
        (FIGURES + "sums", IN_THE_TERMINAL, ON_THE_PAGE, WATCHED),
        (
            (
                LINES,
                "done = total - sum(by_status[status] for status in OPEN)",
                "done = by_status[RequestStatus.SUCCEEDED]",
            ),
        ),
    ),
    "percentage": Rule(
        "materials: the report has the percentage",
        (COUNTED, IN_THE_TERMINAL, ON_THE_PAGE),
        ((LINES, "return 100 * self.done / self.total if self.total else 100.0", "return float(self.done)"),),
    ),
    "elapsed": Rule(
        "materials: the report has the time elapsed",
        (FIGURES + "a_run_that_ended_stands_still", ON_THE_PAGE),
        ((LINES, "(ends - run.started_at).total_seconds()", "(run.started_at - ends).total_seconds()"),),
    ),
    "ETA": Rule(
        "materials: the report has the time left",
        (COUNTED, ON_THE_PAGE, WATCHED),
        (
            ("generation/run_pace.py", "return Forecast(elapsed * left / done,", "return Forecast(elapsed * left,"),
            ("generation/run_pace.py", "return Forecast(window * left / recent,", "return Forecast(window * left,"),
        ),
    ),
    "success rate": Rule(
        "materials: the report has the success rate",
        (COUNTED, IN_THE_TERMINAL, ON_THE_PAGE, WATCHED),
        (
            (
                LINES,
                "return 100 * self.made / tried if tried else None",
                "return self.made / tried if tried else None",
            ),
        ),
    ),
    "tokens": Rule(
        "materials: the report has the tokens in and out",
        (FIGURES + "sums", IN_THE_TERMINAL, ON_THE_PAGE, WATCHED),
        ((LINES, 'Sum("input_tokens") + Sum("output_tokens")', 'Sum("output_tokens")'),),
    ),
    "tokens per second": Rule(
        "materials: the report has the tokens per second",
        (COUNTED, ON_THE_PAGE, WATCHED),
        (
            (
                LINES,
                "return self.whole.tokens / self.elapsed if self.elapsed else 0.0",
                "return float(self.whole.tokens)",
            ),
        ),
    ),
    "components made and failed": Rule(
        "materials: the report has the components made and failed",
        (FIGURES + "sums", IN_THE_TERMINAL, ON_THE_PAGE, WATCHED),
        ((LINES, "return self.done - self.made - self.unchanged", "return self.done"),),
    ),
    "items per hour": Rule(
        "materials: the report has the items per hour",
        (COUNTED, ON_THE_PAGE, WATCHED),
        (
            (
                LINES,
                "return 3600 * self.items_done / self.elapsed if self.elapsed else 0.0",
                "return float(self.items_done)",
            ),
        ),
    ),
    "memory": Rule(
        "materials: the report has the memory",
        (FIGURES + "the_worker_s_memory_counts_while_it_is_heard_of", ON_THE_PAGE),
        ((LINES, "kib * 1024 for kib in beats", "kib for kib in beats"),),
    ),
    "by category and component": Rule(
        "materials: the report is by category and component, in the terminal and on the page",
        (
            FIGURES + "lines_by_recipe_and_category",
            FIGURES + "progress_of_one_run_shows_the_figures",
            "tests/materials/test_admin.py::test_the_run_s_page_reports_by_category_and_component",
            IN_THE_TERMINAL,
            ON_THE_PAGE,
            WATCHED,
        ),
        ((LINES, "setdefault((recipe, category), Counter())", 'setdefault((recipe, ""), Counter())'),),
    ),
}

OUT = [
    Rule(
        "materials: one file for each, `<component>/<material>-<suffix>.md`",
        (
            PUBLISH + "one_file_for_each_component",
            PUBLISH + "the_catalogues_suffix_ends_the_names",
            COMMAND + "one_file_for_each_component_and_a_page",
        ),
        (("materials/publish.py", 'path = f"{row.kind}/{file_name(row.item, row.kind)}.md"', 'path = f"{row.pk}.md"'),),
    ),
    Rule(
        "materials: the catalogue's suffix ends the names, else the component's name",
        (PUBLISH + "the_catalogues_suffix_ends_the_names",),
        (("materials/publish.py", "item.collection.suffix or component", "component"),),
    ),
    Rule(
        "materials: the assembled page is front matter, then the body's parts in order",
        (
            PUBLISH + "a_page_is_front_matter_then_the_body_in_order",
            COMMAND + "one_file_for_each_component_and_a_page",
        ),
        (
            (
                "materials/publish.py",
                "key=lambda part: (places[part.recipe], part.recipe)",
                "key=lambda part: part.recipe",
            ),
        ),
    ),
    Rule(
        "materials: meta tags, badge, tags and JSON-LD stand in the page's front matter",
        (
            PUBLISH + "a_page_is_front_matter_then_the_body_in_order",
            COMMAND + "one_file_for_each_component_and_a_page",
        ),
        (("materials/pages.py", 'IN_HEAD = ("metatags", "badgesymbol", "tags", "jsonld")', "IN_HEAD = ()"),),
    ),
    Rule(
        "materials: without an approved frontmatter there is no page",
        (PUBLISH + "without_an_approved_frontmatter_there_is_no_page",),
        (
            (
                "materials/pages.py",
                "    if head is None:\n        return None\n    found = values_of(HEAD, head)",
                '    found = values_of(HEAD, head or "")',
            ),
        ),
    ),
]

RUNS = [*CHOSEN, *FAILING, *WITHOUT, *SIDE_BY_SIDE, *REPORT.values(), *OUT]
