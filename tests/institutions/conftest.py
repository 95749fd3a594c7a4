"""An association, its manager, its update begun, and the manager's own browser."""

import pytest

from institutions import update
from tests import factories
from tests.factories import YEAR


@pytest.fixture
def manager():
    return factories.MemberFactory()


@pytest.fixture
def association(manager):
    return factories.AssociationFactory(manager=manager)


@pytest.fixture
def begun(association, manager):
    factories.UpdateRoundFactory()
    return update.begin(association.pk, actor=manager, year=YEAR)


@pytest.fixture
def confirmed(begun, manager):
    factories.answer_everything(begun, manager)
    return update.confirm(begun.pk, actor=manager, version=begun.version)


@pytest.fixture
def portal(client, manager):
    client.force_login(manager)
    return client
