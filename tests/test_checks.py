"""What ``./run test`` and ``./run check`` run, and what they say."""

import subprocess
from pathlib import Path

import pytest

from entraide.launcher import checks
from entraide.launcher.database import Place
from entraide.launcher.machine import Venv


def test_pytest_runs_on_two_processes_and_measures_unless_told_what_to_run():
    place = Place(Path("/nowhere"), Venv(Path("/venv")))
    python = ["/venv/bin/python", "-m", "pytest"]
    two = ["--numprocesses=2", "--dist=loadgroup"]

    whole = checks.pytest(place, [], fast=False)
    assert whole == [*python, *two, "--cov", "--cov-report=term"]
    fast = checks.pytest(place, [], fast=True)
    assert fast == [*python, "-m", "not browser", *two]
    chosen = checks.pytest(place, ["tests/x.py", "-k", "y"], fast=False)
    assert chosen == [*python, "tests/x.py", "-k", "y"]


@pytest.fixture
def ran(monkeypatch):
    """The steps of a check, each with the status it is to end with."""
    statuses: dict[str, int] = {}

    def run(_place, words, _variables, timeout=0):
        status = statuses.get(words[1], 0)
        return subprocess.CompletedProcess(words, status, f"output of {words[1]}\n")

    monkeypatch.setattr(checks, "run", run)
    monkeypatch.setattr(checks, "audit", lambda _place: False)
    return statuses


def test_every_step_runs_and_the_failing_one_is_shown(ran, capsys):
    ran["ruff"] = 1

    assert checks.check(Place(Path("/nowhere"), Venv(Path("/venv")))) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines.count("output of ruff") == 2
    assert lines[-2:] == ["Failed: lint, format", "not audited"]
    shown = [line.split(" (")[0] for line in lines if line.startswith(("ok", "FAILED"))]
    assert [line[7:] for line in shown] == [name for name, _, _ in checks.steps()]


@pytest.mark.parametrize("audited", [True, False])
def test_the_audit_closes_the_check_and_changes_no_status(
    ran, audited, monkeypatch, capsys
):
    monkeypatch.setattr(checks, "audit", lambda _place: audited)

    assert checks.check(Place(Path("/nowhere"), Venv(Path("/venv")))) == 0

    closing = "audited" if audited else "not audited"
    assert capsys.readouterr().out.splitlines()[-1] == closing


@pytest.mark.parametrize(
    ("report", "audited", "said"),
    [
        (None, False, ""),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', True, ""),
        ('{"dependencies": [{"name": "a", "skip_reason": "unknown"}]}', False, ""),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns":'
            ' [{"id": "PYSEC-1", "fix_versions": ["2"]}]}]}',
            True,
            "Known vulnerability in a 1: PYSEC-1 (mended in: 2)\n",
        ),
    ],
)
def test_an_audit_needs_an_answer_about_every_package(
    report, audited, said, monkeypatch, capsys
):
    def run(_place, words, _variables, timeout=0):
        if report:
            Path(words[-3].partition("=")[2]).write_text(report)

    monkeypatch.setattr(checks, "run", run)

    assert checks.audit(Place(Path("/nowhere"), Venv(Path("/venv")))) is audited
    assert capsys.readouterr().out == said
