"""Every address, by everybody: no page tells what its reader may not know.

A new page is walked the day it is added; one whose arguments are not understood fails
here until ``tests/walk/addresses.py`` says what they name (architecture.md, section 6).
"""

from contextlib import contextmanager

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.policies import may
from tests.walk import world as walk_world
from tests.walk.addresses import PUBLIC, addresses

pytestmark = pytest.mark.django_db

NEAR_STAFF = ["delegate", "coordinator", "central", "inspector", "administrator"]
FAR = [
    "member elsewhere",
    "delegate next door",
    "delegate elsewhere",
    "coordinator elsewhere",
]
METHODS = ["get", "post"]
OURS = {"territories", "accounts", "institutions", "applications"}
# Rows that are only ever reached through the one they belong to, or by the machine.
PARTS = {
    "accounts.idempotencykey",
    "accounts.mail",
    "institutions.sectionanswer",
    "institutions.sectiondraft",
    "applications.callcounter",
    "applications.applicationline",
    "applications.budgetline",
    "applications.epsfigures",
    "applications.schoolingfigure",
    "applications.criterionscore",
    "applications.findinganswer",
}


@pytest.fixture
def world():
    return walk_world.build()


@contextmanager
def undone():
    """Whatever the page does is taken back before the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client, method, url):
    """Status and text of the answer, whether a page or a file."""
    with undone():
        response = getattr(client, method)(url)
        if response.streaming:
            content = b"".join(response.streaming_content)
        else:
            content = response.content
    if signs_out(response):
        client.cookies.clear()
    return response, content.decode("utf-8", "replace").lower()


def signs_out(response):
    morsel = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel is not None and not morsel.value


def is_door(address, response):
    """The staff site sends members away, whatever they ask for."""
    return address.name.startswith("admin:") and response.status_code == 302


def marks_in(text):
    return [mark for mark in walk_world.MARKS if mark in text]


def walk(client, objects, check, *, person=None, only=lambda address: True):
    """Ask for every page in both ways; returns all faults at once, a line each."""
    faults = []
    for address in filter(only, addresses()):
        for method in METHODS:
            if person and settings.SESSION_COOKIE_NAME not in client.cookies:
                client.force_login(person)
            response, text = ask(client, method, address.url(objects))
            fault = check(address, method, response, text)
            if response.status_code >= 500 and address.name != "readyz":
                fault = "broke"
            if fault:
                faults.append(f"{method} {address.name} {response.status_code} {fault}")
    return "\n".join(faults)


def test_every_argument_of_an_address_is_understood(world):
    objects, _people = world
    unknown = {
        f"{address.name} {address.unknown()}"
        for address in addresses()
        if address.unknown()
    }
    assert unknown == set()
    assert {label for a in addresses() for label in a.labels} <= set(objects)


def test_a_new_model_says_to_whom_it_is_visible():
    silent = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and not hasattr(model._default_manager, "visible_to")
    }
    assert silent == PARTS


def test_every_admin_is_scoped():
    bare = {
        model._meta.label
        for model, model_admin in admin.site._registry.items()
        if not hasattr(model_admin, "has_view_or_change_permission")
        or model._meta.app_label not in OURS
    }
    assert bare == set()


def test_a_visitor_is_asked_to_sign_in(client, world):
    objects, _people = world

    def check(address, method, response, text):
        if marks_in(text):
            return "shows the mark"
        if address.name in PUBLIC:
            return ""
        if response.status_code == 302 and "/login/" in response["Location"]:
            return ""
        return "" if method == "post" and response.status_code == 401 else "is open"

    assert walk(client, objects, check) == ""


@pytest.mark.parametrize("name", FAR)
def test_another_territory_learns_nothing(client, world, name):
    objects, people = world

    def check(address, method, response, text):
        if marks_in(text):
            return "shows the mark"
        if not address.labels - walk_world.SHARED:
            return ""
        if response.status_code == 404:
            return ""
        if settings.SESSION_COOKIE_NAME not in client.cookies:
            client.force_login(people[name])
        missing, _text = ask(client, method, address.url(objects, missing=True))
        is_closed = response.status_code in (403, 405) or is_door(address, response)
        is_alike = missing.status_code == response.status_code
        return "" if is_closed and is_alike else "is not 404"

    assert walk(client, objects, check, person=people[name]) == ""


def test_the_administrator_reaches_no_record(client, world):
    objects, people = world

    def check(address, method, response, text):
        private = address.labels - walk_world.SHARED
        if any(walk_world.sees(Role.ADMINISTRATOR, label) for label in private):
            return ""
        if private and response.status_code not in (403, 404, 405):
            return "is open"
        is_own = address.name.startswith(("admin:accounts_", "accounts:mailbox"))
        return "shows the mark" if marks_in(text) and not is_own else ""

    assert walk(client, objects, check, person=people["administrator"]) == ""


# Their pages act through the workflow, which has its own table and its own tests.
WORKED_ON = {
    "institutions.annualupdate",
    "applications.application",
    "applications.sitting",
}
ACTIONS = {
    "changelist": "view",
    "change": "view",
    "history": "view",
    "add": "add",
    "export": "export",
    "import": "import",
    "process_import": "import",
    "delete": "delete",
}


@pytest.mark.parametrize("name", NEAR_STAFF)
def test_each_role_does_in_the_staff_site_what_the_table_says(client, world, name):
    objects, people = world
    person = people[name]

    def check(address, method, response, _text):
        label = address.admin_of._meta.label_lower
        action = ACTIONS.get(address.action)
        if method == "post" and address.action == "change":
            action = None if label in WORKED_ON else "change"
        if action is None:
            return ""
        if not may(person.role, action, label):
            return "" if response.status_code in (403, 404, 405) else "is open"
        if method == "post" or address.action in ("add", "process_import"):
            return ""
        return "" if response.status_code in (200, 302) else "is closed"

    found = walk(
        client, objects, check, person=person, only=lambda address: address.admin_of
    )
    assert found == ""


@pytest.mark.parametrize("name", [*NEAR_STAFF, "manager", "editor"])
def test_no_page_breaks(client, world, name):
    objects, people = world
    nothing = walk(client, objects, lambda *_args: "", person=people[name])
    assert nothing == ""


def completions():
    """(app, model, field) of every completion that an admin offers."""
    for model_admin in admin.site._registry.values():
        for part in (model_admin, *model_admin.inlines):
            for field in part.autocomplete_fields:
                yield part.model._meta.app_label, part.model._meta.model_name, field


@pytest.mark.parametrize("name", [*FAR, "administrator"])
def test_completions_offer_nothing_of_another_territory(client, world, name):
    _objects, people = world
    client.force_login(people[name])
    shown = []
    for app_label, model_name, field in completions():
        for term in ("", "zaafrane", "زعفران"):
            query = {
                "app_label": app_label,
                "model_name": model_name,
                "field_name": field,
                "term": term,
            }
            response = client.get(reverse("admin:autocomplete"), query)
            found = response.json()["results"] if response.status_code == 200 else ""
            if marks_in(str(found).lower()):
                shown.append(query)
    assert shown == []


def exports():
    return [address for address in addresses() if address.action == "export"]


def export(client, address, objects):
    """The list as text: as its page offers it, every column, in CSV."""
    page = client.get(address.url(objects))
    if page.status_code != 200:
        return ""
    form = page.context["form"]
    data = {}
    for name, field in form.fields.items():
        if isinstance(field, forms.BooleanField):
            data[name] = "on"
        choices = [str(value) for value, _label in getattr(field, "choices", [])]
        if choices and field.required:
            csv = [v for v, label in field.choices if "csv" in f"{v}{label}".lower()]
            data[name] = csv[0] if csv else choices[-1]
    response = client.post(address.url(objects), data)
    assert "form" not in (response.context or {}), response.context["form"].errors
    return response.content.decode("utf-8", "replace").lower()


@pytest.mark.parametrize("name", [*FAR, "administrator"])
def test_exports_hold_nothing_of_another_territory(client, world, name):
    objects, people = world
    client.force_login(people[name])
    shown = [
        address.name
        for address in exports()
        if address.admin_of._meta.app_label != "accounts"
        and marks_in(export(client, address, objects))
    ]
    assert shown == []


def test_exports_hold_what_the_territory_has(client, world):
    """Else the test above would prove nothing."""
    objects, people = world
    client.force_login(people["inspector"])
    empty = [
        address.name
        for address in exports()
        if may(Role.INSPECTOR, "export", address.admin_of._meta.label_lower)
        and not marks_in(export(client, address, objects))
    ]
    assert empty == []


def test_the_mark_is_read_by_those_who_may(client, world):
    """Else a page that shows nothing to anybody would pass."""
    objects, people = world
    silent = []
    for name in ("manager", "delegate"):
        client.force_login(people[name])
        shown = [
            address.name
            for address in addresses()
            if marks_in(ask(client, "get", address.url(objects))[1])
        ]
        if len(shown) < 10:
            silent.append((name, shown))
    assert silent == []
