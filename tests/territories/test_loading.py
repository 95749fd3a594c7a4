"""The division of the country as loaded: complete, attached, and loaded only once."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from territories.loading import delegation_code_of, load_territories
from territories.models import Commune, Delegation, Region

pytestmark = pytest.mark.django_db

DELEGATIONS_PER_REGION = {
    "01": 8,
    "02": 8,
    "03": 9,
    "04": 7,
    "05": 5,
    "06": 16,
    "07": 8,
    "08": 5,
    "09": 6,
    "10": 4,
    "11": 4,
    "12": 2,
}


@pytest.fixture
def loaded():
    return load_territories()


def test_counts_are_the_official_ones(loaded):
    assert Region.objects.count() == 12
    assert Delegation.objects.count() == 82
    assert Commune.objects.filter(kind="commune").count() == 1503
    assert Commune.objects.filter(kind="arrondissement").count() == 41
    per_region = {
        region.code: region.delegations.count() for region in Region.objects.all()
    }
    assert per_region == DELEGATIONS_PER_REGION


def test_kinds_of_delegation(loaded):
    kinds = [
        Delegation.objects.filter(kind=kind).count()
        for kind in ("province", "prefecture", "arrondissements")
    ]
    assert kinds == [62, 12, 8]


def test_no_delegation_is_without_a_commune_to_choose(loaded):
    empty = Delegation.objects.exclude(communes__in=Commune.objects.selectable())
    assert list(empty) == []


def test_a_commune_lies_in_the_region_of_its_code(loaded):
    for commune in Commune.objects.select_related("delegation__region"):
        assert commune.delegation.region.code == commune.code[:2]


def test_second_load_reads_and_writes_nothing(loaded):
    before = list(Commune.objects.values_list("pk", "code", "delegation_id"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        changes = load_territories()
    assert {(c.created, c.updated) for c in changes.values()} == {(0, 0)}
    assert list(Commune.objects.values_list("pk", "code", "delegation_id")) == before
    written = [q for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE"}]
    assert written == []


def test_a_row_that_was_changed_by_hand_is_corrected(loaded):
    Commune.objects.filter(code="04.421.01.01").update(name_fr="Nowhere")
    changes = load_territories()
    assert (changes[Commune].created, changes[Commune].updated) == (0, 1)
    agdal = Commune.objects.get(code="04.421.01.01")
    assert agdal.name_fr == "Agdal Riyad"
    assert list(Commune.objects.search("agdal riyad")) == [agdal]


@pytest.mark.parametrize(
    ("commune", "delegation"),
    [
        ("06.141.01.01", "06.141.01.00"),
        ("06.141.01.03", "06.141.01.00"),
        ("06.141.01.07", "06.141.01.00"),
        ("06.141.01.11", "06.141.01.10"),
        ("06.141.01.13", "06.141.01.10"),
        ("06.141.01.21", "06.141.01.20"),
        ("06.141.01.23", "06.141.01.20"),
        ("06.141.01.25", "06.141.01.20"),
        ("06.141.01.31", "06.141.01.30"),
        ("06.141.01.41", "06.141.01.40"),
        ("06.141.01.51", "06.141.01.50"),
        ("06.141.01.53", "06.141.01.50"),
        ("06.141.01.61", "06.141.01.60"),
        ("06.141.01.63", "06.141.01.60"),
        ("06.141.01.71", "06.141.01.70"),
        ("06.141.01.73", "06.141.01.70"),
        ("06.141.01.81", "06.141.01.10"),
        ("01.511.01.05", "01.511"),
        ("06.371.01.0", "06.371"),
        ("07.351.01.81", "07.351"),
    ],
)
def test_delegation_of_a_commune(commune, delegation):
    assert delegation_code_of(commune) == delegation


def test_only_the_commune_of_casablanca_cannot_be_chosen(loaded):
    hidden = Commune.objects.filter(is_selectable=False)
    assert [(c.code, c.name_fr) for c in hidden] == [("06.141.01.0", "Casablanca")]
    assert Commune.objects.selectable().count() == 1543


def test_mechouar_of_casablanca_is_under_al_fida(loaded):
    mechouar = Commune.objects.get(name_fr="Méchouar de Casablanca")
    assert mechouar.delegation.name_fr == "Al-Fida-Mers-Sultan"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("الناظور", "02.381"),
        ("شتوكة آيت باها", "09.163"),
        ("سيدي افني", "10.473"),
        ("أسا الزاك", "10.071"),
        ("بن مسيك", "06.141.01.60"),
        ("عين الشق", "06.141.01.40"),
        ("el kelaa", "07.191"),
        ("beni mellal", "05.091"),
    ],
)
def test_spellings_of_the_founding_documents_are_found(loaded, typed, code):
    assert [d.code for d in Delegation.objects.search(typed)] == [code]


def test_region_is_found_as_the_founding_documents_write_it(loaded):
    assert [r.code for r in Region.objects.search("كلميم وادنون")] == ["10"]


def test_command_says_what_it_did():
    first, second = StringIO(), StringIO()
    call_command("load_territories", stdout=first)
    call_command("load_territories", stdout=second)
    assert first.getvalue().splitlines() == [
        "region: 12 in the source, 12 created, 0 corrected",
        "delegation: 82 in the source, 82 created, 0 corrected",
        "commune: 1544 in the source, 1544 created, 0 corrected",
    ]
    assert second.getvalue().splitlines() == [
        "region: 12 in the source, 0 created, 0 corrected",
        "delegation: 82 in the source, 0 created, 0 corrected",
        "commune: 1544 in the source, 0 created, 0 corrected",
    ]
