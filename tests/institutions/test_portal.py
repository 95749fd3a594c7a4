"""The pages of the record: what is shown, what is kept, what is refused."""

import datetime

import pytest
from django.urls import reverse

from institutions import drafts, update
from institutions.enums import Answer, MembershipRole, UpdateState
from institutions.identifiers import rib_key
from institutions.models import Centre, Enrolment, Headcount
from institutions.sections import sections_for
from tests import factories
from tests.factories import TETOUAN, YEAR, delegation

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"institutions:{name}", args=args)


def bank(**values):
    account = "999780" + "1" * 16
    return {"bank_name": "بنك", "rib": account + rib_key(account), **values}


# Every page opens, in both languages.


def every_page(association):
    home = factories.InstitutionFactory(association=association)
    centre = factories.CentreFactory(association=association)
    row = factories.EnrolmentFactory(centre=centre)
    member = factories.StaffMemberFactory(centre=centre)
    factories.HeadcountFactory(institution=home, year=YEAR - 1)
    factories.AccountLineFactory(institution=home, year=YEAR - 3)
    pages = ["choose", "record", "update", "update_confirm", "documents"]
    yield from (at(name) for name in pages)
    sections = [("identity", 0), ("bank", 0), ("board", 0)]
    sections += [(section.code, home.pk) for section in sections_for(home)]
    sections += [("centre", centre.pk), ("accounts", 0)]
    for code, unit in sections:
        yield at("update_section", code, unit)
        yield at("update_change", code, unit)
    yield at("update_section", "children", centre.pk)
    yield at("update_section", "documents", 0)
    yield at("children", centre.pk)
    yield at("child_add", centre.pk)
    yield at("child", centre.pk, row.pk)
    yield at("child_remove", row.pk)
    yield at("staff", centre.pk)
    yield at("staff_add", centre.pk)
    yield at("staff_member", centre.pk, member.pk)
    yield at("staff_remove", member.pk)


def test_every_page_opens(begun, association, portal, language):
    for url in every_page(association):
        response = portal.get(url)
        assert response.status_code == 200, url


def test_pages_are_for_members(association, client, begun):
    client.force_login(factories.DelegateFactory())
    for url in every_page(association):
        assert client.get(url).status_code == 403, url


def test_what_is_foreign_does_not_exist(begun, portal):
    stranger = factories.AssociationFactory()
    home = factories.InstitutionFactory(association=stranger)
    centre = factories.CentreFactory(association=stranger)
    row = factories.EnrolmentFactory(centre=centre)
    member = factories.StaffMemberFactory(centre=centre)
    document = factories.DocumentFactory(association=stranger)
    for url in [
        at("update_section", "institution", home.pk),
        at("update_change", "headcounts", home.pk),
        at("children", centre.pk),
        at("child", centre.pk, row.pk),
        at("child_remove", row.pk),
        at("staff_member", centre.pk, member.pk),
        at("staff_remove", member.pk),
        at("document", document.pk),
        at("document_take_back", document.pk),
        at("document_upload", "authorisation", home.pk),
    ]:
        assert portal.get(url).status_code == 404, url
        assert portal.post(url).status_code == 404, url
    assert Enrolment.objects.get() == row


def test_a_person_works_for_the_association_chosen(client, manager, association):
    other = factories.AssociationFactory(manager=manager)
    client.force_login(manager)
    client.post(at("choose"), {"association": other.pk})
    assert client.get(at("record")).context["association"] == other
    foreign = factories.AssociationFactory()
    refused = client.post(at("choose"), {"association": foreign.pk})
    assert refused.status_code == 404
    assert client.get(at("record")).context["association"] == other


def test_signing_in_leads_to_the_choice_only_where_there_is_one(
    client, manager, association
):
    client.force_login(manager)
    assert client.get(reverse("home")).url == reverse("applications:home")
    factories.AssociationFactory(manager=manager)
    assert client.get(reverse("home")).url == at("choose")
    client.post(at("choose"), {"association": association.pk})
    assert client.get(reverse("home")).url == reverse("applications:home")


def test_somebody_without_association_is_told_what_to_do(client):
    client.force_login(factories.MemberFactory())
    page = client.get(reverse("home"), follow=True)
    assert page.status_code == 200
    assert page.context["memberships"] == []


# Unchanged and changed.


