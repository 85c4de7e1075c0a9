"""Continuous integration accepts no skipped test."""

import os
import subprocess
import sys

import pytest

from scripts.check_skips import main, problems

CASE = '<testcase classname="tests.x" name="test_y">{}</testcase>'
SKIP = '<skipped type="pytest.skip" message="no browser">x.py:1: no browser</skipped>'
XFAIL = '<skipped type="pytest.xfail" message="known"/>'


@pytest.fixture
def report(tmp_path):
    def write(*inner):
        path = tmp_path / "report.xml"
        path.write_text(f"<testsuites><testsuite>{''.join(map(CASE.format, inner))}</testsuite></testsuites>")
        return path

    return write


def test_a_skipped_test_is_named_with_its_reason(report, capsys):
    assert main([str(report("", SKIP))]) == 1
    assert "skipped tests.x.test_y: no browser" in capsys.readouterr().out


def test_a_report_without_skips_passes(report):
    assert main([str(report("", "", XFAIL))]) == 0


def test_one_bad_report_among_good_ones_fails(report, tmp_path):
    assert main([str(report("")), str(tmp_path / "missing.xml")]) == 1


def test_a_report_without_tests_or_no_report_fails(report):
    assert "holds no test" in problems(report())[0]
    assert main([]) == 1


@pytest.fixture
def real_report(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_a():\n    pytest.skip('because of the weather')\ndef test_b():\n    pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--junitxml=own.xml", "test_it.py"]
    environment = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    return tmp_path / "own.xml"


def test_pytest_itself_writes_skips_as_we_read_them(real_report):
    assert [line.split(": ", 1)[1] for line in problems(real_report)] == ["because of the weather"]
