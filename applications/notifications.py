"""Who is told what at each move of a file: rows of the outbox (decision 1).

Members are told what their association may know, and nothing of a decision before its
publication (product.md, section 5). Officers are told of what waits for them; where a
delegation has no active officer, the coordination is told instead (decision 7).
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from accounts.models import Outbox, User
from accounts.outbox import keep, notices, plain_values, tell
from applications.models import Application, Event, Sitting
from institutions.enums import MembershipRole


def members(application: Application, *, managers_only: bool = False) -> list[User]:
    rows = application.association.memberships.active().filter(user__is_active=True)
    if managers_only:
        rows = rows.filter(role=MembershipRole.MANAGER)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def delegation_officers(application: Application) -> list[User]:
    found = _officers(
        application.programme, role=Role.DELEGATE, delegation=application.delegation_id
    )
    return found or coordinators(application)


def coordinators(application: Application) -> list[User]:
    return _officers(
        application.programme, role=Role.COORDINATOR, region=application.region_id
    )


def _officers(programme: str, **where: Any) -> list[User]:
    """Those of the programme, and those who follow both (decision 5)."""
    rows = User.objects.active().filter(**where)
    rows = rows.filter(Q(programme="") | Q(programme=programme))
    return list(rows.order_by("pk"))


def names(application: Application) -> dict[str, Any]:
    """What every text about a file may say, in both languages."""
    call, unit = application.call, application.unit
    return {
        "number": application.number or "",
        "year": application.year,
        "call_ar": call.name_in("ar"),
        "call_fr": call.name_in("fr"),
        "unit_ar": unit.name_in("ar"),
        "unit_fr": unit.name_in("fr"),
        "association_ar": application.association.name_in("ar"),
        "association_fr": application.association.name_in("fr"),
    }


def member_page(application: Application) -> str:
    return _page("applications:detail", application.pk)


def staff_page(application: Application) -> str:
    return _page("admin:applications_application_change", application.pk)


def _page(name: str, *args: int) -> str:
    """Without its language: the reader's is put before it."""
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        return reverse(name, args=args).removeprefix(f"/{language}")


def _tell(
    application: Application, event: Event, people: Iterable[User], *, kind: str, **more
) -> None:
    keep(_notices(application, event, people, kind=kind, **more))


def _notices(
    application: Application, event: Event, people: Iterable[User], *, kind: str, **more
) -> list[Outbox]:
    """One notice per person and event, with the page where that person can act."""
    return [
        row
        for is_member, path in [
            (True, member_page(application)),
            (False, staff_page(application)),
        ]
        for row in notices(
            [person for person in people if person.is_member == is_member],
            kind,
            subject=("application", application.pk),
            context={**names(application), **more},
            path=path,
            key=str(event.pk),
        )
    ]


def started_on_behalf(application: Application, event: Event) -> None:
    _tell(
        application, event, members(application), kind="application_started_on_behalf"
    )


def submitted(application: Application, event: Event) -> None:
    rows = partial(_notices, application, event)
    if application.return_count:
        keep(rows(delegation_officers(application), kind="application_completed"))
        return
    people, officers = _members_and_delegation(application)
    due_on = application.due_on
    keep(
        rows(people, kind="application_submitted", due_on=due_on)
        + rows(officers, kind="application_received", due_on=due_on)
    )


def _members_and_delegation(application: Application) -> tuple[list[User], list[User]]:
    """``members`` and ``delegation_officers``, asked for together."""
    mine = application.association.memberships.active()
    officers = Q(role=Role.DELEGATE, delegation=application.delegation_id)
    officers |= Q(role=Role.COORDINATOR, region=application.region_id)
    officers &= Q(programme="") | Q(programme=application.programme)
    rows = User.objects.active().filter(Q(pk__in=mine.values("user")) | officers)
    found = list(rows.order_by("pk"))
    delegates = [person for person in found if person.role == Role.DELEGATE]
    coordination = [person for person in found if person.role == Role.COORDINATOR]
    people = [person for person in found if person.is_member]
    return people, delegates or coordination


