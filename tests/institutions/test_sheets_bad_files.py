"""Files that must not be read, by name: each gets its sentence, nothing is written."""

import io
import zipfile

import openpyxl
import pytest
from django.utils.translation import gettext

from institutions.enums import SheetKind
from institutions.models import Child, Enrolment
from institutions.sheets import problems
from institutions.sheets.examining import examine_for
from tests import factories
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return factories.CentreFactory()


def codes(verdict):
    return [(error["cell"], error["code"]) for error in verdict.errors]


def examined(centre, content, kind=SheetKind.CHILDREN):
    return examine_for(centre, kind, YEAR, content)


def huge_dimension():
    """Six kilobytes that say they reach the last cell of the last row."""
    return make.repacked(
        make.sheet(),
        sheet1__xml=(b"<dimension ref=", b'<dimension ref="A1:XFD1048576" was='),
    )


def far_cell():
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return make.repacked(make.sheet(), sheet1__xml=(b"</sheetData>", far))


def zip_bomb():
    return make.packed(**{"xl/workbook.xml": b"0" * 60_000_000})


def many_members():
    return make.packed(**{f"m{number}": b"" for number in range(400)})


def laughs():
    declared = b"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><worksheet "
    return make.repacked(make.sheet(), sheet1__xml=(b"<worksheet ", declared))


def laughing_styles():
    declared = b"<!DOCTYPE l [<!ENTITY a 'ha'>]><styleSheet "
    return make.repacked(make.sheet(), styles__xml=(b"<styleSheet ", declared))


def truncated():
    return make.sheet()[:-400]


def broken_xml():
    return make.repacked(make.sheet(), sheet1__xml=(b"</sheetData>", b""))


def wrong_checksum():
    content = bytearray(make.sheet())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        member = package.getinfo("xl/worksheets/sheet1.xml")
    place = member.header_offset + 30 + len(member.filename) + 40
    content[place] ^= 0xFF
    return bytes(content)


def encrypted_members():
    """The flag of a member under a password."""
    content = bytearray(make.sheet())
    start = content.find(b"PK\x01\x02")
    while start >= 0:
        content[start + 8] |= 1
        start = content.find(b"PK\x01\x02", start + 4)
    return bytes(content)


def ole(stream):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + stream.encode("utf-16-le")


def rows_200_000():
    made = openpyxl.Workbook(write_only=True)
    first = made.create_sheet()
    for _ in range(200_000):
        first.append(["x"])
    return make.saved(made)


def ods_repeats():
    row = (
        '<table:table-row table:number-rows-repeated="900000"><table:table-cell'
        ' office:value-type="float" office:value="1"/></table:table-row>'
    )
    return make.ods(extra=row)


def ods_wide():
    row = (
        '<table:table-row><table:table-cell office:value-type="float" office:value="1"'
        ' table:number-columns-repeated="16384"/></table:table-row>'
    )
    return make.ods(extra=row)


def only_titles():
    return make.edited(make.sheet(), lambda sheet: sheet.delete_rows(2))


def many_columns():
    made = make.book()
    made.active.cell(1, 200, "x")
    return make.saved(made)


