"""Queries of the pages of an update (quality.md, section 1)."""

import pytest
from django.urls import reverse

from institutions import update
from tests import factories
from tests.factories import YEAR

pytestmark = pytest.mark.django_db
FIELD = "headcounts-students-full-f"


@pytest.fixture
def portal(client):
    user = factories.MemberFactory()
    association = factories.AssociationFactory(manager=user)
    home = factories.InstitutionFactory(association=association)
    for year, count in ((YEAR - 1, 50), (YEAR, 52)):
        factories.HeadcountFactory(institution=home, year=year, count=count)
    factories.UpdateRoundFactory()
    client.begun = update.begin(association.pk, actor=user, year=YEAR)
    client.home = home
    client.force_login(user)
    return client


def section(name, code, unit):
    return reverse(f"institutions:update_{name}", args=[code, unit])


@pytest.mark.parametrize("code", ["bank", "headcounts", "documents"])
def test_a_section_is_read_in_twelve_queries(
    portal, django_assert_max_num_queries, code
):
    unit = portal.home.pk if code == "headcounts" else 0
    portal.get(section("section", code, unit))
    with django_assert_max_num_queries(12):
        portal.get(section("section", code, unit))


def test_figures_are_saved_in_a_bounded_number_of_queries(
    portal, django_assert_max_num_queries
):
    url = section("change", "headcounts", portal.home.pk)
    portal.post(url, {FIELD: "53", "version": "0"})
    with django_assert_max_num_queries(20):
        saved = portal.post(url, {FIELD: "54", "version": "1"})
    assert saved.status_code == 302
    assert portal.home.headcounts.get(year=YEAR).count == 54
