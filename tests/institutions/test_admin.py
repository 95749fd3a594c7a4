"""The record in the staff site: review of updates, decisions, names on need."""

import pytest
from django.urls import reverse

from accounts.models import AccessLog, Outbox, User
from institutions import registry, update
from institutions.enums import AssociationStatus, UpdateState
from institutions.models import Association, Centre, Institution, Invitation
from tests import factories
from tests.factories import FES, TETOUAN, YEAR, commune, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


@pytest.fixture
def confirmed(manager):
    """Two years, so that the page has something to compare."""
    association = factories.AssociationFactory(manager=manager)
    home = factories.InstitutionFactory(association=association)
    factories.UpdateRoundFactory()
    factories.UpdateRoundFactory(year=YEAR - 1)
    for year, count in [(YEAR - 1, 50), (YEAR, 66)]:
        factories.HeadcountFactory(institution=home, year=year, count=count)
        begun = update.begin(association.pk, actor=manager, year=year)
        factories.answer_everything(begun, manager)
        done = update.confirm(begun.pk, actor=manager, version=begun.version)
    return done


def url(name, *args):
    return reverse(f"admin:institutions_{name}", args=args)


LISTS = [
    "association",
    "institution",
    "centre",
    "child",
    "enrolment",
    "staffmember",
    "documenttype",
    "document",
    "updateround",
    "annualupdate",
]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_and_object_opens(client, officer, confirmed, name, language):
    association = confirmed.association
    row = factories.EnrolmentFactory(
        centre=factories.CentreFactory(association=association)
    )
    objects = {
        "association": association,
        "institution": association.institutions.get(),
        "centre": row.centre,
        "child": row.child,
        "enrolment": row,
        "staffmember": factories.StaffMemberFactory(centre=row.centre),
        "documenttype": factories.DocumentTypeFactory(),
        "document": factories.DocumentFactory(association=association),
        "updateround": confirmed.round,
        "annualupdate": confirmed,
    }
    assert client.get(url(f"{name}_changelist"), {"q": "الأمل"}).status_code == 200
    page = client.get(url(f"{name}_change", objects[name].pk))
    assert page.status_code == 200
    assert row.child.name not in page.content.decode()


def test_the_review_shows_what_changed_with_its_difference(client, officer, confirmed):
    page = client.get(url("annualupdate_change", confirmed.pk))
    review = page.context["review"]
    (place,) = [p for p in review.changed if p.section.code == "headcounts"]
    (row,) = place.section.rows
    assert (row.before.value, row.after.value, row.difference) == (50, 66, 16)
    assert "+16" in page.content.decode()
    codes = {place.section.code for place in review.same}
    assert {"identity", "bank", "board"} <= codes


def test_a_review_shows_the_frozen_version_not_what_came_after(
    client, officer, confirmed
):
    Association.objects.update(bank_name="غيرها")
    page = client.get(url("annualupdate_change", confirmed.pk))
    assert "غيرها" not in page.content.decode()


def test_a_delegate_verifies_and_sends_back_from_the_page(client, officer, confirmed):
    page = url("annualupdate_change", confirmed.pk)
    client.post(page, {"action": "send_back", "version": "2", "reason": ""})
    confirmed.refresh_from_db()
    assert confirmed.state == UpdateState.CONFIRMED
    stale = {"action": "send_back", "version": "1", "reason": "ما كتبته"}
    assert "ما كتبته</textarea>" in client.post(page, stale).content.decode()
    confirmed.refresh_from_db()
    assert confirmed.state == UpdateState.CONFIRMED
    client.post(page, {"action": "verify", "version": "2"})
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.verified_by) == (UpdateState.VERIFIED, officer)


def test_a_foreign_delegate_finds_nothing(client, confirmed):
    client.force_login(factories.DelegateFactory(delegation=delegation(FES)))
    for name, pk in [
        ("annualupdate_change", confirmed.pk),
        ("association_change", confirmed.association_id),
    ]:
        assert client.get(url(name, pk)).status_code == 404
        assert client.post(url(name, pk), {"action": "verify"}).status_code == 404
    status = url("association_status", confirmed.association_id)
    assert client.post(status, {"status": "verified"}).status_code == 404


