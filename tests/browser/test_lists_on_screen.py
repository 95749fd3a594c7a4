"""The list of children on a phone: typed one after another, then changed together."""

import re

from accounts.demo import ASSOCIATION_FR
from tests.browser.conftest import PHONE


def open_list(person):
    """The children of the first centre; the address of the list."""
    person.go("my/update/")
    link = person.page.locator("main a[href*='/update/children/']").first
    unit = re.search(r"/children/(\d+)/", link.get_attribute("href")).group(1)
    person.go(f"my/centres/{unit}/children/")
    return f"my/centres/{unit}/children/"


def type_child(page, name, born_on, *, button):
    """Only what differs from the child before, as pasted from a list in Arabic."""
    page.locator("[name=name]").fill(name)
    page.locator("[name=born_on]").fill(born_on)
    page.locator("[name=sex]").select_option("f")
    page.locator("[name=disability_type]").select_option("autism")
    page.locator("[name=degree]").select_option("mild")
    page.locator(f"main .en-dock {button}").click()
    page.wait_for_load_state()


def test_two_children_typed_and_changed_together_in_arabic(visit):
    person = visit("ar", PHONE).sign_in(ASSOCIATION_FR)
    path = open_list(person)
    page = person.look("children-list").page
    before = page.locator("main .en-facts dd").first.inner_text()
    person.go(f"{path}add/").look("child-add")
    page.locator("[name=sub_programme]").select_option("C")
    page.locator("[name=services][value=psychomotor]").check()
    page.locator("[name=months]").fill("٧")
    type_child(page, "هند الوزاني", "٠٣/٠٩/٢٠١٥", button="[name=another]")
    assert page.evaluate("document.activeElement.name") == "name"
    assert page.locator("[name=services][value=psychomotor]").is_checked()
    # The same child again is known at once, in its place.
    type_child(page, "الوزاني هند", "03/09/2015", button="[type=submit] >> nth=-1")
    assert page.locator("#id_name_error").is_visible()
    person.look("child-known")
    page.locator("[name=name]").fill("زينب الوزاني")
    page.locator("main .en-dock .en-btn--main").click()
    assert page.locator("main .en-facts dd").first.inner_text() == str(int(before) + 2)
    change_together(person, path)


def change_together(person, path):
    """Those of one sub-programme and seven months get eight."""
    page = person.page
    person.go(f"{path}?sub_programme=C&sort=months")
    rows = page.locator("main tbody tr", has_text=re.compile(r"C\s*7$"))
    for tick in rows.locator("[name=row]").all():
        tick.check()
    count = rows.count()
    page.locator("main form button:not([formaction])", has_text="تغيير").click()
    person.look("children-change")
    page.locator("[name=months]").fill("8")
    page.locator("main .en-dock button").click()
    person.look("children-check")
    page.locator("[name=apply]").click()
    person.go(f"{path}?sub_programme=C&sort=months")
    changed = page.locator("main tbody tr", has_text=re.compile(r"C\s*8$"))
    assert count >= 2
    assert changed.count() >= count
    assert page.locator("main tbody tr", has_text=re.compile(r"C\s*7$")).count() == 0


def test_the_list_and_its_changes_without_scripts_in_french(visit):
    person = visit("fr", PHONE, scripts=False).sign_in(ASSOCIATION_FR)
    path = open_list(person)
    page = person.page
    code = page.locator("main tbody th a").first.inner_text()
    page.locator("[name=q]").fill(code)
    page.locator("main form:has([name=q]) button").click()
    assert page.locator("main tbody th a").all_inner_texts() == [code]
    assert code not in page.url
    page.locator("main tbody [name=row]").check()
    page.locator("main form [formaction]").click()
    assert code in page.locator("main").inner_text()
    page.locator("main a.en-btn--bare").click()
    assert page.url.endswith(path)
