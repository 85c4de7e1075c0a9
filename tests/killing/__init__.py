"""A tests-only app: the process that makes a state change dies with its whole group right after the commit, once."""
