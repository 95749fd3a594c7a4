"""Files sent from a phone on a bad line: what was chosen is not lost."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from accounts import demo
from tests.browser.conftest import PHONE
from tests.files import pdfs, pictures

ROW, PHOTOS = "#doc-tax_certificate-0", "#doc-ice_certificate-0"


def photo(name, size):
    return {"name": name, "mimeType": "image/jpeg", "buffer": pictures.jpeg(size)}


PAPER = {
    "name": "الشهادة.pdf",
    "mimeType": "application/pdf",
    "buffer": pdfs.good(),
}


@pytest.fixture
def person(visit):
    return visit("ar", PHONE).sign_in(demo.ASSOCIATION).go("my/documents/")


def empty(person, row):
    """Take away what an earlier test or the demonstration left there."""
    page = person.page
    while page.locator(f"{row} a[href*=take-back]").count():
        page.locator(f"{row} a[href*=take-back]").first.click()
        page.locator("main form button[type=submit]").click()
        page.wait_for_url(re.compile("/documents/"))


def content(person, row):
    """What is kept in the row, as the portal gives it back."""
    link = person.page.locator(f"{row} .en-kept__text a").first
    path = link.get_attribute("href")
    return person.page.request.get(person.portal.url + path).body()


def test_an_interrupted_upload_is_tried_again_without_choosing(person):
    page = person.page
    empty(person, ROW)
    page.route("**/documents/add/**", lambda route: route.abort())
    page.locator(f"{ROW} input[type=file]").set_input_files(PAPER)
    page.locator(f"{ROW} [role=status]", has_text="انقطع").wait_for()
    person.look("upload-interrupted")
    page.unroute("**/documents/add/**")
    page.locator(f"{ROW} .en-file__form button").click()
    page.locator(f"{ROW} .en-kept").wait_for()
    assert page.locator(f"{ROW} .en-kept bdi").first.inner_text() == "الشهادة.pdf"
    assert content(person, ROW) == pdfs.good()


def test_the_network_that_comes_back_sends_the_file_by_itself(person):
    page = person.page
    empty(person, ROW)
    page.route("**/documents/add/**", lambda route: route.abort())
    page.locator(f"{ROW} input[type=file]").set_input_files(PAPER)
    page.locator(f"{ROW} [role=status]", has_text="انقطع").wait_for()
    page.unroute("**/documents/add/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator(f"{ROW} .en-kept").wait_for()


def test_photographs_chosen_together_become_one_pdf(person):
    page = person.page
    empty(person, PHOTOS)
    sizes = [(300, 400), (310, 400), (400, 300)]
    chosen = [photo(f"{rank}.jpg", size) for rank, size in enumerate(sizes)]
    page.locator(f"{PHOTOS} input[type=file]").set_input_files(chosen)
    page.locator(f"{PHOTOS} .en-kept").wait_for()
    assert page.locator(f"{PHOTOS} .en-kept").count() == 1
    kept = PdfReader(BytesIO(content(person, PHOTOS)))
    assert [page.images[0].image.size for page in kept.pages] == sizes
    person.look("upload-photographs")


def test_a_file_that_is_too_large_is_not_sent(person):
    page, asked = person.page, []
    page.on("request", lambda request: asked.append(request.method))
    big = {**PAPER, "buffer": bytes(11 * 1024 * 1024)}
    page.locator(f"{PHOTOS} input[type=file]").set_input_files(big)
    page.locator(f"{PHOTOS} [role=status]", has_text="كبير").wait_for()
    assert "POST" not in asked


def test_without_scripts_one_chooses_then_sends(visit):
    person = visit("ar", PHONE, scripts=False).sign_in(demo.ASSOCIATION)
    page = person.go("my/documents/").page
    empty(person, ROW)
    page.locator(f"{ROW} input[type=file]").set_input_files(PAPER)
    page.locator(f"{ROW} .en-file__form button").click()
    page.locator(f"{ROW} .en-kept").wait_for()
    assert content(person, ROW) == pdfs.good()
