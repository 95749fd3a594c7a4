"""Call set-up, envelopes, late codes, money: who may, what is refused, the cost."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.enums import InstalmentState, State
from applications.models import Call, Envelope, Holiday, LateCode
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    AwardFactory,
    CallFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    InspectorFactory,
    InstalmentFactory,
    LateCodeFactory,
    SettlementFactory,
    region,
)

pytestmark = pytest.mark.django_db
READERS = [DelegateFactory, CoordinatorFactory, CentralFactory, InspectorFactory]


@pytest.fixture
def central(client):
    user = CentralFactory()
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(f"admin:applications_{name}", args=args)


def inputs(response):
    """What the browser would send back of a page, fields and formsets."""
    data = {}
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            if bound.field.disabled:
                continue
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                for rank, part in enumerate(widget.decompress(value)):
                    data[f"{bound.html_name}_{rank}"] = part or ""
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


@pytest.mark.parametrize("make_user", READERS)
@pytest.mark.parametrize("programme", ["eps", "schooling"])
def test_every_officer_reads_a_call(client, make_user, programme):
    call = CallFactory(programme=programme)
    client.force_login(make_user())
    assert client.get(url("call_change", call.pk)).status_code == 200
    assert client.get(url("call_changelist")).status_code == 200


@pytest.mark.parametrize("make_user", [DelegateFactory, CoordinatorFactory])
@pytest.mark.parametrize("page", ["call_check", "call_clone"])
def test_only_the_centre_sets_up_a_call(client, make_user, page):
    call = CallFactory()
    client.force_login(make_user())
    assert client.get(url(page, call.pk)).status_code == 403
    assert client.post(url(page, call.pk), {"year": 2030}).status_code == 403


def test_call_is_saved_and_stays_in_view(client, central):
    call = CallFactory()
    page = client.get(url("call_change", call.pk))
    answer = client.post(
        url("call_change", call.pk), {**inputs(page), "name_fr": "Appel 2027"}
    )
    assert answer["Location"] == url("call_change", call.pk)
    call.refresh_from_db()
    assert call.name_fr == "Appel 2027"


def test_wrong_dates_of_a_call_are_said_at_once_and_kept(client, central):
    call = CallFactory()
    data = inputs(client.get(url("call_change", call.pk)))
    data["closes_at_0"] = "01/01/2020"
    answer = client.post(url("call_change", call.pk), data)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()
    assert 'value="01/01/2020"' in answer.content.decode()
    assert call.closes_at == Call.objects.get().closes_at


def test_amounts_of_a_call_take_arabic_digits(client, central):
    call = CallFactory()
    data = inputs(client.get(url("call_change", call.pk)))
    data["convention_threshold_amount"] = "٤٠ ٠٠٠,٥٠"
    assert client.post(url("call_change", call.pk), data).status_code == 302
    call.refresh_from_db()
    assert call.convention_threshold_amount == Decimal("40000.50")


def test_checklist_then_publication(client, central):
    call = CallFactory(is_published=False)
    page = client.get(url("call_check", call.pk))
    addresses = {row.part: address for row, address in page.context["problems"]}
    assert addresses == {
        "documents": url("call_documents", call.pk),
        "envelopes": url("call_envelopes", call.pk),
        "update": reverse("admin:institutions_updateround_changelist"),
    }
    client.post(url("call_check", call.pk))
    call.refresh_from_db()
    assert not call.is_published


def test_call_of_another_year_is_copied_once(client, central):
    call = CallFactory()
    asked = {"year": call.year + 1}
    assert client.post(url("call_clone", call.pk), asked).status_code == 302
    copy = Call.objects.get(year=call.year + 1)
    assert (copy.is_published, copy.criteria.count()) == (False, 1)
    again = client.post(url("call_clone", call.pk), asked)
    assert again.context["form"].non_field_errors()
    assert Call.objects.filter(year=call.year + 1).count() == 1


def test_envelope_is_not_lowered_under_what_was_granted(client, central):
    file = ApplicationFactory(state=State.RECOMMENDED)
    envelope = EnvelopeFactory(call=file.call, region=file.region)
    granted = AwardFactory(application__call=file.call).amount
    page = url("envelope_change", envelope.pk)
    refused = client.post(page, {"amount": granted - 1})
    assert refused.context["adminform"].form.errors["amount"]
    assert client.post(page, {"amount": granted}).status_code == 302
    envelope.refresh_from_db()
    assert envelope.amount == granted


def test_coordinator_sees_only_the_envelope_of_its_region(client):
    own = EnvelopeFactory()
    other = EnvelopeFactory(call=own.call, region=region("03"))
    client.force_login(CoordinatorFactory())
    page = client.get(url("envelope_changelist"))
    assert [row.pk for row in page.context["cl"].result_list] == [own.pk]
    assert client.get(url("envelope_change", other.pk)).status_code == 404
    assert client.post(url("envelope_change", own.pk), {}).status_code == 403


def test_late_code_is_drawn_by_the_portal(client, central):
    call = CallFactory(closed=True)
    association = AssociationFactory()
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)
    data = {
        "call": call.pk,
        "association": association.pk,
        "expires_at_0": f"{tomorrow:%d/%m/%Y}",
        "expires_at_1": "12:00",
        "reason": "عطب",
    }
    assert client.post(url("latecode_add"), data).status_code == 302
    code = LateCode.objects.get().code
    assert len(code) == 8
    assert code == code.upper()


def test_holiday_is_corrected(client, central):
    answer = client.post(
        url("holiday_add"), {"day": "30/03/2027", "is_off": "on", "label": "عيد"}
    )
    assert answer.status_code == 302
    assert Holiday.objects.get().day == datetime.date(2027, 3, 30)


LISTS = {
    "award": AwardFactory,
    "instalment": InstalmentFactory,
    "settlement": SettlementFactory,
    "envelope": None,
    "latecode": LateCodeFactory,
    "call": None,
}


def make(name, rank):
    if name == "envelope":
        return EnvelopeFactory(region=region(f"{rank + 1:02d}"))
    if name == "call":
        return CallFactory(year=2030 + rank)
    return LISTS[name]()


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_with_one_row_and_with_three(client, central, name):
    def count():
        client.get(url(f"{name}_changelist"))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url(f"{name}_changelist"))
        assert page.status_code == 200
        return len(captured), page.context["cl"].result_count

    make(name, 0)
    one, before = count()
    make(name, 1)
    make(name, 2)
    three, after = count()
    assert (three, after) == (one, before + 2)
    assert one <= 12


def test_instalment_is_paid_with_a_date_and_a_reference(client, central):
    row = InstalmentFactory(state=InstalmentState.DUE)
    page = url("instalment_change", row.pk)
    refused = client.post(page, {"state": "paid", "paid_on": "", "reference": ""})
    assert refused.status_code == 200
    assert refused.context["errors"]
    paid = {"state": "paid", "paid_on": "10/03/2027", "reference": "OP-12"}
    assert client.post(page, paid).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reference) == (InstalmentState.PAID, "OP-12")


@pytest.mark.parametrize("make_user", [DelegateFactory, CoordinatorFactory])
def test_money_is_read_only_outside_the_centre(client, make_user):
    row = InstalmentFactory()
    client.force_login(make_user())
    page = url("instalment_change", row.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, {"state": "paid"}).status_code == 403


def test_instalments_of_an_award_add_up(client, central):
    row = InstalmentFactory(percent=100)
    page = url("award_change", row.award.pk)
    data = inputs(client.get(page))
    answer = client.post(page, {**data, "instalments-0-amount": "1"})
    assert answer.status_code == 200
    assert answer.context["errors"]


def test_envelopes_of_one_call_are_unique(client, central):
    envelope = EnvelopeFactory()
    answer = client.post(
        url("envelope_add"),
        {"call": envelope.call.pk, "region": envelope.region.pk, "amount": "5"},
    )
    assert answer.context["errors"]
    assert Envelope.objects.count() == 1
