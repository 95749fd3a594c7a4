"""Asking for an account on a phone, in Arabic, until the association’s home page."""

import re
import time

import psycopg

from accounts.demo import DEMO_PASSWORD
from tests.browser import acts
from tests.browser.conftest import DESK, PHONE

ADDRESS = "nour@example.ma"
RECEIPT = {
    "receipt_number": "٢٠٢٦/٤١٧",
    "name_ar": "جمعية الرحله للتضامن",
    "receipt_on": "12/03/2024",
}
ASKER = {"contact_name": "نور", "email": ADDRESS, "phone": "٠٦٠٠٠٠٥٦٧٨"}


def mailed_link(portal, kind):
    """The address in the last mail to the asker, once the worker has sent it."""
    question = 'SELECT text FROM accounts_mail WHERE "to" = %s ORDER BY id DESC LIMIT 1'
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with psycopg.connect(portal.environment["DATABASE_URL"]) as database:
            row = database.execute(question, [ADDRESS]).fetchone()
        link = re.search(rf"{portal.url}/ar/join/{kind}[0-9a-f-]{{36}}/", str(row))
        if link:
            return link.group()
        time.sleep(0.5)
    raise AssertionError(f"no mail with the link {kind!r}")


def fill(person, **values):
    for name, value in values.items():
        person.page.locator(f"main [name='{name}']").fill(value)


def ask(person, *, place):
    """The four steps; somebody of the same name is there already, and is another."""
    page = person.page
    person.go("join/").look("join-start")
    page.locator("main select[name=delegation]").select_option(str(place))
    acts.save(person)
    fill(person, **RECEIPT)
    page.locator("main select[name=receipt_kind]").select_option("final")
    page.locator("main select[name=commune]").select_option(index=1)
    person.look("join-association")
    acts.save(person)
    person.look("join-same")
    offered = page.locator("main button[name=choice][value^=access-]").count()
    page.locator("main button[name=choice][value=none]").click()
    fill(person, **ASKER)
    page.locator("main input[name=file]").set_input_files(acts.PAPER)
    person.look("join-person")
    acts.save(person)
    person.look("join-sent")
    return offered


def accept(officer):
    """The delegate reads the request beside those it may be, and creates it."""
    officer.go("admin/institutions/joinrequest/?state__exact=waiting")
    officer.page.locator("#result_list tbody th a", has_text="الرحله").click()
    officer.look("join-review")
    officer.page.locator("form:not(:has(textarea)) .en-btn--main").click()
    officer.page.wait_for_load_state()
    officer.look("join-accepted")


def test_joining_on_a_phone_in_arabic(visit, portal):
    person = visit("ar", PHONE)
    assert ask(person, place=portal.cast["place_apart"]) == 2
    person.page.goto(mailed_link(portal, ""))
    person.look("join-status")
    acts.save(person)
    person.look("join-waiting")
    accept(visit("ar", DESK).sign_in(portal.cast["delegate_apart"]))
    person.page.goto(mailed_link(portal, "invitation/"))
    person.look("join-invitation")
    password = {"password": DEMO_PASSWORD, "password_again": DEMO_PASSWORD}
    fill(person, name="نور", **password)
    acts.save(person)
    person.sign_out().sign_in(ADDRESS)
    person.go("now/").look("join-home")
    assert person.page.locator(".en-where strong").inner_text() == RECEIPT["name_ar"]
    assert person.page.locator(".en-next a[href$='/my/update/']").count() == 1
