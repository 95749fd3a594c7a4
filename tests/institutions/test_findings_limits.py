"""Checks of the whole record, each just inside its limit and just outside."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from institutions import findings
from institutions.enums import AccountKind, Engagement, FundingPurpose, JoinKind
from institutions.figures import AccountRow, HouseRow
from institutions.models import Centre, FunctionCount, FundingLine, JoinRequest
from tests import factories
from tests.factories import TETOUAN, YEAR, delegation
from tests.institutions.test_findings import TODAY, YESTERDAY, cases, enrolled, home

CENTRE = Centre(pk=7, name_ar="مركز", own_capacity=1)


def revenue(unit, amount):
    return AccountRow(unit, AccountKind.REVENUE, "own", Decimal(amount))


@pytest.mark.parametrize(("is_shared", "found"), [(False, 0), (True, 1)])
def test_rib_of_another(is_shared, found):
    assert len(cases("rib_of_another", has_rib_of_another=is_shared)) == found


@pytest.mark.parametrize(("answer", "found"), [(None, 0), (True, 0), (False, 1)])
def test_no_committee(answer, found):
    unit = home(has_management_committee=answer)
    assert len(cases("no_committee", institutions=[unit])) == found


@pytest.mark.parametrize(("children", "found"), [(1, 0), (2, 1)])
def test_centre_over_capacity(children, found):
    rows = [enrolled() for _rank in range(children)]
    got = cases("centre_over_capacity", enrolments=rows, centres=[CENTRE])
    assert [(case["count"], case["capacity"]) for case in got] == [(2, 1)] * found


def test_a_centre_in_an_institution_has_its_capacity():
    centre = Centre(pk=7, name_ar="مركز", institution=home(capacity_female=2))
    rows = [enrolled() for _rank in range(12)]
    assert not cases("centre_over_capacity", enrolments=rows, centres=[centre])


@pytest.mark.parametrize(("day", "found"), [(None, 0), (TODAY, 0), (YESTERDAY, 1)])
def test_card_expired(day, found):
    rows = [enrolled(card_expires_on=day)]
    got = cases("card_expired", enrolments=rows, centres=[CENTRE])
    assert [case["codes"] for case in got] == ["E-ABC"] * found


@pytest.mark.parametrize(("whole", "found"), [("100", 0), ("99.99", 1)])
def test_revenue_differs(whole, found):
    lines = [revenue(None, whole), revenue(5, "60"), revenue(6, "40")]
    assert len(cases("revenue_differs", accounts=lines)) == found


def test_revenue_of_one_side_only_does_not_differ():
    assert not cases("revenue_differs", accounts=[revenue(5, "60")])
    assert not cases("revenue_differs", accounts=[revenue(None, "60")])


@pytest.mark.parametrize(("given", "found"), [("60", 0), ("60.01", 1), ("59.99", 1)])
def test_funding_differs(given, found):
    line = HouseRow(5, YEAR, FundingPurpose.OPERATION, "own", "", Decimal(given))
    works = line._replace(group=FundingPurpose.CONSTRUCTION)
    funding = [line, works]
    values = {"institutions": [home()], "accounts": [revenue(5, "60")]}
    assert len(cases("funding_differs", funding=funding, **values)) == found
    assert not cases("funding_differs", **values)


@pytest.mark.parametrize(("count", "found"), [(0, 0), (1, 1)])
def test_house_staff_not_declared(count, found):
    got = cases(
        "house_staff_not_declared", institutions=[home()], undeclared={5: count}
    )
    assert len(got) == found


# What is read from the database.


def codes(association):
    return {f.code for f in findings.check_record(association, year=YEAR)}


@pytest.mark.django_db
def test_a_rib_that_another_association_held_before():
    giver = factories.AssociationFactory()
    rib = giver.rib
    giver.rib = factories.made_up_rib(77)
    giver.save()
    taker = factories.AssociationFactory(rib=rib)
    assert "rib_of_another" in codes(taker)
    assert "rib_of_another" not in codes(giver)
    giver.merged_into = taker
    giver.save()
    assert "rib_of_another" not in codes(taker)


@pytest.mark.django_db
def test_a_rib_that_another_association_asks_to_join_with():
    association = factories.AssociationFactory()
    request = JoinRequest.objects.create(
        kind=JoinKind.REGISTRATION,
        delegation=association.delegation,
        commune=association.commune,
        name_ar="جمعية الفجر",
        receipt_number="9/2024",
        receipt_kind="final",
        rib=association.rib,
        email="asker@example.ma",
    )
    assert "rib_of_another" in codes(association)
    request.state = "refused"
    request.reason, request.decided_by = "سبب", factories.DelegateFactory()
    request.decided_at = timezone.now()
    request.save()
    assert "rib_of_another" not in codes(association)


@pytest.mark.django_db
def test_funding_and_staff_of_a_house_are_read():
    year = factories.UpdateRoundFactory().accounts_year
    line = factories.AccountLineFactory(year=year)
    FundingLine.objects.create(
        institution=line.institution,
        year=line.year,
        purpose=FundingPurpose.OPERATION,
        source="own",
        amount=line.amount - 1,
    )
    staff = FunctionCount.objects.create(
        institution=line.institution,
        year=YEAR,
        function="guard",
        engagement=Engagement.ASSOCIATION,
        count=3,
        declared_count=2,
    )
    assert {"funding_differs", "house_staff_not_declared"} <= codes(line.association)
    staff.declared_count = 3
    staff.save()
    assert "house_staff_not_declared" not in codes(line.association)


@pytest.mark.django_db
def test_an_officer_reads_only_of_units_in_its_territory():
    association = factories.AssociationFactory()
    far = factories.CentreFactory(
        association=association, delegation=delegation(TETOUAN), own_capacity=0
    )
    near = factories.CentreFactory(association=association, own_capacity=0)
    for centre in (far, near):
        factories.EnrolmentFactory(centre=centre)
    everything = findings.check_record(association, year=YEAR)
    neighbour = factories.DelegateFactory(delegation=far.delegation)

    def centres(found):
        return {f.place.centre_id for f in found if f.code == "centre_over_capacity"}

    assert centres(everything) == {near.pk, far.pk}
    assert centres(findings.readable_by(neighbour, everything)) == {far.pk}
    # The seat receives the schooling file: it reads of every centre (decision 12).
    seat = factories.DelegateFactory()
    assert centres(findings.readable_by(seat, everything)) == {near.pk, far.pk}


@pytest.mark.django_db
def test_a_remedy_leads_to_the_list_of_the_centre(client):
    row = factories.EnrolmentFactory(child__has_rsu=False)
    association = row.centre.association
    manager = factories.MemberFactory()
    factories.MembershipFactory(association=association, user=manager)
    factories.UpdateRoundFactory(
        opens_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    (found,) = [
        f
        for f in findings.check_record(association, year=YEAR)
        if f.code == "rsu_missing"
    ]
    assert found.url.endswith(f"/centres/{row.centre_id}/children/")
    client.force_login(factories.DelegateFactory())
    page = client.get(found.staff_url)
    assert [r.pk for r in page.context["cl"].result_list] == [row.pk]
