"""Continuous integration finds a database it may use, or says why there is none."""

import os

import psycopg
import pytest

from scripts.find_postgres import main, usable

CLOSED = "postgres://nobody@127.0.0.1:1/none"


@pytest.fixture
def address():
    return os.environ.get("TEST_POSTGRES_URL") or pytest.skip("TEST_POSTGRES_URL is not set")


def test_a_database_that_does_not_answer_is_told():
    address, refused = usable([CLOSED])
    assert address is None
    assert refused[0].startswith(f"{CLOSED}: ")


def test_without_any_the_exit_status_and_stderr_say_so(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["find_postgres", CLOSED])
    assert main() == 1
    out, err = capsys.readouterr()
    assert (out, CLOSED in err) == ("", True)


@pytest.mark.postgres
def test_the_first_one_that_answers_is_taken(address):
    assert usable([CLOSED, address])[0] == address


@pytest.mark.postgres
def test_a_user_who_may_not_create_databases_is_passed_over(address):
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS batchsite_poor")
        connection.execute("CREATE ROLE batchsite_poor LOGIN NOCREATEDB")
    poor = psycopg.conninfo.make_conninfo(address, user="batchsite_poor")
    try:
        assert usable([poor]) == (None, [f"{poor}: this user may not create databases"])
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP ROLE batchsite_poor")
