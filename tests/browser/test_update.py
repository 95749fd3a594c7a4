"""The annual update as people do it: unchanged on a phone, changed at a desk."""

import re

from tests.browser import acts
from tests.browser.conftest import DESK, PHONE

MOST_TAPS = 25
SECTION = re.compile(r"/my/update/[a-z]+/\d+/$")


class Finger:
    """Counts what it touches."""

    def __init__(self, person):
        self.page = person.page
        self.taps = 0

    def tap(self, selector):
        self.page.locator(selector).first.click()
        self.taps += 1
        self.page.wait_for_load_state()


def values_seen(page):
    """The values on the page, before anything is said of them."""
    return page.locator("[aria-labelledby=values] dd:visible").count()


def test_an_unchanged_update_on_a_phone_in_arabic(visit, portal):
    """At most 25 taps from the home page to the end, each section read before."""
    person = visit("ar", PHONE).sign_in(portal.cast["unchanged"]["email"])
    person.go("now/")
    finger, page, seen = Finger(person), person.page, []
    finger.tap(".en-next a")
    finger.tap("main form button[type=submit]")
    while SECTION.search(page.url):
        assert values_seen(page), page.url
        seen.append(page.url)
        person.look(f"update-{page.url.split('/')[-3]}")
        finger.tap("main button[name=answer]")
    assert len(seen) == len(set(seen)) == 12
    finger.tap("main label[for=id_certified]")
    finger.tap("main .en-dock button[type=submit]")
    person.look("update-confirmed")
    assert page.locator("#next").count() == 1
    assert finger.taps <= MOST_TAPS, finger.taps


def leave_unchanged(page):
    """Every section that waits, from the one shown."""
    while SECTION.search(page.url):
        page.locator("main button[name=answer]").first.click()
        page.wait_for_load_state()


def confirm(person):
    person.go("my/update/confirm/")
    person.page.locator("main input[name=certified]").check()
    acts.save(person)


def change_the_figures(person):
    """Too many to go unexplained: refused at its field, nothing lost, then said."""
    page = person.page
    page.locator("main a[href*='/update/headcounts/']").first.click()
    page.locator("main a[href$='/change/']").first.click()
    page.locator("[name=headcounts-students-full-f]").fill("80")
    acts.save(person)
    person.look("update-explanation")
    assert page.locator("#id_explanation_error").count() == 1
    assert page.locator("[name=headcounts-students-full-f]").input_value() == "80"
    page.locator("[name=explanation]").fill("Une aile neuve a ouvert en octobre.")
    acts.save(person)


def send_documents(person):
    person.go("my/documents/")
    row = person.page.locator("main li:has(input[type=file])").first
    row.locator("input[type=file]").set_input_files(acts.PAPER)
    person.page.locator("main a[href*='/my/documents/']").first.wait_for()
    person.page.wait_for_load_state()


def open_review(officer, state):
    officer.go(f"admin/institutions/annualupdate/follow-up/?state={state}")
    links = officer.page.locator("main th a[href*='/annualupdate/'], #content th a")
    links.filter(has_text="Errihla").last.click()
    officer.page.wait_for_load_state()


def send_back(officer, remark):
    """One remark on the RIB, and the reason of the whole."""
    page = officer.page
    fold = page.locator("details:not([open]):has([href*='remark=bank']) > summary")
    if fold.count():
        fold.first.click()
    page.locator("a[href*='remark=bank']").first.click()
    page.locator("select[name=field]").select_option("rib")
    page.locator("[name=text]").fill(remark)
    page.locator("button[value=remark]").click()
    page.wait_for_load_state()
    page.locator("[name=reason]").fill("Le RIB est à vérifier.")
    page.locator("button[value=send_back]").click()
    page.wait_for_load_state()


def correct_the_bank(person, remark):
    page = person.page
    person.go("my/update/bank/0/")
    assert remark in person.text()
    person.go("my/update/bank/0/change/")
    person.look("update-remark")
    assert remark in page.locator("#div_id_rib").inner_text()
    page.locator("[name=bank_name]").fill("Banque corrigée")
    acts.save(person)


def test_a_changed_update_at_a_desk_in_french(visit, portal):
    remark = "La clé du RIB n’est pas celle de l’attestation."
    person = visit("fr", DESK).sign_in(portal.cast["changed"]["email"])
    person.go("my/update/")
    person.page.locator("main form button[type=submit]").first.click()
    person.go("my/update/")
    change_the_figures(person)
    send_documents(person)
    person.go("my/update/identity/0/")
    leave_unchanged(person.page)
    confirm(person)

    officer = visit("fr", DESK).sign_in(portal.cast["delegate_apart"])
    open_review(officer, "confirmed")
    officer.look("update-review")
    assert "Une aile neuve a ouvert" in officer.text()
    send_back(officer, remark)

    correct_the_bank(person, remark)
    confirm(person)
    open_review(officer, "confirmed")
    assert "Banque corrigée" in officer.text()
    officer.look("update-review-again")
    officer.page.locator("button[value=verify]").click()
    officer.page.wait_for_load_state()
    person.go("my/update/").look("update-verified")
    assert person.page.locator(".en-status--done").count() >= 1
