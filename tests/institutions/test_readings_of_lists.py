"""Lists taken out in the administration, as the association is told of them."""

import datetime

import pytest
from django.urls import reverse

from accounts import access
from accounts.models import AccessLog
from institutions.models import Association
from tests import factories
from tests.factories import FES, delegation
from tests.institutions.test_people_exports import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return factories.MemberFactory()


@pytest.fixture
def association(member):
    return factories.AssociationFactory(manager=member)


def told(client, member):
    """(who, how many, whether of the association alone) of each line of its page."""
    client.force_login(member)
    rows = client.get(reverse("institutions:readings")).context["rows"]
    return [(row.user, row.count, row.association_id is not None) for row in rows]


def test_a_list_of_few_associations_stands_on_the_page_of_each(
    client, member, association
):
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory.create_batch(2, centre=centre)
    factories.EnrolmentFactory()
    officer = factories.DelegateFactory()
    client.force_login(officer)
    take(client, "child")
    assert told(client, member) == [(officer, 2, True)]


def wide(user, count=5000):
    return AccessLog.objects.create(
        user=user, action="export", object_kind="institutions.child", count=count
    )


def test_a_list_of_a_territory_is_told_to_those_who_are_in_it(
    client, member, association
):
    seat = association.delegation
    near = factories.DelegateFactory(delegation=seat)
    above = factories.CoordinatorFactory(region=seat.region)
    centre = factories.CentralFactory()
    away = delegation(FES)
    far = factories.DelegateFactory(delegation=away)
    rows = [wide(user) for user in (near, above, far, centre)]
    assert told(client, member) == [
        (user, 5000, False) for user in (centre, above, near)
    ]
    factories.InstitutionFactory(association=association, delegation=away)
    assert [user for user, *_others in told(client, member)] == [
        row.user for row in reversed(rows)
    ]


def test_lists_of_before_and_of_other_things_are_not_told(client, member, association):
    officer = factories.DelegateFactory()
    wide(officer)
    AccessLog.objects.create(
        user=officer, action="export", object_kind="accounts.accesslog"
    )
    later = association.created_at + datetime.timedelta(days=1)
    Association.objects.update(created_at=later)
    assert told(client, member) == []


def test_many_associations_are_one_line(monkeypatch):
    monkeypatch.setattr(access, "FEW", 2)
    officer = factories.DelegateFactory()
    for count in (2, 3):
        AccessLog.objects.all().delete()
        factories.AssociationFactory.create_batch(2 if count == 2 else 1)
        rows = Association.objects.all()
        access.log_list(
            officer, rows, subject="institutions.association", count=count, detail=""
        )
        found = list(AccessLog.objects.values_list("association_id", "count"))
        expected = [(None, 3)] if count == 3 else [(row.pk, 1) for row in rows]
        assert sorted(found, key=str) == sorted(expected, key=str)
