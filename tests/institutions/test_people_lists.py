"""The lists on screen: looked for, chosen, sorted, by pages; names on need."""

import pytest
from django.utils import translation

from accounts.models import AccessLog
from institutions.people import rows as listed
from tests import factories
from tests.factories import YEAR
from tests.institutions.lists import at, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(manager):
    factories.UpdateRoundFactory()
    association = factories.AssociationFactory(manager=manager)
    return factories.CentreFactory(association=association)


def codes(response):
    return [row.child.code for row in response.context["rows"]]


def found(portal, centre, typed, **more):
    """The rows a search leads to."""
    response = portal.post(at("children", centre.pk), {"q": typed, **more}, follow=True)
    return codes(response)


# Looking for a child.


def test_a_child_is_found_by_code_massar_card_and_whole_name(centre, portal):
    child = factories.ChildFactory(
        association=centre.association, name="أحمد بن علي", massar="K123456789"
    )
    factories.EnrolmentFactory(centre=centre, child=child)
    enrolled(centre, 2)
    for typed in (child.code, child.code[2:].lower(), "k 123-456-789", "علي بن احمد"):
        assert found(portal, centre, typed) == [child.code], typed


def test_what_identifies_a_child_stays_out_of_the_address(centre, portal):
    (row,) = enrolled(centre)
    response = portal.post(at("children", centre.pk), {"q": row.child.massar})
    assert response["Location"] == f"{at('children', centre.pk)}?only={row.pk}"


def test_nothing_found_says_so_and_keeps_what_was_typed(centre, portal, language):
    enrolled(centre)
    url = at("children", centre.pk)
    response = portal.post(url, {"q": "لا أحد هنا"})
    assert response.context["is_nobody"]
    assert 'value="لا أحد هنا"' in response.content.decode()
    assert len(response.context["rows"]) == 1


def test_a_search_does_not_reach_other_centres(centre, portal):
    enrolled(centre)
    other = factories.EnrolmentFactory(centre__association=centre.association)
    response = portal.post(at("children", centre.pk), {"q": other.child.massar})
    assert response.status_code == 200
    assert response.context["is_nobody"]
    forged = portal.get(at("children", centre.pk), {"only": other.pk})
    assert codes(forged) == []


def test_staff_are_found_by_speciality_diploma_and_by_name_when_asked(centre, portal):
    one = factories.StaffMemberFactory(
        centre=centre, name="كريم العلمي", diploma="Licence d’orthophonie"
    )
    factories.StaffMemberFactory(centre=centre, speciality="driver", diploma="")
    url = at("staff", centre.pk)
    for typed in ("orthophonie", str(one.get_speciality_display())):
        response = portal.post(url, {"q": typed}, follow=True)
        assert [row.pk for row in response.context["rows"]] == [one.pk]
    assert portal.post(url, {"q": "العلمي"}).context["is_nobody"]
    assert not AccessLog.objects.exists()
    response = portal.post(url, {"q": "علمي", "in_names": "1"}, follow=True)
    assert [row.pk for row in response.context["rows"]] == [one.pk]
    entry = AccessLog.objects.get()
    assert (entry.count, entry.detail) == (2, "search in names")


# Choosing and sorting.


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"plain", "school", "bare", "mild"}),
        ({"sub_programme": "B"}, {"school"}),
        ({"degree": "mild"}, {"mild"}),
        ({"disability_type": "down"}, {"bare"}),
        ({"show": "missing"}, {"school", "bare"}),
        ({"show": "no_rsu"}, {"mild"}),
        ({"show": "new"}, {"school", "bare", "mild"}),
        ({"show": "left"}, {"gone"}),
        ({"sub_programme": "nonsense"}, {"plain", "school", "bare", "mild"}),
    ],
)
def test_rows_are_chosen(centre, portal, query, expected):
    made = {
        "plain": {},
        "school": {"sub_programme": "B", "certificates": ["disability"]},
        "bare": {"certificates": [], "child__disability_type": "down"},
        "mild": {"child__degree": "mild", "child__has_rsu": False},
    }
    rows = {name: enrolled(centre, **values)[0] for name, values in made.items()}
    enrolled(centre, year=YEAR - 1, child=rows["plain"].child)
    rows["gone"] = enrolled(centre, year=YEAR - 1)[0]
    wanted = {rows[name].child.code for name in expected}
    assert set(codes(portal.get(at("children", centre.pk), query))) == wanted


def test_counts_stand_above_the_list(centre, portal):
    enrolled(centre, 2)
    enrolled(centre, sub_programme="C", certificates=[], child__has_rsu=False)
    counts = portal.get(at("children", centre.pk)).context["counts"]
    assert counts == {"total": 3, "A": 2, "B": 0, "C": 1, "missing": 1, "no_rsu": 1}


