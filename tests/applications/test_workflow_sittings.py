"""Sittings: opened, held, reopened, validated; what publication creates."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Outbox
from applications import budget, workflow
from applications.enums import (
    InstalmentState,
    LetterKind,
    SettlementState,
    SittingState,
    State,
)
from applications.models import Award, Event, Letter, Settlement, Sitting
from applications.workflow import Capacity
from tests.applications.acting import AMOUNT, move, person, ready
from tests.factories import (
    FES,
    ApplicationFactory,
    AwardFactory,
    CallFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    MembershipFactory,
    SettlementFactory,
    SittingFactory,
    delegation,
)

pytestmark = pytest.mark.django_db


def hold(sitting):
    return workflow.hold_sitting(
        sitting.pk, actor=CoordinatorFactory(), version=sitting.version
    )


def validate(sitting):
    return workflow.validate_sitting(
        sitting.pk, actor=CentralFactory(), version=sitting.version
    )


def published(application):
    validate(hold(application.sitting))
    application.refresh_from_db()
    return application


def test_a_region_has_one_open_sitting_at_a_time():
    call, coordinator = CallFactory(), CoordinatorFactory()
    day = timezone.localdate()
    first = workflow.open_sitting(call.pk, actor=coordinator, sits_on=day)
    assert (first.rank, first.state) == (1, SittingState.OPEN)
    with pytest.raises(ValidationError):
        workflow.open_sitting(call.pk, actor=coordinator, sits_on=day)


@pytest.mark.parametrize("factory", [DelegateFactory, CentralFactory])
def test_only_a_coordinator_opens_a_sitting(factory):
    with pytest.raises(PermissionDenied):
        workflow.open_sitting(
            CallFactory().pk, actor=factory(), sits_on=timezone.localdate()
        )


ALLOWED = {
    ("hold", SittingState.OPEN): (SittingState.HELD, {Capacity.COORDINATOR}),
    ("reopen", SittingState.HELD): (
        SittingState.OPEN,
        {Capacity.COORDINATOR, Capacity.CENTRAL},
    ),
    ("validate", SittingState.HELD): (SittingState.VALIDATED, {Capacity.CENTRAL}),
}


def made(name, sitting, actor):
    options = {"actor": actor, "version": sitting.version}
    if name == "reopen":
        options["reason"] = "خطأ"
    try:
        return getattr(workflow, f"{name}_sitting")(sitting.pk, **options).state
    except (PermissionDenied, ValidationError, Sitting.DoesNotExist):
        return None


@pytest.mark.parametrize("state", [SittingState.OPEN, SittingState.HELD])
@pytest.mark.parametrize("name", workflow.SITTING_TRANSITIONS)
@pytest.mark.parametrize(
    "capacity", [c for c in Capacity if c not in (Capacity.EDITOR, Capacity.SYSTEM)]
)
def test_only_the_allowed_moves_of_a_sitting_are_possible(name, state, capacity):
    application = ready(State.REFUSED)
    sitting = application.sitting
    Sitting.objects.update(state=state)
    sitting.refresh_from_db()
    target, allowed = ALLOWED.get((name, state), (None, set()))
    actor = person(capacity, application)
    offered = {row.name for row in workflow.available_for_sitting(sitting, actor)}
    assert (name in offered) == (capacity in allowed)
    expected = target if capacity in allowed else None
    assert made(name, sitting, actor) == expected


def test_a_coordinator_of_another_region_sees_no_such_sitting():
    sitting = SittingFactory()
    foreigner = CoordinatorFactory(region=delegation(FES).region)
    with pytest.raises(Sitting.DoesNotExist):
        workflow.hold_sitting(sitting.pk, actor=foreigner, version=1)


def test_a_stale_page_of_a_sitting_changes_nothing():
    sitting = SittingFactory()
    with pytest.raises(workflow.StalePage):
        workflow.hold_sitting(sitting.pk, actor=CoordinatorFactory(), version=9)


def test_decisions_need_an_open_sitting_of_the_call_and_region():
    application = ready(State.RECOMMENDED)
    coordinator = person(Capacity.COORDINATOR, application)
    order = {"actor": coordinator, "version": application.version, "amount": AMOUNT}
    elsewhere = SittingFactory(call=CallFactory(schooling=True))
    held = Sitting.objects.get(call=application.call)
    held.state = SittingState.HELD
    held.save()
    for sitting in (elsewhere, held):
        with pytest.raises(ValidationError) as refused:
            workflow.approve(application.pk, sitting_pk=sitting.pk, **order)
        assert refused.value.code == "sitting"


def test_no_envelope_is_said_clearly():
    application = ready(State.RECOMMENDED)
    application.call.envelopes.all().delete()
    with pytest.raises(ValidationError) as refused:
        move("approve", application, person(Capacity.COORDINATOR, application))
    assert refused.value.code == "envelope"


@pytest.mark.parametrize(
    ("envelope", "is_possible"), [("40000.00", True), ("39999.99", False)]
)
def test_an_amount_fits_in_what_is_left_of_the_envelope(envelope, is_possible):
    application = ready(State.RECOMMENDED)
    application.call.envelopes.update(amount=Decimal(envelope))
    coordinator = person(Capacity.COORDINATOR, application)
    if is_possible:
        move("approve", application, coordinator)
        assert budget.state(application.call, application.region).left == 0
    else:
        with pytest.raises(ValidationError) as refused:
            move("approve", application, coordinator)
        assert refused.value.code == "amount"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "60000.01"])
def test_an_amount_is_above_zero_and_within_the_maximum(amount):
    application = ready(State.RECOMMENDED)
    application.call.envelopes.update(amount=10**6)
    with pytest.raises(ValidationError) as refused:
        workflow.approve(
            application.pk,
            actor=person(Capacity.COORDINATOR, application),
            version=application.version,
            sitting_pk=application.call.sittings.get().pk,
            amount=Decimal(amount),
        )
    assert refused.value.code == "amount"


@pytest.mark.parametrize("name", ["reconsider", "withdraw"])
def test_the_amount_returns_to_the_envelope(name):
    application = ready(State.APPROVED)
    who = Capacity.MANAGER if name == "withdraw" else Capacity.COORDINATOR
    assert budget.state(application.call, application.region).granted == 48_000
    move(name, application, person(who, application))
    assert budget.state(application.call, application.region).granted == 0


def test_once_held_only_the_centre_reconsiders_with_a_reason():
    application = ready(State.APPROVED)
    hold(application.sitting)
    coordinator, central = CoordinatorFactory(), CentralFactory()
    with pytest.raises(ValidationError):
        move("reconsider", application, coordinator)
    with pytest.raises(ValidationError) as refused:
        workflow.reconsider(
            application.pk, actor=central, version=application.version, reason=""
        )
    assert refused.value.code == "reason"
    assert move("reconsider", application, central).sitting == application.sitting


def test_a_sitting_with_an_undecided_file_is_not_validated():
    application = ready(State.APPROVED)
    held = hold(application.sitting)
    move("reconsider", application, CentralFactory())
    with pytest.raises(ValidationError, match=application.number):
        validate(held)


def test_reopening_needs_a_reason_and_no_other_open_sitting():
    application = ready(State.REFUSED)
    held = hold(application.sitting)
    order = {"actor": CoordinatorFactory(), "version": held.version}
    with pytest.raises(ValidationError) as refused:
        workflow.reopen_sitting(held.pk, reason=" ", **order)
    assert refused.value.code == "reason"
    SittingFactory(call=application.call)
    with pytest.raises(ValidationError):
        workflow.reopen_sitting(held.pk, reason="خطأ", **order)


def test_publication_dates_files_and_writes_events_letters_and_notices():
    application = ready(State.REFUSED)
    member = MembershipFactory(association=application.association).user
    published(application)
    assert application.published_at is not None
    assert Event.objects.get(transition="publish").application == application
    letter = Letter.objects.get(kind=LetterKind.DECISION)
    assert letter.context["reason"] == application.refusal_reason
    told = Outbox.objects.filter(object_kind="application")
    assert [(row.kind, row.recipient) for row in told] == [
        ("application_refused", member)
    ]
    assert not Award.objects.exists()


def test_an_award_has_its_instalments_and_the_settlement_it_will_owe():
    application = ready(State.APPROVED, granted_amount=Decimal("100.01"))
    published(application)
    rows = application.award.instalments.values_list("rank", "amount", "state")
    assert list(rows) == [
        (1, Decimal("60.01"), InstalmentState.DUE),
        (2, Decimal("40.00"), InstalmentState.BLOCKED),
    ]
    settlement = Settlement.objects.get()
    assert (settlement.year, settlement.state) == (2027, SettlementState.OPEN)


@pytest.mark.parametrize(
    ("settled", "first"),
    [
        (SettlementState.OPEN, InstalmentState.BLOCKED),
        (SettlementState.ACCEPTED, InstalmentState.DUE),
    ],
)
def test_an_unsettled_year_blocks_the_first_instalment(settled, first):
    application = ready(State.APPROVED)
    before = ApplicationFactory(
        call=CallFactory(year=2026),
        association=application.association,
        institution=application.institution,
        state=State.APPROVED,
        lines=False,
    )
    SettlementFactory(award=AwardFactory(application=before), state=settled)
    published(application)
    assert application.award.instalments.get(rank=1).state == first


def test_publication_costs_the_same_for_one_file_and_for_five(
    django_assert_max_num_queries, django_assert_num_queries
):
    def sitting_of(count, year):
        files = [
            ApplicationFactory(
                call=CallFactory(year=year), state=State.APPROVED, lines=False
            )
            for _n in range(count)
        ]
        for file in files:
            MembershipFactory(association=file.association)
        return hold(files[0].sitting), CentralFactory()

    one, central = sitting_of(1, 2028)
    with django_assert_max_num_queries(40) as first:
        workflow.validate_sitting(one.pk, actor=central, version=one.version)
    five, central = sitting_of(5, 2029)
    with django_assert_num_queries(len(first)):
        workflow.validate_sitting(five.pk, actor=central, version=five.version)


def test_after_publication_nothing_of_the_sitting_moves():
    application = published(ready(State.APPROVED))
    sitting = Sitting.objects.get()
    for name in workflow.SITTING_TRANSITIONS:
        for factory in (CoordinatorFactory, CentralFactory):
            assert made(name, sitting, factory()) is None
    with pytest.raises(ValidationError):
        move("withdraw", application, person(Capacity.MANAGER, application))


def test_the_envelope_counts_what_is_granted_and_what_is_proposed():
    application = ready(State.APPROVED)
    ApplicationFactory(call=application.call, state=State.RECOMMENDED)
    ApplicationFactory(call=application.call, state=State.REFUSED)
    found = budget.state(application.call, application.region)
    assert (found.amount, found.granted, found.proposed, found.left) == (
        100_000,
        48_000,
        48_000,
        52_000,
    )
    assert (found.granted_count, found.proposed_count) == (1, 1)


def test_a_region_without_envelope_has_nothing_left():
    found = budget.state(CallFactory(), delegation(FES).region)
    assert (found.amount, found.left) == (None, 0)


def test_the_envelope_of_another_region_is_not_counted():
    application = ready(State.APPROVED)
    other = delegation(FES).region
    EnvelopeFactory(call=application.call, region=other, amount=7)
    assert budget.state(application.call, other).left == 7
