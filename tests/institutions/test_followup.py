"""Follow-up of a round: counts, lists, reminders once a day, what the export holds."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Outbox
from institutions import followup, update
from institutions.enums import AssociationStatus, UpdateState
from tests import factories
from tests.factories import FES, LARACHE, YEAR, delegation

pytestmark = pytest.mark.django_db
PAGE = "admin:institutions_annualupdate_follow_up"
REMIND = "admin:institutions_annualupdate_remind"


@pytest.fixture
def round_():
    return factories.UpdateRoundFactory()


@pytest.fixture
def officer():
    return factories.DelegateFactory()


def association(**values):
    return factories.AssociationFactory(manager=factories.MemberFactory(), **values)


def one_in_each_state(round_):
    """And one that may not act, which is not waited for."""
    association()
    for traits in ({}, {"confirmed": True}, {"verified": True}):
        factories.AnnualUpdateFactory(association=association(), round=round_, **traits)
    factories.AnnualUpdateFactory(
        association=association(),
        round=round_,
        state=UpdateState.SENT_BACK,
        sent_back_reason="RIB",
    )
    association(status=AssociationStatus.SUSPENDED, status_reason="x")


def test_each_state_is_counted_where_the_seat_is(round_, officer):
    one_in_each_state(round_)
    association(delegation=delegation(FES))
    (line,) = followup.table(officer, followup.Wanted(round_))
    assert line.delegation == officer.delegation
    assert line.counts == dict.fromkeys(followup.LABELS, 1)
    assert followup.totals([line]) == line.counts


def test_another_round_is_not_this_one(round_, officer):
    before = factories.UpdateRoundFactory(year=YEAR - 1)
    factories.AnnualUpdateFactory(
        association=association(), round=before, verified=True
    )
    (line,) = followup.table(officer, followup.Wanted(round_))
    assert line.counts == {followup.NOT_BEGUN: 1}


def test_a_coordinator_sees_each_delegation_of_the_region(round_):
    association(delegation=delegation(LARACHE))
    association(delegation=delegation(FES))
    coordinator = factories.CoordinatorFactory(region=delegation(LARACHE).region)
    lines = followup.table(coordinator, followup.Wanted(round_))
    assert [line.delegation for line in lines] == [delegation(LARACHE)]


def test_a_reminder_goes_once_a_day_to_those_of_the_state(round_, officer):
    one_in_each_state(round_)
    wanted = followup.Wanted(round_, state=followup.NOT_BEGUN)
    assert update.remind(wanted, actor=officer, expected=1) == 1
    told = Outbox.objects.get()
    assert (told.kind, told.context["state"]) == ("update_reminder", "not_begun")
    assert update.remind(wanted, actor=officer, expected=0) == 0
    assert Outbox.objects.count() == 1


def test_another_number_than_was_read_sends_nothing(round_, officer):
    association()
    wanted = followup.Wanted(round_, state=followup.NOT_BEGUN)
    with pytest.raises(ValidationError):
        update.remind(wanted, actor=officer, expected=2)
    assert not Outbox.objects.exists()


@pytest.mark.parametrize("state", ["", "confirmed", "verified"])
def test_who_has_nothing_to_do_is_not_reminded(round_, officer, state):
    one_in_each_state(round_)
    wanted = followup.Wanted(round_, state=state)
    with pytest.raises(ValidationError):
        update.remind(wanted, actor=officer, expected=1)


def test_an_inspector_follows_and_does_not_remind(round_, client):
    association()
    inspector = factories.InspectorFactory()
    wanted = followup.Wanted(round_, state=followup.NOT_BEGUN)
    with pytest.raises(PermissionDenied):
        update.remind(wanted, actor=inspector, expected=1)
    client.force_login(inspector)
    assert client.get(reverse(PAGE)).status_code == 200
    assert client.get(f"{reverse(REMIND)}?state=not_begun").status_code == 403


def test_the_preview_says_how_many_who_and_in_which_words(round_, officer, client):
    row = association()
    client.force_login(officer)
    page = client.get(f"{reverse(REMIND)}?state=not_begun")
    assert (page.context["count"], page.context["chosen"]) == (1, [row])
    (arabic, french) = page.context["mails"]
    assert (arabic[0], french[0]) == ("ar", "fr")
    assert row.name_fr in french[2][1]
    assert not Outbox.objects.exists()


def test_the_number_is_typed_before_anything_leaves(round_, officer, client):
    association()
    client.force_login(officer)
    url = f"{reverse(REMIND)}?state=not_begun"
    assert client.post(url, {"number": "7"}).status_code == 200
    assert not Outbox.objects.exists()
    assert client.post(url, {"number": "1"}).status_code == 302
    assert Outbox.objects.count() == 1


def test_the_export_holds_those_who_have_not_begun(round_, officer, client):
    row = association(receipt_number="7/2020")
    association(delegation=delegation(FES), receipt_number="8/2020")
    client.force_login(officer)
    text = client.get(f"{reverse(PAGE)}?export=csv").content.decode()
    assert row.receipt_number in text
    assert "not_begun" in text
    assert "8/2020" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    round_, officer, client, django_assert_max_num_queries, count
):
    for _rank in range(count):
        one_in_each_state(round_)
    client.force_login(officer)
    url = f"{reverse(PAGE)}?state=not_begun"
    client.get(url)
    with django_assert_max_num_queries(10):
        page = client.get(url)
    assert len(page.context["page"].rows) == count
