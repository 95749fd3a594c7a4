"""Documents in the staff site: found by association, filtered, read in scope only."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from institutions.enums import ScanState
from institutions.models import DocumentType
from tests import factories
from tests.factories import FES, delegation

pytestmark = pytest.mark.django_db
LIST = "admin:institutions_document_changelist"


@pytest.fixture
def officer(client):
    officer = factories.DelegateFactory()
    client.force_login(officer)
    return officer


@pytest.fixture
def association(officer):
    return factories.AssociationFactory(
        name_ar="جمعية الأمل", name_fr="Association Amal", delegation=officer.delegation
    )


@pytest.fixture
def shown(client):
    def ask(**asked):
        page = client.get(reverse(LIST), asked)
        return set(page.context["cl"].result_list)

    return ask


@pytest.mark.parametrize("typed", ["الامل", "amal", "a certain name"])
def test_a_document_is_found_by_its_association_or_its_name(
    association, shown, officer, typed
):
    mine = factories.DocumentFactory(
        association=association, original_name="A certain name.pdf"
    )
    factories.DocumentFactory(
        association=factories.AssociationFactory(
            delegation=officer.delegation, name_ar="جمعية النور", name_fr="Nour"
        ),
        original_name="b.pdf",
    )
    factories.DocumentFactory(
        association=factories.AssociationFactory(
            delegation=delegation(FES), name_ar="جمعية الأمل", name_fr="Amal"
        ),
        original_name="A certain name.pdf",
    )
    assert shown(q=typed) == {mine}


@pytest.mark.parametrize(
    ("chosen", "days"), [("over", -1), ("soon", 0), ("soon", 60), ("good", 61)]
)
def test_documents_are_filtered_by_their_end(association, shown, chosen, days):
    end = timezone.localdate() + timedelta(days=days)
    one = factories.DocumentFactory(association=association, expires_on=end)
    for choice in ("over", "soon", "good"):
        assert shown(ends=choice) == ({one} if choice == chosen else set())


def test_documents_are_filtered_by_type_rule_and_scan(association, shown):
    kind = DocumentType.objects.get(code="insurance")
    one = factories.DocumentFactory(
        association=association, type=kind, scan_state=ScanState.INFECTED
    )
    factories.DocumentFactory(association=association)
    assert shown(type__id__exact=kind.pk) == {one}
    assert shown(type__validity__exact="fixed_date") == {one}
    assert shown(scan_state__exact="infected") == {one}


def test_the_page_shows_the_front_page_but_not_of_people(association, client, language):
    child = factories.ChildFactory(association=association)
    documents = [
        factories.DocumentFactory(association=association),
        factories.DocumentFactory(association=association, child=child),
    ]
    seen = []
    for document in documents:
        url = reverse("admin:institutions_document_change", args=[document.pk])
        picture = reverse("institutions:document_preview", args=[document.pk])
        seen.append(picture in client.get(url).content.decode())
    assert seen == [True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_few_questions(
    association, client, django_assert_max_num_queries, count
):
    factories.DocumentFactory.create_batch(count, association=association)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))
