"""What the nightly check of the record found, so that a long list of it is quick."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from institutions.scoping import RecordFindingQuerySet


class RecordFinding(models.Model):
    """One finding about one association or one of its units (decision 46).

    Computed again every night: what is no longer found is ``settled_on`` that day, and
    a finding that comes back is a new row. ``subject`` tells apart several findings of
    one code about one unit. The evidence holds figures, dates and codes; never the name
    of a child or a number of an identity paper.
    """

    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="record_findings",
        verbose_name=_("association"),
    )
    institution = models.ForeignKey(
        "institutions.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    centre = models.ForeignKey(
        "institutions.Centre",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("centre"),
    )
    code = models.CharField(_("check"), max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    evidence = models.JSONField(_("evidence"), default=dict)
    found_on = models.DateField(_("found on"))
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seen by"),
    )
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    reason = models.CharField(_("explanation"), max_length=500, blank=True)

    objects = RecordFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding of the record")
        verbose_name_plural = _("findings of the record")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_finding_per_subject",
                fields=["association", "institution", "centre", "code", "subject"],
                condition=Q(settled_on=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="record_finding_is_about_one_unit_at_most",
                condition=Q(institution=None) | Q(centre=None),
            ),
            models.CheckConstraint(
                name="record_finding_is_seen_by_somebody",
                condition=Q(seen_by=None, seen_at=None, reason="")
                | Q(seen_by__isnull=False, seen_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="record_finding_open",
                fields=["code", "association"],
                condition=Q(settled_on=None),
            )
        ]

    def __str__(self):
        return f"{self.code} {self.association_id}"
