"""A file while its association fills it: started, saved section by section, answered.

The delegation may do the same on behalf of an association of its territory
(decision 29); each of its acts leaves an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from applications import notifications
from applications.enums import State
from applications.models import Application, Attachment, Call, Event, Remark
from applications.programmes import get_rules
from applications.workflow.core import locked, record
from applications.workflow.guards import (
    SIGNED_CERTIFICATION,
    may_apply,
    may_file_now,
    open_remarks,
)
from applications.workflow.order import (
    Capacity,
    Manner,
    Order,
    Step,
    capacity_of,
    member_capacity,
)
from applications.workflow.table import START
from institutions import drafts
from institutions.models import AnnualUpdate, Association, Document, Institution

DRAFT_KIND = "application"
DOCUMENTS = "documents"
FILL = "fill"
FILLED_IN = (State.DRAFT, State.RETURNED)


@dataclass(frozen=True)
class Unlocked:
    """What may be edited now. ``document_type_ids`` is ``None`` for every type."""

    sections: frozenset[str]
    document_type_ids: frozenset[int] | None = None


NOTHING = Unlocked(frozenset(), frozenset())


def unlocked(application: Application) -> Unlocked:
    """All of a draft; of a returned file, only what a remark asks for."""
    if application.state == State.DRAFT:
        rules = get_rules(application.programme)
        return Unlocked(frozenset(section.code for section in rules.sections))
    if application.state != State.RETURNED:
        return NOTHING
    remarks = list(open_remarks(application).values_list("section", "document_type"))
    sections = frozenset(section for section, _type in remarks)
    types = frozenset(pk for _section, pk in remarks if pk is not None)
    if (DOCUMENTS, None) in remarks:
        return Unlocked(sections, None)
    return Unlocked(sections | {DOCUMENTS} if types else sections, types)


@transaction.atomic
def start(
    call_pk: int, *, actor: Any, association_pk: int, institution_pk: int | None = None
) -> Application:
    """A new draft, prefilled. Raises ``DoesNotExist`` out of scope."""
    call = Call.objects.published().get(pk=call_pk)
    rules = get_rules(call.programme)
    associations = Association.objects.visible_to(actor).select_related("delegation")
    association = associations.get(pk=association_pk)
    institution = None
    if rules.is_per_institution:
        units = Institution.objects.visible_to(actor).select_related("delegation")
        institution = units.get(
            pk=institution_pk, association=association, is_active=True
        )
    manner = _starting_manner(association, institution, actor)
    may_apply(association)
    if not may_file_now(call, association.pk):
        raise ValidationError(_("This call is closed."), code="call")
    delegation = (institution or association).delegation
    application = _create(
        Application(
            call=call,
            programme=call.programme,
            year=call.year,
            association=association,
            institution=institution,
            update=_accepted_update(association, call.year),
            delegation=delegation,
            region_id=delegation.region_id,
            is_on_behalf=manner is Manner.ON_BEHALF,
            created_by=actor,
        )
    )
    rules.prefill(application)
    event = _record(START.name, application, actor=actor, manner=manner)
    if manner is Manner.ON_BEHALF:
        notifications.started_on_behalf(application, event)
    return application


def may_fill_on_behalf(application: Application, actor: Any) -> bool:
    """Whether the pages of the form are open to this officer, who sees the file.

    A draft of its territory; a file sent back only where the delegation entered it,
    for an association answers the remarks made to it.
    """
    if actor.role != Role.DELEGATE:
        return False
    if application.state == State.RETURNED:
        return application.is_on_behalf
    return application.state == State.DRAFT


def _starting_manner(
    association: Association, institution: Institution | None, actor: Any
) -> Manner:
    """A delegation starts a file only where it will receive it (decision 12)."""
    if actor.role == Role.MEMBER:
        if member_capacity(association.pk, actor) is None:
            raise PermissionDenied
        return Manner.OWN
    if actor.role != Role.DELEGATE:
        raise PermissionDenied
    if (institution or association).delegation_id != actor.delegation_id:
        raise Association.DoesNotExist
    return Manner.ON_BEHALF


def _accepted_update(association: Association, year: int) -> AnnualUpdate:
    update = (
        AnnualUpdate.objects.accepted()
        .filter(association=association, round__year=year)
        .select_related("round")
        .first()
    )
    if update is None:
        raise ValidationError(_("Confirm the annual update first."), code="update")
    return update


def _create(application: Application) -> Application:
    """One live file per unit and call, whoever else starts one at the same moment."""
    for constraint in application._meta.constraints:
        # The others are about later states: each would be a query for nothing.
        if isinstance(constraint, UniqueConstraint):
            constraint.validate(Application, application)
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(
            _("An application has been started already for this call.")
        ) from error
    return application


@transaction.atomic
def save_section(  # noqa: PLR0913 -- a section as posted, and as it validates
    pk: int,
    section: str,
    *,
    actor: Any,
    version: int,
    raw: drafts.Raw,
    cleaned: Mapping[str, Any] | None,
) -> drafts.Draft:
    """Keeps what was typed; copies it to typed columns when it is valid.

    ``version`` is that of the section's draft, 0 when there is none; ``cleaned`` is
    ``None`` while the section does not validate. Raises ``drafts.StaleSection``.
    """
    application, manner = _locked_to_fill(pk, actor)
    if section not in unlocked(application).sections:
        raise ValidationError(_("This section is closed for now."))
    if cleaned is None:
        return drafts.keep(
            DRAFT_KIND, pk, section, actor=actor, version=version, raw=raw
        )
    draft = drafts.clear(DRAFT_KIND, pk, section, actor=actor, version=version)
    get_rules(application.programme).save_section(application, section, cleaned)
    _touched(application, actor=actor, manner=manner, reason=section)
    return draft


@transaction.atomic
def attach(pk: int, document_pk: int, *, actor: Any) -> Attachment:
    """Adds a document of the association's vault; twice is once."""
    application, manner = _locked_to_fill(pk, actor)
    documents = Document.objects.visible_to(actor).current().select_related("type")
    document = documents.get(pk=document_pk, association=application.association_id)
    _check_type(application, document)
    attachment, is_new = Attachment.objects.get_or_create(
        application=application, document=document
    )
    if is_new:
        _touched(application, actor=actor, manner=manner, reason=document.type.code)
    return attachment


