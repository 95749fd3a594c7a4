"""Many rows at once: previewed, done in one go, never over what changed meanwhile."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions import people
from institutions.models import Child, Enrolment, StaffMember, UpdateRound
from institutions.people import Selection
from tests import factories
from tests.applications.test_concurrency import Meeting, at_once
from tests.factories import YEAR
from tests.institutions.lists import at, enrolled, errors, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(manager):
    factories.UpdateRoundFactory()
    association = factories.AssociationFactory(manager=manager)
    return factories.CentreFactory(association=association)


def ticked(name, centre, rows):
    return f"{at(name, centre.pk)}?{'&'.join(f'row={row.pk}' for row in rows)}"


def through(portal, url, **values):
    """Preview, then what the preview offers."""
    check = portal.post(url, values)
    assert "lines" in check.context, check.context["form"].errors
    return portal.post(url, {**values, "apply": "1", "seen": check.context["seen"]})


def test_a_value_is_given_to_the_rows_ticked_after_a_preview(centre, portal):
    one, other, apart = enrolled(centre, 3, months=10)
    Enrolment.objects.filter(pk=other.pk).update(months=6)
    url = ticked("child_bulk", centre, [one, other])
    check = portal.post(url, {"months": "6"})
    (line,) = check.context["lines"]
    assert (line["value"], line["count"], check.context["count"]) == (6, 1, 2)
    assert Enrolment.objects.get(pk=one.pk).months == 10
    through(portal, url, months="6", sub_programme="C")
    got = Enrolment.objects.order_by("pk").values_list("months", "sub_programme")
    assert list(got) == [(6, "C"), (6, "C"), (10, "A")]
    assert apart.pk


def test_services_and_certificates_are_added_and_taken_away(centre, portal):
    one = enrolled(centre, services=["speech", "physiotherapy"], certificates=[])[0]
    two = enrolled(centre, services=[], certificates=["amo", "school"])[0]
    through(
        portal,
        ticked("child_bulk", centre, [one, two]),
        services_add=["psychomotor", "speech"],
        services_remove=["physiotherapy"],
        certificates_add=["amo", "medical"],
        certificates_remove=["school"],
    )
    got = Enrolment.objects.order_by("pk").values_list("services", "certificates")
    assert list(got) == [
        (["speech", "psychomotor"], ["amo", "medical"]),
        (["psychomotor", "speech"], ["amo", "medical"]),
    ]


def test_the_rsu_of_all_children_of_a_filter(centre, portal):
    enrolled(centre, 45, sub_programme="C", child__has_rsu=False)
    (apart,) = enrolled(centre, child__has_rsu=False)
    url = f"{at('child_bulk', centre.pk)}?all=1&sub_programme=C"
    through(portal, url, has_rsu="yes")
    without = Child.objects.filter(has_rsu=False)
    assert list(without) == [apart.child]


def test_rows_of_others_are_never_reached(centre, portal):
    (mine,) = enrolled(centre)
    foreign = factories.EnrolmentFactory(months=10)
    old = enrolled(centre, year=YEAR - 1)[0]
    url = ticked("child_bulk", centre, [mine, foreign, old])
    through(portal, url, months="3")
    months = [Enrolment.objects.get(pk=row.pk).months for row in (mine, foreign, old)]
    assert months == [3, 10, 10]
    only_foreign = ticked("child_bulk", centre, [foreign])
    assert portal.get(only_foreign)["Location"] == at("children", centre.pk)
    assert (
        portal.get(ticked("child_bulk", foreign.centre, [foreign])).status_code == 404
    )


def test_nothing_chosen_is_said(centre, portal, language):
    url = ticked("child_bulk", centre, enrolled(centre))
    assert len(errors(portal.post(url, {}), "__all__")) == 1
    both = {"services_add": ["speech"], "services_remove": ["speech"]}
    assert errors(portal.post(url, both), "services_remove")
    assert errors(portal.post(url, {"months": "13"}), "months")


@pytest.mark.parametrize("name", ["child_bulk", "child_bulk_off"])
def test_what_changed_since_the_preview_is_not_overwritten(centre, portal, name):
    one, other = enrolled(centre, 2)
    url = ticked(name, centre, [one, other])
    ask = portal.get if name.endswith("off") else portal.post
    shown = ask(url, {"months": "3"} if name == "child_bulk" else None)
    Enrolment.objects.filter(pk=other.pk).update(sub_programme="B")
    late = {"months": "3", "apply": "1", "seen": shown.context["seen"]}
    answer = portal.post(url, late)
    assert answer.status_code == 409
    got = Enrolment.objects.order_by("pk").values_list("months", "sub_programme")
    assert list(got) == [(10, "A"), (10, "B")]
    again = {**late, "seen": answer.context["seen"]}
    assert portal.post(url, again).status_code == 302


def test_children_move_to_another_centre_of_the_association(centre, portal):
    goes, stays = enrolled(centre, 2)
    other = factories.CentreFactory(association=centre.association)
    before = enrolled(other, year=YEAR - 1)[0]
    url = ticked("child_bulk", centre, [goes])
    through(portal, url, move_to=str(other.pk))
    here = Enrolment.objects.filter(year=YEAR, centre=centre)
    there = Enrolment.objects.filter(year=YEAR, centre=other)
    assert list(here) == [stays]
    assert {row.child_id for row in there} == {goes.child_id, before.child_id}


def test_nobody_moves_to_a_centre_of_others(centre, portal, manager):
    (row,) = enrolled(centre)
    factories.CentreFactory(association=centre.association)
    foreign = factories.CentreFactory()
    url = ticked("child_bulk", centre, [row])
    assert errors(portal.post(url, {"move_to": str(foreign.pk)}), "move_to")
    chosen = Selection(people.CHILDREN, (row.pk,))
    values = {"move_to": foreign.pk}
    with pytest.raises(foreign.DoesNotExist):
        people.set_children(
            chosen, centre.pk, UpdateRound.objects.get(), actor=manager, values=values
        )


def test_rows_are_taken_off_after_a_confirmation(centre, portal):
    rows = enrolled(centre, 3)
    url = ticked("child_bulk_off", centre, rows[:2])
    page = portal.get(url)
    assert Enrolment.objects.count() == 3
    assert rows[0].child.code in page.content.decode()
    portal.post(url, {"seen": page.context["seen"]})
    assert list(Enrolment.objects.all()) == [rows[2]]
    assert Child.objects.count() == 3


def test_staff_get_one_value(centre, portal):
    rows = factories.StaffMemberFactory.create_batch(
        2, centre=centre, is_cnss_declared=False
    )
    url = ticked("staff_bulk", centre, rows)
    through(portal, url, is_cnss_declared="yes", is_cnss_charged="yes", contract="half")
    got = StaffMember.objects.values_list(
        "is_cnss_declared", "is_cnss_charged", "contract"
    )
    assert list(got) == [(True, True, "half")] * 2


def test_the_rules_of_one_row_hold_for_many(centre, portal, language):
    rows = [factories.StaffMemberFactory(centre=centre, is_cnss_declared=False)]
    url = ticked("staff_bulk", centre, rows)
    assert errors(portal.post(url, {"has_contract": "no"}), "contract_remark")
    answer = through(portal, url, is_cnss_charged="yes")
    assert errors(answer, "is_cnss_charged")
    rows[0].refresh_from_db()
    assert not rows[0].is_cnss_charged


def test_staff_with_documents_are_not_taken_off(centre, portal):
    row = factories.StaffMemberFactory(centre=centre)
    factories.DocumentFactory(association=centre.association, staff_member=row)
    url = ticked("staff_bulk_off", centre, [row])
    answer = portal.post(url, {"seen": portal.get(url).context["seen"]})
    assert len(answer.context["error"].messages) == 1
    assert StaffMember.objects.count() == 1


def test_as_many_queries_for_two_hundred_as_for_one(centre, portal):
    counts = []
    for number in (1, 3, 200):
        Enrolment.objects.all().delete()
        enrolled(centre, number, child__has_rsu=False)
        url = f"{at('child_bulk', centre.pk)}?all=1"
        values = {"months": "3", "has_rsu": "yes", "services_add": ["vocational"]}
        seen_now = portal.post(url, values).context["seen"]
        with CaptureQueriesContext(connection) as queries:
            portal.post(url, {**values, "apply": "1", "seen": seen_now})
        assert Enrolment.objects.filter(months=3).count() == number
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 20


@pytest.mark.django_db(transaction=True)
def test_two_who_change_one_child(monkeypatch):
    """Both would write, if the centre were not locked before the row is compared."""
    one, other = factories.MemberFactory.create_batch(2)
    association = factories.AssociationFactory(manager=one)
    factories.MembershipFactory(association=association, user=other)
    round_ = factories.UpdateRoundFactory()
    row = enrolled(factories.CentreFactory(association=association))[0]
    opened = people.Opened(row.pk, seen(row))
    met = Meeting().before(people.stale.check)
    monkeypatch.setattr(people.stale, "check", met)

    def saving(actor, months):
        values = {"months": months}
        return lambda: people.save_child(
            row.centre_id, round_, actor=actor, values=values, opened=opened
        )

    raised = at_once(saving(one, 3), saving(other, 4))
    assert {type(error) for error in raised} == {type(None), people.StaleRow}
    row.refresh_from_db()
    assert row.months == [3, 4][raised.index(None)]
