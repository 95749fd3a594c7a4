"""The envelope of a region and the sittings in which it is spent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.enums import SittingState
from territories.scoping import TerritoryQuerySet


class RegionalQuerySet(TerritoryQuerySet):
    """Rows of a region: hidden from delegations, for they hold the decisions."""

    delegation_lookups = ()

    @property
    def region_lookups(self):
        return ("region",)

    def visible_to(self, user):
        if not user.is_active or user.is_member:
            return self.none()
        return self.within(user.scope)


class Envelope(models.Model):
    """What a region may award under one call, in MAD; locked while awarding."""

    call = models.ForeignKey(
        "applications.Call",
        models.PROTECT,
        related_name="envelopes",
        verbose_name=_("call"),
    )
    region = models.ForeignKey(
        "territories.Region", models.PROTECT, verbose_name=_("region")
    )
    amount = models.DecimalField(_("amount (MAD)"), max_digits=14, decimal_places=2)

    objects = RegionalQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        ordering = ["call", "region"]
        constraints = [
            models.UniqueConstraint(
                name="one_envelope_per_region",
                fields=["call", "region"],
                violation_error_message=_("This region has an envelope in this call."),
            ),
            models.CheckConstraint(
                name="envelope_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.call} – {self.region}"


class Sitting(models.Model):
    """جلسة البت: *open → held → validated* (decision 25)."""

    call = models.ForeignKey(
        "applications.Call",
        models.PROTECT,
        related_name="sittings",
        verbose_name=_("call"),
    )
    region = models.ForeignKey(
        "territories.Region", models.PROTECT, verbose_name=_("region")
    )
    rank = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=10, choices=SittingState, default=SittingState.OPEN
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    sits_on = models.DateField(_("day of the sitting"))
    held_at = models.DateTimeField(_("held at"), null=True, editable=False)
    reopening_reason = models.TextField(_("why it was reopened"), blank=True)
    validated_at = models.DateTimeField(_("validated at"), null=True, editable=False)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("validated by"),
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    objects = RegionalQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_sitting_per_rank", fields=["call", "region", "rank"]
            ),
            models.UniqueConstraint(
                name="one_open_sitting_per_call_and_region",
                fields=["call", "region"],
                condition=Q(state=SittingState.OPEN),
                violation_error_message=_("A sitting is open already."),
            ),
            models.CheckConstraint(
                name="validated_sitting_says_by_whom",
                condition=~Q(state=SittingState.VALIDATED)
                | Q(
                    validated_at__isnull=False,
                    validated_by__isnull=False,
                    published_at__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.call} – {self.region} – {self.rank}"
