"""Names in both languages, and the names of offices."""

import pytest
from django.db import IntegrityError
from django.utils import translation

from territories.models import BilingualName, Commune, Delegation, Region


@pytest.mark.parametrize(
    ("names", "language", "shown"),
    [
        (("طاطا", "Tata"), "ar", "طاطا"),
        (("طاطا", "Tata"), "fr", "Tata"),
        (("طاطا", "Tata"), "fr-ma", "Tata"),
        (("طاطا", "Tata"), None, "طاطا"),
        (("طاطا", ""), "fr", "طاطا"),
        (("", "Tata"), "ar", "Tata"),
    ],
)
def test_name_falls_back_to_the_other_language(names, language, shown):
    thing = BilingualName()
    thing.name_ar, thing.name_fr = names
    assert thing.name_in(language) == shown


def test_text_of_a_place_follows_the_language_of_the_page():
    region = Region(code="02", name_ar="الشرق", name_fr="Oriental")
    with translation.override("ar"):
        assert str(region) == "الشرق"
    with translation.override("fr"):
        assert str(region) == "Oriental"


@pytest.mark.parametrize(
    ("kind", "name_ar", "name_fr", "office_ar", "office_fr"),
    [
        (
            "province",
            "العرائش",
            "Larache",
            "المندوبية الإقليمية بالعرائش",
            "Délégation provinciale de Larache",
        ),
        (
            "province",
            "أزيلال",
            "Azilal",
            "المندوبية الإقليمية بأزيلال",
            "Délégation provinciale d’Azilal",
        ),
        (
            "prefecture",
            "سلا",
            "Salé",
            "مندوبية العمالة بسلا",
            "Délégation préfectorale de Salé",
        ),
        (
            "arrondissements",
            "عين الشق",
            "Aïn-Chock",
            "مندوبية العمالة بعين الشق",
            "Délégation préfectorale d’Aïn-Chock",
        ),
    ],
)
def test_name_of_the_office(kind, name_ar, name_fr, office_ar, office_fr):
    delegation = Delegation(kind=kind, name_ar=name_ar, name_fr=name_fr)
    with translation.override("ar"):
        assert delegation.office_name == office_ar
    with translation.override("fr"):
        assert delegation.office_name == office_fr


def test_name_of_the_coordination():
    region = Region(name_ar="الشرق", name_fr="Oriental")
    with translation.override("ar"):
        assert region.office_name == "المنسقية الجهوية بالشرق"
    with translation.override("fr"):
        assert region.office_name == "Coordination régionale de l’Oriental"


@pytest.mark.django_db
def test_unknown_kinds_are_refused_by_the_database():
    region = Region.objects.create(code="93", name_ar="ج", name_fr="R")
    with pytest.raises(IntegrityError, match="delegation_kind_is_known"):
        Delegation.objects.create(code="93.1", region=region, kind="county")


@pytest.mark.django_db
def test_unknown_kind_of_commune_is_refused_by_the_database():
    region = Region.objects.create(code="93", name_ar="ج", name_fr="R")
    delegation = Delegation.objects.create(code="93.1", region=region, kind="province")
    with pytest.raises(IntegrityError, match="commune_kind_is_known"):
        Commune.objects.create(code="93.1.1", delegation=delegation, kind="village")
