"""What officers do in the staff site, one function for each stretch of the way."""

import re

from django.utils import timezone


def open_file(officer, file):
    officer.go(f"admin/applications/application/{file}/change/")
    return officer


def act(officer, action, **values):
    """One of the small forms of the review page, by the name of its action."""
    form = officer.page.locator(f"form:has(input[name=action][value='{action}'])")
    fold = officer.page.locator(f"details:not([open]):has(input[value='{action}'])")
    while fold.count():
        fold.first.locator("> summary").click()
    for name, value in values.items():
        field = form.locator(f"[name='{name}']")
        if field.first.get_attribute("type") == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check()
        else:
            field.fill(value)
    button = form.locator("button[type=submit]")
    if button.count():
        button.first.click()
    else:
        identity = form.get_attribute("id")
        officer.page.locator(f"button[form={identity}]").first.click()
    officer.page.wait_for_load_state()


def ask_for_completion(officer, file, remark):
    """One remark on the request, sent back."""
    open_file(officer, file)
    act(officer, "remark:request", text=remark)
    officer.look("review-remark")
    act(officer, "return_for_completion")


def verify_update(officer):
    """The update that waits first on the officer's list."""
    officer.go("admin/institutions/annualupdate/?state__exact=confirmed")
    officer.page.locator("#result_list tbody th a").first.click()
    officer.look("update-review")
    officer.page.locator("button[name=action][value=verify]").click()
    officer.page.wait_for_load_state()


def give_opinion(officer, file, amount):
    """Every criterion scored, every finding set aside, then the opinion."""
    open_file(officer, file)
    page = officer.page
    form = page.locator("form:has(input[name=action][value=scores])")
    for field in form.locator("input[name^=criterion]").all():
        field.fill("15")
    form.locator("button[type=submit]").click()
    set_findings_aside(officer)
    act(
        officer,
        "recommend",
        opinion="favourable",
        reason="Dossier complet, vérifié sur pièces.",
        proposed_amount=amount,
    )


def set_findings_aside(officer):
    selector = "input[name=action][value^='aside:']"
    for _ in range(10):
        found = officer.page.locator(selector)
        if not found.count():
            return
        act(officer, found.first.get_attribute("value"), reason="Expliqué par écrit.")


def decide(officer, programme_rank, amount):
    """Open a sitting for the call, approve the file that waits, close the sitting."""
    officer.go("admin/applications/sitting/add/")
    page = officer.page
    page.locator("select[name=call]").select_option(index=programme_rank)
    page.locator("input[name=sits_on]").fill(f"{timezone.localdate():%d/%m/%Y}")
    page.locator("form.en-measure button[type=submit]").click()
    page.wait_for_url(re.compile(r"/sitting/\d+/"))
    officer.look("sitting")
    page.locator("input[name=amount]").first.fill(amount)
    page.locator("form.en-decide button[type=submit]").first.click()
    page.wait_for_load_state()
    officer.look("sitting-decided")
    page.locator("#close form button[type=submit]").first.click()
    page.wait_for_load_state()
    return re.search(r"/sitting/(\d+)/", page.url).group(1)


def publish(officer, sitting):
    officer.go(f"admin/applications/sitting/{sitting}/validate/")
    officer.look("validate")
    officer.page.locator("#close form button[type=submit]").first.click()
    officer.page.wait_for_load_state()
