"""What a file holds: lines of the calculation, budget, frozen figures, documents."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.enums import BudgetHead, LineKind
from applications.models.applications import Application, OfApplicationQuerySet
from institutions.enums import (
    Category,
    Degree,
    DisabilityType,
    ServiceLevel,
    Sex,
    SubProgramme,
)

CEILING_LABELS = {
    "child": _("ceiling per child"),
    "association": _("ceiling per association"),
}


class ApplicationLine(models.Model):
    """One line of the calculation; the lines of a file sum to its amount.

    ``declared_count`` is copied from the confirmed update and never above it;
    ``gross_amount`` = eligible × rate (× months); ``adjustment_amount`` is zero or
    negative (decisions 18 and 19). ``kind`` *ceiling* lines carry an adjustment only.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=8, choices=LineKind, default=LineKind.COUNT)
    rank = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(max_length=12, choices=Category, blank=True)
    level = models.CharField(max_length=7, choices=ServiceLevel, blank=True)
    sub_programme = models.CharField(max_length=1, choices=SubProgramme, blank=True)
    degree = models.CharField(max_length=8, choices=Degree, blank=True)
    months = models.PositiveSmallIntegerField(null=True)
    update_count = models.PositiveIntegerField(default=0)
    declared_count = models.PositiveIntegerField(default=0)
    eligible_count = models.PositiveIntegerField(default=0)
    rate_amount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    adjustment_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("line of the calculation")
        verbose_name_plural = _("lines of the calculation")
        ordering = ["application", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_line_per_key",
                fields=[
                    "application",
                    "kind",
                    "category",
                    "level",
                    "sub_programme",
                    "degree",
                    "months",
                    "reason",
                ],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="line_declares_no_more_than_the_update",
                condition=Q(declared_count__lte=F("update_count")),
                violation_error_message=_(
                    "More than the head-count confirmed in the annual update."
                ),
            ),
            models.CheckConstraint(
                name="line_counts_no_more_than_declared",
                condition=Q(eligible_count__lte=F("declared_count")),
            ),
            models.CheckConstraint(
                name="line_is_only_adjusted_downwards",
                condition=Q(adjustment_amount__lte=0),
            ),
        ]

    def __str__(self):
        return f"{self.application_id} {self.rank}"

    @property
    def amount(self):
        return self.gross_amount + self.adjustment_amount

    @property
    def key(self) -> str:
        """Names the line in forms: ``students-full``, ``A-mild-10``."""
        parts = [self.category, self.level, self.sub_programme, self.degree]
        if self.months is not None:
            parts.append(str(self.months))
        return "-".join(part for part in parts if part)

    @property
    def label(self) -> str:
        """What the line counts, in the language being read."""
        if self.kind == LineKind.CEILING:
            return str(CEILING_LABELS.get(self.reason, self.reason))
        parts = [
            self.get_category_display(),
            self.get_level_display(),
            self.get_sub_programme_display(),
            self.get_degree_display(),
        ]
        return " – ".join(str(part) for part in parts if part)


class BudgetLine(models.Model):
    """How the association means to spend; it justifies and adds nothing (19)."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="budget_lines"
    )
    head = models.CharField(_("head"), max_length=10, choices=BudgetHead)
    amount = models.DecimalField(_("amount (MAD)"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_budget_line_per_head", fields=["application", "head"]
            ),
            models.CheckConstraint(
                name="budget_line_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.head}: {self.amount}"


class EpsFigures(models.Model):
    """What an EPS file froze of the record at submission: typed, for the exports.

    Head-counts in persons, accounts in MAD (domain.md, section 3.2).
    """

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="eps", primary_key=True
    )
    capacity = models.PositiveIntegerField(default=0)
    female_count = models.PositiveIntegerField(default=0)
    male_count = models.PositiveIntegerField(default=0)
    day_count = models.PositiveIntegerField(default=0)
    partial_count = models.PositiveIntegerField(default=0)
    full_count = models.PositiveIntegerField(default=0)
    staff_female_count = models.PositiveIntegerField(default=0)
    staff_male_count = models.PositiveIntegerField(default=0)
    revenue_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    expenditure_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("figures of the institution")
        verbose_name_plural = _("figures of the institution")

    def __str__(self):
        return str(self.application_id)


class SchoolingFigure(models.Model):
    """Children of a schooling file by key, frozen at submission, in heads."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="schooling"
    )
    centre = models.ForeignKey("institutions.Centre", models.PROTECT)
    sub_programme = models.CharField(max_length=1, choices=SubProgramme)
    sex = models.CharField(max_length=1, choices=Sex)
    disability_type = models.CharField(max_length=12, choices=DisabilityType)
    degree = models.CharField(max_length=8, choices=Degree)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("children of the file")
        verbose_name_plural = _("children of the file")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_schooling_figure_per_key",
                fields=[
                    "application",
                    "centre",
                    "sub_programme",
                    "sex",
                    "disability_type",
                    "degree",
                ],
            )
        ]

    def __str__(self):
        return f"{self.application_id}: {self.count}"


class Attachment(models.Model):
    """A document of the association's vault, attached to a file."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="attachments"
    )
    document = models.ForeignKey(
        "institutions.Document",
        models.PROTECT,
        related_name="attachments",
        verbose_name=_("document"),
    )
    attached_at = models.DateTimeField(auto_now_add=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="document_is_attached_once", fields=["application", "document"]
            )
        ]

    def __str__(self):
        return str(self.document)
