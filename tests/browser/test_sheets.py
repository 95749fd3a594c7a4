"""A list by spreadsheet, on a phone in Arabic: taken out, refused, mended, saved."""

from pathlib import Path

from tests.browser.conftest import PHONE
from tests.institutions import sheet_files as make

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KIND = "children"


def take_out(person):
    page = person.page
    page.locator("#id_with_names").check()
    with page.expect_download() as download:
        page.locator("form[action$='/file/'] button[type=submit]").click()
    return Path(download.value.path()).read_bytes()


def send(person, content):
    """The page comes again by itself until the worker has read the sheet."""
    page = person.page
    file = {"name": "لائحة.xlsx", "mimeType": XLSX, "buffer": content}
    page.locator("#id_file").set_input_files(file)
    page.locator("main .en-dock button[type=submit]").click()
    page.locator("#work table").wait_for()


def spoil(sheet):
    sheet[make.cell(KIND, "months")] = 14
    sheet[make.cell(KIND, "born_on", 3)] = "ماي 2016"
    sheet[make.cell(KIND, "degree", 4)] = "=1+1"


def mend(sheet):
    """One child changes, one leaves, one comes; the four others stay."""
    sheet[make.cell(KIND, "months")] = 7
    for place, code in enumerate(make.codes_of(KIND), start=1):
        sheet.cell(8, place, make.CHILD.get(code))
    sheet.delete_rows(3)


def test_the_spreadsheet_round_trip_on_a_phone(visit, portal):
    who = portal.cast["sheets"]
    person = visit("ar", PHONE).sign_in(who["email"])
    person.go(f"my/centres/{who['centre']}/{KIND}/")
    page = person.page
    page.locator("main a[href*='/sheets/']").click()
    person.look("sheet")
    content = take_out(person)

    send(person, make.edited(content, spoil))
    person.look("sheet-errors")
    cells = page.locator("#work tbody th").all_inner_texts()
    assert [cell.strip("\u2066\u2069") for cell in cells] == ["L2", "C3", "G4"]

    page.locator("#work a.en-btn--main").click()
    send(person, make.edited(content, mend))
    person.look("sheet-preview")
    assert make.CHILD["name"] not in person.text()
    page.locator("button[value=names]").click()
    assert make.CHILD["name"] in person.text()
    page.locator("#id_remove").check()
    page.locator("main .en-dock button[type=submit]").click()
    page.locator("#work dl").wait_for()
    person.look("sheet-saved")
    assert page.locator("#work dd").all_inner_texts() == ["1", "1", "1", "4"]
