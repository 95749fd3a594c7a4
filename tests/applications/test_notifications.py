"""Who is told what at each move, and in which words."""

import pytest
from celery import current_app

from accounts.models import Outbox
from accounts.notifications import compose, subject_line
from applications import notifications, workflow
from applications.enums import State
from applications.workflow import Capacity, letters
from institutions.enums import MembershipRole
from tests.applications.acting import move, ready
from tests.factories import (
    FES,
    TETOUAN,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    delegation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """One of each who may be told, and those of elsewhere who may not."""
    DelegateFactory(delegation=delegation(TETOUAN))
    DelegateFactory(programme="schooling")
    DelegateFactory(is_active=False)
    CoordinatorFactory(region=delegation(FES).region)
    MemberFactory()
    return {
        "delegate": DelegateFactory(),
        "coordinator": CoordinatorFactory(programme="eps"),
        "central": CentralFactory(),
    }


def told(people, member):
    names = {user.pk: name for name, user in {**people, "member": member}.items()}
    rows = Outbox.objects.order_by("pk").values_list("kind", "recipient")
    return {(kind, names.get(recipient, recipient)) for kind, recipient in rows}


EXPECTED = {
    ("submit", State.DRAFT): {
        ("application_submitted", "member"),
        ("application_received", "delegate"),
    },
    ("submit", State.RETURNED): {("application_completed", "delegate")},
    ("withdraw", State.DRAFT): {("application_withdrawn", "member")},
    ("withdraw", State.SUBMITTED): {
        ("application_withdrawn", "member"),
        ("application_withdrawn_staff", "delegate"),
    },
    ("withdraw", State.APPROVED): {
        ("application_withdrawn", "member"),
        ("application_withdrawn_staff", "delegate"),
        ("application_withdrawn_staff", "coordinator"),
    },
    ("return_for_completion", State.SUBMITTED): {("application_returned", "member")},
    ("authorise_second_return", State.SUBMITTED): {
        ("application_second_return", "delegate")
    },
    ("resubmit_as_is", State.RETURNED): {
        ("application_sent_as_is", "member"),
        ("application_sent_as_is", "delegate"),
    },
    ("recommend", State.SUBMITTED): {
        ("application_transmitted", "member"),
        ("application_recommended", "coordinator"),
    },
    ("send_back", State.RECOMMENDED): {("application_sent_back", "delegate")},
    ("approve", State.RECOMMENDED): set(),
    ("refuse", State.RECOMMENDED): set(),
    ("reconsider", State.APPROVED): set(),
    ("extend", State.SUBMITTED): {
        ("application_extended", "member"),
        ("application_extended", "delegate"),
        ("application_extended", "coordinator"),
    },
}
ACTORS = {
    "submit": Capacity.MANAGER,
    "withdraw": Capacity.MANAGER,
    "resubmit_as_is": Capacity.SYSTEM,
    "return_for_completion": "delegate",
    "recommend": "delegate",
    "extend": "central",
}


@pytest.mark.parametrize(("name", "state"), EXPECTED, ids=str)
def test_who_is_told_of_a_move(name, state, people):
    options = {"return_count": 1} if name == "authorise_second_return" else {}
    application = ready(state, **options)
    # The people who prepared the file are of the same territory: they leave.
    prepared = DelegateFactory._meta.model.objects.exclude(
        pk__in=[user.pk for user in people.values()]
    )
    prepared.filter(role__in=["delegate", "coordinator", "central"]).update(
        is_active=False
    )
    member = MembershipFactory(
        association=application.association, role=MembershipRole.MANAGER
    ).user
    who = ACTORS.get(name, "coordinator")
    actor = {Capacity.MANAGER: member, Capacity.SYSTEM: None}.get(who, people.get(who))
    move(name, application, actor)
    assert told(people, member) == EXPECTED[name, state]


def test_every_move_of_the_table_is_covered():
    assert {name for name, _state in EXPECTED} == set(workflow.TRANSITIONS)


def test_a_delegation_without_officer_is_replaced_by_its_coordination():
    application = ready(State.DRAFT)
    DelegateFactory._meta.model.objects.filter(role="delegate").update(is_active=False)
    coordinator = CoordinatorFactory()
    assert coordinator in notifications.delegation_officers(application)


SAMPLE = {
    "number": "EPS-2027-01-00042",
    "year": 2027,
    "call_ar": "طلب الدعم 2027",
    "call_fr": "Appel 2027",
    "unit_ar": "دار الطالبة",
    "unit_fr": "Dar Taliba",
    "association_ar": "جمعية الأمل",
    "association_fr": "Association Espoir",
    "region_ar": "طنجة",
    "region_fr": "Tanger",
    "rank": 3,
    "sits_on": "2027-05-04",
    "due_on": "2027-06-14",
    "granted_amount": "40000.50",
    "reason": "الوثائق ناقصة",
    "officer": "خديجة العلوي",
}
KINDS = sorted(
    {
        *(kind for pairs in EXPECTED.values() for kind, _who in pairs),
        "application_started_on_behalf",
        "application_entered_and_reviewed",
        "application_approved",
        "application_refused",
        "sitting_held",
        "sitting_reopened",
        "sitting_validated",
    }
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", ["ar", "fr"])
def test_the_words_of_every_mail(kind, code, snapshot, settings):
    settings.PORTAL_URL = "https://portal.example"
    notice = Outbox(
        kind=kind,
        object_kind="application",
        object_id=1,
        recipient=MemberFactory(language=code, name="Nadia"),
        key="k",
        context=SAMPLE,
        path="/files/1/",
    )
    message = compose(notice)
    assert f"{message.subject}\n\n{message.text}" == snapshot
    assert "{" not in message.text


def test_the_line_of_a_notice_follows_the_reader(language):
    notice = Outbox(kind="application_received", context=SAMPLE)
    assert SAMPLE["number"] in subject_line(notice)


def test_the_task_that_makes_letters_exists_by_its_name():
    current_app.loader.import_default_modules()
    assert letters.MAKE_LETTER in current_app.tasks


def test_pages_are_kept_without_their_language():
    application = ready(State.SUBMITTED)
    assert notifications.member_page(application) == f"/files/{application.pk}/"
    assert notifications.staff_page(application).startswith("/admin/applications/")