@pytest.mark.parametrize(
    ("sort", "expected"), [("months", [3, 7]), ("-months", [7, 3])]
)
def test_a_column_sorts_both_ways(centre, portal, sort, expected):
    enrolled(centre, months=7)
    enrolled(centre, months=3)
    response = portal.get(at("children", centre.pk), {"sort": sort})
    months = [row.months for row in response.context["rows"]]
    assert months == ([3, 7] if sort == "months" else [7, 3])
    (head,) = [c for c in response.context["columns"] if c["order"]]
    assert head["sort"] == ("-months" if sort == "months" else "months")


def test_an_unknown_sort_or_page_is_passed_over(centre, portal):
    enrolled(centre)
    query = {"sort": "child__name", "page": "x"}
    assert len(portal.get(at("children", centre.pk), query).context["rows"]) == 1


def test_pages_follow_each_other_and_keep_the_choice(centre, portal):
    enrolled(centre, listed.PAGE_SIZE + 2, sub_programme="C")
    enrolled(centre)
    first = portal.get(at("children", centre.pk), {"sub_programme": "C"})
    second = portal.get(at("children", centre.pk), {"sub_programme": "C", "page": "2"})
    assert (len(codes(first)), len(codes(second))) == (listed.PAGE_SIZE, 2)
    assert not set(codes(first)) & set(codes(second))
    assert "sub_programme=C&amp;page=2" in first.content.decode()


@pytest.mark.parametrize("show", [{}, {"show": "no_contract"}, {"contract": "half"}])
def test_staff_are_chosen_too(centre, portal, show):
    kept = factories.StaffMemberFactory(
        centre=centre, contract="half", has_contract=False, contract_remark="شفوي"
    )
    plain = factories.StaffMemberFactory(centre=centre)
    rows = portal.get(at("staff", centre.pk), show).context["rows"]
    assert {row.pk for row in rows} == ({kept.pk} if show else {kept.pk, plain.pk})


# What a page costs.


@pytest.mark.parametrize("count", [1, 3, 200])
@pytest.mark.parametrize("name", ["children", "staff"])
def test_a_page_costs_the_same_whatever_the_list(
    centre, portal, django_assert_num_queries, count, name
):
    if name == "children":
        enrolled(centre, count)
    else:
        factories.StaffMemberFactory.create_batch(count, centre=centre)
    url = at(name, centre.pk)
    portal.get(url)
    with django_assert_num_queries(8):
        portal.get(url)


@pytest.mark.parametrize("name", ["children", "staff"])
@pytest.mark.parametrize("tongue", ["ar", "fr"])
def test_a_full_page_stays_light(centre, portal, name, tongue):
    enrolled(centre, 60, child__disability_type="xeroderma")
    factories.StaffMemberFactory.create_batch(60, centre=centre, diploma="x" * 60)
    with translation.override(tongue):
        url = at(name, centre.pk)
    for response in (portal.get(url), portal.post(url, {"show": "names"})):
        assert len(response.context["rows"]) == listed.PAGE_SIZE
        assert len(response.content) <= 60 * 1024


def test_names_shown_are_those_of_the_page_and_are_counted(centre, portal):
    rows = enrolled(centre, listed.PAGE_SIZE + 1)
    shown = portal.post(at("children", centre.pk), {"show": "names"})
    names = [row.child.name for row in rows if row.child.name in shown.content.decode()]
    assert len(names) >= listed.PAGE_SIZE
    assert AccessLog.objects.get().count == listed.PAGE_SIZE


def test_staff_names_are_shown_on_need_and_logged(centre, portal, manager):
    row = factories.StaffMemberFactory(centre=centre)
    page = portal.get(at("staff", centre.pk)).content.decode()
    assert row.name not in page
    shown = portal.post(at("staff", centre.pk), {"show": "names"}).content.decode()
    assert row.name in shown
    entry = AccessLog.objects.get()
    assert (entry.user, entry.count, entry.detail) == (manager, 1, "names")


# Who looked.


def test_the_association_sees_who_looked_at_its_people(
    centre, portal, manager, client, language
):
    (row,) = enrolled(centre)
    portal.get(at("child", centre.pk, row.pk))
    foreign = factories.AssociationFactory()
    AccessLog.objects.create(
        user=factories.DelegateFactory(name="Ailleurs"),
        action="read",
        object_kind="institutions.child",
        association_id=foreign.pk,
    )
    page = portal.get(at("readings"))
    text = page.content.decode()
    assert len(page.context["rows"]) == 1
    assert manager.name in text
    assert row.child.code in text
    assert row.child.name not in text
    assert "Ailleurs" not in text


@pytest.mark.parametrize("count", [1, 3, 200])
def test_readings_cost_the_same_whatever_their_number(
    centre, portal, manager, django_assert_num_queries, count
):
    (row,) = enrolled(centre)
    AccessLog.objects.bulk_create(
        AccessLog(
            user=manager,
            action="read",
            object_kind="institutions.child",
            object_id=row.child_id,
            association_id=centre.association_id,
        )
        for _rank in range(count)
    )
    portal.get(at("readings"))
    with django_assert_num_queries(6):
        assert len(portal.get(at("readings")).context["rows"]) == min(count, 40)
