"""A long list is made by the worker while one waits, and comes with all its rows."""

import io

from python_calamine import CalamineWorkbook

from tests.browser.conftest import DESK


def test_more_than_two_thousand_rows_go_through_the_worker(visit, portal):
    officer = visit("fr", DESK).sign_in(portal.cast["central"])
    page = officer.go("admin/applications/application/export/").page
    page.locator("select[name=call]").select_option(value=str(portal.cast["old_call"]))
    page.locator("input[name=states][value=withdrawn]").check()
    page.locator("input[name=format][value=xlsx]").check()
    officer.look("export")
    page.locator("button.en-btn--main[type=submit]").click()
    assert "/me/jobs/" in page.url
    for _ in range(60):
        link = page.locator("a[href*='/file/']")
        if link.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    with page.expect_download() as download:
        link.first.click()
    with open(download.value.path(), "rb") as file:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    rows = sheet.get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + portal.cast["crowd"]
