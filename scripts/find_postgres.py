"""`python -m scripts.find_postgres`: print the address of a PostgreSQL database whose user may make others."""

import sys
from collections.abc import Iterable

import psycopg

CANDIDATES = tuple(
    f"postgres://{user}@127.0.0.1:5432/{database}"
    for user in ("postgres", "root")
    for database in ("test", "postgres", "root")
)
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


def may_create(address: str) -> bool:
    """Whether one can sign in there and create databases; raises psycopg.Error if one can't sign in."""
    with psycopg.connect(address, connect_timeout=3) as connection:
        row = connection.execute(MAY_CREATE).fetchone()
        return bool(row and row[0])


def usable(addresses: Iterable[str]) -> tuple[str | None, list[str]]:
    """The first usable address, and why those before it were not."""
    refused: list[str] = []
    for address in addresses:
        try:
            if may_create(address):
                return address, refused
            refused.append(f"{address}: this user may not create databases")
        except psycopg.Error as error:
            refused.append(f"{address}: {error}")
    return None, refused


def main() -> int:
    """Print the address, or to stderr why there is none."""
    address, refused = usable(sys.argv[1:] or CANDIDATES)
    sys.stdout.write(f"{address}\n" if address else "")
    sys.stderr.write("" if address else "No usable PostgreSQL:\n" + "\n".join(refused) + "\n")
    return 0 if address else 1


if __name__ == "__main__":
    sys.exit(main())
