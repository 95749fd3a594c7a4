"""What the delegation does with a confirmed update."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Outbox
from institutions import update
from institutions.enums import UpdateState
from institutions.models import (
    AnnualUpdate,
    Snapshot,
)
from tests import factories
from tests.factories import FES, TETOUAN, YEAR, delegation

pytestmark = pytest.mark.django_db


def test_the_delegate_of_the_seat_verifies(confirmed, manager):
    officer = factories.DelegateFactory()
    done = update.verify(confirmed.pk, actor=officer, version=confirmed.version)
    assert (done.state, done.verified_by) == (UpdateState.VERIFIED, officer)
    told = Outbox.objects.get(kind="update_verified")
    assert told.recipient == manager


def test_the_coordinator_verifies_as_deputy(confirmed):
    deputy = factories.CoordinatorFactory()
    done = update.verify(confirmed.pk, actor=deputy, version=confirmed.version)
    assert done.verified_by == deputy


def test_a_foreign_delegate_finds_no_such_update(confirmed):
    stranger = factories.DelegateFactory(delegation=delegation(FES))
    with pytest.raises(AnnualUpdate.DoesNotExist):
        update.verify(confirmed.pk, actor=stranger, version=confirmed.version)


def test_the_delegate_of_a_unit_sees_but_does_not_verify(confirmed):
    factories.InstitutionFactory(
        association=confirmed.association, delegation=delegation(TETOUAN)
    )
    neighbour = factories.DelegateFactory(delegation=delegation(TETOUAN))
    with pytest.raises(PermissionDenied):
        update.verify(confirmed.pk, actor=neighbour, version=confirmed.version)


@pytest.mark.parametrize(
    "officer", [factories.CentralFactory, factories.InspectorFactory]
)
def test_those_who_only_read_do_not_verify(confirmed, officer):
    with pytest.raises(PermissionDenied):
        update.verify(confirmed.pk, actor=officer(), version=confirmed.version)


def test_an_update_not_confirmed_is_not_verified(begun):
    with pytest.raises(ValidationError):
        update.verify(begun.pk, actor=factories.DelegateFactory(), version=1)


def test_sending_back_says_why_and_confirming_again_freezes_a_second_version(
    confirmed, manager
):
    officer = factories.DelegateFactory()
    with pytest.raises(ValidationError):
        update.send_back(confirmed.pk, actor=officer, version=2, reason=" ")
    sent = update.send_back(confirmed.pk, actor=officer, version=2, reason="RIB")
    assert (sent.state, sent.sent_back_reason) == (UpdateState.SENT_BACK, "RIB")
    assert Outbox.objects.get(kind="update_sent_back").recipient == manager
    update.confirm(confirmed.pk, actor=manager, version=sent.version)
    versions = Snapshot.objects.values_list("version", flat=True)
    assert sorted(versions) == [1, 2]


def test_an_application_finds_the_accepted_update_only(begun, confirmed, association):
    assert update.accepted_update(association, YEAR) == confirmed
    assert update.accepted_update(association, YEAR - 1) is None
    AnnualUpdate.objects.update(state=UpdateState.BEGUN)
    assert update.accepted_update(association, YEAR) is None