@transaction.atomic
def detach(attachment_pk: int, *, actor: Any) -> Application:
    """Takes a document off the file; it stays in the vault."""
    attachment = Attachment.objects.visible_to(actor).get(pk=attachment_pk)
    application, manner = _locked_to_fill(attachment.application_id, actor)
    document = attachment.document
    _check_type(application, document)
    attachment.delete()
    _touched(application, actor=actor, manner=manner, reason=document.type.code)
    return application


def _check_type(application: Application, document: Document) -> None:
    may = unlocked(application)
    is_certification = document.type.code == SIGNED_CERTIFICATION
    if is_certification and application.is_on_behalf:
        return
    types = may.document_type_ids
    if DOCUMENTS not in may.sections or (
        types is not None and document.type_id not in types
    ):
        raise ValidationError(_("No document of this type is asked for now."))


@transaction.atomic
def answer_remark(remark_pk: int, *, actor: Any, answer: str) -> Remark:
    """The association's answer to one remark of the last completion request."""
    remark = Remark.objects.visible_to(actor).get(pk=remark_pk)
    application, manner = _locked_to_fill(remark.application_id, actor)
    answer = answer.strip()
    if application.state != State.RETURNED or not (
        open_remarks(application).filter(pk=remark.pk).exists()
    ):
        raise ValidationError(_("This remark is not waiting for an answer."))
    if not answer:
        raise ValidationError(_("Please write an answer."), code="answer")
    remark.answer = answer
    remark.answered_at = timezone.now()
    remark.save(update_fields=["answer", "answered_at"])
    _touched(application, actor=actor, manner=manner, reason=remark.section)
    return remark


def _locked_to_fill(pk: int, actor: Any) -> tuple[Application, Manner]:
    """The locked file, and whether its association or the delegation fills it."""
    application = locked(pk, actor)
    capacity = capacity_of(application, actor)
    if capacity in (Capacity.MANAGER, Capacity.EDITOR):
        manner = Manner.OWN
    elif capacity is Capacity.DELEGATE:
        manner = Manner.ON_BEHALF
    else:
        raise PermissionDenied
    if application.state not in FILLED_IN:
        raise ValidationError(_("This file is not being filled any more."))
    return application, manner


def _touched(
    application: Application, *, actor: Any, manner: Manner, reason: str
) -> None:
    """A new version, so that nobody certifies another file than the one he read."""
    application.version += 1
    is_taken_over = manner is Manner.ON_BEHALF and not application.is_on_behalf
    if is_taken_over:
        application.is_on_behalf = True
    application.save(update_fields=["version", "is_on_behalf"])
    if manner is Manner.ON_BEHALF:
        event = _filled(application, actor=actor, reason=reason)
        if is_taken_over:
            notifications.started_on_behalf(application, event)


def _filled(application: Application, *, actor: Any, reason: str) -> Event:
    """One step for one section, however often it is saved, until something else is."""
    last = application.events.order_by("-pk").first()
    if last and (last.transition, last.actor_id, last.reason) == (
        FILL,
        actor.pk,
        reason,
    ):
        return last
    return _record(
        FILL, application, actor=actor, manner=Manner.ON_BEHALF, reason=reason
    )


def _record(
    name: str, application: Application, *, actor: Any, manner: Manner, reason: str = ""
) -> Event:
    step = Step(
        application=application,
        order=Order(actor=actor, version=application.version, reason=reason),
        capacity=Capacity.DELEGATE if actor.is_staff else Capacity.MANAGER,
    )
    before = None if name == START.name else State(application.state)
    return record(name, step, before=before, manner=manner)
