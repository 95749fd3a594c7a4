"""Yearly figures read back from a sheet: whose they may be, what is refused, what is
written."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from institutions.models import AccountLine, Headcount, SeasonCount
from tests import factories
from tests.factories import FES, delegation
from tests.institutions.test_admin_lists import FIGURES
from tests.institutions.test_import import book, confirm, problems, send, sheet

pytestmark = pytest.mark.django_db
HEADS = [
    "association_receipt",
    "institution_name",
    "year",
    "category",
    "level",
    "sex",
    "count",
]


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


@pytest.fixture
def unit():
    return factories.InstitutionFactory()


def row(unit, *, year=2026, category="orphans", sex="f", count=12):
    receipt = unit.association.receipt_number
    return [receipt, unit.name_ar, year, category, "full", sex, count]


def first_category():
    return Headcount._meta.get_field("category").choices[0][0]


@pytest.fixture
def figure(unit):
    return factories.HeadcountFactory(
        institution=unit, year=2026, category=first_category(), level="full", sex="f"
    )


def test_a_figure_is_changed_another_comes_the_third_stays(
    client, officer, unit, figure
):
    same = factories.HeadcountFactory(
        institution=unit, year=2025, category=figure.category, level="full", sex="f"
    )
    rows = [
        row(unit, category=figure.category, count=figure.count + 5),
        row(unit, category=figure.category, sex="m", count=7),
        row(unit, category=figure.category, year=2025, count=same.count),
    ]
    page = send(client, "headcount", sheet(HEADS, *rows))
    assert (problems(page), page.context["preview"].totals) == ([], [1, 1, 1])
    assert Headcount.objects.count() == 2
    before = figure.count
    confirm(client, "headcount", page)
    figure.refresh_from_db()
    new = Headcount.objects.get(sex="m")
    assert (new.institution, new.year, new.count) == (unit, 2026, 7)
    assert figure.count == before + 5


def test_the_preview_says_whose_and_which_in_words(
    client, officer, unit, figure, language
):
    changed = row(unit, category=figure.category, count=99)
    with translation.override(language):
        page = send(client, "headcount", sheet(HEADS, changed))
        ((_number, name, changes),) = page.context["preview"].changed
        assert name == " · ".join(
            [
                unit.name,
                "2026",
                figure.get_category_display(),
                figure.get_level_display(),
                figure.get_sex_display(),
            ]
        )
    assert [change[1:] for change in changes] == [(str(figure.count), "99")]


@pytest.mark.parametrize(
    ("place", "value"),
    [(2, "26"), (2, "2026/2028"), (2, 1999), (3, "؟"), (5, ""), (6, "-3"), (6, "")],
)
def test_what_is_wrong_is_told_at_its_cell(
    client, officer, unit, figure, place, value, language
):
    wrong = row(unit, category=figure.category, count=99)
    wrong[place] = value
    with translation.override(language):
        page = send(client, "headcount", sheet(HEADS, wrong))
        title = {"ar": "السنة", "fr": "Année"}[language]
    ((number, column, message),) = problems(page)
    assert (number, bool(message)) == (2, True)
    assert (column == title) is (place == 2)
    assert page.context["token"] is None
    figure.refresh_from_db()
    assert figure.count != 99


def test_a_foreign_institution_is_as_unknown_as_none(client, officer, unit):
    far = factories.InstitutionFactory(
        association__delegation=delegation(FES), delegation=delegation(FES)
    )
    nobody = row(unit, category=first_category())
    nobody[0], nobody[1] = "999/1999", "لا أحد"
    page = send(
        client,
        "headcount",
        sheet(HEADS, row(far, category=first_category()), nobody),
    )
    first, second = problems(page)
    assert first[1:] == second[1:]
    assert far.name not in page.content.decode()
    assert not Headcount.objects.exists()


def test_another_institution_of_a_known_association_is_unknown(client, officer, unit):
    """An officer sees the association by one of its units, not the others."""
    elsewhere = factories.InstitutionFactory(
        association=unit.association, delegation=delegation(FES)
    )
    page = send(
        client, "headcount", sheet(HEADS, row(elsewhere, category=first_category()))
    )
    assert [number for number, *_others in problems(page)] == [2]
    assert not Headcount.objects.exists()


def test_the_accounts_of_the_whole_and_of_an_institution(client, officer, unit):
    line = factories.AccountLineFactory.build()
    heads = ["association_receipt", "institution_name", "year", "kind", "source"]
    receipt = unit.association.receipt_number
    page = send(
        client,
        "accountline",
        book(
            [*heads, "amount"],
            [receipt, None, 2025, line.kind, line.source, 1500.5],
            [receipt, unit.name_ar, 2025, line.kind, line.source, 20],
        ),
    )
    assert problems(page) == []
    confirm(client, "accountline", page)
    found = AccountLine.objects.order_by("pk").values_list(
        "association", "institution", "amount"
    )
    assert list(found) == [
        (unit.association_id, None, Decimal("1500.50")),
        (unit.association_id, unit.pk, Decimal("20.00")),
    ]


def test_a_school_year_is_its_first(client, officer):
    figure = factories.SeasonCountFactory()
    url = [
        figure.institution.association.receipt_number,
        figure.institution.name_ar,
        f"{figure.season}/{figure.season + 1}",
        figure.stay,
        figure.group,
        figure.sex,
        figure.count + 1,
    ]
    heads = [*HEADS[:2], "season", "stay", "group", "sex", "count"]
    page = send(client, "seasoncount", sheet(heads, url))
    assert problems(page) == []
    confirm(client, "seasoncount", page)
    assert SeasonCount.objects.get().count == figure.count + 1


@pytest.mark.parametrize("name", FIGURES)
def test_out_then_in_changes_nothing(client, officer, name, language):
    FIGURES[name]()
    url = reverse(f"admin:institutions_{name}_export")
    with translation.override(language):
        fields = client.get(url).context["form"].fields
        data = {field: "on" for field in fields if "resource_" in field}
        taken = client.post(url, {**data, "resource": "0", "format": "0"})
        file = SimpleUploadedFile("list.xlsx", taken.content)
        preview = send(client, name, file).context["preview"]
    assert (preview.problems, preview.totals) == ([], [0, 0, 1])
    year = load_workbook(io.BytesIO(taken.content)).active["F2"]
    assert year.data_type == "n"


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("make_user", ["CoordinatorFactory", "InspectorFactory"])
def test_others_import_no_figures(client, name, make_user):
    client.force_login(getattr(factories, make_user)())
    for action in ("import", "process_import"):
        url = reverse(f"admin:institutions_{name}_{action}")
        assert client.post(url).status_code == 403


def test_the_centre_changes_and_does_not_add(client, unit, figure):
    client.force_login(factories.CentralFactory())
    place = unit.delegation.name_ar
    known = [place, *row(unit, category=figure.category, count=99)]
    new = [place, *row(unit, category=figure.category, sex="m")]
    page = send(client, "headcount", sheet(["delegation", *HEADS], known))
    assert page.context["preview"].totals == [0, 1, 0]
    page = send(client, "headcount", sheet(["delegation", *HEADS], new))
    assert [number for number, *_others in problems(page)] == [2]


def test_a_formula_in_a_figure_is_refused(client, officer, unit):
    file = book(HEADS, [*row(unit)[:-1], "=1+1"])
    page = send(client, "headcount", file)
    assert page.context["form"].errors["file"]


def test_the_same_figure_twice_is_told(client, officer, unit, figure):
    twice = [row(unit, category=figure.category, count=count) for count in (1, 2)]
    page = send(client, "headcount", sheet(HEADS, *twice))
    assert [number for number, *_others in problems(page)] == [3]


def test_owners_are_looked_for_once(client, officer, unit):
    """What a row costs is its own checks, no search of its owner."""

    def searches(years):
        rows = [row(unit, category=first_category(), year=year) for year in years]
        with CaptureQueriesContext(connection) as found:
            assert problems(send(client, "headcount", sheet(HEADS, *rows))) == []
        wanted = f"'{unit.association.receipt_number}'"
        return sum(wanted in query["sql"] for query in found)

    assert (searches([2020]), searches([2020, 2021, 2022])) == (1, 1)
