"""The states of an update (decision 8): who may change them, and what follows."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions import acting, notifications, snapshots
from institutions.enums import MembershipRole, UpdateState, UpdateStep
from institutions.models import AnnualUpdate, Association, UpdateRound
from institutions.update import events, remarks
from institutions.update.answers import is_open, locked
from institutions.update.progress import SectionState, remaining


class StaleUpdate(ValidationError):
    """The update changed since the page was opened."""

    def __init__(self, update: AnnualUpdate):
        self.update = update
        super().__init__(
            _(
                "This update was changed by somebody else since you opened the page. "
                "Read it again before you act."
            ),
            code="stale",
        )


class NotComplete(ValidationError):
    """``remaining``: the sections to answer, each with its address."""

    def __init__(self, remaining: list[SectionState]):
        self.remaining = remaining
        super().__init__(
            [
                _("Still to do: %(section)s") % {"section": section.name}
                for section in remaining
            ],
            code="not_complete",
        )


def current_round() -> UpdateRound | None:
    """The round that associations are in today; ``None`` before the first."""
    return current_rounds().first()


def current_rounds() -> Any:
    """The same as rows: the first is it."""
    return UpdateRound.objects.open_on(timezone.localdate()).order_by("-year")


def accepted_update(association: Association, year: int) -> AnnualUpdate | None:
    """The confirmed or verified update of that year: an application may begin."""
    rows = AnnualUpdate.objects.accepted().select_related("round")
    return rows.filter(association=association, round__year=year).first()


@transaction.atomic
def begin(association_pk: int, *, actor: Any, year: int) -> AnnualUpdate:
    """Begin the update of a year, or find it begun: there is one."""
    associations = Association.objects.current().visible_to(actor)
    rows = associations.select_related("delegation").select_for_update(of=("self",))
    association = rows.get(pk=association_pk)
    acting.check_entry(actor, association)
    round_ = UpdateRound.objects.open_on(timezone.localdate()).filter(year=year).first()
    if round_ is None:
        raise ValidationError(_("The update of this year is not open yet."))
    update, is_new = AnnualUpdate.objects.get_or_create(
        association=association, round=round_
    )
    if is_new:
        events.note(update, UpdateStep.BEGUN, actor=actor)
    return update


@transaction.atomic
def confirm(update_pk: int, *, actor: Any, version: int) -> AnnualUpdate:
    """The manager certifies: the snapshot is frozen, the delegation is told.

    Raises ``NotComplete`` with what remains.
    """
    update = locked(update_pk, actor)
    if not may_confirm(update, actor):
        raise PermissionDenied
    _check_version(update, version)
    if not update.association.can_act:
        raise ValidationError(
            _(
                "The association is refused or suspended: it cannot confirm. Ask your "
                "delegation what to do."
            )
        )
    if not is_open(update):
        raise ValidationError(_("This update has been confirmed already."))
    missing = remaining(update)
    if missing:
        raise NotComplete(missing)
    update.state = UpdateState.CONFIRMED
    update.confirmed_at, update.confirmed_by = timezone.now(), actor
    update.verified_at = update.verified_by = None
    _save(update)
    _freeze(update)
    events.note(update, UpdateStep.CONFIRMED, actor=actor)
    notifications.update_confirmed(update)
    return update


@transaction.atomic
def verify(update_pk: int, *, actor: Any, version: int) -> AnnualUpdate:
    """The delegation of the seat verifies what was confirmed.

    Remarks that were never sent go. Whoever entered the update does not verify alone:
    the coordination is told (decision 29).
    """
    update = _for_review(update_pk, actor, version)
    update.state = UpdateState.VERIFIED
    update.verified_at, update.verified_by = timezone.now(), actor
    _save(update)
    update.remarks.filter(event=None).delete()
    events.note(update, UpdateStep.VERIFIED, actor=actor)
    notifications.update_verified(update)
    if events.was_entered_by(update, actor):
        notifications.update_entered_and_verified(update, actor)
    return update


@transaction.atomic
def send_back(update_pk: int, *, actor: Any, version: int, reason: str) -> AnnualUpdate:
    """Back to the association with the reason and all remarks kept so far; its
    answers stay."""
    update = _for_review(update_pk, actor, version)
    if not reason.strip():
        raise ValidationError({"reason": _("Please say what to correct.")})
    update.state = UpdateState.SENT_BACK
    update.sent_back_reason = reason.strip()
    _save(update)
    event = events.note(
        update, UpdateStep.SENT_BACK, actor=actor, reason=update.sent_back_reason
    )
    count = remarks.carry(update, event)
    notifications.update_sent_back(update, remark_count=count)
    return update


def may_confirm(update: AnnualUpdate, actor: Any) -> bool:
    """A manager of the association, never an editor."""
    memberships = update.association.memberships.active()
    return memberships.filter(user=actor.pk, role=MembershipRole.MANAGER).exists()


def may_verify(association: Association, actor: Any) -> bool:
    """An officer of the seat's delegation, or its coordinator (decision 7)."""
    return acting.is_officer_of(association, actor)


def _for_review(update_pk: int, actor: Any, version: int) -> AnnualUpdate:
    rows = AnnualUpdate.objects.visible_to(actor).select_for_update(of=("self",))
    update = rows.select_related("association__delegation", "round").get(pk=update_pk)
    if not may_verify(update.association, actor):
        raise PermissionDenied
    _check_version(update, version)
    if update.state != UpdateState.CONFIRMED:
        raise ValidationError(_("Only a confirmed update can be verified."))
    return update


def _check_version(update: AnnualUpdate, version: int) -> None:
    if update.version != version:
        raise StaleUpdate(update)


def _save(update: AnnualUpdate) -> None:
    update.version += 1
    update.save()


def _freeze(update: AnnualUpdate) -> None:
    content = snapshots.record_content(update.association, year=update.round.year)
    content["answers"] = [
        {
            "section": answer.section,
            "unit": answer.unit,
            "answer": answer.answer,
            "by": str(answer.answered_by),
            "at": answer.answered_at,
        }
        for answer in update.answers.select_related("answered_by").order_by("pk")
    ]
    snapshots.freeze(
        snapshots.UPDATE,
        update.pk,
        association=update.association,
        year=update.round.year,
        content=content,
    )
