"""Children and staff as somebody types them, one page each."""

import pytest

from accounts.models import AccessLog
from institutions import people
from institutions.enums import Answer
from institutions.models import Child, Enrolment
from tests import factories
from tests.factories import YEAR
from tests.institutions.lists import at, child, member

pytestmark = pytest.mark.django_db


def test_lists_show_codes_and_log_whoever_asks_for_names(
    begun, association, portal, manager
):
    centre = factories.CentreFactory(association=association)
    row = factories.EnrolmentFactory(centre=centre)
    page = portal.get(at("children", centre.pk)).content.decode()
    assert row.child.code in page
    assert row.child.name not in page
    assert not AccessLog.objects.exists()
    shown = portal.post(at("children", centre.pk), {"show": "names"})
    assert row.child.name in shown.content.decode()
    entry = AccessLog.objects.get()
    assert (entry.user, entry.count, entry.association_id) == (
        manager,
        1,
        association.pk,
    )


def test_a_child_is_added_changed_and_taken_off(begun, association, portal):
    centre = factories.CentreFactory(association=association)
    portal.post(at("child_add", centre.pk), child())
    row = Enrolment.objects.get()
    assert row.child.name == "سلمى بنعيسى"
    assert (row.year, row.months, row.services) == (YEAR, 10, ["speech"])
    seen = people.fingerprint(row)
    portal.post(at("child", centre.pk, row.pk), child(months="6", seen=seen))
    row.refresh_from_db()
    assert row.months == 6
    portal.post(at("child_remove", row.pk))
    assert not Enrolment.objects.exists()
    assert Child.objects.count() == 1


def test_the_same_child_next_year_keeps_its_code(begun, association, portal):
    centre = factories.CentreFactory(association=association)
    portal.post(at("child_add", centre.pk), child())
    known = Child.objects.get()
    Enrolment.objects.all().delete()
    portal.post(at("child_add", centre.pk), child(name="بنعيسى سلمى"))
    assert Child.objects.get().code == known.code


def test_a_child_already_on_a_list_is_refused_with_what_was_typed(
    begun, association, portal
):
    one, other = factories.CentreFactory.create_batch(2, association=association)
    portal.post(at("child_add", one.pk), child())
    again = portal.post(at("child_add", other.pk), child())
    assert again.context["form"].errors["name"]
    assert again.context["form"]["name"].value() == "سلمى بنعيسى"
    assert Enrolment.objects.count() == 1


def test_a_child_born_tomorrow_is_refused(begun, association, portal):
    centre = factories.CentreFactory(association=association)
    answer = portal.post(at("child_add", centre.pk), child(born_on="01/01/2090"))
    assert answer.context["form"].errors["born_on"]
    assert not Child.objects.exists()


def test_a_list_begins_with_last_years_rows_and_is_said_complete(
    begun, association, portal
):
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory.create_batch(5, centre=centre, year=YEAR - 1)
    portal.post(at("child_add", centre.pk), child())
    assert Enrolment.objects.filter(year=YEAR).count() == 6
    portal.post(at("update_section", "children", centre.pk), {"answer": "complete"})
    assert begun.answers.get().answer == Answer.CHANGED


def test_a_staff_member_is_added(begun, association, portal):
    centre = factories.CentreFactory(association=association)
    portal.post(at("staff_add", centre.pk), member())
    added = centre.staff_members.get()
    assert (added.name, str(added.monthly_salary_amount)) == ("ليلى", "4500.00")
