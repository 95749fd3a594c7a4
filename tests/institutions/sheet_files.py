"""Spreadsheets as people send them, good and bad, made in memory."""

import io
import zipfile

import openpyxl

from institutions.sheets import lists, template
from institutions.sheets.columns import columns_of, title_of
from tests.factories import YEAR

CHILD = {
    "code": None,
    "name": "سلمى العلوي",
    "born_on": "12/05/2016",
    "sex": "f",
    "massar": "R123456789",
    "disability_type": "autism",
    "degree": "mild",
    "card_number": "",
    "card_expires_on": None,
    "has_rsu": "1",
    "sub_programme": "A",
    "months": 10,
    "services:speech": "x",
    "certificates:school": "x",
}
MEMBER = {
    "code": None,
    "name": "كريم بنجلون",
    "sex": "m",
    "speciality": "driver",
    "diploma": "",
    "experience_years": 4,
    "has_work_certificate": "0",
    "has_licence": "1",
    "contract": "full",
    "has_contract": "1",
    "contract_remark": "",
    "monthly_salary_amount": 3500.5,
    "is_cnss_declared": "1",
    "is_cnss_charged": "0",
    "cnss_yearly_amount": 0,
}
ROWS = {"children": CHILD, "staff": MEMBER}


def codes_of(kind):
    return [column.code for column in columns_of(kind)]


def cell(kind, name, row=2):
    """The cell of a column in a sheet in the usual order."""
    return f"{openpyxl.utils.get_column_letter(codes_of(kind).index(name) + 1)}{row}"


def book(kind="children", *rows, titles=None):
    """A workbook of somebody's own: titles in the language read, rows by code."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(titles or [title_of(column) for column in columns_of(kind)])
    for row in rows or [{}]:
        whole = ROWS[kind] | row
        sheet.append([whole.get(code) for code in codes_of(kind)])
    return made


def saved(made):
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def sheet(kind="children", *rows, **changes):
    """One good row, changed as asked."""
    return saved(book(kind, *(rows or [changes])))


def taken_out(centre, kind="children", *, language="ar", with_names=True):
    list_ = lists.current(centre, kind, YEAR)
    filled = template.Filled(kind, list_=list_, year=YEAR, with_names=with_names)
    return template.xlsx(filled, language=language)


def opened(content):
    made = openpyxl.load_workbook(io.BytesIO(content))
    return made, made.worksheets[0]


def edited(content, change):
    """The same file once ``change`` was made to its first sheet."""
    made, first = opened(content)
    change(first)
    return saved(made)


def csv(kind="children", *rows, separator=";", encoding="utf-8"):
    lines = [[title_of(column) for column in columns_of(kind)]]
    for row in rows or [{}]:
        whole = ROWS[kind] | row
        lines.append([whole.get(code) for code in codes_of(kind)])
    text = "\n".join(
        separator.join("" if value is None else str(value) for value in line)
        for line in lines
    )
    return text.encode(encoding)


def packed(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            # The first member of an ODS file is stored as it is, to be recognised.
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(name, content, compress_type=how)
    return target.getvalue()


def repacked(content, **changes):
    """A package with the text of some members replaced: ``name=(old, new)``."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            body = old.read(member)
            for part, (before, after) in changes.items():
                if member.endswith(part.replace("__", ".")):
                    body = body.replace(before, after)
            new.writestr(member, body)
    return target.getvalue()


URN = "urn:oasis:names:tc:opendocument:xmlns"
ODS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<office:document-content xmlns:office="{URN}:office:1.0"'
    f' xmlns:table="{URN}:table:1.0" xmlns:text="{URN}:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="L">{rows}'
    '<table:table-row table:number-rows-repeated="1040000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = (
    "<manifest:manifest xmlns:manifest="
    '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)


def ods(kind="children", *rows, extra=""):
    """As LibreOffice saves it: empty rows and cells repeated to the end."""
    lines = [[title_of(column) for column in columns_of(kind)]]
    for row in rows or [{}]:
        whole = ROWS[kind] | row
        lines.append([whole.get(code) for code in codes_of(kind)])
    body = "".join(
        "<table:table-row>"
        + "".join(_ods_cell(value) for value in line)
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for line in lines
    )
    kind_ = "application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        mimetype=kind_,
        **{
            "content.xml": ODS.replace("{rows}", body + extra),
            "META-INF/manifest.xml": MANIFEST,
        },
    )


def _ods_cell(value):
    if value in (None, ""):
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )
