"""`python -m tests.faults` (`make faults`): the promises under attack, case by case, on each database."""
