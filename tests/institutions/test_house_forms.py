"""The sections of student houses (domain.md, 3.3): saved, refused, kept as typed."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from institutions import update
from institutions.enums import InstitutionClass
from institutions.forms import section_form
from institutions.models import FundingLine, Institution, SeasonCount
from institutions.sections import find, keys_of
from tests import factories
from tests.institutions.house import (
    ACCOUNTS,
    SEASON,
    complete_house,
    seasons_posted,
)

pytestmark = pytest.mark.django_db


def change_url(code, home):
    return reverse("institutions:update_change", args=[code, home.pk])


def post(portal, code, home, values, version=0):
    """Saved, or shown again: the form that stands on the page then."""
    url = change_url(code, home)
    portal.post(url, {"version": version, **values})
    return portal.get(url).context["form"]


def codes_of(association):
    return [key.code for key in keys_of(association) if key.unit]


# Which sections.


def test_student_houses_are_asked_for_more(association):
    factories.InstitutionFactory(association=association)
    assert codes_of(association) == [
        "institution",
        "building",
        "targeting",
        "headcounts",
        "seasons",
        "functions",
        "accounts",
        "funding",
    ]


def test_other_institutions_are_not(association):
    factories.InstitutionFactory(
        association=association, institution_class=InstitutionClass.ELDERLY
    )
    assert codes_of(association) == [
        "institution",
        "building",
        "headcounts",
        "accounts",
    ]


def test_a_home_for_the_elderly_has_no_school(begun, association, portal):
    home = factories.InstitutionFactory(
        association=association, institution_class=InstitutionClass.ELDERLY
    )
    shown = [portal.get(change_url(code, home)) for code in ("institution", "building")]
    names = {name for page in shown for name in page.context["form"].fields}
    assert names & {"house_kind", "school_levels", "school_distance"} == set()
    assert {"has_management_committee", "position", "tenure"} <= names


# The building.

BUILDING = {"tenure": "owned", "condition": "good", "school_distance": "under_1"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("33.573110, -7.589843", ("33.57311", "-7.58984")),
        ("٣٣٫٥٧٣١١ -7,58984", ("33.57311", "-7.58984")),
        ("33.57311, 7.58984", ("33.57311", "-7.58984")),
        ("", (None, None)),
    ],
)
def test_a_position_is_kept_as_maps_write_it(begun, association, portal, typed, kept):
    home = factories.InstitutionFactory(association=association)
    post(portal, "building", home, {**BUILDING, "position": typed})
    home.refresh_from_db()
    found = (home.latitude, home.longitude)
    assert found == tuple(Decimal(text) if text else None for text in kept)


@pytest.mark.parametrize("typed", ["33.57311", "Casablanca", "48.85661, 2.35222"])
def test_a_position_that_is_none_is_refused(begun, association, portal, typed):
    home = factories.InstitutionFactory(association=association)
    form = post(portal, "building", home, {**BUILDING, "position": typed})
    assert list(form.errors) == ["position"]
    assert form["position"].value() == typed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "المرجو بيان ما إذا كانت البناية قابلة للإصلاح."),
        ("fr", "Indiquez si le bâtiment est réparable."),
    ],
)
def test_a_worn_building_says_whether_it_can_be_repaired(
    begun, association, portal, language, text
):
    home = factories.InstitutionFactory(association=association)
    form = post(portal, "building", home, {**BUILDING, "condition": "poor"})
    with translation.override(language):
        form = section_form(
            find(association, "building", home.pk), begun.round, form.data
        )
        assert form.errors == {"is_repairable": [text]}


# Targeting.

TARGETING = {"selection": "alone", "monthly_fee": "free", "priority_1": "البعد"}


def test_priorities_are_kept_in_their_order_without_gaps(begun, association, portal):
    home = factories.InstitutionFactory(association=association)
    post(portal, "targeting", home, {**TARGETING, "priority_4": "اليتم"})
    home.refresh_from_db()
    assert home.priorities == ["البعد", "اليتم"]
    assert (home.selection, home.monthly_fee) == ("alone", "free")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"selection": "committee"}, "committee_members"),
        ({"priority_2": "البعد"}, "priority_2"),
        ({"priority_1": ""}, "priority_1"),
        ({"monthly_fee": ""}, "monthly_fee"),
    ],
)
def test_what_is_missing_in_targeting_is_said_at_its_field(
    begun, association, portal, changed, field
):
    home = factories.InstitutionFactory(association=association)
    form = post(portal, "targeting", home, TARGETING | changed)
    assert list(form.errors) == [field]
    assert Institution.objects.get(pk=home.pk).priorities == []


# Seasons.


def test_three_school_years_are_saved(begun, association, portal):
    home = factories.InstitutionFactory(association=association)
    typed = seasons_posted(housing_primary_f=12, full_grant_all_m=7)
    post(portal, "seasons", home, typed | {f"{SEASON - 2}-meals-all-f": "55"})
    rows = SeasonCount.objects.filter(institution=home)
    found = {(r.season, r.stay, r.group, r.sex): r.count for r in rows}
    assert found == {
        **{(SEASON, hall, "all", s): 30 for hall in ("housing", "meals") for s in "fm"},
        (SEASON, "housing", "primary", "f"): 12,
        (SEASON, "full_grant", "all", "m"): 7,
        (SEASON - 2, "meals", "all", "f"): 55,
    }


@pytest.mark.parametrize(
    ("typed", "field", "french"),
    [
        (
            {"housing_orphans_f": 31},
            "housing-orphans-f",
            "Plus que l’ensemble des bénéficiaires, qui sont 30.",
        ),
        (
            {"housing_primary_m": 20, "housing_middle_m": 11},
            "housing-all-m",
            "Moins que les trois niveaux réunis, qui sont 31.",
        ),
        ({"meals_all_f": ""}, "meals-all-f", "Ce champ est obligatoire."),
    ],
)
def test_parts_of_a_season_are_within_the_whole(
    begun, association, typed, field, french
):
    home = factories.InstitutionFactory(association=association)
    key = find(association, "seasons", home.pk)
    with translation.override("fr"):
        form = section_form(key, begun.round, seasons_posted(**typed))
        assert form.errors == {f"{SEASON}-{field}": [french]}


def test_the_new_season_begins_with_the_figures_of_the_last(begun, association):
    home = complete_house(association, years_ago=1)
    form = section_form(find(association, "seasons", home.pk), begun.round)
    assert [form[f"{SEASON - back}-housing-all-f"].initial for back in range(3)] == [
        40,
        40,
        40,
    ]
    assert form.seasons == [SEASON, SEASON - 1, SEASON - 2]


# Staff by function.


def test_staff_by_function_is_saved_with_the_year_of_twelve_months(
    begun, association, portal
):
    home = factories.InstitutionFactory(association=association)
    typed = {
        "cook-association": "3",
        "cook-association-declared_count": "2",
        "cook-association-monthly_amount": "8 400,50",
        "guard-volunteer": "1",
    }
    post(portal, "functions", home, typed)
    names = ("function", "engagement", "count", "declared_count", "yearly_amount")
    assert set(home.function_counts.values_list(*names)) == {
        ("cook", "association", 3, 2, Decimal("100806.00")),
        ("guard", "volunteer", 1, 0, Decimal(0)),
    }


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (
            {"cook-association": 1, "cook-association-declared_count": 2},
            "declared_count",
        ),
        (
            {"cook-association": 1, "cook-association-minimum_wage_count": 2},
            "minimum_wage_count",
        ),
        (
            {
                "cook-association": 1,
                "cook-association-monthly_amount": 9,
                "cook-association-yearly_amount": 8,
            },
            "yearly_amount",
        ),
    ],
)
def test_staff_that_does_not_add_up_is_said_at_its_field(
    begun, association, typed, field
):
    home = factories.InstitutionFactory(association=association)
    form = section_form(find(association, "functions", home.pk), begun.round, typed)
    assert list(form.errors) == [f"cook-association-{field}"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "director-association"),
        ({"cook-association-monthly_amount": 9}, "cook-association"),
    ],
)
def test_a_cost_has_somebody_and_a_house_has_staff(begun, association, typed, field):
    home = factories.InstitutionFactory(association=association)
    form = section_form(find(association, "functions", home.pk), begun.round, typed)
    assert list(form.errors) == [field]


# Funding.


def test_funding_is_saved_by_year_of_works_and_of_accounts(begun, association, portal):
    home = factories.InstitutionFactory(association=association)
    typed = {
        "construction-year": "2009",
        "construction-indh": "1 200 000",
        "operation-parents": "36 000,50",
    }
    post(portal, "funding", home, typed)
    names = ("year", "purpose", "source", "amount")
    assert set(home.funding_lines.values_list(*names)) == {
        (2009, "construction", "indh", Decimal(1200000)),
        (ACCOUNTS, "operation", "parents", Decimal("36000.50")),
    }


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"construction-indh": 1, "operation-own": 0}, "construction-year"),
        ({"equipment-year": 19, "operation-own": 0}, "equipment-year"),
        ({}, "operation-ministry"),
        ({"operation-own": -1}, "operation-own"),
    ],
)
def test_funding_that_lacks_something_is_said_at_its_field(
    begun, association, typed, field
):
    home = factories.InstitutionFactory(association=association)
    form = section_form(find(association, "funding", home.pk), begun.round, typed)
    assert list(form.errors) == [field]


def test_operation_of_other_years_stays_when_this_one_is_saved(
    begun, association, portal
):
    home = complete_house(association, years_ago=1)
    post(portal, "funding", home, {"operation-own": "90000"})
    rows = FundingLine.objects.filter(institution=home)
    assert set(rows.values_list("year", "purpose", "source")) == {
        (ACCOUNTS - 1, "operation", "entraide"),
        (ACCOUNTS, "operation", "own"),
    }


# What does not hold.


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("building", {"tenure": "owned", "position": "ici"}),
        ("targeting", {"targeting_criteria": "البعد عن المدرسة"}),
        ("seasons", {f"{SEASON}-housing-all-f": "abc"}),
        ("functions", {"cook-association": "x"}),
        ("funding", {"construction-indh": "12"}),
    ],
)
def test_what_does_not_hold_is_kept_as_typed(begun, association, portal, code, typed):
    home = factories.InstitutionFactory(association=association)
    form = post(portal, code, home, typed)
    assert form.errors
    assert {name: form[name].value() for name in typed} == typed
    states = {state.code: state.state for state in update.progress(begun)}
    assert states[code] == "invalid"
