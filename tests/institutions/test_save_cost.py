"""Queries of saving each section of the record (quality.md, section 1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from institutions.forms import SECTION_FORMS, section_form
from institutions.sections import BY_CODE, CENTRE, INSTITUTION, find
from tests.institutions.house import everything, untouched

pytestmark = pytest.mark.django_db
CHANGED = {"address": "زنقة الأمل", "bank_name": "بنك جديد", "capacity": "77"}
LIMIT = 20


def unit_of(code, association):
    """Of a record with something everywhere, the unit that the section is about."""
    home = everything(association)
    centre = association.centres.get()
    return {INSTITUTION: home.pk, CENTRE: centre.pk}.get(BY_CODE[code].level, 0)


@pytest.mark.parametrize("code", sorted(SECTION_FORMS))
def test_a_section_is_saved_in_twenty_queries(client, association, begun, code):
    """Savepoints stand for the transactions that there are outside a test."""
    unit = unit_of(code, association)
    client.force_login(begun.events.get().actor)
    url = reverse("institutions:update_change", args=[code, unit])
    form = section_form(find(association, code, unit), begun.round)
    typed = untouched(form)
    client.post(url, {**typed, "version": "0"})
    typed |= {name: value for name, value in CHANGED.items() if name in typed}
    with CaptureQueriesContext(connection) as asked:
        saved = client.post(url, {**typed, "version": "1"})
    assert saved.status_code == 302
    assert begun.answers.get().section == code
    queries = [row["sql"] for row in asked if "SAVEPOINT" not in row["sql"]]
    assert len(queries) <= LIMIT
