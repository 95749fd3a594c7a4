"""Somebody in front of the portal: signs in, reads, types, presses."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from accounts.demo import DEMO_PASSWORD

PICTURES = os.environ.get("PORTAL_PICTURES")


class Person:
    """A browser of one's own. ``page`` is Playwright's."""

    def __init__(self, page, portal, language, *, scripts=True):
        self.page, self.portal, self.language = page, portal, language
        self.scripts = scripts

    def go(self, path):
        """Open a page of the portal, named without its language."""
        self.page.goto(f"{self.portal.url}/{self.language}/{path}")
        return self

    def sign_in(self, email):
        self.go("accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(DEMO_PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()
        return self

    def sign_out(self):
        self.page.context.clear_cookies()
        return self

    def press(self, name):
        """The button or the link that says this."""
        said = self.page.get_by_role("button", name=name)
        if not said.count():
            said = self.page.get_by_role("link", name=name)
        said.first.click()
        return self

    def look(self, name):
        """Check the page as people with disabilities meet it, and keep its picture.

        Only where scripts run: the checker is one.
        """
        if not self.scripts:
            return self
        # Pressing returns when the answer begins: measured is what has arrived.
        self.page.wait_for_load_state()
        self.picture(name)
        assert self.sideways() <= 1, f"{name} scrolls sideways"
        assert self.violations() == [], name
        return self

    def picture(self, name):
        if PICTURES:
            path = Path(PICTURES) / f"{name}.{self.language}.png"
            self.page.screenshot(path=path, full_page=True)

    def sideways(self):
        """Pixels by which the page is wider than the screen."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )

    def violations(self):
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in found
            for node in one["nodes"]
        ]

    def text(self):
        return re.sub(r"\s+", " ", self.page.locator("body").inner_text())
