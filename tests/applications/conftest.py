"""Somebody signed in: who manages an association, or who reviews its files."""

import pytest

from tests.factories import AssociationFactory, DelegateFactory, MemberFactory


@pytest.fixture
def manager(client):
    person = MemberFactory()
    client.force_login(person)
    return person


@pytest.fixture
def association(manager):
    return AssociationFactory(manager=manager)


@pytest.fixture
def delegate(client):
    user = DelegateFactory()
    client.force_login(user)
    return user
