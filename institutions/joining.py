"""Requests to join: asked by anybody, confirmed by e-mail, decided by the delegation.

A decision is one transaction on the locked request: the association created, access
given or the presidency handed over, the paper filed, and everybody told.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from institutions import evidence, members, succession
from institutions import membership_notices as notices
from institutions.enums import (
    AssociationStatus,
    JoinKind,
    JoinState,
    MembershipRole,
)
from institutions.evidence import Evidence
from institutions.models import Association, JoinRequest
from institutions.registry import may_decide

RECEIPT, MINUTES = "receipt", "assembly_minutes"
# What a registration brings to the new row, under the same names.
TAKEN_OVER = (
    "name_ar", "name_fr", "receipt_number", "receipt_kind", "receipt_on", "ice", "rib",
    "commune", "email", "phone", "language",
)  # fmt: skip


class StaleRequest(ValidationError):
    """Somebody else decided, or the request changed, since the page was opened."""


@transaction.atomic
def ask(values: dict[str, Any], *, file: Evidence | None, asker: Any = None) -> None:
    """Keeps the request, and mails the link that confirms the address.

    The page that called says the same whatever happens here: an address of the staff,
    or a request that waits already, is answered by mail alone. Asked by a member of
    the association, the request needs no confirmation.
    """
    address = values["email"].strip().lower()
    user = User.objects.filter(email=address).first()
    if user is not None and not user.is_member:
        if asker is not None:
            raise ValidationError({"email": members.STAFF_ADDRESS})
        notices.staff_address(address, language=values["language"])
        return
    request = JoinRequest(**{**values, "email": address}, requested_by=asker)
    if file is not None:
        request.evidence.name = file.path
        request.evidence_name, request.evidence_mime = file.name, file.mime
    if asker is not None:
        request.email_confirmed_at = timezone.now()
    request.full_clean(exclude=["evidence"], validate_constraints=False)
    if not _kept(request):
        _remind(request, asker)
    elif asker is None:
        notices.confirm_address(request)
    else:
        notices.received(request)


def _kept(request: JoinRequest) -> bool:
    """``False`` when the same person asked the same already."""
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        if "one_waiting_join_request" not in str(error):
            raise
        return False
    return True


def _remind(request: JoinRequest, asker: Any) -> None:
    if asker is not None:
        raise ValidationError(
            _("You have asked for this already: the delegation will answer you.")
        )
    waiting = JoinRequest.objects.get(
        email__iexact=request.email,
        delegation=request.delegation,
        receipt_number=request.receipt_number,
        kind=request.kind,
        state=JoinState.WAITING,
    )
    notices.confirm_address(waiting)


def by_token(token: uuid.UUID) -> JoinRequest:
    """For whoever received the link, and so for nobody else."""
    rows = JoinRequest.objects.select_related("association", "delegation__region")
    return rows.get(email_token=token)


@transaction.atomic
def confirm(token: uuid.UUID) -> JoinRequest:
    """The address is right: the delegation is told, once."""
    rows = JoinRequest.objects.select_for_update(of=("self",))
    request = rows.select_related("association", "delegation").get(email_token=token)
    if request.email_confirmed_at is None:
        request.email_confirmed_at = timezone.now()
        request.save(update_fields=["email_confirmed_at"])
        notices.received(request)
    return request


@transaction.atomic
def accept(
    request_pk: int,
    *,
    actor: Any,
    version: int,
    association_pk: int | None = None,
    role: str = MembershipRole.MANAGER,
) -> JoinRequest:
    """What was asked is done, and the asker told how to come in.

    ``association_pk``: the association was here already, and the person who wanted to
    register it is given access to it instead, in ``role``. Raises ``ValidationError``
    when the receipt number, ICE or RIB of a registration is another's.
    """
    request = _locked(request_pk, actor, version)
    if request.kind == JoinKind.REGISTRATION and association_pk is None:
        association = _create(request)
    else:
        association = _association(association_pk or request.association_id, actor)
    is_succession = request.kind == JoinKind.SUCCESSION
    request.association = association
    if is_succession:
        succession.hand_over(association, request, actor=actor)
        role = MembershipRole.MANAGER
    # After the new term is known: the minutes are good until it ends.
    evidence.file_in(
        request,
        association=association,
        code=MINUTES if is_succession else RECEIPT,
        actor=actor,
        issued_on=request.assembly_on if is_succession else request.receipt_on,
    )
    _decide(request, JoinState.ACCEPTED, actor=actor)
    _let_in(association, request, actor=actor, role=role)
    return request


@transaction.atomic
def refuse(request_pk: int, *, actor: Any, version: int, reason: str) -> JoinRequest:
    """Nothing changes but the request; the asker reads the reason."""
    request = _locked(request_pk, actor, version)
    if not reason.strip():
        raise ValidationError({"reason": _("Please give the reason.")})
    request.reason = reason.strip()
    _decide(request, JoinState.REFUSED, actor=actor)
    notices.refused(request)
    return request


def waiting(user: Any) -> Any:
    """Requests that this officer may decide of, the oldest first."""
    rows = JoinRequest.objects.visible_to(user).filter(
        state=JoinState.WAITING, email_confirmed_at__isnull=False
    )
    return rows.order_by("created_at", "pk")


def _locked(request_pk: int, actor: Any, version: int) -> JoinRequest:
    rows = JoinRequest.objects.visible_to(actor).exclude(email_confirmed_at=None)
    rows = rows.select_related("delegation", "commune", "decided_by")
    request = rows.select_for_update(of=("self",)).get(pk=request_pk)
    if not may_decide(request, actor):
        raise PermissionDenied
    if request.state != JoinState.WAITING:
        raise StaleRequest(
            _("%(who)s has decided of this request meanwhile: %(state)s."),
            params={"who": request.decided_by, "state": request.get_state_display()},
        )
    if request.version != version:
        raise StaleRequest(_("This request changed meanwhile. Read it again."))
    return request


def _association(pk: int | None, actor: Any) -> Association:
    """The one that stays, where it was merged since; locked."""
    rows = Association.objects.current().visible_to(actor).select_related("delegation")
    association = rows.select_for_update(of=("self",)).get(pk=pk)
    if not may_decide(association, actor):
        raise PermissionDenied
    return association


def _create(request: JoinRequest) -> Association:
    """Verified by the very decision. Held when a number of it is another's."""
    association = Association(
        **{name: getattr(request, name) for name in TAKEN_OVER},
        delegation=request.commune.delegation,  # type: ignore[union-attr]  # constraint
        status=AssociationStatus.VERIFIED,
    )
    association.full_clean()
    association.save()
    return association


def _decide(request: JoinRequest, state: str, *, actor: Any) -> None:
    """The file, once a document of the association, is not kept twice."""
    request.state = state
    request.decided_by = actor
    request.decided_at = timezone.now()
    request.version += 1
    path = str(request.evidence.name or "")
    if path and state == JoinState.ACCEPTED:
        request.evidence = ""
        transaction.on_commit(lambda: evidence.forget(path), robust=True)
    request.save()


def _let_in(
    association: Association, request: JoinRequest, *, actor: Any, role: str
) -> None:
    address = request.email.lower()
    rows = association.memberships.active()
    if rows.filter(user__email=address).exists():
        notices.accepted_already_member(request)
        return
    for invitation in association.invitations.pending().filter(email__iexact=address):
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    members.invite_into(
        association,
        actor=actor,
        email=address,
        role=role,
        kind="join_accepted",
        language=request.language,
    )
