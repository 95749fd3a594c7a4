"""Lists of the record in the staff site: search, territory, cost, export."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.factories import FES, delegation

pytestmark = pytest.mark.django_db

ICE = "001234567000089"
FIGURES = {
    "headcount": factories.HeadcountFactory,
    "staffcount": factories.StaffCountFactory,
    "unmetrequests": factories.UnmetRequestsFactory,
    "accountline": factories.AccountLineFactory,
    "seasoncount": factories.SeasonCountFactory,
    "fundingline": factories.FundingLineFactory,
    "functioncount": factories.FunctionCountFactory,
}
LISTS = {
    "association": factories.AssociationFactory,
    "institution": factories.InstitutionFactory,
    "centre": factories.CentreFactory,
    "child": lambda: factories.EnrolmentFactory().child,
    "staffmember": factories.StaffMemberFactory,
    **FIGURES,
}


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


def shown(client, name, **query):
    page = client.get(reverse(f"admin:institutions_{name}_changelist"), query)
    assert page.status_code == 200
    return [row.pk for row in page.context["cl"].result_list]


@pytest.mark.parametrize(
    "typed",
    [
        "الخيريه",
        "khayriya",
        "41/2021",
        "٤١/٢٠٢١",
        "999 780 0000000000000042 {key}",
        "RIB 9997800000000000000042{key}",
        "0012 3456 7000 089",
        "٠٠١٢٣٤٥٦٧٠٠٠٠٨٩",
    ],
)
def test_an_association_is_found_however_it_is_typed(client, officer, typed):
    rib = factories.made_up_rib(42)
    found = factories.AssociationFactory(
        name_ar="الجمعية الخيرية",
        name_fr="Al Khayriya",
        receipt_number="41/2021",
        rib=rib,
        ice=ICE,
    )
    factories.AssociationFactory()
    assert shown(client, "association", q=typed.format(key=rib[-2:])) == [found.pk]


def test_the_ice_of_another_territory_finds_nothing(client, officer):
    factories.AssociationFactory(ice=ICE, delegation=delegation(FES))
    assert shown(client, "association", q=ICE) == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 5])
def test_no_list_costs_more_with_more_rows(client, officer, name, count):
    for _rank in range(count):
        LISTS[name]()
    shown(client, name)
    with CaptureQueriesContext(connection) as captured:
        assert len(shown(client, name)) == count
    assert len(captured) <= 12


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_those_of_the_territory_and_of_a_year(client, officer, name):
    mine = FIGURES[name]()
    far = factories.AssociationFactory(delegation=delegation(FES))
    FIGURES[name](institution__association=far)
    year = getattr(mine, "year", None) or mine.season
    assert shown(client, name) == [mine.pk]
    assert shown(client, name, of=year) == [mine.pk]
    assert shown(client, name, of=year - 9) == []
    assert shown(client, name, q="لا وجود له") == []


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_taken_out_in_words_and_not_changed(client, officer, name):
    row = FIGURES[name]()
    url = reverse(f"admin:institutions_{name}_export")
    fields = client.get(url).context["form"].fields
    data = {field: "on" for field in fields if "resource_" in field}
    taken = client.post(url, {**data, "resource": "0", "format": "1"})
    heads, line = taken.content.decode("utf-8-sig").splitlines()
    assert "receipt_number" not in heads
    assert row.institution.association.receipt_number in line
    change = reverse(f"admin:institutions_{name}_change", args=[row.pk])
    assert client.post(change, {"count": "1"}).status_code == 403