def withdrawn(application: Application, event: Event) -> None:
    """The coordination too, once the file had reached it."""
    _tell(application, event, members(application), kind="application_withdrawn")
    if application.number is None:
        return
    officers = delegation_officers(application)
    if event.proposed_amount is not None:
        officers = list({*officers, *coordinators(application)})
    _tell(application, event, officers, kind="application_withdrawn_staff")


def returned(application: Application, event: Event) -> None:
    _tell(
        application,
        event,
        members(application),
        kind="application_returned",
        due_on=application.return_due_on,
    )


def second_return_authorised(application: Application, event: Event) -> None:
    _tell(
        application,
        event,
        delegation_officers(application),
        kind="application_second_return",
        reason=event.reason,
    )


def recommended(application: Application, event: Event) -> None:
    """Who entered a file does not give its opinion alone (decision 29)."""
    _tell(application, event, members(application), kind="application_transmitted")
    officers = coordinators(application)
    _tell(application, event, officers, kind="application_recommended")
    entered = application.events.filter(is_on_behalf=True, actor=event.actor)
    if entered.exists():
        _tell(
            application,
            event,
            officers,
            kind="application_entered_and_reviewed",
            officer=str(event.actor),
        )


def sent_back(application: Application, event: Event) -> None:
    _tell(
        application,
        event,
        delegation_officers(application),
        kind="application_sent_back",
        reason=event.reason,
    )


def extended(application: Application, event: Event) -> None:
    people = [
        *members(application),
        *delegation_officers(application),
        *coordinators(application),
    ]
    _tell(
        application,
        event,
        list(dict.fromkeys(people)),
        kind="application_extended",
        due_on=application.due_on,
        reason=event.reason,
    )


def resubmitted_as_is(application: Application, event: Event) -> None:
    people = [*members(application), *delegation_officers(application)]
    _tell(application, event, people, kind="application_sent_as_is")


def published_together(told: Iterable[tuple[Application, list[User]]]) -> None:
    """The decisions of a whole sitting, written at once; the letters give reasons."""
    rows = [
        Outbox(
            kind=f"application_{application.state}",
            object_kind="application",
            object_id=application.pk,
            recipient=person,
            key=f"application_published:{application.pk}::{person.pk}",
            context=plain_values(
                {**names(application), "granted_amount": application.granted_amount}
            ),
            path=member_page(application),
        )
        for application, people in told
        for person in people
    ]
    keep(rows)


def sitting_held(sitting: Sitting) -> None:
    """To the centre, which validates."""
    _tell_sitting(sitting, "sitting_held", role=Role.CENTRAL)


def sitting_reopened(sitting: Sitting) -> None:
    _tell_sitting(
        sitting, "sitting_reopened", role=Role.COORDINATOR, region=sitting.region_id
    )


def sitting_validated(sitting: Sitting) -> None:
    """To the coordination and to the delegations of the region."""
    kind, region = "sitting_validated", sitting.region_id
    _tell_sitting(sitting, kind, role=Role.COORDINATOR, region=region)
    _tell_sitting(sitting, kind, role=Role.DELEGATE, delegation__region=region)


def _tell_sitting(sitting: Sitting, kind: str, **where: Any) -> None:
    is_of_delegations = where.get("role") == Role.DELEGATE
    if is_of_delegations:
        path = _page("admin:index")
    else:
        path = _page("admin:applications_sitting_change", sitting.pk)
    tell(
        _officers(sitting.call.programme, **where),
        kind,
        subject=("sitting", sitting.pk),
        context={
            "call_ar": sitting.call.name_in("ar"),
            "call_fr": sitting.call.name_in("fr"),
            "region_ar": sitting.region.name_in("ar"),
            "region_fr": sitting.region.name_in("fr"),
            "rank": sitting.rank,
            "sits_on": sitting.sits_on,
            "reason": sitting.reopening_reason,
        },
        path=path,
        key=str(sitting.version),
    )
