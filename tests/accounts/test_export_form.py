"""The page of exports names columns as people do, and obeys the content policy."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.factories import AssociationFactory, DelegateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    AssociationFactory()
    client.force_login(DelegateFactory())
    with override("fr"):
        address = reverse("admin:institutions_association_export")
    return client.get(address).content.decode()


def labels(page):
    found = re.findall(r'class="form-check-label"[^>]*>([^<]*)<', page)
    return [text.strip() for text in found]


def test_columns_bear_the_words_of_the_record(page):
    assert {"Nom en arabe", "RIB", "Délégation", "Commune"} <= set(labels(page))
    assert [text for text in labels(page) if "_" in text or "Name Ar" in text] == []


def test_a_kind_of_file_is_chosen_and_nothing_runs_inline(page):
    assert 'option value="0" selected' in page
    assert re.findall(r"<[^>]*\s(?:style|onchange|onclick)=", page) == []


def test_the_chosen_columns_leave(client, page):
    with override("fr"):
        address = reverse("admin:institutions_association_export")
    answer = client.post(
        address, {"resource": "0", "format": "1", "associationresource_name_fr": "on"}
    )
    assert answer.status_code == 200
    assert len(answer.content.decode("utf-8-sig").splitlines()[0].split(",")) == 1
