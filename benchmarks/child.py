"""One benchmark in its own process: `python -m benchmarks.child memory '{"size": 1000}'` prints its figures as JSON.

`benchmarks.__main__` starts it with settings of its own. On SQLite it finds a migrated file; on PostgreSQL it makes
a database with a random name and drops it: what is in the database that DATABASE_URL names is not touched.
"""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connection
from django.utils.module_loading import import_string


@contextmanager
def fresh_database() -> Iterator[None]:
    """A database that holds our tables and nothing else."""
    if connection.vendor == "sqlite":
        yield
        return
    named = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{secrets.token_hex(4)}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(named, verbosity=0)


def main(name: str, arguments: str) -> int:
    """Set Django up, then call `measure` of the module named."""
    django.setup()
    with fresh_database():
        # The modules hold models: they can only be imported now.
        figures = import_string(f"benchmarks.{name}.measure")(**json.loads(arguments))
    sys.stdout.write(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
