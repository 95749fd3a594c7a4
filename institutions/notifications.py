"""What the record tells people: rows of the outbox, never mails (decision 1)."""

from collections import defaultdict
from typing import Any

from django.utils import timezone

from accounts import outbox
from accounts.enums import Language, Role
from accounts.models import User
from institutions.enums import MembershipRole
from institutions.models import (
    AnnualUpdate,
    Association,
    Document,
    JoinRequest,
    Membership,
    SheetImport,
    UpdateEvent,
    UpdateRound,
)


def update_confirmed(update: AnnualUpdate) -> None:
    """To the officers of the seat's delegation."""
    _tell_update(update, "update_confirmed", officers_of(update.association))


def update_verified(update: AnnualUpdate) -> None:
    """To those who may submit."""
    _tell_update(update, "update_verified", members_of(update.association))


def update_sent_back(update: AnnualUpdate, *, remark_count: int = 0) -> None:
    _tell_update(
        update,
        "update_sent_back",
        members_of(update.association),
        reason=update.sent_back_reason,
        count=remark_count,
    )


def update_entered(update: AnnualUpdate, event: UpdateEvent) -> None:
    """To the association: an officer enters on its behalf, and it confirms."""
    outbox.tell(
        members_of(update.association),
        "update_entered",
        subject=("annualupdate", update.pk),
        context={
            **names(update.association),
            "year": update.round.year,
            "officer": str(event.actor),
        },
        path="/my/update/",
        key=str(event.pk),
    )


def update_entered_and_verified(update: AnnualUpdate, officer: Any) -> None:
    """To the coordination: one person entered and verified (decision 29)."""
    others = User.objects.active().filter(
        role=Role.COORDINATOR, region=update.association.delegation.region_id
    )
    _tell_update(
        update,
        "update_entered_and_verified",
        list(others.exclude(pk=officer.pk).order_by("pk")),
        officer=str(officer),
    )


def remind(associations: list[Association], round_: UpdateRound, *, state: str) -> None:
    """To everybody who works for them, in one write; the key holds the day, so that a
    second reminder of the day is none."""
    people: dict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.active().filter(
        association__in=associations, user__is_active=True
    )
    for row in rows.select_related("user").order_by("pk"):
        people[row.association_id].append(row.user)
    notices = []
    for association in associations:
        notices += outbox.notices(
            people[association.pk],
            "update_reminder",
            subject=("association", association.pk),
            context=reminder_context(association, round_, state=state),
            path="/my/update/",
            key=f"{round_.year}:{timezone.localdate():%Y-%m-%d}",
        )
    outbox.keep(notices)


def reminder_context(
    association: Association, round_: UpdateRound, *, state: str
) -> dict[str, Any]:
    return {
        **names(association),
        "year": round_.year,
        "due_on": round_.due_on,
        "state": state,
    }


def association_status(association: Association) -> None:
    """The kind is the state: association_verified, _refused, _suspended."""
    outbox.tell(
        members_of(association),
        f"association_{association.status}",
        subject=("association", association.pk),
        context={**names(association), "reason": association.status_reason},
        path="/my/record/",
        key=str(association.version),
    )


def documents_expiring(
    association: Association, *, context: dict[str, Any], key: str
) -> None:
    """To the managers: what ends soon, in one mail."""
    outbox.tell(
        members_of(association, managers_only=True),
        "documents_expiring",
        subject=("association", association.pk),
        context={**names(association), **context},
        path="/my/documents/",
        key=key,
    )


def document_infected(document: Document) -> None:
    """To the association, which sends another file, and to the delegation."""
    of_type = {f"type_{code}": document.type.name_in(code) for code in Language.values}
    what: dict[str, Any] = {
        "subject": ("document", document.pk),
        "context": {**names(document.association), **of_type},
    }
    members = members_of(document.association)
    outbox.tell(members, "document_infected", path="/my/documents/", **what)
    page = f"/admin/institutions/document/{document.pk}/change/"
    officers = officers_of(document.association)
    outbox.tell(officers, "document_infected_staff", path=page, **what)


def sheet_saved(sheet: SheetImport, person: User) -> None:
    """To whoever had it saved: in the portal only, where they wait for it."""
    _tell_sheet(sheet, "sheet_saved", person)


def sheet_is_stale(sheet: SheetImport, person: User) -> None:
    """Nothing was saved: the list was changed after the sheet was looked at."""
    _tell_sheet(sheet, "sheet_is_stale", person)


def _tell_sheet(sheet: SheetImport, kind: str, person: User) -> None:
    centre = sheet.centre
    outbox.tell(
        [person],
        kind,
        subject=("sheetimport", sheet.pk),
        context={
            "centre_ar": centre.name_in("ar"),
            "centre_fr": centre.name_in("fr"),
            "year": sheet.year,
            "list": sheet.kind,
        },
        path=f"/my/sheets/{sheet.pk}/",
        key=str(sheet.job_id),
        mailed=False,
    )


def names(association: Association) -> dict[str, str]:
    return {
        "association_ar": association.name_in("ar"),
        "association_fr": association.name_in("fr"),
    }


def members_of(association: Association, *, managers_only: bool = False) -> list[User]:
    rows = association.memberships.active().filter(user__is_active=True)
    if managers_only:
        rows = rows.filter(role=MembershipRole.MANAGER)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def officers_of(association: Association | JoinRequest) -> list[User]:
    """The delegation's officers; the coordinators stand in where there are none
    (decision 7)."""
    officers = User.objects.active().filter(
        role=Role.DELEGATE, delegation=association.delegation_id
    )
    found = list(officers.order_by("pk"))
    if found:
        return found
    deputies = User.objects.active().filter(
        role=Role.COORDINATOR, region=association.delegation.region_id
    )
    return list(deputies.order_by("pk"))


def _tell_update(
    update: AnnualUpdate, kind: str, recipients: list[User], **more: Any
) -> None:
    is_staff = kind in ("update_confirmed", "update_entered_and_verified")
    path = f"/admin/institutions/annualupdate/{update.pk}/change/"
    outbox.tell(
        recipients,
        kind,
        subject=("annualupdate", update.pk),
        context={**names(update.association), "year": update.round.year, **more},
        path=path if is_staff else "/my/update/",
        key=str(update.version),
    )
