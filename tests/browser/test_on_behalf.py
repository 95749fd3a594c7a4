"""A delegation fills and sends a file for an association that cannot, in Arabic."""

import re

from applications.demo.papers import pdf
from tests.browser import acts
from tests.browser.conftest import PHONE

REQUEST = {
    "subject": "دعم تسيير دار الطالبة",
    "purpose": "الإطعام والأطر",
    "contact_name": "سعاد",
    "contact_phone": "0600001234",
}
SIGNED = {
    **acts.PAPER,
    "name": "Récapitulatif signé.pdf",
    "buffer": pdf(["Récapitulatif", "Signé et cacheté."]),
}
BUDGET = {"staff": "60000", "meals": "60000"}


def begin(officer, association):
    """From the association's page in the staff site."""
    officer.go(f"admin/institutions/association/{association}/change/")
    officer.page.locator(f"a[href$='/files/on-behalf/{association}/']").click()
    officer.look("behalf-begin")
    officer.page.locator("main form:has([name=institution]) button").first.click()
    officer.look("behalf-overview")
    return re.search(r"/files/(\d+)/", officer.page.url).group(1)


def send_on_paper(officer, file):
    page = officer.page
    officer.go(f"files/{file}/check/").look("behalf-check")
    assert page.locator("main input[name=certified]").count() == 0
    page.locator("#signed-file").set_input_files(SIGNED)
    page.locator("form[action$='/certification/'] button").click()
    page.locator("main input[name=certified]").check()
    officer.look("behalf-signed")
    page.locator("main form:has([name=certified]) button[type=submit]").click()
    page.wait_for_url(re.compile("/admin/applications/application/"))


def test_on_behalf_on_a_phone_in_arabic(visit, portal):
    who = portal.cast["behalf"]
    officer = visit("ar", PHONE).sign_in(portal.cast["delegate_beside"])
    file = begin(officer, who["pk"])
    assert who["name"] in officer.page.locator(".en-where--behalf").inner_text()
    acts.fill(officer, file, "request", **REQUEST)
    acts.fill(officer, file, "budget", **BUDGET)
    acts.add_missing_document(officer, file, scripts=True)
    send_on_paper(officer, file)
    member = visit("ar", PHONE).sign_in(who["email"])
    member.go(f"files/{file}/").look("behalf-read")
    entered = member.page.locator("[aria-labelledby=entries] dt").all_inner_texts()
    assert len(entered) == len(set(entered)) == 6
