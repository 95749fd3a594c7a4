"""What is asked of student houses besides (domain.md, section 3.3): rows per key."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from institutions.enums import (
    Engagement,
    FundingPurpose,
    FundingSource,
    HouseFunction,
    Sex,
    Stay,
    StayGroup,
)
from institutions.scoping import OfInstitutionQuerySet


class SeasonCount(models.Model):
    """Students housed, fed or with a school grant in one school year, in heads.

    ``season`` 2025 is the school year 2025/2026. Orphans and students with a disability
    are among ``all``, as are the three levels.
    """

    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="season_counts"
    )
    season = models.PositiveSmallIntegerField(_("school year"))
    stay = models.CharField(_("service"), max_length=10, choices=Stay)
    group = models.CharField(_("group"), max_length=10, choices=StayGroup)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    count = models.PositiveIntegerField(_("head-count"))

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("students of a season")
        verbose_name_plural = _("students by season")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_season_count_per_key",
                fields=["institution", "season", "stay", "group", "sex"],
            )
        ]

    def __str__(self):
        return f"{self.season} {self.stay} {self.group} {self.sex}: {self.count}"


class FundingLine(models.Model):
    """What one source gave for the house, in MAD.

    ``year`` is the financial year for operation, the year of the works for
    construction and equipment.
    """

    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="funding_lines"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=FundingPurpose)
    source = models.CharField(_("source"), max_length=10, choices=FundingSource)
    amount = models.DecimalField(_("amount (MAD)"), max_digits=14, decimal_places=2)

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_funding_line_per_key",
                fields=["institution", "year", "purpose", "source"],
            ),
            models.CheckConstraint(
                name="funding_line_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.purpose} {self.source}: {self.amount}"


class FunctionCount(models.Model):
    """Staff of a student house by function and engagement.

    ``declared_count`` and ``minimum_wage_count`` are among ``count``: declared to the
    CNSS, paid at least the minimum wage (SMIG). ``monthly_amount``: the cost of all of
    them in one month, ``yearly_amount`` in the year, in MAD.
    """

    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="function_counts"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    function = models.CharField(_("function"), max_length=15, choices=HouseFunction)
    engagement = models.CharField(_("engagement"), max_length=12, choices=Engagement)
    count = models.PositiveIntegerField(_("head-count"))
    declared_count = models.PositiveIntegerField(_("declared to the CNSS"), default=0)
    minimum_wage_count = models.PositiveIntegerField(
        _("paid at least the minimum wage"), default=0
    )
    monthly_amount = models.DecimalField(
        _("cost in a month (MAD)"), max_digits=12, decimal_places=2, default=0
    )
    yearly_amount = models.DecimalField(
        _("cost in the year (MAD)"), max_digits=14, decimal_places=2, default=0
    )

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff by function")
        verbose_name_plural = _("staff by function")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_function_count_per_key",
                fields=["institution", "year", "function", "engagement"],
            ),
            models.CheckConstraint(
                name="function_parts_are_within_the_count",
                condition=Q(declared_count__lte=F("count"))
                & Q(minimum_wage_count__lte=F("count")),
                violation_error_message=_(
                    "Those declared or paid the minimum wage are among the staff "
                    "counted."
                ),
            ),
            models.CheckConstraint(
                name="function_costs_are_not_negative",
                condition=Q(monthly_amount__gte=0, yearly_amount__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.function} {self.engagement}: {self.count}"
