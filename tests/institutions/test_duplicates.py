"""Possible duplicates: Arabic variants, receipt, ICE, RIB, delegation."""

import pytest

from institutions import duplicates
from institutions.duplicates import Facts
from tests import factories
from tests.factories import FES, delegation, made_up_rib

pytestmark = pytest.mark.django_db
ICE = "001512345000012"


@pytest.fixture
def known():
    return factories.AssociationFactory(
        name_ar="جمعية الإحسان للأشخاص المعاقين",
        name_fr="Association Al Ihsane",
        receipt_number="45/2018",
        ice=ICE,
    )


def found(**facts):
    facts = {"delegation_id": delegation().pk, **facts}
    rows = duplicates.candidates(Facts(**facts))
    return [(row.association.pk, row.same) for row in rows]


@pytest.mark.parametrize(
    "name",
    [
        "جمعيه الاحسان للاشخاص المعاقين",
        "الإحسان للأشخاص المعاقين",
        "جَمْعِيَّة الإِحْسان",
        "احسان",
    ],
)
def test_a_name_is_found_however_it_is_spelt(known, name):
    factories.AssociationFactory(name_ar="جمعية التعاون", name_fr="")
    assert found(name_ar=name) == [(known.pk, ["name"])]


def test_a_french_name_is_found_without_its_accents_and_capitals(known):
    assert found(name_fr="l'association AL-IHSANÉ") == [(known.pk, ["name"])]


def test_the_word_association_alone_is_like_nothing(known):
    assert found(name_ar="جمعية", name_fr="Association") == []


def test_a_name_counts_in_its_delegation_only(known):
    assert found(delegation_id=delegation(FES).pk, name_ar=known.name_ar) == []


def test_a_receipt_counts_in_its_delegation_only(known):
    assert found(receipt_number="45/2018") == [(known.pk, ["receipt"])]
    assert found(receipt_number="45/2018", delegation_id=delegation(FES).pk) == []


@pytest.mark.parametrize("what", ["ice", "rib"])
def test_an_ice_and_a_rib_count_in_the_whole_country(known, what):
    facts = {what: getattr(known, what), "delegation_id": delegation(FES).pk}
    assert found(**facts) == [(known.pk, [what])]
    assert found(**{what: "", "delegation_id": delegation(FES).pk}) == []


def test_those_that_share_a_number_come_first_and_five_at_most(known):
    for rank in range(6):
        factories.AssociationFactory(name_ar=f"جمعية النور {rank}")
    same_rib = factories.AssociationFactory(name_ar="جمعية أخرى", rib=made_up_rib(999))
    rows = found(name_ar="النور", rib=same_rib.rib)
    assert len(rows) == 5
    assert rows[0] == (same_rib.pk, ["rib"])


def test_a_merged_association_is_not_offered(known):
    kept = factories.AssociationFactory(name_ar="جمعية أخرى", name_fr="")
    known.merged_into = kept
    known.save()
    assert found(name_ar=known.name_ar, ice=ICE) == []


def test_looking_costs_one_query(known, django_assert_num_queries):
    place = delegation()
    with django_assert_num_queries(1):
        rows = duplicates.candidates(Facts(place.pk, name_ar=known.name_ar))
        assert [row.association.commune.name for row in rows]


@pytest.mark.parametrize(
    ("number", "shown"), [("45/2018", "••••018"), ("12", "•2"), ("7", "•")]
)
def test_a_receipt_is_masked(number, shown):
    assert duplicates.masked(number) == shown
