"""The system checks, by their ids."""

from tests.rule_table.rule import Rule

SITE = "tests/generation/test_checks.py::test_"
ENGINE_CHECKS = "generation/checks.py"

SYSTEM_CHECKS = {
    "generation.E001": Rule(
        "the queue's retry outlasts every prefetched task",
        (SITE + "queue", SITE + "the_retry_that_is_needed_covers_every_prefetched_task"),
        (
            (ENGINE_CHECKS, 'if queue.get("retry", 60) < needed:', "if False:"),
            (ENGINE_CHECKS, "* (waiting + 1) + 60", "* waiting"),
        ),
    ),
    "generation.E002": Rule(
        "the queue is limited", (SITE + "queue",), ((ENGINE_CHECKS, 'if not queue.get("queue_limit"):', "if False:"),)
    ),
    "generation.E003": Rule(
        "failures are acknowledged",
        (SITE + "queue",),
        ((ENGINE_CHECKS, 'if not queue.get("ack_failures"):', "if False:"),),
    ),
    "generation.E004": Rule(
        "SQLite's options", (SITE + "sqlite",), ((ENGINE_CHECKS, "    if missing:", "    if False:"),)
    ),
    "generation.E005": Rule(
        "no sample key outside DEBUG",
        (SITE + "the_sample_key_is_for_debug_only",),
        ((ENGINE_CHECKS, "if not settings.DEBUG and settings.SECRET_KEY ==", "if False and settings.SECRET_KEY =="),),
    ),
    "generation.E006": Rule(
        "no sandbox outside DEBUG",
        (SITE + "providers",),
        ((ENGINE_CHECKS, 'if name != "sandbox" and not settings.DEBUG and _is_sandbox(options):', "if False:"),),
    ),
    "generation.E007": Rule(
        "no empty address",
        (SITE + "providers", SITE + "an_empty_address_is_no_address"),
        (
            (
                ENGINE_CHECKS,
                "if any(address is not None and not address.strip() for address in addresses):",
                "if False:",
            ),
        ),
    ),
    "generation.E008": Rule(
        "a slice ends before its task is killed",
        (SITE + "single_values",),
        ((ENGINE_CHECKS, "if limit and not 0 < settings.DIRECT_SLICE_SECONDS < limit / 2:", "if False:"),),
    ),
    "generation.E009": Rule(
        "prices can be read",
        (SITE + "single_values",),
        ((ENGINE_CHECKS, "if not PRICE.fullmatch(entry):", "if False:"),),
    ),
    "generation.E010": Rule(
        "leases last", (SITE + "single_values",), ((ENGINE_CHECKS, "if settings.LEASE_SECONDS <= 0:", "if False:"),)
    ),
    "generation.E011": Rule(
        "published files lie apart",
        (SITE + "published_files_lie_apart",),
        ((ENGINE_CHECKS, "if folder and root.is_relative_to(Path(folder).resolve()):", "if False:"),),
    ),
    "generation.W001": Rule(
        "a production site without a key is told",
        (SITE + "a_production_site_without_a_key_is_told",),
        ((ENGINE_CHECKS, "if not settings.DEBUG and not any(options", "if False and not any(options"),),
    ),
}
