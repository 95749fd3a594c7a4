"""The money: award, instalments, settlement (decision 26). Amounts in MAD."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.enums import InstalmentState, SettlementState
from applications.models.applications import Application


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An association sees its awards, which exist from publication only."""
        files = Application.objects.visible_to(user)
        return self.filter(application__in=files.values("pk"))


class OfAwardQuerySet(models.QuerySet):
    def visible_to(self, user):
        awards = Award.objects.visible_to(user)
        return self.filter(award__in=awards.values("pk"))


class Award(models.Model):
    """What was granted to one file, once published."""

    application = models.OneToOneField(
        Application,
        models.PROTECT,
        related_name="award",
        verbose_name=_("application"),
    )
    amount = models.DecimalField(_("amount (MAD)"), max_digits=14, decimal_places=2)
    granted_on = models.DateField(_("granted on"))

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="award_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("An award is above zero."),
            )
        ]

    def __str__(self):
        return str(self.application)


class Instalment(models.Model):
    """One share of an award. The shares of an award sum to its amount."""

    award = models.ForeignKey(
        Award, models.PROTECT, related_name="instalments", verbose_name=_("award")
    )
    rank = models.PositiveSmallIntegerField(_("instalment"))
    percent = models.DecimalField(_("share, in %"), max_digits=5, decimal_places=2)
    amount = models.DecimalField(_("amount (MAD)"), max_digits=14, decimal_places=2)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=InstalmentState,
        default=InstalmentState.BLOCKED,
    )
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    reference = models.CharField(_("payment reference"), max_length=60, blank=True)

    objects = OfAwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["award", "rank"]
        constraints = [
            models.UniqueConstraint(
                name="one_instalment_per_rank", fields=["award", "rank"]
            ),
            models.CheckConstraint(
                name="instalment_is_not_negative", condition=Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="instalment_paid_has_date_and_reference",
                condition=~Q(state=InstalmentState.PAID)
                | (Q(paid_on__isnull=False) & ~Q(reference="")),
                violation_error_message=_(
                    "A paid instalment has its date and its reference."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.award} – {self.rank}"


class Settlement(models.Model):
    """What an association justified of an award, for one year."""

    award = models.ForeignKey(
        Award, models.PROTECT, related_name="settlements", verbose_name=_("award")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    spent_amount = models.DecimalField(
        _("spent (MAD)"), max_digits=14, decimal_places=2, default=0
    )
    justified_amount = models.DecimalField(
        _("justified (MAD)"), max_digits=14, decimal_places=2, default=0
    )
    surplus_amount = models.DecimalField(
        _("surplus (MAD)"), max_digits=14, decimal_places=2, default=0
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=SettlementState,
        default=SettlementState.OPEN,
    )

    objects = OfAwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["award", "year"]
        constraints = [
            models.UniqueConstraint(
                name="one_settlement_per_year", fields=["award", "year"]
            ),
            models.CheckConstraint(
                name="settlement_is_not_negative",
                condition=Q(
                    spent_amount__gte=0, justified_amount__gte=0, surplus_amount__gte=0
                ),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.award} – {self.year}"
