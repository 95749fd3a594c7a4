"""A student house from year to year: kept, certified, read and compared."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from institutions import differences, readable, snapshots, update
from institutions.enums import Answer, InstitutionClass
from institutions.models import SeasonCount
from institutions.models.units import Institution as Unit
from institutions.sections import find
from tests import factories
from tests.factories import YEAR
from tests.institutions.house import (
    ACCOUNTS,
    SEASON,
    complete_house,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["seasons", "functions", "funding"])
def test_unchanged_copies_the_last_rows_of_a_house(begun, association, manager, code):
    home = complete_house(association, years_ago=1)
    before = snapshots.section_content(
        find(association, code, home.pk),
        year={"seasons": SEASON, "functions": YEAR, "funding": ACCOUNTS}[code] - 1,
    )
    update.answer_unchanged(begun.pk, code, home.pk, actor=manager)
    after = snapshots.record_content(association, year=YEAR)["institutions"][0][code]
    year_before, year = str(ACCOUNTS - 1), str(ACCOUNTS)
    if code == "seasons":
        assert after[str(SEASON)] == before[str(SEASON - 1)]
        assert len(after) == 3
    else:
        assert after == {k.replace(year_before, year): v for k, v in before.items()}
    assert begun.answers.get().answer == Answer.UNCHANGED


def test_nothing_of_a_house_can_be_kept_where_nothing_was(begun, association, portal):
    home = factories.InstitutionFactory(association=association)
    for code in ("seasons", "functions", "funding"):
        url = reverse("institutions:update_section", args=[code, home.pk])
        assert 'value="unchanged"' not in portal.get(url).content.decode(), code


# Certified, read and compared.


def test_a_snapshot_holds_the_whole_house(association):
    factories.UpdateRoundFactory()
    complete_house(association, boarding_distance_km="12.5", priorities=["أ"])
    content = snapshots.record_content(association, year=YEAR)["institutions"][0]
    text = json.loads(snapshots.canonical(content))
    assert text["priorities"] == ["أ"]
    assert text["boarding_distance_km"] == "12.5"
    assert text["functions"]["cook.association.yearly_amount"] == "67200.00"
    assert text["funding"] == {
        "construction.2009.indh": "1250000.50",
        f"operation.{ACCOUNTS}.entraide": "90000.00",
    }
    assert text["seasons"][str(SEASON)]["housing.all.f"] == 40
    assert sorted(text["seasons"]) == [str(SEASON - 2), str(SEASON - 1), str(SEASON)]


def test_a_house_that_became_something_else_tells_no_seasons(association):
    home = complete_house(association)
    Unit.objects.filter(pk=home.pk).update(institution_class=InstitutionClass.WOMEN)
    content = snapshots.record_content(association, year=YEAR)["institutions"][0]
    assert set(content) & {"seasons", "priorities", "house_kind"} == set()


def read(association, code, language):
    content = snapshots.record_content(association, year=YEAR)
    with translation.override(language):
        pieces = {key[0]: piece for key, piece in differences.parts(content)}
        found = readable.lines(code, pieces[code], readable.Names(content))
        return {line.full_label: (line.value, line.kind) for line in found}


def test_a_house_is_read_in_words_of_both_languages(association):
    factories.UpdateRoundFactory()
    complete_house(association, monthly_fee="50_to_100", priorities=["أ", "ب"])
    french = read(association, "funding", "fr")
    assert french["fonctionnement\N{NO-BREAK SPACE}: Entraide Nationale"] == (
        Decimal(90000),
        "money",
    )
    arabic = read(association, "targeting", "ar")
    assert arabic["الأولويات حسب الترتيب"] == ("1. أ، 2. ب", "text")
    seasons = read(association, "seasons", "ar")
    assert seasons[f"{SEASON}/{YEAR}: الإيواء، المجموع"] == (80, "count")


def frozen(association, **changed):
    """The record as a snapshot gives it back, with figures of the house changed."""
    text = snapshots.canonical(snapshots.record_content(association, year=YEAR))
    content = json.loads(text)
    content["institutions"][0] |= changed
    return content


def rows_of(found, code):
    part = next(section for section in found if section.code == code)
    return [(row.label, row.difference) for row in part.rows]


def test_a_record_compared_with_its_own_snapshot_differs_in_nothing(association):
    factories.UpdateRoundFactory()
    complete_house(
        association,
        boarding_distance_km="3.0",
        latitude="33.57311",
        longitude="-7.58984",
        is_repairable=False,
    )
    now = snapshots.record_content(association, year=YEAR)
    found = differences.compare(frozen(association), now)
    assert [section.code for section in found if section.rows] == []


def test_the_last_season_is_compared_with_the_last_one_before(association):
    """A new school year shows what grew; the one that left the page is not lost."""
    factories.UpdateRoundFactory()
    home = complete_house(association)
    seasons = frozen(association)["institutions"][0]["seasons"]
    past = {str(int(season) - 1): counts for season, counts in seasons.items()}
    before = frozen(association, seasons=past)
    SeasonCount.objects.filter(
        institution=home, season=SEASON, stay="housing", sex="f"
    ).update(count=46)
    now = snapshots.record_content(association, year=YEAR)
    with translation.override("fr"):
        found = rows_of(differences.compare(before, now), "seasons")
    assert [difference for _label, difference in found] == [6, 6]
    assert all(label.startswith(f"{SEASON}/{YEAR}") for label, _difference in found)


def test_a_snapshot_of_before_is_read_and_equals_what_it_could_say(association):
    """Schema 1 knew no house: nothing differs but what was added since."""
    factories.UpdateRoundFactory()
    complete_house(association)
    now = snapshots.record_content(association, year=YEAR)
    old = snapshots.as_known_to(now, 1)
    assert "seasons" not in old["institutions"][0]
    found = differences.compare(json.loads(snapshots.canonical(old)), now)
    changed = {section.code for section in found if section.rows}
    assert changed == {"institution", "seasons", "functions", "funding"}
    frozen_then = factories.AnnualUpdateFactory(association=association)
    snapshot = snapshots.freeze(
        "update", frozen_then.pk, association=association, year=YEAR, content=old
    )
    snapshot.schema_version = 1
    record = snapshots.Record(association, year=YEAR)
    parts = snapshots.parts_of(record)
    assert snapshots.changed_parts(snapshot, record, parts) == []
