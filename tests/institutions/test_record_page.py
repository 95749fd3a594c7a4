"""The record on one page: complete, folded, as light for thousands of children."""

import datetime

import pytest
from django.urls import reverse

from institutions.enums import Certificate, SubProgramme
from institutions.findings import check
from institutions.record import Record
from tests import factories
from tests.factories import YEAR
from tests.institutions.house import SEASON, complete_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def association(manager):
    factories.UpdateRoundFactory()
    return factories.AssociationFactory(manager=manager)


def page_of(client, manager):
    client.force_login(manager)
    return client.get(reverse("institutions:record"))


def test_the_whole_record_stands_on_one_page(client, association, manager, language):
    home = complete_house(association)
    centre = factories.CentreFactory(association=association)
    page = page_of(client, manager)
    text = page.content.decode()
    assert f"{SEASON}/{YEAR}" in text
    for name in (home.name_ar, centre.name_ar):
        assert name in text
    assert text.count('<details class="en-fold"') == 5 + 8 + 3


def children_of(centre, count, **fields):
    for _rank in range(count):
        factories.EnrolmentFactory(centre=centre, **fields)


def test_children_are_a_number_with_a_link_to_their_list(client, association, manager):
    centre = factories.CentreFactory(association=association)
    children_of(centre, 3)
    text = page_of(client, manager).content.decode()
    assert reverse("institutions:children", args=[centre.pk]) in text
    assert [row.child.code in text for row in centre.enrolments.all()] == [False] * 3


def test_more_children_ask_nothing_more(
    client, association, manager, django_assert_max_num_queries
):
    centre = factories.CentreFactory(association=association)
    complete_house(association)
    children_of(centre, 2)
    page_of(client, manager)
    with django_assert_max_num_queries(25) as two:
        page_of(client, manager)
    children_of(centre, 6)
    with django_assert_max_num_queries(len(two)):
        page_of(client, manager)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"certificates": []},
        {"certificates": [Certificate.SCHOOL]},
        {"certificates": [Certificate.AMO], "child__has_rsu": False},
        {"certificates": [Certificate.MEDICAL], "sub_programme": SubProgramme.B},
        {"child__card_expires_on": datetime.date(2020, 1, 1)},
        {"child__massar": "R139999999"},
    ],
)
def test_the_page_finds_what_the_whole_record_finds(association, wrong):
    """Only children who may be named are read there; nothing is missed for that."""
    factories.EnrolmentFactory(child__massar="R139999999")
    centre = factories.CentreFactory(association=association, own_capacity=2)
    children_of(centre, 2)
    factories.EnrolmentFactory(centre=centre, **wrong)
    whole = check(Record(association, year=YEAR))
    brief = check(Record(association, year=YEAR, is_for_checks=True))
    assert brief == whole
    assert "centre_over_capacity" in {finding.code for finding in whole}
