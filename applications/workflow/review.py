"""The delegation's review before its opinion: remarks, scores, findings set aside.

The coordinator may do it as the delegation's deputy (decision 7).
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import findings
from applications.enums import State
from applications.models import Application, CriterionScore, FindingAnswer, Remark
from applications.programmes import get_rules
from applications.workflow.core import locked
from applications.workflow.order import capacity_of
from applications.workflow.table import DELEGATION
from institutions.models import DocumentType


@transaction.atomic
def save_remark(
    pk: int,
    *,
    actor: Any,
    section: str,
    document_type_pk: int | None = None,
    text: str,
) -> Remark | None:
    """A draft remark on a section or a document; an empty text takes it away."""
    application = _locked_to_review(pk, actor)
    codes = {item.code for item in get_rules(application.programme).sections}
    if section not in codes:
        raise ValidationError(_("This section does not exist."), code="section")
    if document_type_pk is not None:
        DocumentType.objects.get(pk=document_type_pk)
    text = text.strip()
    place = application.remarks.filter(
        request=None, section=section, document_type=document_type_pk
    )
    if not text:
        place.delete()
        return None
    remark = place.first() or Remark(
        application=application, section=section, document_type_id=document_type_pk
    )
    remark.text = text
    remark.written_by = actor
    remark.save()
    return remark


@transaction.atomic
def save_scores(
    pk: int, *, actor: Any, points: Mapping[int, int | None]
) -> Application:
    """``{criterion: points}``; ``None`` takes a score away."""
    application = _locked_to_review(pk, actor)
    criteria = {row.pk: row for row in application.call.criteria.all()}
    scores: list[CriterionScore] = []
    for criterion_pk, given in points.items():
        criterion = criteria.get(criterion_pk)
        if criterion is None:
            raise ValidationError(_("This criterion is not in the call."))
        if given is None:
            application.scores.filter(criterion=criterion).delete()
            continue
        if not 0 <= given <= criterion.max_score:
            raise ValidationError(
                _("%(criterion)s: from 0 to %(most)s points."),
                code=f"criterion-{criterion_pk}",
                params={"criterion": criterion, "most": criterion.max_score},
            )
        scores.append(
            CriterionScore(application=application, criterion=criterion, points=given)
        )
    CriterionScore.objects.bulk_create(
        scores,
        update_conflicts=True,
        unique_fields=["application", "criterion"],
        update_fields=["points"],
    )
    return application


@transaction.atomic
def set_finding_aside(
    pk: int, *, actor: Any, code: str, reason: str
) -> FindingAnswer | None:
    """With a reason; an empty one brings the finding back."""
    application = _locked_to_review(pk, actor)
    reason = reason.strip()
    if not reason:
        application.finding_answers.filter(code=code).delete()
        return None
    if code not in {finding.code for finding in findings.check(application)}:
        raise ValidationError(_("This finding does not stand any more."))
    return FindingAnswer.objects.update_or_create(
        application=application,
        code=code,
        defaults={"reason": reason, "answered_by": actor},
    )[0]


def _locked_to_review(pk: int, actor: Any) -> Application:
    application = locked(pk, actor)
    if capacity_of(application, actor) not in DELEGATION:
        raise PermissionDenied
    if application.state != State.SUBMITTED:
        raise ValidationError(_("This file is not under review by the delegation."))
    return application
