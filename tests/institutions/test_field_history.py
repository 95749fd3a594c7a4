"""Who changed which field: read through the owner, never the identity of a person."""

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts import jobs
from institutions import field_history
from institutions.models import Association, Headcount
from tests import factories
from tests.factories import FES, TETOUAN, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


def url(row):
    return reverse(f"admin:institutions_{row._meta.model_name}_history", args=[row.pk])


def told(row, user):
    """(thing, event, field, before, after) of everything that is shown."""
    return [
        (line.thing, str(line.event), change.label, change.before, change.after)
        for group in field_history.page(row, user).groups
        for line in group.rows
        for change in line.changes
    ]


def of_heads(unit, user):
    return [line for line in told(unit, user) if line[0].startswith("Head-count")]


def test_a_change_is_told_with_who_before_and_after(client, officer):
    row = factories.AssociationFactory(bank_name="Ancienne")
    with pghistory.context(user=officer.pk):
        Association.objects.filter(pk=row.pk).update(bank_name="Nouvelle")
    page = client.get(url(row)).context["page"]
    group = page.groups[0]
    assert officer.name in group.who
    (change,) = group.rows[0].changes
    assert (change.before, change.after) == ("Ancienne", "Nouvelle")


def test_a_page_of_the_staff_site_names_its_reader(client, officer):
    row = factories.AssociationFactory(status="to_verify")
    status = reverse("admin:institutions_association_status", args=[row.pk])
    client.post(status, {"status": "verified"})
    group = field_history.page(row, officer).groups[0]
    assert officer.name in group.who
    assert group.how == ""


def test_values_are_in_the_words_of_the_reader(officer):
    row = factories.AssociationFactory(status="to_verify")
    Association.objects.filter(pk=row.pk).update(status="verified")
    with override("ar"):
        (_thing, _event, label, before, after) = told(row, officer)[0]
    assert "verified" not in (label, before, after)
    assert before != after


def test_a_figure_is_told_by_its_key(officer):
    heads = factories.HeadcountFactory(count=50)
    Headcount.objects.update(count=60)
    with override("en"):
        thing, event, label, before, after = of_heads(heads.institution, officer)[0]
    assert (event, label, before, after) == ("changed", "Head-count", "50", "60")
    assert str(heads.year) in thing
    heads.delete()
    with override("en"):
        (_thing, event, _label, before, after) = of_heads(heads.institution, officer)[0]
    assert (event, before, after) == ("removed", "60", "")


def test_work_of_the_machine_is_named(officer):
    row = factories.AssociationFactory()
    job = jobs.request("some.task", owner=officer)
    with jobs.run(job.pk) as run:
        Association.objects.filter(pk=row.pk).update(bank_name="A")
        run.finish()
    with pghistory.context(command="rotate_keys"):
        Association.objects.filter(pk=row.pk).update(bank_name="B")
    by_hand, by_job = field_history.page(row, officer).groups[:2]
    assert "rotate_keys" in by_hand.how
    assert officer.name not in by_hand.who
    assert "some.task" in by_job.how
    assert officer.name in by_job.who


def test_rows_of_the_association_are_there_and_those_of_its_units_are_not(officer):
    row = factories.AssociationFactory()
    factories.BoardMemberFactory(association=row, cnie="AB123456")
    factories.AccountLineFactory(institution=None, association=row, amount=7)
    factories.AccountLineFactory(institution__association=row, amount=8)
    after = [change[-1] for change in told(row, officer)]
    assert "7,00" in after
    assert "8,00" not in after
    assert "AB123456" not in str(told(row, officer))


def test_no_name_of_a_child_is_ever_told(client, officer):
    row = factories.EnrolmentFactory(child__name="زعفران", child__massar="Z123456789")
    for shown in (row.child, row.centre):
        text = client.get(url(shown)).content.decode()
        assert row.child.code in text
        assert "زعفران" not in text
        assert "Z123456789" not in text


def test_a_history_is_of_one_territory(client):
    row = factories.EnrolmentFactory()
    client.force_login(factories.DelegateFactory(delegation=delegation(FES)))
    for found in (row.centre.association, row.centre, row.child):
        assert client.get(url(found)).status_code == 404
    client.force_login(factories.AdministratorFactory())
    assert client.get(url(row.child)).status_code == 403


def test_a_neighbour_reads_enrolments_of_its_own_centre_only(client):
    here = factories.EnrolmentFactory()
    centre = factories.CentreFactory(
        association=here.centre.association, delegation=delegation(TETOUAN)
    )
    there = factories.EnrolmentFactory(centre=centre, child=here.child, year=2026)
    neighbour = factories.DelegateFactory(delegation=delegation(TETOUAN))
    things = " ".join(line[0] for line in told(here.child, neighbour))
    assert str(there.year) in things
    assert str(here.year) not in things


def test_a_long_history_has_pages(client, officer):
    row = factories.AssociationFactory()
    for rank in range(field_history.PER_PAGE):
        Association.objects.filter(pk=row.pk).update(bank_name=f"B{rank}")
    first = client.get(url(row)).context
    second = client.get(url(row), {"p": "2"}).context
    assert (first["next"], second["next"]) == (2, 0)
    assert len(second["page"].groups) == 1


@pytest.mark.parametrize("count", [1, 5])
def test_queries_do_not_grow(client, officer, count):
    unit = factories.InstitutionFactory()
    factories.AccountLineFactory(institution=unit)
    factories.StaffCountFactory(institution=unit)
    factories.UnmetRequestsFactory(institution=unit)
    for rank in range(count):
        with pghistory.context(user=factories.CentralFactory().pk):
            factories.HeadcountFactory(institution=unit, year=2020 + rank)
    client.get(url(unit))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(unit)).status_code == 200
    assert len(captured) <= 12


def test_the_page_of_an_association_costs_little(client, officer):
    row = factories.AssociationFactory(manager=factories.MemberFactory())
    factories.BoardMemberFactory(association=row)
    factories.AccountLineFactory(institution=None, association=row)
    client.get(url(row))
    with CaptureQueriesContext(connection) as captured:
        client.get(url(row))
    assert len(captured) <= 12
