"""One row at a time: typed fast, met again, never overwritten."""

import pghistory
import pytest

from institutions import people
from institutions.models import Child, Enrolment, StaffMember
from tests import factories
from tests.factories import YEAR
from tests.institutions.lists import at, child, enrolled, errors, member, seen, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return factories.MemberFactory(name="مريم")


@pytest.fixture
def centre(manager):
    factories.UpdateRoundFactory()
    association = factories.AssociationFactory(manager=manager)
    return factories.CentreFactory(association=association)


@pytest.fixture
def add(centre, portal):
    def post(**values):
        return portal.post(at("child_add", centre.pk), child(**values))

    return post


# Fast entry.


def test_save_and_add_another_keeps_what_recurs(centre, portal, add):
    values = {"sub_programme": "C", "services": ["speech", "psychomotor"]}
    response = add(another="1", months="8", **values)
    row = Enrolment.objects.get()
    assert response["Location"] == f"{at('child_add', centre.pk)}?like={row.pk}"
    form = portal.get(response["Location"]).context["form"]
    got = {name: form[name].value() for name in ("sub_programme", "services", "months")}
    assert got == {**values, "months": 8}
    assert (form["name"].value(), form["born_on"].value()) == (None, None)


def test_nothing_recurs_from_another_centres_row(centre, portal):
    foreign = factories.EnrolmentFactory(sub_programme="C")
    url = f"{at('child_add', centre.pk)}?like={foreign.pk}"
    assert portal.get(url).context["form"]["sub_programme"].value() is None


def test_arabic_digits_and_pasted_marks_are_read(add):
    add(
        name="\u202b سلمى\u00a0 بنعيسى \u202c",
        born_on="١٢-٠٥-٢٠١٦",
        massar="r ١٢٣-456-789",
        card_number="\u200fAB ١٢",
        months="٩",
    )
    row = Enrolment.objects.select_related("child").get()
    got = (
        row.child.name,
        f"{row.child.born_on:%d/%m/%Y}",
        row.child.massar,
        row.months,
    )
    assert got == ("سلمى بنعيسى", "12/05/2016", "R123456789", 9)
    assert row.child.card_number == "AB 12"


def test_a_form_with_errors_keeps_all_and_says_where(centre, add, language):
    response = add(born_on="31/02/2016", months="13", name="")
    assert set(response.context["form"].errors) == {"born_on", "months", "name"}
    page = response.content.decode()
    assert 'href="#id_born_on"' in page
    assert "31/02/2016" in page


# The same child again.


def test_a_child_on_this_list_is_known_at_once(centre, add, language):
    add()
    code = Child.objects.get().code
    (text,) = errors(add(name="بنعيسى سلمى"), "name")
    assert code in text
    assert centre.name in text
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"), [("massar", "R123456789"), ("card_number", "AB 12")]
)
def test_a_number_of_another_on_the_list_is_refused_at_its_field(add, field, value):
    add(**{field: value})
    response = add(name="آدم الوزاني", **{field: f" {value.lower()} "})
    assert Child.objects.get().code in errors(response, field)[0]
    assert response.context["form"]["name"].value() == "آدم الوزاني"


def test_a_number_is_checked_when_a_row_is_changed_too(centre, portal, add):
    add(massar="R123456789")
    add(name="آدم الوزاني")
    row = Enrolment.objects.latest("pk")
    typed = child(name="آدم الوزاني", massar="R123456789", seen=seen(row))
    response = portal.post(at("child", centre.pk, row.pk), typed)
    assert errors(response, "massar")
    row.child.refresh_from_db()
    assert row.child.massar == ""


def test_a_child_of_an_earlier_year_keeps_its_code_and_that_is_said(
    centre, portal, add, language
):
    enrolled(centre, year=YEAR)
    known = factories.ChildFactory(association=centre.association, name="سلمى بنعيسى")
    enrolled(centre, year=YEAR - 2, child=known)
    response = portal.post(at("child_add", centre.pk), child(), follow=True)
    assert known.enrolments.filter(year=YEAR).count() == 1
    assert str(YEAR - 2) in texts(response)[0]


@pytest.mark.parametrize(("answer", "is_kept"), [("same", True), ("another", False)])
def test_a_known_number_under_another_name_is_asked(centre, add, answer, is_kept):
    enrolled(centre)
    known = factories.ChildFactory(association=centre.association, massar="R123456789")
    asked = add(massar="R123456789")
    assert known.code in errors(asked, "same_child")[0]
    assert Enrolment.objects.count() == 1
    add(massar="R123456789", same_child=answer)
    row = Enrolment.objects.select_related("child").latest("pk")
    assert (row.child.code == known.code) is is_kept
    assert row.child.name == "سلمى بنعيسى"


def test_a_child_of_another_association_is_not_told_of(centre, portal, add):
    there = factories.EnrolmentFactory(
        child__name="سلمى بنعيسى", child__massar="R123456789", centre__code="C-FAR"
    )
    response = portal.post(
        at("child_add", centre.pk), child(massar="R123456789"), follow=True
    )
    page = response.content.decode()
    assert Enrolment.objects.filter(centre=centre).count() == 1
    for trace in (there.child.code, there.centre.name, there.centre.association.name):
        assert trace not in page


def test_the_first_child_typed_may_be_one_of_last_year(centre, add):
    known = factories.ChildFactory(association=centre.association, name="سلمى بنعيسى")
    enrolled(centre, year=YEAR - 1, child=known, months=5)
    enrolled(centre, year=YEAR - 1)
    add(months="9")
    assert Enrolment.objects.filter(year=YEAR).count() == 2
    assert known.enrolments.get(year=YEAR).months == 9


# Two people at one row.


