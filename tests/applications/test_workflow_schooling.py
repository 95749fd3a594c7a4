"""A schooling file: children counted, ceilings, one file per association."""

from decimal import Decimal

import pytest

from applications import workflow
from applications.enums import LineKind
from applications.models import (
    SchoolingFigure,
    SchoolingRate,
)
from applications.programmes import REGISTRY, get_rules
from institutions.enums import MembershipRole
from tests.applications.acting import move
from tests.factories import (
    TETOUAN,
    AnnualUpdateFactory,
    AssociationFactory,
    CallFactory,
    CentreFactory,
    EnrolmentFactory,
    MembershipFactory,
    delegation,
)

pytestmark = pytest.mark.django_db


def member_of(row, role=MembershipRole.MANAGER):
    return MembershipFactory(association=row.association, role=role).user


def save(application, section, actor, cleaned, version=0):
    return workflow.save_section(
        application.pk, section, actor=actor, version=version, raw={}, cleaned=cleaned
    )


@pytest.fixture
def centre():
    row = CentreFactory()
    AnnualUpdateFactory(association=row.association, verified=True)
    return row


def start_schooling(centre, **call):
    options = {"actor": member_of(centre), "association_pk": centre.association_id}
    return workflow.start(CallFactory(schooling=True, **call).pk, **options)


def lines_of(application):
    return {
        line.key or line.reason: (line.eligible_count, line.amount)
        for line in application.lines.all()
    }


def test_children_are_counted_by_sub_programme_and_months(centre):
    EnrolmentFactory.create_batch(2, centre=centre)
    EnrolmentFactory(centre=centre, sub_programme="B", months=12)
    application = start_schooling(centre, max_months=11)
    assert lines_of(application) == {"A-10": (2, 20_000), "B-11": (1, 11_000)}
    assert application.computed_amount == 31_000


def test_a_rate_of_a_degree_replaces_that_of_the_sub_programme(centre):
    EnrolmentFactory(centre=centre)
    EnrolmentFactory(centre=centre, child__degree="profound")
    call = CallFactory(schooling=True)
    SchoolingRate.objects.create(
        call=call, sub_programme="A", degree="profound", amount=Decimal("1500.50")
    )
    assert lines_of(start_schooling(centre)) == {
        "A-10": (1, 10_000),
        "A-profound-10": (1, Decimal("15005.00")),
    }


def test_ceilings_are_explicit_negative_lines_and_the_lines_sum_up(centre):
    EnrolmentFactory.create_batch(3, centre=centre)
    application = start_schooling(
        centre, child_ceiling_amount=9_000, association_ceiling_amount=20_000
    )
    assert lines_of(application) == {
        "A-10": (3, 30_000),
        "child": (0, -3_000),
        "association": (0, -7_000),
    }
    assert application.computed_amount == 20_000
    kinds = application.lines.values_list("kind", flat=True)
    assert list(kinds) == [LineKind.COUNT, LineKind.CEILING, LineKind.CEILING]


def test_a_schooling_file_is_submitted_with_children_by_number_only(centre):
    child = EnrolmentFactory(centre=centre).child
    application = start_schooling(centre)
    manager = member_of(centre)
    for section, cleaned in [
        (
            "request",
            dict.fromkeys(("subject", "purpose", "contact_name", "contact_phone"), "س"),
        ),
        ("budget", {"staff": Decimal(10_000)}),
    ]:
        save(application, section, manager, cleaned)
    application.refresh_from_db()
    submitted = move("submit", application, manager)
    assert submitted.number == "SCO-2027-01-00001"
    figure = SchoolingFigure.objects.get()
    assert (figure.centre, figure.count, figure.sub_programme) == (centre, 1, "A")
    snapshot = submitted.association.snapshots.get(kind="application")
    assert child.name not in snapshot.content
    assert child.code in snapshot.content


def test_the_file_goes_to_the_delegation_of_the_seat(centre):
    centre.delegation = delegation(TETOUAN)
    centre.save()
    EnrolmentFactory(centre=centre)
    assert start_schooling(centre).delegation == delegation()


def test_an_association_without_centre_has_nothing_to_apply_for():
    assert (
        get_rules("schooling").eligible_units(
            AssociationFactory(), CallFactory(schooling=True)
        )
        == []
    )


def test_every_programme_is_registered_with_its_sections():
    assert set(REGISTRY) == {"eps", "schooling"}
    for rules in REGISTRY.values():
        codes = [section.code for section in rules.sections]
        assert codes == ["request", rules.count_section, "budget", "documents"]