def test_unchanged_in_one_tap_goes_on_to_the_next_section(begun, portal):
    response = portal.post(at("update_section", "bank", 0), {"answer": "unchanged"})
    assert response.url == at("update_section", "board", 0)
    assert begun.answers.get().answer == Answer.UNCHANGED


def test_values_of_last_year_stand_on_the_page_before_the_tap(
    begun, association, portal
):
    home = factories.InstitutionFactory(association=association)
    factories.HeadcountFactory(institution=home, year=YEAR - 1, count=4177)
    page = portal.get(at("update_section", "headcounts", home.pk)).content.decode()
    assert "4\xa0177" in page
    assert str(YEAR - 1) in page
    assert 'value="unchanged"' in page


def test_nothing_can_be_left_unchanged_where_nothing_was(begun, association, portal):
    home = factories.InstitutionFactory(association=association)
    page = portal.get(at("update_section", "headcounts", home.pk)).content.decode()
    assert 'value="unchanged"' not in page


def test_a_valid_section_is_saved(begun, association, portal):
    response = portal.post(at("update_change", "bank", 0), bank(version=0))
    assert response.status_code == 302
    association.refresh_from_db()
    assert association.bank_name == "بنك"


def test_a_wrong_section_keeps_what_was_typed_and_says_why(begun, association, portal):
    before = association.rib
    url = at("update_change", "bank", 0)
    portal.post(url, {"bank_name": "بنك الجديد", "rib": "1234", "version": 0})
    page = portal.get(url)
    assert page.context["form"]["rib"].value() == "1234"
    assert page.context["form"]["bank_name"].value() == "بنك الجديد"
    assert page.context["form"].errors["rib"]
    assert 'href="#id_rib"' in page.content.decode()
    association.refresh_from_db()
    assert association.rib == before
    states = {(s.code, s.state) for s in update.progress(begun)}
    assert ("bank", "invalid") in states


