"""Two people at once, on two real connections: exactly one wins."""

import threading
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from applications import workflow
from applications.enums import State
from applications.models import Application, Call, Envelope, Event
from applications.workflow import Capacity, filling
from tests.applications.acting import move, person, ready
from tests.factories import (
    AnnualUpdateFactory,
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    CoordinatorFactory,
    InstitutionFactory,
    MembershipFactory,
    SittingFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 1.0


class Meeting:
    """Where both wait for each other, as long as both can get there."""

    def __init__(self):
        self.barrier = threading.Barrier(2, timeout=PATIENCE)

    def __call__(self, *_args, **_options):
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait()

    def before(self, guard):
        """The guard, reached by both before either goes on."""

        def wait_then(*args, **options):
            self()
            return guard(*args, **options) if guard else None

        return wait_then


def at_once(*acts):
    """Runs each on a connection of its own; gives what each raised, or ``None``."""
    raised = [None] * len(acts)

    def run(rank, act):
        try:
            act()
        except Exception as error:
            raised[rank] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(rank, act)) for rank, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def meeting_in_guards(monkeypatch, *names):
    meeting = Meeting()
    for name in names:
        row = workflow.TRANSITIONS[name]
        met = replace(row, guard=meeting.before(row.guard))
        monkeypatch.setitem(workflow.TRANSITIONS, name, met)


def refusals(raised):
    assert all(isinstance(e, ValidationError) for e in raised if e is not None), raised
    return sum(error is not None for error in raised)


def test_two_officers_cannot_both_decide(monkeypatch):
    """Both would read before either writes, if the row were not locked."""
    application = ready(State.RECOMMENDED)
    meeting_in_guards(monkeypatch, "approve", "refuse")
    one, other = CoordinatorFactory(), CoordinatorFactory()
    raised = at_once(
        lambda: move("approve", application, one),
        lambda: move("refuse", application, other),
    )
    assert refusals(raised) == 1
    assert Event.objects.count() == 1


def test_a_return_and_an_opinion_cannot_both_pass(monkeypatch):
    """No sitting is locked here: the row of the file is what they meet at."""
    application = ready(State.SUBMITTED)
    meeting_in_guards(monkeypatch, "return_for_completion", "recommend")
    delegate = person(Capacity.DELEGATE, application)
    raised = at_once(
        lambda: move("return_for_completion", application, delegate),
        lambda: move("recommend", application, delegate),
    )
    assert refusals(raised) == 1
    assert Event.objects.count() == 1


def test_two_approvals_never_exceed_the_envelope(monkeypatch):
    first = ready(State.RECOMMENDED)
    second = ready(State.RECOMMENDED, call=first.call)
    Envelope.objects.update(amount=Decimal("79999.99"))
    meeting_in_guards(monkeypatch, "approve")
    coordinator = CoordinatorFactory()
    raised = at_once(
        lambda: move("approve", first, coordinator),
        lambda: move("approve", second, coordinator),
    )
    assert refusals(raised) == 1
    granted = Application.objects.filter(state=State.APPROVED)
    assert [file.granted_amount for file in granted] == [Decimal("40000.00")]


def test_an_approval_waits_for_the_envelope_that_the_centre_is_lowering():
    application = ready(State.RECOMMENDED)
    coordinator = CoordinatorFactory()
    raised = []
    with transaction.atomic():
        Envelope.objects.select_for_update(no_key=True).get()
        Envelope.objects.update(amount=1)
        thread = threading.Thread(
            target=lambda: raised.extend(
                at_once(lambda: move("approve", application, coordinator))
            )
        )
        thread.start()
        thread.join(timeout=PATIENCE)
        assert thread.is_alive()
    thread.join()
    assert refusals(raised) == 1
    assert not Event.objects.exists()


def startable():
    association = AssociationFactory()
    institution = InstitutionFactory(association=association)
    AnnualUpdateFactory(association=association, confirmed=True)
    people = [MembershipFactory(association=association).user for _n in range(2)]
    return CallFactory(), institution, people


def test_two_starts_make_one_file(monkeypatch):
    call, institution, people = startable()
    meeting = Meeting()
    monkeypatch.setattr(
        filling, "_accepted_update", meeting.before(filling._accepted_update)
    )
    raised = at_once(
        *(
            lambda actor=actor: workflow.start(
                call.pk,
                actor=actor,
                association_pk=institution.association_id,
                institution_pk=institution.pk,
            )
            for actor in people
        )
    )
    assert refusals(raised) == 1
    assert Application.objects.count() == 1


def test_two_submissions_of_one_file_give_one_number(monkeypatch):
    application = ApplicationFactory()
    meeting_in_guards(monkeypatch, "submit")
    people = [person(Capacity.MANAGER, application) for _n in range(2)]
    raised = at_once(
        *(lambda actor=actor: move("submit", application, actor) for actor in people)
    )
    assert refusals(raised) == 1
    assert Call.objects.get().counters.get().last == 1


def test_two_files_of_a_region_never_share_a_number(monkeypatch):
    first = ApplicationFactory()
    second = ApplicationFactory(call=first.call)
    meeting_in_guards(monkeypatch, "submit")
    files = [(file, person(Capacity.MANAGER, file)) for file in (first, second)]
    raised = at_once(
        *(
            lambda file=file, actor=actor: move("submit", file, actor)
            for file, actor in files
        )
    )
    assert raised == [None, None]
    numbers = Application.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["EPS-2027-01-00001", "EPS-2027-01-00002"]


def test_two_sittings_are_not_open_at_once():
    call = CallFactory()
    day = SittingFactory.build(call=call, opened_by=None, region=None).sits_on
    raised = at_once(
        *(
            lambda actor=actor: workflow.open_sitting(call.pk, actor=actor, sits_on=day)
            for actor in (CoordinatorFactory(), CoordinatorFactory())
        )
    )
    assert refusals(raised) == 1
    assert call.sittings.count() == 1


def test_a_withdrawal_and_a_publication_do_not_lock_each_other_out():
    """Both take the sitting first: one waits, neither fails for a deadlock."""
    application = ready(State.APPROVED)
    sitting = workflow.hold_sitting(
        application.sitting_id, actor=CoordinatorFactory(), version=1
    )
    manager = person(Capacity.MANAGER, application)
    central = person(Capacity.CENTRAL, application)
    raised = at_once(
        lambda: move("withdraw", application, manager),
        lambda: workflow.validate_sitting(
            sitting.pk, actor=central, version=sitting.version
        ),
    )
    assert refusals(raised) <= 1
    application.refresh_from_db()
    is_withdrawn = application.state == State.WITHDRAWN
    assert is_withdrawn == (application.published_at is None)