WHOLE = {
    "no bytes": (lambda: b"", "empty"),
    "only spaces": (lambda: b" \n \r\n", "empty"),
    "empty workbook": (lambda: make.saved(openpyxl.Workbook()), "empty"),
    "only titles": (only_titles, "no_rows"),
    "pdf renamed": (lambda: b"%PDF-1.7\n1 0 obj", "not_a_sheet"),
    "program renamed": (lambda: b"MZ\x90\x00\x03" + bytes(99), "not_a_sheet"),
    "picture renamed": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "not_a_sheet"),
    "html renamed": (lambda: b"<html><table><tr><td>1</table>", "not_a_sheet"),
    "word document": (
        lambda: make.packed(**{"word/document.xml": "<w/>"}),
        "not_a_sheet",
    ),
    "text document": (
        lambda: make.packed(mimetype="application/vnd.oasis.opendocument.text"),
        "not_a_sheet",
    ),
    "old xls": (lambda: ole("Workbook"), "old_format"),
    "binary xlsb": (lambda: make.packed(**{"xl/workbook.bin": b"1"}), "old_format"),
    "old word": (lambda: ole("WordDocument"), "not_a_sheet"),
    "under a password": (lambda: ole("EncryptedPackage"), "password"),
    "members under a password": (encrypted_members, "password"),
    "ods under a password": (
        lambda: make.packed(
            mimetype="application/vnd.oasis.opendocument.spreadsheet",
            **{"META-INF/manifest.xml": "<m:encryption-data/>"},
        ),
        "password",
    ),
    "macros": (
        lambda: make.packed(**{"xl/workbook.xml": "<w/>", "xl/vbaProject.bin": b"1"}),
        "macros",
    ),
    "cut short": (truncated, "damaged"),
    "zip that is none": (lambda: b"PK\x03\x04 and then nothing", "damaged"),
    "broken xml": (broken_xml, "damaged"),
    "wrong checksum": (wrong_checksum, "damaged"),
    "zip bomb": (zip_bomb, "bomb"),
    "400 members": (many_members, "bomb"),
    "billion laughs": (laughs, "entities"),
    "laughs in the styles": (laughing_styles, "entities"),
    "200,000 rows": (rows_200_000, "too_many_rows"),
    "200,000 lines of CSV": (lambda: b"a;b\n" * 200_000, "too_many_rows"),
    "a cell in the last corner": (far_cell, "too_many_rows"),
    "rows repeated in ODS": (ods_repeats, "too_many_rows"),
    "cells repeated in ODS": (ods_wide, "too_many_columns"),
    "200 columns": (many_columns, "too_many_columns"),
    "CSV in an unknown encoding": (lambda: make.csv() + b"\x81\x8d\x8f", "encoding"),
    "CSV without titles": (lambda: b"1;2;3\n4;5;6\n", "no_header"),
    "larger than 10 MB": (lambda: b"a;b\n" * 3_000_000, "too_big"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_refused_as_a_whole(name, centre):
    made, code = WHOLE[name]
    verdict = examined(centre, made())
    assert codes(verdict) == [("", code)]
    assert (verdict.error_count, verdict.plan) == (1, None)
    assert not Child.objects.exists()


def test_every_sentence_stands_in_both_languages(language):
    for text in problems.SENTENCES.values():
        assert gettext(text) != text


def test_a_gigantic_dimension_is_read_for_what_it_holds(centre):
    """What a sheet declares is not believed, and costs nothing."""
    verdict = examined(centre, huge_dimension())
    assert [line.state for line in verdict.plan.lines] == ["added"]


def other_year(centre):
    factories.EnrolmentFactory(centre=centre)
    return make.taken_out(centre), {"year": YEAR + 1}, "other_year"


def other_centre(centre):
    other = factories.CentreFactory()
    factories.EnrolmentFactory(centre=other)
    return make.taken_out(other), {}, "other_centre"


def other_kind(centre):
    factories.StaffMemberFactory(centre=centre)
    return make.taken_out(centre, "staff"), {}, "other_kind"


def in_meta(content, change):
    made = openpyxl.load_workbook(io.BytesIO(content))
    change(made["_meta"])
    return make.saved(made)


def changed_meta(centre):
    content = make.taken_out(centre)
    changed = in_meta(content, lambda meta: meta.append(["key", "E-AAAAAAA"]))
    return changed, {}, "meta_changed"


def other_version(centre):
    content = make.taken_out(centre)
    return in_meta(content, lambda meta: meta.cell(1, 2, "0")), {}, "other_version"


@pytest.mark.parametrize(
    "made", [other_year, other_centre, other_kind, changed_meta, other_version]
)
def test_a_sheet_of_another_list(made, centre):
    content, how, code = made(centre)
    verdict = examine_for(centre, "children", how.get("year", YEAR), content)
    assert codes(verdict) == [("", code)]


def change_title(cell, title):
    return lambda sheet: sheet.__setitem__(cell, title)


def doubled(sheet):
    sheet["F1"] = sheet["B1"].value


def merged(sheet):
    sheet.merge_cells("B2:C2")


LAYOUT = {
    "a renamed column": (change_title("C1", "?!"), [("A1", "missing_column")]),
    "a missing column": (
        lambda sheet: sheet.delete_cols(3),
        [("A1", "missing_column")],
    ),
    "a doubled column": (
        doubled,
        [("A1", "missing_column"), ("F1", "doubled_column")],
    ),
    "merged cells": (merged, [("B2", "merged")]),
}


@pytest.mark.parametrize("name", LAYOUT)
def test_columns_that_do_not_agree(name, centre):
    change, expected = LAYOUT[name]
    verdict = examined(centre, make.edited(make.sheet(), change))
    assert codes(verdict) == expected
    assert not Enrolment.objects.exists()


def test_an_unknown_column_is_left_aside_with_a_word(centre):
    content = make.edited(make.sheet(), change_title("AA1", "Téléphone"))
    verdict = examined(centre, content)
    assert verdict.errors == []
    assert verdict.warnings[0].startswith("AA1: ")
