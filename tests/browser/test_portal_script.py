"""What portal.js adds: saving by itself, a copy on the device, totals, files.

The pages are written here and served by the test, so that each answer of the server
(saved, changed by another, signed out, no network) can be given on demand.
"""

import json
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

SCRIPT = Path(settings.BASE_DIR, "static/js/portal.js").read_text()
HOST = "http://portal.test"
SAVED = """<p class="en-saved" role="status" data-saved data-icons="/i.svg"
 data-text-saved="Saved at {}" data-text-busy="Saving" data-text-local="On this device"
 data-text-unsaved="Not saved yet" data-text-clash="Changed by another"
 data-text-clash-link="See both" data-text-out="Signed out"
 data-text-out-link="Sign in again" data-text-restored="Found again"></p>"""
FORM = (
    SAVED
    + """<form method="post" action="/next" data-autosave="/save" data-draft="7:12:a"
 data-version="{version}"><input type="hidden" name="version" value="{version}">
 <input name="girls" id="girls"><input name="boys" id="boys">
 <textarea name="note"></textarea>
 <input name="child" id="child" data-private><input type="password" name="secret">
 <label><input type="radio" name="kind" value="a">a</label>
 <label><input type="radio" name="kind" value="b">b</label>
 <table><tr data-line data-rate="1800" data-count="#girls,#boys" data-cap="80">
 <td data-amount></td></tr></table><strong data-total></strong>
 <button>send</button></form>
 <form data-signout action="/out" method="post"><button>out</button></form>"""
)


def document(body):
    return (
        '<!doctype html><html lang="ar" dir="rtl"><meta charset="utf-8">'
        f'{body}<script src="/portal.js" defer></script></html>'
    )


class Server:
    """Answers the requests of one page, and remembers what was posted."""

    def __init__(self, page):
        self.version, self.posts = "3", []
        self.save = {"status": 200, "json": {"saved_at": "10:42", "version": 4}}
        self.upload = {"status": 200, "body": ""}
        self.body = FORM
        page.route(f"{HOST}/**", self.answer)

    def answer(self, route):
        path = route.request.url.removeprefix(HOST)
        if path == "/portal.js":
            route.fulfill(content_type="text/javascript", body=SCRIPT)
        elif path in {"/save", "/upload"}:
            self.posts.append(route.request.post_data)
            given = self.save if path == "/save" else self.upload
            route.abort() if given == "no network" else route.fulfill(**given)
        else:
            page = document(self.body.replace("{version}", self.version))
            route.fulfill(content_type="text/html", body=page)


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def server(page):
    page.set_default_timeout(10_000)
    return Server(page)


def says(page, words):
    expect(page.locator("[data-saved]")).to_contain_text(words, timeout=10_000)


def copy_on_device(page):
    return json.loads(
        page.evaluate("localStorage.getItem('entraide:7:12:a')") or "null"
    )


def test_what_is_typed_is_saved_and_the_copy_is_forgotten(page, server):
    page.goto(HOST)
    page.fill("#girls", "64")
    says(page, "Not saved yet")
    says(page, "Saved at 10:42")
    assert 'name="girls"' in server.posts[0]
    assert 'name="autosave"' in server.posts[0]
    assert page.input_value("[name=version]") == "4"
    assert copy_on_device(page) is None


def test_without_network_the_copy_comes_back(page, server):
    server.save = "no network"
    page.goto(HOST)
    page.fill("[name=note]", "السقف")
    page.check("[value=b]")
    says(page, "On this device")
    page.reload()
    says(page, "Found again")
    assert page.input_value("[name=note]") == "السقف"
    assert page.is_checked("[value=b]")


def test_identities_and_passwords_never_stay_on_the_device(page, server):
    server.save = "no network"
    page.goto(HOST)
    page.fill("#child", "فاطمة")
    page.fill("[name=secret]", "very secret")
    page.fill("#girls", "1")
    kept = [name for name, _value, _checked in copy_on_device(page)["fields"]]
    assert kept == ["girls", "boys", "note", "kind", "kind"]


