"""SQL of ``visible_to`` by role: a change of who sees what shows in the diff."""

import re

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet

from applications.enums import State
from applications.models import Application, Award, Envelope, Event, Remark, Sitting
from tests.factories import (
    FES,
    TETOUAN,
    AdministratorFactory,
    ApplicationFactory,
    AssociationFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    InspectorFactory,
    MemberFactory,
    MembershipFactory,
    RemarkFactory,
    delegation,
)

pytestmark = pytest.mark.django_db
ROLES = {
    "member": MemberFactory,
    "delegate": DelegateFactory,
    "coordinator": CoordinatorFactory,
    "central": CentralFactory,
    "inspector": InspectorFactory,
    "administrator": AdministratorFactory,
}
MODELS = sorted(
    f"{app}.{model.__name__}"
    for app in ("institutions", "applications")
    for model in apps.get_app_config(app).get_models()
    if hasattr(model._default_manager.none(), "visible_to")
)


def condition(model, user):
    """The WHERE of the scope, keys of this run taken out."""
    rows = model._default_manager.visible_to(user)
    try:
        sql = str(rows.order_by().values("pk").query)
    except EmptyResultSet:
        return "nothing"
    where = sql.partition(" WHERE ")[2] or "everything"
    return re.sub(r"(?<== )\d+|(?<=IN \()\d+(?:, \d+)*", "N", where)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", MODELS)
def test_who_sees_what(label, role, snapshot):
    assert condition(apps.get_model(label), ROLES[role]()) == snapshot


# Calls and their parts: once published they are read by everybody.
PUBLIC = {
    f"applications.{name}"
    for name in (
        "Call",
        "CallDocument",
        "Criterion",
        "EpsRate",
        "FindingLevel",
        "InstalmentShare",
        "SchoolingRate",
    )
}


@pytest.mark.parametrize("label", sorted(set(MODELS) - PUBLIC))
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"member"}))
def test_a_closed_account_sees_nothing(label, role):
    assert condition(apps.get_model(label), ROLES[role](is_active=False)) == "nothing"


def in_every_state(**fields):
    rows = [
        ApplicationFactory(state=state, lines=False, **fields)
        for state in State
        if state != State.WITHDRAWN
    ]
    return {row.state: row.pk for row in rows}


def test_a_delegate_sees_all_states_and_the_others_from_the_submission_on():
    mine = in_every_state()
    in_every_state(association=AssociationFactory(delegation=delegation(FES)))
    neighbours = in_every_state(
        association=AssociationFactory(delegation=delegation(TETOUAN))
    )

    def seen(user):
        return set(Application.objects.visible_to(user).values_list("pk", flat=True))

    def submitted(rows):
        return {pk for state, pk in rows.items() if state != State.DRAFT}

    assert seen(DelegateFactory()) == set(mine.values())
    assert seen(CoordinatorFactory()) == submitted(mine) | submitted(neighbours)
    everywhere = Application.objects.exclude(state=State.DRAFT).count()
    assert len(seen(CentralFactory())) == len(seen(InspectorFactory())) == everywhere
    assert seen(AdministratorFactory()) == set()


def test_a_member_sees_the_files_of_its_associations_only():
    application = ApplicationFactory()
    ApplicationFactory()
    member = MemberFactory()
    application.association.memberships.create(user=member, role="editor")
    assert list(Application.objects.visible_to(member)) == [application]
    application.association.memberships.update(ended_at=application.created_at)
    assert not Application.objects.visible_to(member).exists()


@pytest.mark.parametrize("model", [Envelope, Sitting])
def test_envelopes_and_sittings_stay_between_coordination_and_centre(model):
    ApplicationFactory(state=State.APPROVED)
    EnvelopeFactory()
    for factory, count in [
        (CoordinatorFactory, 1),
        (CentralFactory, 1),
        (InspectorFactory, 1),
        (DelegateFactory, 0),
        (MemberFactory, 0),
        (AdministratorFactory, 0),
    ]:
        assert model.objects.visible_to(factory()).count() == count
    foreign = CoordinatorFactory(region=delegation(FES).region)
    assert not model.objects.visible_to(foreign).exists()


def test_members_read_no_event_and_no_remark_that_was_not_sent():
    remark = RemarkFactory()
    application = remark.application
    member = MembershipFactory(association=application.association).user
    Event.objects.create(application=application, transition="submit")
    assert not Event.objects.visible_to(member).exists()
    assert not Remark.objects.visible_to(member).exists()
    delegate = DelegateFactory()
    assert list(Remark.objects.visible_to(delegate)) == [remark]
    assert Event.objects.visible_to(delegate).count() == 1


@pytest.mark.parametrize("model", [Award, Event])
def test_what_belongs_to_a_file_is_seen_by_whoever_sees_the_file(model):
    rows = str(model.objects.visible_to(DelegateFactory()).query)
    assert 'FROM "applications_application"' in rows
