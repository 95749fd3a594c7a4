"""What the moves need and what they leave behind."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Outbox
from applications import workflow
from applications.enums import LetterKind, State
from applications.models import (
    Application,
    Call,
    Event,
    FindingLevel,
    Letter,
)
from applications.workflow import Capacity
from institutions.enums import UpdateState
from institutions.models import Snapshot
from tests.applications.acting import move, person, ready
from tests.factories import (
    TETOUAN,
    ApplicationFactory,
    AttachmentFactory,
    CallDocumentFactory,
    DelegateFactory,
    DocumentFactory,
    DocumentTypeFactory,
    LateCodeFactory,
    RemarkFactory,
    delegation,
)

pytestmark = pytest.mark.django_db


def manager(application):
    return person(Capacity.MANAGER, application)


def submit(application, **options):
    options.setdefault("certified", True)
    return workflow.submit(
        application.pk,
        actor=manager(application),
        version=application.version,
        **options,
    )


def test_a_submission_gives_number_delay_figures_snapshot_and_receipt():
    application = submit(ApplicationFactory())
    assert application.number == "EPS-2027-01-00001"
    assert application.requested_amount == application.computed_amount == 60_000
    assert application.clock_on == timezone.localdate()
    assert application.due_on >= timezone.localdate() + timedelta(days=60)
    assert (application.eps.capacity, application.eps.female_count) == (80, 50)
    assert (
        Snapshot.objects.filter(kind="application", object_id=application.pk).count()
        == 1
    )
    receipt = Letter.objects.get(application=application)
    assert (receipt.kind, receipt.context["number"]) == (
        LetterKind.RECEIPT,
        application.number,
    )


def test_numbers_follow_each_other_by_region_and_are_never_reused():
    first, second, third = (ApplicationFactory() for _n in range(3))
    submit(first)
    first.refresh_from_db()
    move("withdraw", first, manager(first))
    submit(second)
    submit(third)
    numbers = Application.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [f"EPS-2027-01-{rank:05d}" for rank in (1, 2, 3)]


def test_a_resubmission_keeps_number_and_first_date_and_freezes_a_new_version():
    application = ready(State.RETURNED, number="EPS-2027-01-00007")
    first = application.first_submitted_at
    again = submit(application)
    assert (again.number, again.first_submitted_at) == ("EPS-2027-01-00007", first)
    assert again.submitted_at > first
    letter = Letter.objects.get(kind=LetterKind.RECEIPT)
    assert (letter.rank, letter.context["rank"]) == (2, 2)
    assert letter.context["submitted_at"] == again.submitted_at.isoformat()
    assert letter.context["first_submitted_at"] == first.isoformat()


def test_a_file_that_is_not_certified_is_not_submitted():
    with pytest.raises(ValidationError) as refused:
        submit(ApplicationFactory(), certified=False)
    assert refused.value.code == "certified"


def test_an_incomplete_file_is_told_everything_that_is_missing():
    application = ApplicationFactory(subject="", lines=False, computed_amount=0)
    CallDocumentFactory(call=application.call, type__name_ar="النظام الأساسي")
    with pytest.raises(ValidationError) as refused:
        submit(application)
    assert len(refused.value.messages) == 4  # subject, head-counts, budget, statutes
    assert any("النظام الأساسي" in message for message in refused.value.messages)


def test_an_expired_document_does_not_complete_a_file():
    application = ApplicationFactory()
    row = CallDocumentFactory(call=application.call)
    yesterday = timezone.localdate() - timedelta(days=1)
    attachment = AttachmentFactory(
        application=application, document__type=row.type, document__expires_on=yesterday
    )
    with pytest.raises(ValidationError):
        submit(application)
    attachment.document.expires_on = timezone.localdate()
    attachment.document.save()
    assert submit(application).state == State.SUBMITTED


def test_a_blocking_finding_stops_the_submission_and_a_warning_does_not():
    application = ApplicationFactory()
    application.budget_lines.update(amount=1)
    level = FindingLevel.objects.create(
        call=application.call, code="budget_differs", level="blocking"
    )
    with pytest.raises(ValidationError):
        submit(application)
    level.level = "warning"
    level.save()
    assert submit(Application.objects.get(pk=application.pk)).state == State.SUBMITTED


@pytest.mark.parametrize("state", [UpdateState.BEGUN, UpdateState.SENT_BACK])
def test_without_a_confirmed_update_nothing_is_submitted(state):
    application = ApplicationFactory()
    application.update.state = state
    application.update.sent_back_reason = "صححوا"
    application.update.save()
    with pytest.raises(ValidationError):
        submit(application)


def test_figures_that_changed_since_are_saved_again_before_submitting():
    application = ApplicationFactory()
    application.institution.headcounts.update(count=49)
    with pytest.raises(ValidationError):
        submit(application)
    workflow.save_section(
        application.pk,
        "beneficiaries",
        actor=manager(application),
        version=0,
        raw={},
        cleaned={},
    )
    application.budget_lines.update(amount=49 * 1200)
    application.refresh_from_db()
    assert submit(application).requested_amount == 49 * 1200


def closed(application, **ago):
    Call.objects.filter(pk=application.call_id).update(
        closes_at=timezone.now() - timedelta(**ago)
    )


def test_the_call_is_open_to_its_last_moment():
    application = ApplicationFactory()
    Call.objects.update(closes_at=timezone.now() + timedelta(seconds=30))
    assert submit(application).state == State.SUBMITTED


def test_a_closed_call_takes_no_submission():
    application = ApplicationFactory()
    closed(application, seconds=1)
    with pytest.raises(ValidationError) as refused:
        submit(application)
    assert refused.value.code == "late_code"


def test_a_late_code_opens_the_call_to_its_association_only():
    application = ApplicationFactory()
    closed(application, days=2)
    other = LateCodeFactory(call=application.call)
    mine = LateCodeFactory(call=application.call, association=application.association)
    with pytest.raises(ValidationError):
        submit(application, late_code=other.code)
    assert submit(application, late_code=f" {mine.code.lower()} ").number


def test_a_late_code_ends_at_its_moment():
    application = ApplicationFactory()
    closed(application, days=2)
    code = LateCodeFactory(
        call=application.call,
        association=application.association,
        expires_at=timezone.now() - timedelta(seconds=1),
    )
    with pytest.raises(ValidationError):
        submit(application, late_code=code.code)


@pytest.mark.parametrize("name", ["submit", "withdraw"])
def test_a_stale_page_changes_nothing(name):
    application = ready(State.DRAFT)
    with pytest.raises(workflow.StalePage):
        move(name, application, manager(application), version=99)
    assert not Event.objects.exists()


def test_a_hidden_decision_does_not_make_a_members_page_stale():
    application = ready(State.RECOMMENDED)
    seen = application.version
    move("approve", application, person(Capacity.COORDINATOR, application))
    application.refresh_from_db()
    done = move("withdraw", application, manager(application), version=seen)
    assert (done.state, done.granted_amount) == (State.WITHDRAWN, None)


def test_a_delegate_of_another_province_sees_no_such_file():
    application = ready(State.SUBMITTED)
    foreigner = DelegateFactory(delegation=delegation(TETOUAN))
    with pytest.raises(Application.DoesNotExist):
        move("recommend", application, foreigner)


def test_a_file_stays_with_the_delegation_that_received_it():
    application = submit(ApplicationFactory())
    Application.objects.get().institution.__class__.objects.update(
        delegation=delegation(TETOUAN)
    )
    RemarkFactory(application=application, section="documents")
    returned = move("return_for_completion", application, DelegateFactory())
    returned.remarks.update(answer="نعم")
    again = submit(returned)
    assert again.delegation == delegation()


def test_a_return_sends_every_remark_at_once_and_stops_the_delay():
    application = ready(State.SUBMITTED)
    RemarkFactory(application=application, section="request")
    returned = move("return_for_completion", application, DelegateFactory())
    request = returned.completion_requests.get()
    assert request.remarks.count() == 2
    assert (returned.due_on, returned.suspended_on) == (None, timezone.localdate())
    assert request.due_on == returned.return_due_on > timezone.localdate()
    letter = Letter.objects.get(kind=LetterKind.COMPLETION)
    assert len(letter.context["remarks"]) == 2


def test_a_return_needs_a_remark():
    application = ready(State.SUBMITTED)
    application.remarks.all().delete()
    with pytest.raises(ValidationError):
        move("return_for_completion", application, DelegateFactory())


def test_a_second_return_needs_the_coordination_and_there_is_no_third():
    application = ready(State.SUBMITTED, return_count=1)
    with pytest.raises(ValidationError):
        move("return_for_completion", application, DelegateFactory())
    coordinator = person(Capacity.COORDINATOR, application)
    allowed = move("authorise_second_return", application, coordinator)
    assert Event.objects.get().reason
    returned = move("return_for_completion", allowed, DelegateFactory())
    assert returned.return_count == 2
    returned.remarks.update(answer="نعم")
    again = submit(returned)
    RemarkFactory(application=again)
    for name, actor in [
        ("return_for_completion", DelegateFactory()),
        ("authorise_second_return", coordinator),
    ]:
        with pytest.raises(ValidationError):
            move(name, again, actor)


def test_every_remark_is_answered_before_the_file_goes_back():
    application = ready(State.RETURNED)
    unanswered = RemarkFactory(
        application=application, request=application.completion_requests.get()
    )
    with pytest.raises(ValidationError):
        submit(application)
    workflow.answer_remark(unanswered.pk, actor=manager(application), answer="صححنا")
    application.refresh_from_db()
    assert submit(application).state == State.SUBMITTED


def test_only_what_was_remarked_is_open_in_a_returned_file():
    application = ready(State.RETURNED)
    statutes = DocumentTypeFactory()
    request = application.completion_requests.get()
    request.remarks.all().delete()
    RemarkFactory(application=application, request=request, section="budget")
    RemarkFactory(
        application=application,
        request=request,
        section="documents",
        document_type=statutes,
    )
    may = workflow.unlocked(application)
    assert may == workflow.Unlocked(
        frozenset({"budget", "documents"}), frozenset({statutes.pk})
    )
    save = {"actor": manager(application), "version": 0, "raw": {}}
    workflow.save_section(application.pk, "budget", cleaned={"rent": 5}, **save)
    with pytest.raises(ValidationError):
        workflow.save_section(application.pk, "request", cleaned={}, **save)


def test_only_documents_of_the_remarked_type_are_attached_to_a_returned_file():
    application = ready(State.RETURNED)
    statutes = DocumentTypeFactory()
    application.remarks.exclude(request=None).update(document_type=statutes)
    actor = manager(application)
    asked, other = (
        DocumentFactory(association=application.association, type=type_)
        for type_ in (statutes, DocumentTypeFactory())
    )
    workflow.attach(application.pk, asked.pk, actor=actor)
    with pytest.raises(ValidationError):
        workflow.attach(application.pk, other.pk, actor=actor)
    assert [a.document for a in application.attachments.all()] == [asked]


def test_the_system_takes_a_file_back_the_day_after_its_deadline():
    application = ready(State.RETURNED)
    today = timezone.localdate()
    Application.objects.update(return_due_on=today)
    with pytest.raises(ValidationError):
        workflow.resubmit_as_is(application.pk)
    Application.objects.update(return_due_on=today - timedelta(days=1))
    back = workflow.resubmit_as_is(application.pk)
    assert (back.state, back.is_incomplete) == (State.SUBMITTED, True)
    assert Event.objects.get().actor is None


def test_the_database_refuses_to_change_or_remove_an_event():
    submit(ApplicationFactory())
    for change in (
        lambda: Event.objects.update(reason="آخر"),
        lambda: Event.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Event.objects.get().transition == "submit"


def test_an_event_keeps_who_when_from_to_reason_and_amounts():
    application = ready(State.RECOMMENDED)
    coordinator = person(Capacity.COORDINATOR, application)
    move("approve", application, coordinator)
    event = Event.objects.get()
    assert (event.from_state, event.to_state, event.actor, event.granted_amount) == (
        State.RECOMMENDED,
        State.APPROVED,
        coordinator,
        40_000,
    )


def test_a_move_that_fails_leaves_nothing_behind(monkeypatch):
    """Neither state, nor event, nor number, nor letter, nor notice."""
    application = ApplicationFactory()

    def fail(*args):
        assert Outbox.objects.exists()
        raise RuntimeError("crash")

    row = workflow.TRANSITIONS["submit"]
    broken = row.__class__(**{**row.__dict__, "after": (*row.after, fail)})
    with monkeypatch.context() as patch:
        patch.setitem(workflow.TRANSITIONS, "submit", broken)
        with pytest.raises(RuntimeError):
            submit(application)

    application.refresh_from_db()
    assert (application.state, application.number) == (State.DRAFT, None)
    left = [m.objects.count() for m in (Event, Letter, Outbox, Snapshot)]
    assert left == [0, 0, 0, 0]
    assert submit(application).number == "EPS-2027-01-00001"


def test_nobody_but_a_member_or_the_delegation_touches_a_draft():
    application = ApplicationFactory()
    for capacity in (Capacity.INSPECTOR, Capacity.CENTRAL, Capacity.COORDINATOR):
        with pytest.raises((PermissionDenied, Application.DoesNotExist)):
            workflow.save_section(
                application.pk,
                "request",
                actor=person(capacity, application),
                version=0,
                raw={},
                cleaned={},
            )
