"""Somebody signed in who manages an association."""

import pytest

from tests.factories import AssociationFactory, MemberFactory


@pytest.fixture
def manager(client):
    person = MemberFactory()
    client.force_login(person)
    return person


@pytest.fixture
def association(manager):
    return AssociationFactory(manager=manager)
