"""What people do in the portal, one function for each stretch of the way.

Written against what the page offers (fields, buttons by their name), not against its
words, so that the same act is played in both languages and without scripts.
"""

import re
from pathlib import Path

from applications.demo.papers import pdf

# Milliseconds that an answer may take while other tests have the machine.
SLOWEST = 60_000
PAPER = {
    "name": "Lettre au Directeur.pdf",
    "mimeType": "application/pdf",
    "buffer": pdf(["Lettre au Directeur", "Pour les essais."]),
}


def update_the_record(person):
    """Go through every section, leave each as it was, certify."""
    person.go("my/update/")
    page = person.page
    page.locator("main form button[type=submit]").first.click()
    person.go("my/update/")
    links = page.locator("main ul a").all()
    sections = [link.get_attribute("href") for link in links]
    sections = [path for path in sections if re.search(r"/\d+/$", path)]
    for path in sections:
        page.goto(person.portal.url + path)
        page.locator("main button[name=answer]").first.click()
    person.go("my/update/confirm/")
    person.look("update-confirm")
    page.locator("main input[name=certified]").check()
    page.locator("main form button[type=submit]").last.click()
    return len(sections)


def begin(person):
    """From the home page, the next action; to the file's overview."""
    person.go("now/").look("home")
    person.page.locator(".en-next a").click()
    person.page.locator("main form button[type=submit]").first.click()
    return re.search(r"/files/(\d+)/", person.page.url).group(1)


def fill(person, file, section, **values):
    """One section, typed and saved."""
    person.go(f"files/{file}/part/{section}/")
    for name, value in values.items():
        person.page.locator(f"main [name='{name}']").fill(value)
    person.look(f"section-{section}")
    save(person)


def save(person):
    """Until the answer has come: the next step may be somebody else's.

    By the keyboard, which hits the button wherever the page has moved it; a busy
    machine is given time.
    """
    with person.page.expect_navigation(timeout=SLOWEST):
        person.page.locator("main .en-dock button[type=submit]").press("Enter")


def add_missing_document(person, file, *, scripts):
    """The first document that is asked for and missing."""
    person.go(f"files/{file}/part/documents/")
    row = person.page.locator("main li:has(input[type=file])").first
    row.locator("input[type=file]").set_input_files(PAPER)
    if scripts:
        row.locator("a[href*='/documents/']").first.wait_for()
    else:
        row.locator("button[type=submit]").first.click()
    person.look("section-documents")


def send(person, file):
    """Read the answers, certify, send; ends on the receipt."""
    person.go(f"files/{file}/check/").look("check")
    person.page.locator("main input[name=certified]").check()
    person.page.locator("main form:has([name=certified]) button[type=submit]").click()
    person.page.wait_for_url(re.compile("/receipt/"))
    person.look("receipt")


def receipt(person, file):
    """The PDF that the worker makes, once it is there."""
    for _ in range(60):
        person.go(f"files/{file}/receipt/")
        link = person.page.locator("main a[href*='/letters/']")
        if link.count():
            break
        person.page.wait_for_timeout(1000)
    with person.page.expect_download() as download:
        link.first.click()
    return Path(download.value.path()).read_bytes()


def complete(person, file, answer, **values):
    """Answer the one remark, correct its part, send again."""
    person.go(f"files/{file}/").look("returned")
    page = person.page
    page.locator("main textarea[name$=answer]").fill(answer)
    page.locator("main form:has(textarea[name$=answer]) button[type=submit]").click()
    fill(person, file, "request", **values)
    send(person, file)