def test_an_inspector_reads_and_decides_nothing(client, confirmed):
    client.force_login(factories.InspectorFactory())
    page = url("annualupdate_change", confirmed.pk)
    assert client.get(page).status_code == 200
    answer = client.post(page, {"action": "verify", "version": "2"})
    assert answer.status_code == 403
    status = url("association_status", confirmed.association_id)
    answer = client.post(status, {"status": "suspended", "reason": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_review_do_not_grow(
    client, officer, confirmed, django_assert_max_num_queries, count
):
    association = confirmed.association
    for _rank in range(count):
        centre = factories.CentreFactory(association=association)
        factories.EnrolmentFactory(centre=centre)
        factories.DocumentFactory(association=association)
    client.get(url("annualupdate_change", confirmed.pk))
    with django_assert_max_num_queries(25):
        client.get(url("annualupdate_change", confirmed.pk))


# Associations.


def association_form(**values):
    return {
        "name_ar": "جمعية النور",
        "language": "ar",
        "receipt_number": "12/2024",
        "receipt_kind": "final",
        "commune": commune().pk,
        "working_year": "financial",
        "board-TOTAL_FORMS": "0",
        "board-INITIAL_FORMS": "0",
        **values,
    }


def test_a_delegate_adds_an_association_and_its_manager_is_invited(client, officer):
    client.post(
        url("association_add"), association_form(manager_email="Pres@example.ma")
    )
    association = Association.objects.get()
    assert association.delegation == officer.delegation
    assert association.status == AssociationStatus.TO_VERIFY
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("pres@example.ma", "manager")
    assert Outbox.objects.get().kind == "member_invited"


def test_an_officer_is_never_made_a_manager(client, officer):
    other = factories.DelegateFactory()
    client.post(url("association_add"), association_form(manager_email=other.email))
    assert not Invitation.objects.exists()
    assert User.objects.count() == 2


def test_a_delegate_adds_no_association_elsewhere(client, officer):
    place = commune(delegation(TETOUAN))
    page = client.post(url("association_add"), association_form(commune=place.pk))
    assert page.status_code == 200
    assert not Association.objects.exists()


def test_the_same_receipt_number_is_refused_with_a_sentence(client, officer):
    factories.AssociationFactory(receipt_number="12/2024")
    page = client.post(url("association_add"), association_form())
    assert page.context["adminform"].form.non_field_errors()
    assert Association.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "after", "is_allowed"),
    [
        ("to_verify", "verified", True),
        ("to_verify", "refused", True),
        ("to_verify", "suspended", False),
        ("refused", "verified", True),
        ("refused", "suspended", False),
        ("verified", "suspended", True),
        ("verified", "refused", False),
        ("suspended", "verified", True),
        ("suspended", "refused", False),
    ],
)
def test_the_states_of_an_association(
    client, officer, manager, before, after, is_allowed
):
    association = factories.AssociationFactory(
        manager=manager, status=before, status_reason="سبب"
    )
    client.post(
        url("association_status", association.pk), {"status": after, "reason": "سبب"}
    )
    association.refresh_from_db()
    assert association.status == (after if is_allowed else before)
    assert Outbox.objects.filter(kind=f"association_{after}").exists() == is_allowed


def test_a_refusal_without_reason_changes_nothing(client, officer):
    association = factories.AssociationFactory(status="to_verify")
    client.post(
        url("association_status", association.pk), {"status": "refused", "reason": " "}
    )
    association.refresh_from_db()
    assert association.status == "to_verify"


def test_the_delegate_of_a_unit_does_not_decide_of_the_association():
    association = factories.AssociationFactory()
    factories.InstitutionFactory(
        association=association, delegation=delegation(TETOUAN)
    )
    neighbour = factories.DelegateFactory(delegation=delegation(TETOUAN))
    assert Association.objects.visible_to(neighbour).get() == association
    assert not registry.may_decide(association, neighbour)


# Units and children.


def test_a_unit_belongs_to_the_delegation_of_its_commune(client, officer):
    association = factories.AssociationFactory()
    client.post(
        url("institution_add"),
        {
            "association": association.pk,
            "name_ar": "دار الطالب",
            "institution_class": "students",
            "categories": ["students"],
            "legal_basis": "65-15",
            "authorisation_number": "7/22",
            "capacity_female": "0",
            "capacity_male": "30",
            "commune": commune().pk,
            "milieu": "rural",
            "is_active": "on",
        },
    )
    assert Institution.objects.get().delegation == officer.delegation
    client.post(
        url("centre_add"),
        {
            "association": association.pk,
            "name_ar": "مركز",
            "setting": "specialised",
            "commune": commune().pk,
            "own_capacity": "30",
            "is_active": "on",
        },
    )
    centre = Centre.objects.get()
    assert centre.delegation == officer.delegation
    assert centre.code.startswith("C-")


def test_the_name_of_a_child_is_shown_by_a_post_that_is_logged(client, officer):
    row = factories.EnrolmentFactory()
    page = url("child_name", row.child_id)
    assert client.get(page).status_code == 403
    assert not AccessLog.objects.filter(object_kind="institutions.child").exists()
    answer = client.post(page)
    assert row.child.name in answer.content.decode()
    entry = AccessLog.objects.get(object_kind="institutions.child")
    assert (entry.user, entry.object_id) == (officer, row.child_id)


def test_the_name_of_a_foreign_child_does_not_exist(client):
    row = factories.EnrolmentFactory()
    client.force_login(factories.DelegateFactory(delegation=delegation(FES)))
    assert client.post(url("child_name", row.child_id)).status_code == 404
    client.force_login(factories.AdministratorFactory())
    assert client.post(url("child_name", row.child_id)).status_code == 403
