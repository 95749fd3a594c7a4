"""The operator's two commands, and the process that opens files."""

import json
import subprocess
import sys

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from institutions.sheets import reading
from institutions.sheets.parser import limits
from institutions.sheets.parser.__main__ import main
from tests import factories
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    factories.UpdateRoundFactory()
    return factories.CentreFactory()


def check(path, capsys, **options):
    """Status and what was printed, which is one JSON object whatever the file."""
    capsys.readouterr()
    status = 0
    try:
        call_command("check_sheet", str(path), **options)
    except SystemExit as end:
        status = end.code
    out = capsys.readouterr().out.strip()
    assert "\n" not in out
    return status, json.loads(out)


def take_out(tmp_path, name="sheet.xlsx", **options):
    path = tmp_path / name
    call_command("sheet_template", out=path, **options)
    return path


@pytest.mark.parametrize("kind", ["children", "staff"])
@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_a_sheet_as_it_was_taken_out_has_no_error(
    kind, name, centre, tmp_path, capsys, language
):
    factories.EnrolmentFactory(centre=centre)
    factories.StaffMemberFactory(centre=centre)
    path = take_out(tmp_path, name, kind=kind, centre=centre.code, language=language)
    status, answer = check(path, capsys)
    assert (status, answer["errors"], answer["rows"]) == (0, [], 1)


def test_names_leave_only_when_asked_for(centre, tmp_path):
    row = factories.EnrolmentFactory(centre=centre)
    asked = {"kind": "children", "centre": centre.code}
    without = take_out(tmp_path, "without.csv", **asked).read_text()
    with_names = take_out(tmp_path, "with.csv", with_names=True, **asked).read_text()
    assert (row.child.name in without, row.child.name in with_names) == (False, True)


@pytest.mark.parametrize("kind", ["children", "staff"])
def test_a_blank_sheet_is_checked_without_a_centre(kind, centre, tmp_path, capsys):
    path = take_out(tmp_path, kind=kind)
    assert check(path, capsys)[0] == 0
    row = make.ROWS[kind]

    def fill(sheet):
        for number in (2, 3):
            for place, code in enumerate(make.codes_of(kind), start=1):
                sheet.cell(number, place, row.get(code))

    path.write_bytes(make.edited(path.read_bytes(), fill))
    status, answer = check(path, capsys)
    found = [(error["cell"], error["code"]) for error in answer["errors"]]
    assert (status, found) == (1, [("B3", "doubled_person")])


def test_errors_bear_a_cell_a_code_and_a_sentence(centre, tmp_path, capsys):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(make.sheet(months=0))
    status, answer = check(path, capsys, language="fr")
    assert status == 1
    assert list(answer["errors"][0]) == ["cell", "code", "message"]
    assert answer["errors"][0]["cell"] == make.cell("children", "months")


@pytest.mark.parametrize("content", [b"", b"MZ", b"PK\x03\x04", b"\x00" * 99, b"1;2"])
def test_whatever_the_file_the_answer_is_json(content, centre, tmp_path, capsys):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    status, answer = check(path, capsys)
    assert (status, len(answer["errors"])) == (1, 1)


@pytest.mark.parametrize("name", ["missing.xlsx", "."])
def test_no_file_at_all(name, centre, tmp_path, capsys):
    status, answer = check(tmp_path / name, capsys)
    assert (status, answer["errors"][0]["code"]) == (1, "missing_file")


def test_a_sheet_of_a_centre_that_is_gone(centre, tmp_path, capsys):
    path = take_out(tmp_path, kind="staff", centre=centre.code)
    type(centre).objects.filter(pk=centre.pk).update(code="C-OTHER99")
    status, answer = check(path, capsys)
    assert (status, answer["errors"][0]["code"]) == (1, "other_centre")


def test_the_year_of_the_file_is_the_one_checked(centre, tmp_path, capsys):
    factories.EnrolmentFactory(centre=centre)
    path = take_out(tmp_path, kind="children", centre=centre.code)
    factories.UpdateRoundFactory(year=YEAR + 1)
    status, answer = check(path, capsys)
    assert (status, answer["warnings"]) == (0, [])


def test_a_template_that_cannot_be_written(centre, tmp_path):
    with pytest.raises(CommandError):
        take_out(tmp_path, "no/folder.xlsx", kind="staff")
    with pytest.raises(CommandError):
        take_out(tmp_path, kind="staff", centre="C-NOBODY")


def run_as(code, monkeypatch):
    """What the process that opens files does instead, for once."""
    monkeypatch.setattr(reading, "COMMAND", (sys.executable, "-c", code))


@pytest.mark.kill
def test_a_file_that_asks_for_gigabytes_only_loses_its_process(monkeypatch):
    """The real limits, on what a hostile sheet makes a reader do."""
    run_as(
        "from institutions.sheets.parser import __main__ as m\n"
        "m.open_sheet = lambda content: bytearray(3 << 30)\n"
        "m.main()",
        monkeypatch,
    )
    with pytest.raises(reading.SheetRefused) as refused:
        reading.read(b"x")
    assert refused.value.code == "too_heavy"


@pytest.mark.kill
def test_a_process_that_is_killed_is_a_clear_answer(monkeypatch):
    run_as("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", monkeypatch)
    with pytest.raises(reading.SheetRefused) as refused:
        reading.read(b"x")
    assert refused.value.code == "too_heavy"


@pytest.mark.kill
def test_a_file_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(reading, "WAIT", 1)
    run_as("while True: pass", monkeypatch)
    with pytest.raises(reading.SheetRefused) as refused:
        reading.read(b"x")
    assert refused.value.code == "too_heavy"


@pytest.mark.kill
def test_processor_time_has_a_limit(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 1)
    run_as(
        "from institutions.sheets.parser import __main__ as m\n"
        "m.SECONDS = 1\n"
        "def spin(content):\n"
        "    while True: pass\n"
        "m.open_sheet = spin\n"
        "m.main()",
        monkeypatch,
    )
    with pytest.raises(reading.SheetRefused) as refused:
        reading.read(b"x")
    assert refused.value.code == "too_heavy"


def test_the_process_has_nothing_of_the_portal(monkeypatch):
    """No secret of the environment, no database."""
    monkeypatch.setenv("HASH_KEY", "secret")
    done = subprocess.run(
        (sys.executable, "-c", "import os; print(sorted(os.environ))"),
        env=reading.ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "HASH_KEY" not in done.stdout
    assert callable(main)


def test_rows_beyond_those_handed_out_are_read_too(centre, tmp_path, capsys):
    path = take_out(tmp_path, kind="staff", centre=centre.code)

    def far_below(sheet):
        for place, code in enumerate(make.codes_of("staff"), start=1):
            sheet.cell(5_000, place, make.MEMBER.get(code))

    path.write_bytes(make.edited(path.read_bytes(), far_below))
    status, answer = check(path, capsys)
    assert (status, answer["rows"]) == (0, 1)
    assert openpyxl.load_workbook(path).worksheets[0].max_row == 5_000