def test_a_stale_form_is_told_and_both_versions_stand_on_the_page(
    begun, association, portal
):
    other = factories.MembershipFactory(association=association).user
    update.save_section(
        begun.pk,
        "bank",
        0,
        actor=other,
        version=0,
        raw={},
        cleaned={"bank_name": "theirs"},
    )
    mine = bank(bank_name="mine", version=0)
    response = portal.post(at("update_change", "bank", 0), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "theirs" in page
    assert response.context["form"]["bank_name"].value() == "mine"
    association.refresh_from_db()
    assert association.bank_name == "theirs"
    again = portal.post(at("update_change", "bank", 0), {**mine, "version": 1})
    assert again.status_code == 302
    association.refresh_from_db()
    assert association.bank_name == "mine"


def test_autosave_answers_with_the_version_or_the_clash(begun, portal, manager):
    url = at("update_change", "bank", 0)
    typed = {"bank_name": "a", "rib": "1", "version": 0, "autosave": "1"}
    assert portal.post(url, typed).json()["version"] == 1
    clash = portal.post(url, typed)
    assert (clash.status_code, clash.json()["error"]) == (409, "clash")
    assert drafts.read("update", begun.pk, "bank:0").raw["rib"] == ["1"]


def test_a_receipt_number_already_taken_is_said_in_the_form(begun, association, portal):
    taken = factories.AssociationFactory()
    url = at("update_change", "identity", 0)
    values = {
        "version": 0,
        "name_ar": "جمعية",
        "receipt_number": taken.receipt_number,
        "receipt_kind": "final",
        "commune": association.commune_id,
        "working_year": "financial",
        "language": "ar",
    }
    portal.post(url, values)
    assert portal.get(url).context["form"].non_field_errors()
    association.refresh_from_db()
    assert association.receipt_number != taken.receipt_number


def test_headcounts_and_staff_are_saved_by_key(begun, association, portal):
    home = factories.InstitutionFactory(association=association)
    portal.post(
        at("update_change", "headcounts", home.pk),
        {
            "version": 0,
            "headcounts-students-full-f": "٤١",
            "headcounts-students-day-m": "3",
            "staff_counts-entraide-f": "2",
            "unmet-unmet-m": "5",
        },
    )
    heads = Headcount.objects.filter(institution=home, year=YEAR)
    assert set(heads.values_list("level", "sex", "count")) == {
        ("full", "f", 41),
        ("day", "m", 3),
    }
    assert home.staff_counts.get().count == 2
    assert set(home.unmet_requests.values_list("sex", "count")) == {("f", 0), ("m", 5)}


def test_accounts_are_saved_for_the_financial_year_of_the_round(
    begun, association, portal
):
    home = factories.InstitutionFactory(association=association)
    portal.post(
        at("update_change", "accounts", home.pk),
        {"version": 0, "revenue-own": "1 250,50", "expenditure-staff": "0"},
    )
    lines = home.account_lines.values_list("year", "kind", "source", "amount")
    assert {(y, k, s, str(a)) for y, k, s, a in lines} == {
        (YEAR - 2, "revenue", "own", "1250.50"),
        (YEAR - 2, "expenditure", "staff", "0.00"),
    }


def board(*members, initial=0, **extra):
    data = {
        "version": 0,
        "last_assembly_on": "15/03/2025",
        "board_term_months": "48",
        "member-TOTAL_FORMS": len(members),
        "member-INITIAL_FORMS": initial,
    }
    for rank, member in enumerate(members):
        data |= {f"member-{rank}-{name}": value for name, value in member.items()}
    return data | extra


def test_the_board_has_one_president(begun, association, portal):
    two = board({"role": "president", "name": "أ"}, {"role": "president", "name": "ب"})
    portal.post(at("update_change", "board", 0), two)
    assert association.board.count() == 0
    one = board(
        {"role": "president", "name": "أ"},
        {"role": "treasurer", "name": "ب"},
        version=1,
    )
    portal.post(at("update_change", "board", 0), one)
    association.refresh_from_db()
    assert association.president.name == "أ"
    assert association.last_assembly_on == datetime.date(2025, 3, 15)


def test_a_member_of_a_foreign_board_is_never_reached(begun, association, portal):
    foreign = factories.BoardMemberFactory(name="بعيد")
    stolen = board({"id": foreign.pk, "role": "president", "name": "أ"}, initial=0)
    portal.post(at("update_change", "board", 0), stolen)
    foreign.refresh_from_db()
    assert foreign.name == "بعيد"
    assert association.board.get().name == "أ"


def test_a_centre_at_an_institutions_place_repeats_nothing(begun, association, portal):
    home = factories.InstitutionFactory(
        association=association, delegation=delegation(TETOUAN)
    )
    centre = factories.CentreFactory(association=association)
    portal.post(
        at("update_change", "centre", centre.pk),
        {
            "version": 0,
            "name_ar": "مركز",
            "setting": "specialised",
            "institution": home.pk,
            "own_capacity": "12",
            "is_structure_compliant": "on",
            "is_operation_compliant": "on",
        },
    )
    centre = Centre.objects.get(pk=centre.pk)
    assert (centre.institution, centre.commune, centre.own_capacity) == (
        home,
        None,
        None,
    )
    assert centre.capacity == home.capacity
    assert centre.delegation == home.delegation


# Confirming.


def test_a_manager_certifies_and_confirms(begun, portal, manager):
    factories.answer_everything(begun, manager)
    portal.post(at("update_confirm"), {"version": begun.version})
    begun.refresh_from_db()
    assert begun.state == UpdateState.BEGUN
    portal.post(at("update_confirm"), {"version": begun.version, "certified": "1"})
    begun.refresh_from_db()
    assert begun.state == UpdateState.CONFIRMED


def test_an_editor_is_refused_the_page(begun, association, client):
    editor = factories.MembershipFactory(
        association=association, role=MembershipRole.EDITOR
    ).user
    client.force_login(editor)
    assert client.get(at("update_confirm")).status_code == 403


def test_what_remains_is_linked(begun, portal):
    page = portal.get(at("update_confirm")).content.decode()
    assert at("update_section", "board", 0) in page
    assert 'name="certified"' not in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("children", 8),
        ("staff", 8),
        ("update", 11),
        ("record", 26),
        ("update_confirm", 19),
    ],
)
def test_queries_do_not_grow(
    begun, association, portal, django_assert_max_num_queries, count, name, queries
):
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory.create_batch(count, centre=centre)
    factories.StaffMemberFactory.create_batch(count, centre=centre)
    for home in factories.InstitutionFactory.create_batch(
        count, association=association
    ):
        factories.HeadcountFactory(institution=home)
    url = at(name, centre.pk) if name in ("children", "staff") else at(name)
    portal.get(url)
    with django_assert_max_num_queries(queries):
        portal.get(url)
