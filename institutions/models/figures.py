"""Figures of one year, one row per key, so that they can be summed (decision 15)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from institutions.enums import (
    AccountKind,
    AccountSource,
    Category,
    Employer,
    ServiceLevel,
    Sex,
)
from institutions.scoping import OfInstitutionQuerySet, RecordQuerySet


class Headcount(models.Model):
    """Beneficiaries of an institution on the reference date of the update round."""

    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="headcounts"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    category = models.CharField(_("category"), max_length=12, choices=Category)
    level = models.CharField(_("service level"), max_length=7, choices=ServiceLevel)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    count = models.PositiveIntegerField(_("head-count"))

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("head-count")
        verbose_name_plural = _("head-counts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_headcount_per_key",
                fields=["institution", "year", "category", "level", "sex"],
            )
        ]

    def __str__(self):
        return f"{self.category} {self.level} {self.sex}: {self.count}"


class StaffCount(models.Model):
    """Staff of an institution by employer; ``function`` stays empty until asked."""

    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="staff_counts"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    employer = models.CharField(_("employer"), max_length=11, choices=Employer)
    function = models.CharField(_("function"), max_length=20, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    count = models.PositiveIntegerField(_("head-count"))

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff count")
        verbose_name_plural = _("staff counts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_staff_count_per_key",
                fields=["institution", "year", "employer", "function", "sex"],
            )
        ]

    def __str__(self):
        return f"{self.employer} {self.sex}: {self.count}"


class AccountLine(models.Model):
    """A line of the accounts of one financial year, in MAD.

    Of an institution, or of the association as a whole where ``institution`` is empty.
    """

    association = models.ForeignKey(
        "institutions.Association", models.PROTECT, related_name="account_lines"
    )
    institution = models.ForeignKey(
        "institutions.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account_lines",
    )
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("kind"), max_length=11, choices=AccountKind)
    source = models.CharField(_("source"), max_length=10, choices=AccountSource)
    amount = models.DecimalField(_("amount (MAD)"), max_digits=14, decimal_places=2)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("account line")
        verbose_name_plural = _("account lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_account_line_per_key",
                fields=["association", "institution", "year", "kind", "source"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="account_line_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.source}: {self.amount}"


class UnmetRequests(models.Model):
    """Requests for admission that could not be met, in heads."""

    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="unmet_requests"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    count = models.PositiveIntegerField(_("head-count"))

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("unmet requests")
        verbose_name_plural = _("unmet requests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_unmet_count_per_key", fields=["institution", "year", "sex"]
            )
        ]

    def __str__(self):
        return f"{self.year} {self.sex}: {self.count}"