def test_signing_out_wipes_every_copy(page, server):
    server.save = "no network"
    page.goto(HOST)
    page.fill("#girls", "1")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("text=out")
    page.wait_for_url("**/out")
    assert page.evaluate("localStorage.length") == 0


def test_a_change_by_another_is_told_and_nothing_is_overwritten(page, server):
    server.save = {"status": 409, "json": {"error": "clash", "url": "/both"}}
    page.goto(HOST)
    page.fill("#girls", "5")
    says(page, "Changed by another")
    assert page.get_attribute("[data-saved] a", "href") == "/both"
    assert page.input_value("#girls") == "5"
    assert copy_on_device(page)["fields"][0][1] == "5"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "json": {"error": "signed_out"}},
        {"status": 200, "content_type": "text/html", "body": "<h1>sign in</h1>"},
    ],
)
def test_a_session_that_ended_keeps_the_copy_and_shows_the_door(page, server, answer):
    server.save = answer
    page.goto(f"{HOST}/ar/form/?a=1")
    page.fill("#girls", "5")
    says(page, "Signed out")
    link = page.get_attribute("[data-saved] a", "href")
    assert link == "/ar/accounts/login/?next=%2Far%2Fform%2F%3Fa%3D1"
    assert copy_on_device(page)["fields"][0][1] == "5"


def test_a_section_sent_with_success_leaves_no_false_alarm(page, server):
    page.goto(HOST)
    page.fill("#girls", "9")
    page.click("text=send")
    page.wait_for_url("**/next")
    server.version = "4"
    page.goto(HOST)
    assert page.text_content("[data-saved]") == ""
    assert copy_on_device(page) is None


def test_totals_follow_what_is_typed_within_the_ceiling(page, server):
    page.goto(HOST)
    page.fill("#girls", "٦٤")
    page.fill("#boys", "0")
    assert page.text_content("[data-total]") == "115\u00a0200,00"
    page.fill("#boys", "40")
    assert page.text_content("[data-amount]") == "144\u00a0000,00"


ROW = """<ul><li id="doc-1" class="en-file"><strong>{name}</strong><form method="post"
 action="/upload" data-upload="doc-1" data-text-sending="Sending"
 data-text-failed="Interrupted" data-text-retry="Try again">
 <input type="file" name="file"><button>Add</button></form></li></ul>"""


def test_a_file_is_sent_when_chosen_and_its_row_replaced(page, server):
    server.body = ROW.format(name="missing")
    server.upload = {
        "content_type": "text/html",
        "body": document(ROW.format(name="received")),
    }
    page.goto(HOST)
    page.set_input_files(
        "[type=file]", {"name": "a.pdf", "mimeType": "", "buffer": b"x"}
    )
    expect(page.locator("#doc-1 strong")).to_have_text("received")
    assert len(server.posts) == 1


def test_an_interrupted_file_is_tried_again_without_choosing(page, server):
    server.body = ROW.format(name="missing")
    server.upload = "no network"
    page.goto(HOST)
    page.set_input_files(
        "[type=file]", {"name": "a.pdf", "mimeType": "", "buffer": b"x"}
    )
    expect(page.locator("[role=status]")).to_have_text("Interrupted")
    server.upload = {
        "content_type": "text/html",
        "body": document(ROW.format(name="received")),
    }
    page.click("text=Try again")
    expect(page.locator("#doc-1 strong")).to_have_text("received")


def test_the_button_says_that_it_was_pressed(page, server):
    server.body = (
        '<iframe name="aside"></iframe>'
        '<form action="/slow" target="aside"><button>send</button></form>'
    )
    page.goto(HOST)
    page.click("text=send")
    expect(page.locator("button")).to_have_attribute("aria-disabled", "true")


def test_errors_receive_the_focus(page, server):
    server.body = '<div id="errors" tabindex="-1" data-focus>x</div>'
    page.goto(HOST)
    assert page.evaluate("document.activeElement.id") == "errors"
