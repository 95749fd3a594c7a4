"""What a move needs, checked on the locked file. Raises ``ValidationError``.

The ``code`` of an error names the field to mend.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import amounts, budget, findings
from applications.enums import Opinion, SittingState, State
from applications.models import Application, Call, LateCode, Sitting
from applications.programmes import get_rules
from applications.workflow.order import Capacity, Step
from institutions.enums import AssociationStatus, UpdateState
from institutions.models import Association

SIGNED_CERTIFICATION = "signed_certification"


def may_file_now(call: Call, association_pk: int, *, code: str | None = None) -> bool:
    """The call is open, or the association holds a late code that is still good.

    ``code`` is the one typed; ``None`` asks only whether there is one.
    """
    if call.is_open():
        return True
    codes = LateCode.objects.filter(
        call=call, association=association_pk, expires_at__gte=timezone.now()
    )
    if code is not None:
        codes = codes.filter(code=code.strip().upper())
    return call.is_published and codes.exists()


def may_apply(association: Association) -> None:
    """Neither refused nor suspended by its delegation (product.md, section 4)."""
    if association.status in (AssociationStatus.REFUSED, AssociationStatus.SUSPENDED):
        raise ValidationError(
            _("The delegation has not accepted this association: %(reason)s"),
            params={"reason": association.status_reason},
        )


def can_be_submitted(step: Step) -> None:
    """Certified; and complete the first time, answered the following ones."""
    _is_certified(step)
    if step.application.state == State.RETURNED:
        _every_remark_is_answered(step.application)
        return
    application = step.application
    may_apply(application.association)
    late_code = step.order.facts.get("late_code", "")
    if not may_file_now(application.call, application.association_id, code=late_code):
        raise ValidationError(
            _("The call is closed. After the close, a late code is needed."),
            code="late_code",
        )
    _update_is(application, UpdateState.CONFIRMED, UpdateState.VERIFIED)
    rules, reading = get_rules(application.programme), step.reading
    left = [item.message for item in rules.missing(application, reading=reading)]
    left += [finding.message for finding in findings.blocking(reading)]
    if left:
        raise ValidationError([ValidationError(str(message)) for message in left])


def _is_certified(step: Step) -> None:
    """By the manager on line, or on the printed summary, scanned (decision 29)."""
    if not step.order.facts.get("certified"):
        raise ValidationError(
            _("Certify that what the file says is true."), code="certified"
        )
    if step.capacity == Capacity.MANAGER:
        return
    signed = step.application.attachments.filter(
        document__type__code=SIGNED_CERTIFICATION
    )
    if not signed.exists():
        raise ValidationError(
            _(
                "Attach the summary signed by the manager of the account, or let the "
                "manager certify on line."
            ),
            code="certified",
        )


def _every_remark_is_answered(application: Application) -> None:
    if open_remarks(application).filter(answer="").exists():
        raise ValidationError(_("Answer every remark before sending the file again."))


def open_remarks(application: Application) -> Any:
    """Remarks of the last completion request."""
    return application.remarks.filter(request__rank=application.return_count)


def can_be_returned(step: Step) -> None:
    if not step.application.remarks.filter(request=None).exists():
        raise ValidationError(
            _("Write a remark on at least one section or document first.")
        )


def can_be_recommended(step: Step) -> None:
    application, facts = step.application, step.order.facts
    _update_is(application, UpdateState.VERIFIED)
    scored = application.scores.values_list("criterion", flat=True)
    if application.call.criteria.exclude(pk__in=scored).exists():
        raise ValidationError(_("Score every criterion of the call first."))
    unanswered = findings.unanswered(application)
    if unanswered:
        sentence = gettext(
            "Have it corrected, or set it aside with a reason: %(finding)s"
        )
        raise ValidationError(
            [ValidationError(sentence % {"finding": f.message}) for f in unanswered]
        )
    if facts.get("opinion") not in Opinion.values:
        raise ValidationError(_("Choose an opinion."), code="opinion")
    _is_proposable(application, facts.get("proposed_amount"))


def _is_proposable(application: Application, amount: Decimal | None) -> None:
    if amount is None or amount < 0 or amount != amounts.to_centime(amount):
        raise ValidationError(_("Propose an amount."), code="proposed_amount")
    if amount > application.computed_amount:
        raise ValidationError(
            _("The proposed amount is above the computed maximum."),
            code="proposed_amount",
        )


def can_be_approved(step: Step) -> None:
    """Inside an open sitting, and within what is left of the envelope, locked last."""
    can_be_decided(step)
    application, amount = step.application, step.order.facts.get("amount")
    if amount is None or amount <= 0 or amount != amounts.to_centime(amount):
        raise ValidationError(_("Grant an amount above zero."), code="amount")
    if amount > application.computed_amount:
        raise ValidationError(
            _("The amount is above the computed maximum of the file."), code="amount"
        )
    envelope = budget.lock(application.call_id, application.region_id)
    if amount > envelope.left:
        raise ValidationError(
            _("The envelope has %(left)s MAD left: this amount does not fit in it."),
            code="amount",
            params={
                "left": number_format(envelope.left, decimal_pos=2, force_grouping=True)
            },
        )


def can_be_decided(step: Step) -> None:
    application, sitting = step.application, step.sitting
    if sitting is None or not _is_its_sitting(application, sitting):
        raise ValidationError(
            _("Open a sitting for this call and this region first."), code="sitting"
        )
    if sitting.state != SittingState.OPEN:
        raise ValidationError(_("This sitting is not open."), code="sitting")


def _is_its_sitting(application: Application, sitting: Sitting) -> bool:
    return (sitting.call_id, sitting.region_id) == (
        application.call_id,
        application.region_id,
    )


def can_be_reconsidered(step: Step) -> None:
    """The coordinator while the sitting is open; the centre with a reason (25)."""
    sitting = step.sitting
    if sitting is None or sitting.state == SittingState.VALIDATED:
        raise ValidationError(_("This sitting has been validated."))
    if step.capacity == Capacity.CENTRAL:
        if not step.order.reason:
            raise ValidationError(_("Please give a reason."), code="reason")
    elif sitting.state != SittingState.OPEN:
        raise ValidationError(
            _("The sitting has been held: reopen it, or ask the central services.")
        )


def can_be_withdrawn(step: Step) -> None:
    if step.sitting is not None and step.sitting.state == SittingState.VALIDATED:
        raise ValidationError(_("The decision has been published."))


def can_be_extended(step: Step) -> None:
    days = step.order.facts.get("days")
    if not days or days < 0:
        raise ValidationError(_("Give a number of days."), code="days")


def deadline_has_passed(step: Step) -> None:
    due_on = step.application.return_due_on
    if due_on is None or timezone.localdate() <= due_on:
        raise ValidationError(_("The time to complete this file has not run out."))


def _update_is(application: Application, *states: str) -> None:
    if application.update.state in states:
        return
    if UpdateState.CONFIRMED in states:
        raise ValidationError(_("Confirm the annual update first."), code="update")
    raise ValidationError(
        _("Verify the annual update of the association first."), code="update"
    )
