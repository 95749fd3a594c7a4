"""Queries of saving the sections of a house (quality.md, section 1)."""

import pytest
from django.urls import reverse

from institutions import update
from institutions.forms import section_form
from institutions.sections import find
from tests import factories
from tests.factories import YEAR
from tests.institutions.house import complete_house
from tests.institutions.test_writing import untouched

pytestmark = pytest.mark.django_db
OF_HOUSE = ("building", "targeting", "headcounts", "seasons")
OF_MONEY = ("functions", "accounts", "funding")


@pytest.mark.parametrize("code", [*OF_HOUSE, *OF_MONEY])
def test_a_section_of_a_house_is_saved_in_twenty_queries(
    client, django_assert_max_num_queries, code
):
    user = factories.MemberFactory()
    association = factories.AssociationFactory(manager=user)
    unit = complete_house(association).pk
    round_ = factories.UpdateRoundFactory()
    update.begin(association.pk, actor=user, year=YEAR)
    client.force_login(user)
    url = reverse("institutions:update_change", args=[code, unit])
    typed = untouched(section_form(find(association, code, unit), round_))
    client.post(url, {**typed, "version": "0"})
    with django_assert_max_num_queries(20):
        saved = client.post(url, {**typed, "version": "1"})
    assert saved.status_code == 302