def test_the_second_to_save_is_told_who_and_when_and_sees_both(
    centre, portal, client, add, language
):
    add()
    row = Enrolment.objects.get()
    opened = seen(row)
    other = factories.MembershipFactory(
        association=centre.association, user__name="هشام"
    ).user
    url = at("child", centre.pk, row.pk)
    client.force_login(other)
    client.post(url, child(months="6", seen=opened))
    client.force_login(centre.association.memberships.first().user)
    late = client.post(url, child(degree="mild", seen=opened))
    row.refresh_from_db()
    assert (late.status_code, row.months) == (409, 6)
    assert "هشام" in " ".join(late.context["stale"].messages)
    assert late.context["stale"].messages[0] in late.content.decode()
    assert [line["value"] for line in late.context["now"]][-1] == "6"
    assert late.context["seen"] == seen(row)


def test_what_was_compared_may_be_saved(centre, portal, add):
    add()
    row = Enrolment.objects.get()
    opened = seen(row)
    Enrolment.objects.update(months=6)
    url = at("child", centre.pk, row.pk)
    late = portal.post(url, child(months="9", seen=opened))
    again = portal.post(url, child(months="9", seen=late.context["seen"]))
    row.refresh_from_db()
    assert (again.status_code, row.months) == (302, 9)


def test_a_name_changed_meanwhile_is_noticed_and_attributed(centre, portal, add):
    """Of the name itself the history keeps nothing."""
    add()
    row = Enrolment.objects.select_related("child").get()
    opened = seen(row)
    other = factories.MemberFactory(name="هشام")
    with pghistory.context(user=other.pk):
        row.child.name = "سلمى العيساوي"
        people.children.set_hashes(row.child)
        row.child.save(update_fields=["name", "person_hash"])
    late = portal.post(at("child", centre.pk, row.pk), child(seen=opened))
    assert late.status_code == 409
    assert people.stale.last_change([row.child.history.all()]).name == "هشام"
    row.child.refresh_from_db()
    assert row.child.name == "سلمى العيساوي"


def test_staff_are_not_overwritten_either(centre, portal):
    row = factories.StaffMemberFactory(centre=centre, experience_years=1)
    opened = seen(row)
    StaffMember.objects.update(experience_years=9)
    url = at("staff_member", centre.pk, row.pk)
    late = portal.post(url, member(seen=opened))
    assert late.status_code == 409
    assert portal.post(url, member(seen=late.context["seen"])).status_code == 302
    row.refresh_from_db()
    assert row.experience_years == 4


# Staff.


def test_without_a_written_contract_a_remark_is_asked(centre, portal, language):
    url = at("staff_add", centre.pk)
    values = member()
    del values["has_contract"]
    assert errors(portal.post(url, values), "contract_remark")
    portal.post(url, {**values, "contract_remark": "في طور التوقيع"})
    row = centre.staff_members.get()
    assert (row.has_contract, row.contract_remark) == (False, "في طور التوقيع")


def test_the_cnss_is_not_charged_for_who_is_not_declared(centre, portal):
    values = member(is_cnss_charged="on")
    del values["is_cnss_declared"]
    response = portal.post(at("staff_add", centre.pk), values)
    assert list(response.context["form"].errors) == ["is_cnss_charged"]
    assert not centre.staff_members.exists()


def test_every_figure_of_a_staff_member_is_kept(centre, portal):
    portal.post(
        at("staff_add", centre.pk),
        member(has_work_certificate="on", has_licence="on", diploma="دبلوم"),
    )
    row = centre.staff_members.get()
    got = (row.has_work_certificate, row.has_licence, row.has_contract, row.diploma)
    assert got == (True, True, True, "دبلوم")


def test_a_staff_member_with_documents_stays_on_the_list(centre, portal):
    row = factories.StaffMemberFactory(centre=centre)
    factories.DocumentFactory(association=centre.association, staff_member=row)
    response = portal.post(at("staff_remove", row.pk), follow=True)
    assert StaffMember.objects.filter(pk=row.pk).exists()
    assert len(texts(response)) == 1


@pytest.mark.parametrize("name", ["child_remove", "staff_remove"])
def test_what_stood_in_an_earlier_year_is_not_taken_off(centre, portal, name):
    (row,) = enrolled(centre, year=YEAR - 1)
    person = factories.StaffMemberFactory(centre=centre, year=YEAR - 1)
    pk = row.pk if name == "child_remove" else person.pk
    assert portal.post(at(name, pk)).status_code == 404
    assert Enrolment.objects.filter(pk=row.pk).exists()


def test_saving_costs_little_whatever_the_list(
    centre, portal, django_assert_max_num_queries
):
    enrolled(centre, 3)
    with django_assert_max_num_queries(20):
        portal.post(at("child_add", centre.pk), child(massar="R123456789"))


# Documents.


@pytest.mark.parametrize("level", ["child", "staff"])
def test_the_page_of_a_person_has_a_place_for_each_document(
    centre, portal, django_assert_max_num_queries, level
):
    kind = factories.DocumentTypeFactory(code=f"of-{level}", level=level)
    (row,) = enrolled(centre)
    person = factories.StaffMemberFactory(centre=centre)
    url = at("child", centre.pk, row.pk)
    unit, about = row.child_id, {"child": row.child}
    if level == "staff":
        url, unit = at("staff_member", centre.pk, person.pk), person.pk
        about = {"staff_member": person}
    kept = factories.DocumentFactory(association=centre.association, type=kind, **about)
    foreign = factories.DocumentFactory(association=centre.association, type=kind)
    portal.get(url)
    with django_assert_max_num_queries(12):
        page = portal.get(url).content.decode()
    assert at("document_upload", kind.code, unit) in page
    assert at("document", kept.pk) in page
    assert at("document", foreign.pk) not in page
