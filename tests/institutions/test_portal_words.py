"""What people read in the portal stays whole and in order, in both languages."""

import datetime
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from entraide.templatetags import ui
from institutions import differences, shelves
from institutions.differences import compare
from institutions.enums import DocumentLevel
from institutions.models import Association, DocumentType, Membership
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("value", "shown"), [(39, "+39%"), (-7, "\u22127%"), (Decimal("0"), "0%")]
)
def test_a_change_in_percent_is_one_piece(value, shown):
    assert ui.signed_percent(value) == f'<bdi dir="ltr">{shown}</bdi>'


def test_a_code_in_a_sentence_is_not_broken_and_the_rest_is_escaped():
    shown = ui.codes_whole("<b>: E-VAT2U64, AE-VAT2U64.")
    assert shown == '&lt;b&gt;: <bdi dir="ltr">E-VAT2U64</bdi>, AE-VAT2U64.'


def seasons(last, count):
    return {str(last): {"housing.all.f": count}, str(last - 1): {"housing.all.f": 9}}


@pytest.mark.parametrize(
    ("last", "label"),
    [(2025, "2025/2026, against 2024/2025: "), (2024, "2024/2025: ")],
)
def test_figures_of_two_seasons_name_both(last, label):
    def content(season, count):
        unit = {
            "id": 1,
            "name_ar": "دار الأمل",
            "name_fr": "Dar Al Amal",
            "institution_class": "students",
            "accounts": {},
            "seasons": seasons(season, count),
        }
        return {"association": {}, "accounts": {}, "institutions": [unit]}

    with override("en"):
        found = compare(content(2024, 57), content(last, 52))
    rows = next(row.rows for row in found if row.code == "seasons")
    assert [row.label.startswith(label) for row in rows[:2]] == [True, True]


def test_a_unit_of_a_frozen_copy_is_named_in_the_language_read():
    unit = {"name_ar": "دار الأمل", "name_fr": "Dar Al Amal"}
    with override("fr"):
        assert differences._name(unit) == "Dar Al Amal"
        assert differences._name({"name_ar": "دار الأمل", "name_fr": ""}) == "دار الأمل"
    with override("ar"):
        assert differences._name(unit) == "دار الأمل"


def test_the_update_leads_to_the_first_section_left(client, manager_at_work):
    answer = client.get(reverse("institutions:update"))
    first = answer.context["next"]
    assert (first.code, first.state) == ("identity", "todo")
    assert f'en-btn--main en-btn--wide" href="{first.url}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "is_main"), [("board", []), ("bank", [False]), ("identity", [True])]
)
def test_an_empty_section_asks_to_be_filled_in(client, manager_at_work, code, is_main):
    """Unchanged is not the first thing offered, and a board is never empty."""
    Association.objects.update(
        bank_name="", rib="", last_assembly_on=None, board_term_months=None
    )
    page = client.get(reverse("institutions:update_section", args=[code, 0]))
    unchanged = r'class="([^"]*)" type="submit" name="answer" value="unchanged"'
    found = re.findall(unchanged, page.content.decode())
    assert ["en-btn--main" in classes for classes in found] == is_main


@pytest.fixture
def manager_at_work(client):
    manager = factories.MemberFactory()
    association = factories.AssociationFactory(manager=manager)
    round_ = factories.UpdateRoundFactory()
    factories.AnnualUpdateFactory(association=association, round=round_)
    client.force_login(manager)
    return manager


def test_the_last_manager_stays_and_reads_why_beside_the_list(client, manager_at_work):
    own = Membership.objects.get(user=manager_at_work)
    answer = client.post(reverse("institutions:member_end", args=[own.pk]))
    assert answer.url == reverse("institutions:members")
    own.refresh_from_db()
    assert own.ended_at is None


def test_what_has_ended_is_not_shown_as_kept_where_something_counts(
    client, manager_at_work
):
    today = timezone.localdate()
    association = Membership.objects.get(user=manager_at_work).association
    report = DocumentType.objects.get(code="activity_report")
    over, good = (
        factories.DocumentFactory(
            association=association, type=report, expires_on=today + delta
        )
        for delta in (datetime.timedelta(days=-1), datetime.timedelta(days=9))
    )
    shelf = shelves.one(association, manager_at_work, DocumentLevel.ASSOCIATION)
    slot = next(row for row in shelf.slots if row.type == report)
    assert (slot.documents, shelf.earlier) == ([good], [over])
    good.expires_on = over.expires_on
    good.save()
    shelf = shelves.one(association, manager_at_work, DocumentLevel.ASSOCIATION)
    slot = next(row for row in shelf.slots if row.type == report)
    assert ({*slot.documents}, shelf.earlier) == ({good, over}, [])
