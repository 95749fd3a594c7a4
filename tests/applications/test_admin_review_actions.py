"""The review page: each of its actions, and what it refuses."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import workflow
from applications.enums import State
from applications.models import Application, Remark
from tests.applications.reviewing import address, opinion, post, settle, state_of
from tests.factories import (
    ApplicationFactory,
    CallDocumentFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    InspectorFactory,
    RemarkFactory,
    SittingFactory,
    score_everything,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    return ApplicationFactory(state=State.SUBMITTED)


@pytest.fixture
def coordinator(client):
    user = CoordinatorFactory()
    client.force_login(user)
    return user


def test_remark_is_kept_as_a_draft_then_taken_away(client, file, delegate):
    response = post(client, file, "remark:budget", text="فصلوا المصاريف")
    assert response.status_code == 302
    assert [r.text for r in Remark.objects.filter(request=None)] == ["فصلوا المصاريف"]
    post(client, file, "remark:budget", text="")
    assert not Remark.objects.exists()


def test_remark_on_a_document_of_the_call(client, file, delegate):
    wanted = CallDocumentFactory(call=file.call)
    post(client, file, f"remark:documents:{wanted.type_id}", text="غير مقروءة")
    assert Remark.objects.get().document_type == wanted.type


@pytest.mark.parametrize("place", ["nowhere", "documents:999999"])
def test_remark_on_a_place_of_another_call_is_refused(client, file, delegate, place):
    assert post(client, file, f"remark:{place}", text="x").status_code == 403
    assert not Remark.objects.exists()


def test_unknown_action_is_refused(client, file, delegate):
    assert post(client, file, "delete").status_code == 403


def test_file_is_returned_with_its_remarks(client, file, delegate):
    RemarkFactory(application=file, section="budget")
    assert post(client, file, "return_for_completion").status_code == 302
    assert state_of(file) == State.RETURNED
    assert Remark.objects.get().request.rank == 1


def test_file_is_not_returned_without_a_remark(client, file, delegate):
    response = post(client, file, "return_for_completion")
    assert response.status_code == 200
    assert response.context["page"].bound.non_field_errors()
    assert state_of(file) == State.SUBMITTED


def test_second_return_waits_for_the_coordinator(client):
    file = ApplicationFactory(state=State.SUBMITTED, return_count=1)
    RemarkFactory(application=file, section="budget")
    client.force_login(DelegateFactory())
    assert (
        "return_for_completion" not in client.get(address(file)).context["page"].forms
    )
    client.force_login(CoordinatorFactory())
    post(client, file, "authorise_second_return", reason="وثيقة جديدة")
    file.refresh_from_db()
    client.force_login(DelegateFactory())
    assert "return_for_completion" in client.get(address(file)).context["page"].moves
    post(client, file, "return_for_completion")
    assert (state_of(file), file.return_count) == (State.RETURNED, 2)


def test_scores_are_kept_within_their_maximum(client, file, delegate):
    criterion = file.call.criteria.get()
    name = f"criterion-{criterion.pk}"
    refused = post(client, file, "scores", **{name: "21"})
    assert refused.context["page"].scores_form.errors[name]
    assert 'value="21"' in refused.content.decode()
    assert not file.scores.exists()
    post(client, file, "scores", **{name: "20"})
    assert file.scores.get().points == 20


def test_opinion_moves_the_file_to_the_coordination(client, file, delegate):
    settle(file, delegate)
    response = post(client, file, "recommend", **opinion())
    assert response.status_code == 302
    file.refresh_from_db()
    assert (file.state, file.opinion, file.proposed_amount) == (
        State.RECOMMENDED,
        "favourable",
        48_000,
    )


def test_amount_above_the_maximum_stands_at_its_field(client, file, delegate):
    score_everything(file)
    response = post(client, file, "recommend", **opinion(proposed_amount="999999"))
    form = response.context["page"].forms["recommend"]
    assert form.errors["proposed_amount"]
    body = response.content.decode()
    assert "ملف مكتمل" in body
    assert "999\u00a0999" in body
    assert state_of(file) == State.SUBMITTED


def test_opinion_without_scores_is_refused_and_kept(client, file, delegate):
    response = post(client, file, "recommend", **opinion())
    form = response.context["page"].forms["recommend"]
    assert form.non_field_errors()
    assert form["reason"].value() == "ملف مكتمل"
    assert state_of(file) == State.SUBMITTED


def test_stale_page_is_told_and_nothing_is_lost(client, file, delegate):
    settle(file, delegate)
    Application.objects.filter(pk=file.pk).update(version=file.version + 1)
    response = post(client, file, "recommend", **opinion())
    form = response.context["page"].forms["recommend"]
    assert form.errors.as_data()["__all__"][0].code == "stale"
    assert form["reason"].value() == "ملف مكتمل"
    assert state_of(file) == State.SUBMITTED
    again = {**opinion(), "version": form["version"].value()}
    assert post(client, file, "recommend", **again).status_code == 302


def test_finding_is_set_aside_with_a_reason(client, file, delegate):
    file.budget_lines.update(amount=1)
    page = client.get(address(file)).context["page"]
    codes = [check.finding.code for check in page.checks]
    assert "budget_differs" in codes
    refused = post(client, file, "aside:budget_differs", code="budget_differs")
    assert refused.context["page"].bound.errors["reason"]
    post(
        client,
        file,
        "aside:budget_differs",
        code="budget_differs",
        reason="توضيح مقبول",
    )
    assert file.finding_answers.get().reason == "توضيح مقبول"
    page = client.get(address(file)).context["page"]
    assert page.open_checks == len(codes) - 1


@pytest.mark.parametrize(
    "make_user", [DelegateFactory, CentralFactory, InspectorFactory]
)
def test_only_the_coordination_decides(client, make_user):
    file = ApplicationFactory(state=State.RECOMMENDED)
    SittingFactory(call=file.call, region=file.region)
    EnvelopeFactory(call=file.call, region=file.region)
    client.force_login(make_user())
    assert post(client, file, "approve", amount="1000").status_code == 403
    assert state_of(file) == State.RECOMMENDED


def test_coordinator_approves_in_the_open_sitting(client, coordinator):
    file = ApplicationFactory(state=State.RECOMMENDED)
    sitting = SittingFactory(call=file.call, region=file.region)
    EnvelopeFactory(call=file.call, region=file.region)
    post(client, file, "approve", amount="40 000,50")
    file.refresh_from_db()
    assert (file.state, str(file.granted_amount)) == (State.APPROVED, "40000.50")
    assert file.sitting == sitting


def test_amount_over_the_envelope_stands_at_its_field(client, coordinator):
    file = ApplicationFactory(state=State.RECOMMENDED)
    SittingFactory(call=file.call, region=file.region)
    EnvelopeFactory(call=file.call, region=file.region, amount=100)
    response = post(client, file, "approve", amount="48000")
    assert response.context["page"].forms["approve"].errors["amount"]
    assert state_of(file) == State.RECOMMENDED


def test_without_a_sitting_nothing_is_decided(client, coordinator):
    file = ApplicationFactory(state=State.RECOMMENDED)
    EnvelopeFactory(call=file.call, region=file.region)
    response = post(client, file, "approve", amount="48000")
    assert response.status_code == 200
    assert response.context["page"].bound.errors
    assert state_of(file) == State.RECOMMENDED


def test_refusal_and_its_reconsideration(client, coordinator):
    file = ApplicationFactory(state=State.RECOMMENDED)
    SittingFactory(call=file.call, region=file.region)
    refused = post(client, file, "refuse", reason="")
    assert refused.context["page"].forms["refuse"].errors["reason"]
    post(client, file, "refuse", reason="خارج الأولويات")
    assert state_of(file) == State.REFUSED
    post(client, file, "reconsider", reason="")
    assert state_of(file) == State.RECOMMENDED


def test_file_goes_back_one_level_with_a_reason(client, coordinator):
    file = ApplicationFactory(state=State.RECOMMENDED)
    post(client, file, "send_back", reason="تدقيق العدد")
    assert state_of(file) == State.SUBMITTED
    events = client.get(address(file)).context["page"].events
    assert [(row.transition, row.reason) for row in events] == [
        ("send_back", "تدقيق العدد")
    ]


def test_centre_extends_the_delay_once(client, file):
    client.force_login(CentralFactory())
    due_on = file.due_on
    post(client, file, "extend", days="10", reason="فيضانات")
    file.refresh_from_db()
    assert file.due_on > due_on
    assert client.get(address(file)).context["page"].forms == {}


def test_double_click_acts_once(client, file, delegate):
    settle(file, delegate)
    sent = {
        "action": "recommend",
        "version": file.version,
        "idempotency_key": "6f1b0f5e-27a4-4d4c-8b34-3a0f6ae7a001",
        **opinion(),
    }
    answers = [client.post(address(file), sent) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert file.events.count() == 1


def test_whole_way_through_the_pages(client):
    """Return, answer, opinion, approval, closing, publication: each by its role."""
    file = ApplicationFactory(state=State.SUBMITTED)
    EnvelopeFactory(call=file.call, region=file.region)
    users = {"d": DelegateFactory(), "c": CoordinatorFactory(), "z": CentralFactory()}

    def act(who, url, action, **values):
        client.force_login(users[who])
        answer = client.post(url, {"action": action, **values})
        assert answer.status_code == 302, answer.context["page"].bound.errors
        file.refresh_from_db()

    here = address(file)
    act("d", here, "remark:budget", text="فصلوا المصاريف")
    act("d", here, "return_for_completion", version=file.version)
    Application.objects.filter(pk=file.pk).update(
        return_due_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    workflow.resubmit_as_is(file.pk)
    file.refresh_from_db()
    settle(file, users["d"])
    act("d", here, "recommend", version=file.version, **opinion())
    sitting = SittingFactory(call=file.call, opened_by=users["c"])
    desk = reverse("admin:applications_sitting_change", args=[sitting.pk])
    approve = {"version": file.version, "amount": "45000"}
    act("c", desk, f"approve:{file.pk}", **approve)
    act("c", desk, "hold", version=sitting.version)
    sitting.refresh_from_db()
    publish = reverse("admin:applications_sitting_validate", args=[sitting.pk])
    act("z", publish, "validate", version=sitting.version)
    assert file.is_published
    assert (file.granted_amount, file.award.amount) == (45_000, 45_000)
    events = client.get(here).context["page"].events
    assert [row.transition for row in events] == [
        "return_for_completion",
        "resubmit_as_is",
        "recommend",
        "approve",
        "publish",
    ]
