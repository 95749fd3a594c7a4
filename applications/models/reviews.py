"""The delegation's review: remarks, scores, findings set aside."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.applications import Application, OfApplicationQuerySet


class CompletionRequest(models.Model):
    """One return for completion: all remarks, sent once (law 55-19)."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="completion_requests"
    )
    rank = models.PositiveSmallIntegerField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("completion request")
        verbose_name_plural = _("completion requests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_completion_request_per_rank", fields=["application", "rank"]
            )
        ]

    def __str__(self):
        return f"{self.application_id} {self.rank}"


class RemarkQuerySet(OfApplicationQuerySet):
    def visible_to(self, user):
        """Members read what was sent to them; a draft stays in the delegation."""
        rows = super().visible_to(user)
        return rows.filter(request__isnull=False) if user.is_member else rows


class Remark(models.Model):
    """What the delegation says of one section or one document of a file.

    A draft until a completion request carries it; ``answer`` is the association's.
    ``document_type`` is empty for a remark on the section itself.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="remarks")
    request = models.ForeignKey(
        CompletionRequest, models.PROTECT, null=True, related_name="remarks"
    )
    section = models.CharField(_("section"), max_length=30)
    document_type = models.ForeignKey(
        "institutions.DocumentType",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("document"),
    )
    text = models.TextField(_("remark"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_draft_remark_per_place",
                fields=["application", "section", "document_type"],
                condition=Q(request=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="remark_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Please write the remark."),
            ),
        ]

    def __str__(self):
        return self.text[:60]


class CriterionScore(models.Model):
    """Points given to a file for one criterion of its call."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(
        "applications.Criterion", models.PROTECT, verbose_name=_("criterion")
    )
    points = models.PositiveSmallIntegerField(_("points"))
    comment = models.CharField(_("comment"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_score_per_criterion", fields=["application", "criterion"]
            )
        ]

    def __str__(self):
        return f"{self.criterion_id}: {self.points}"


class FindingAnswer(models.Model):
    """A finding that a reviewer set aside, and why."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="finding_answers"
    )
    code = models.SlugField(max_length=40)
    reason = models.CharField(_("reason"), max_length=500)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("finding set aside")
        verbose_name_plural = _("findings set aside")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_answer_per_finding", fields=["application", "code"]
            ),
            models.CheckConstraint(
                name="finding_set_aside_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Please give a reason."),
            ),
        ]

    def __str__(self):
        return self.code
