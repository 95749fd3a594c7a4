"""An application: one request for support under one call."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme, Role
from applications.enums import DECIDED, Opinion, State
from institutions.scoping import association_ids_of
from territories.scoping import TerritoryQuerySet

ACTING_FROM_SUBMITTED = (Role.COORDINATOR, Role.CENTRAL, Role.INSPECTOR)


class ApplicationQuerySet(TerritoryQuerySet):
    """Files. The territory stands on the row itself, so that lists need no join."""

    delegation_lookups = ("delegation",)

    @property
    def region_lookups(self):
        return ("region",)

    def visible_to(self, user) -> Any:
        """Decision 12: a delegate sees all states, those above from *submitted*."""
        if not user.is_active:
            return self.none()
        if user.is_member:
            return self.filter(association__in=association_ids_of(user))
        rows = self.within(user.scope)
        if user.role in ACTING_FROM_SUBMITTED:
            return rows.filter(first_submitted_at__isnull=False)
        return rows

    def waiting_for(self, user) -> Any:
        """What this officer has to do, oldest due first."""
        state = {
            Role.DELEGATE: State.SUBMITTED,
            Role.COORDINATOR: State.RECOMMENDED,
        }.get(user.role)
        if state is None:
            return self.none()
        rows = self.visible_to(user).filter(state=state)
        if user.programme:
            rows = rows.filter(programme=user.programme)
        return rows.order_by("due_on", "pk")

    def live(self):
        """Those that count for *one per call*."""
        return self.exclude(state=State.WITHDRAWN)

    def with_relations(self):
        return self.select_related(
            "call", "association", "institution", "delegation", "region", "sitting"
        )


class Application(models.Model):
    """One request for support under one call.

    ``state`` is only ever changed by ``applications.workflow``. ``delegation`` and
    ``region`` are set at creation and frozen at submission (decision 12). Amounts in
    MAD. ``version`` guards against acting on a stale page.
    """

    call = models.ForeignKey(
        "applications.Call",
        models.PROTECT,
        related_name="applications",
        verbose_name=_("call"),
    )
    programme = models.CharField(_("programme"), max_length=20, choices=Programme)
    year = models.PositiveSmallIntegerField(_("for the year"))
    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="applications",
        verbose_name=_("association"),
    )
    institution = models.ForeignKey(
        "institutions.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("institution"),
    )
    update = models.ForeignKey(
        "institutions.AnnualUpdate",
        models.PROTECT,
        related_name="applications",
        verbose_name=_("annual update"),
    )
    delegation = models.ForeignKey(
        "territories.Delegation",
        models.PROTECT,
        related_name="applications",
        verbose_name=_("delegation"),
    )
    region = models.ForeignKey(
        "territories.Region",
        models.PROTECT,
        related_name="applications",
        verbose_name=_("region"),
    )
    number = models.CharField(  # noqa: DJ001 -- unique, and a draft has none
        _("number"), max_length=24, unique=True, null=True, editable=False
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    subject = models.CharField(_("subject of the request"), max_length=200, blank=True)
    purpose = models.TextField(_("use of the support"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    requested_amount = models.DecimalField(
        _("requested amount"), max_digits=14, decimal_places=2, default=0
    )
    computed_amount = models.DecimalField(
        _("computed maximum"), max_digits=14, decimal_places=2, default=0
    )
    proposed_amount = models.DecimalField(
        _("proposed amount"), max_digits=14, decimal_places=2, null=True, editable=False
    )
    granted_amount = models.DecimalField(
        _("granted amount"), max_digits=14, decimal_places=2, null=True, editable=False
    )
    opinion = models.CharField(_("opinion"), max_length=12, choices=Opinion, blank=True)
    opinion_reason = models.TextField(_("reason of the opinion"), blank=True)
    refusal_reason = models.TextField(_("reason of the refusal"), blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True, editable=False)

    first_submitted_at = models.DateTimeField(
        _("submitted at"), null=True, editable=False
    )
    submitted_at = models.DateTimeField(
        _("last submitted at"), null=True, editable=False
    )
    clock_on = models.DateField(_("delay runs from"), null=True, editable=False)
    suspended_on = models.DateField(_("delay suspended on"), null=True, editable=False)
    suspended_days = models.PositiveSmallIntegerField(default=0, editable=False)
    extended_days = models.PositiveSmallIntegerField(default=0, editable=False)
    due_on = models.DateField(_("decision due on"), null=True, editable=False)
    return_count = models.PositiveSmallIntegerField(
        _("returns"), default=0, editable=False
    )
    return_due_on = models.DateField(_("to complete by"), null=True, editable=False)
    is_second_return_authorised = models.BooleanField(default=False, editable=False)
    is_incomplete = models.BooleanField(_("incomplete"), default=False, editable=False)
    is_on_behalf = models.BooleanField(
        _("entered by the delegation"), default=False, editable=False
    )
    sitting = models.ForeignKey(
        "applications.Sitting",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="applications",
        verbose_name=_("sitting"),
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    read_at = models.DateTimeField(_("decision read at"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_live_application_per_institution_and_call",
                fields=["call", "institution"],
                condition=Q(institution__isnull=False) & ~Q(state=State.WITHDRAWN),
                violation_error_message=_(
                    "This institution has an application in this call."
                ),
            ),
            models.UniqueConstraint(
                name="one_live_application_per_association_and_call",
                fields=["call", "association"],
                condition=Q(institution=None) & ~Q(state=State.WITHDRAWN),
                violation_error_message=_(
                    "This association has an application in this call."
                ),
            ),
            models.CheckConstraint(
                name="application_unit_matches_its_programme",
                condition=Q(programme=Programme.EPS, institution__isnull=False)
                | (~Q(programme=Programme.EPS) & Q(institution=None)),
            ),
            models.CheckConstraint(
                name="application_submitted_has_number_and_date",
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN])
                | Q(number__isnull=False, first_submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_amounts_are_not_negative",
                condition=Q(requested_amount__gte=0, computed_amount__gte=0)
                & (Q(proposed_amount=None) | Q(proposed_amount__gte=0))
                & (Q(granted_amount=None) | Q(granted_amount__gte=0)),
            ),
            models.CheckConstraint(
                name="application_proposal_stays_under_the_maximum",
                condition=Q(proposed_amount=None)
                | Q(proposed_amount__lte=F("computed_amount")),
                violation_error_message=_(
                    "The proposed amount is above the computed maximum."
                ),
            ),
            models.CheckConstraint(
                name="application_recommended_has_an_opinion",
                condition=~Q(state__in=[State.RECOMMENDED, *DECIDED])
                | (
                    ~Q(opinion="")
                    & ~Q(opinion_reason="")
                    & Q(proposed_amount__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="application_approved_has_an_amount",
                condition=~Q(state=State.APPROVED)
                | Q(granted_amount__gt=0, sitting__isnull=False),
            ),
            models.CheckConstraint(
                name="application_refused_says_why",
                condition=~Q(state=State.REFUSED)
                | (~Q(refusal_reason="") & Q(sitting__isnull=False)),
            ),
            models.CheckConstraint(
                name="application_published_is_decided",
                condition=Q(published_at=None) | Q(state__in=DECIDED),
            ),
            models.CheckConstraint(
                name="application_is_returned_twice_at_most",
                condition=Q(return_count__lte=2),
            ),
        ]
        indexes = [
            models.Index(
                name="application_by_delegation",
                fields=["delegation", "state", "due_on", "id"],
            ),
            models.Index(
                name="application_by_region",
                fields=["region", "state", "due_on", "id"],
            ),
            models.Index(name="application_by_call", fields=["call", "state", "-id"]),
            models.Index(
                name="application_by_call_region", fields=["call", "region", "-id"]
            ),
            models.Index(
                name="application_return_due",
                fields=["return_due_on"],
                condition=Q(state=State.RETURNED),
            ),
        ]

    def __str__(self):
        return self.number or f"{self.get_programme_display()} {self.year}"

    def get_absolute_url(self):
        return reverse("applications:detail", args=[self.pk])

    @property
    def unit(self):
        """What the support is for: the institution, or the whole association."""
        return self.institution or self.association

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def seen_state(self) -> str:
        """The state as its association may know it: nothing before publication."""
        if self.state in DECIDED and not self.is_published:
            return State.RECOMMENDED
        return self.state


class OfApplicationQuerySet(models.QuerySet):
    """What belongs to a file is seen by whoever sees the file."""

    def visible_to(self, user):
        files = Application.objects.visible_to(user)
        return self.filter(application__in=files.values("pk"))
