"""Every page that a menu or a list leads to, for every role: accessible, no wider than
the screen, nothing left in English or broken.
"""

import re

import pytest

from accounts import demo
from tests.browser.conftest import DESK, PHONE

PORTAL = re.compile(
    r"^/(ar|fr)/(now|my|files|calls|me|accounts|check|accessib|personal)"
)
STAFF = re.compile(r"^/(ar|fr)/admin/")
# Pages that end the session, download, or belong to somebody else's journey.
SKIPPED = re.compile(r"logout|/letters/|/documents/\d+/|/export|jsi18n|\?|/file/|#")
MOST = 26


def pages_of(person, start, pattern):
    """Paths reachable from the first page and from what it leads to."""
    seen, queue = [], [start]
    while queue and len(seen) < MOST:
        path = queue.pop(0)
        if path in seen:
            continue
        seen.append(path)
        answer = person.page.goto(person.portal.url + path)
        assert answer.status == 200, f"{path} answered {answer.status}"
        yield path
        for link in person.page.locator("a[href]").all():
            href = link.get_attribute("href").split("#")[0]
            kind = re.sub(r"\d+", "0", href)
            known = {re.sub(r"\d+", "0", one) for one in [*seen, *queue]}
            if pattern.match(href) and not SKIPPED.search(href) and kind not in known:
                queue.append(href)


def check(person, start, pattern, name):
    problems, paths = {}, []
    for path in pages_of(person, f"/{person.language}/{start}", pattern):
        paths.append(path)
        person.picture(f"{name}{re.sub('[^a-z0-9]+', '-', path)}")
        found = person.violations()
        if person.sideways() > 1:
            found.append(f"wider than the screen by {person.sideways()} px")
        if found:
            problems[path] = found
    assert problems == {}
    return paths


@pytest.mark.parametrize(("language", "viewport"), [("ar", PHONE), ("fr", DESK)])
@pytest.mark.parametrize("email", [demo.ASSOCIATION, demo.ASSOCIATION_FR])
def test_portal(visit, portal, *, email, language, viewport):
    person = visit(language, viewport).sign_in(email)
    check(person, "now/", PORTAL, "portal")


@pytest.mark.parametrize(("language", "viewport"), [("ar", PHONE), ("fr", DESK)])
def test_public(visit, portal, *, language, viewport):
    check(visit(language, viewport), "", re.compile(r"^/(ar|fr)/(?!admin)"), "public")


@pytest.mark.parametrize(
    ("email", "language", "viewport"),
    [
        (demo.DELEGATION, "ar", PHONE),
        (demo.DELEGATION, "fr", DESK),
        (demo.COORDINATION, "ar", DESK),
        (demo.CENTRAL, "fr", DESK),
        (demo.CENTRAL, "ar", PHONE),
        (demo.INSPECTION, "ar", DESK),
        (demo.ADMINISTRATOR, "fr", DESK),
    ],
)
def test_staff(visit, portal, *, email, language, viewport):
    person = visit(language, viewport).sign_in(email)
    check(person, "admin/", STAFF, "staff")


@pytest.mark.parametrize(("language", "viewport"), [("ar", PHONE), ("fr", DESK)])
def test_call_set_up(visit, portal, *, language, viewport):
    """Its pages are too deep for the walk above: a page for each part of a call."""
    person = visit(language, viewport).sign_in(demo.CENTRAL)
    calls = re.compile(r"^/(ar|fr)/admin/applications/call/")
    paths = check(person, "admin/applications/call/", calls, "call")
    assert {path.split("/")[-2] for path in paths} == {
        *("call", "add", "change", "check", "clone", "history"),
        *("documents", "criteria", "rates", "levels", "instalments", "envelopes"),
    }
