"""The yearly call and everything that changes from one year to the next."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme
from applications.enums import ClockStart, Level
from institutions.enums import Category, Degree, ServiceLevel, SubProgramme
from institutions.models import Association
from territories.models import BilingualName


def _is_open(at):
    return Q(opens_at__lte=at, closes_at__gte=at)


class CallQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)

    def open(self, at=None):
        return self.published().filter(_is_open(at or timezone.now()))

    def open_to(self, association_pk, at=None):
        """Those open, and those it holds a late code for that is still good."""
        at = at or timezone.now()
        codes = LateCode.objects.filter(
            association=association_pk, expires_at__gte=at
        ).order_by()
        is_late = Q(pk__in=codes.values("call"))
        return self.published().filter(_is_open(at) | is_late)

    def visible_to(self, user):
        """Published calls are public; drafts belong to the central services."""
        if user.is_authenticated and user.is_staff and user.is_active:
            return self
        return self.published()


class Call(BilingualName, models.Model):  # noqa: DJ008 -- its name, from BilingualName
    """One call for support per programme and year (برسم سنة).

    Durations: ``decision_days`` (law 55-19), ``completion_days`` given to complete a
    file, ``appeal_days``, all in calendar days. Amounts in MAD; ceilings apply to
    schooling, per child and per association; empty means none.
    """

    programme = models.CharField(_("programme"), max_length=20, choices=Programme)
    year = models.PositiveSmallIntegerField(_("for the year"))
    name_ar = models.CharField(_("title in Arabic"), max_length=200)
    name_fr = models.CharField(_("title in French"), max_length=200)
    summary_ar = models.TextField(_("summary in Arabic"), blank=True)
    summary_fr = models.TextField(_("summary in French"), blank=True)
    funding_source_ar = models.CharField(
        _("source of funding, in Arabic"), max_length=200, blank=True
    )
    funding_source_fr = models.CharField(
        _("source of funding, in French"), max_length=200, blank=True
    )
    is_published = models.BooleanField(_("published"), default=False)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    completion_days = models.PositiveSmallIntegerField(
        _("days to complete a returned file"), default=15
    )
    decision_days = models.PositiveSmallIntegerField(
        _("days to decide"), default=60, validators=[MinValueValidator(1)]
    )
    appeal_days = models.PositiveSmallIntegerField(_("days to appeal"), default=30)
    clock_start = models.CharField(
        _("the delay runs"),
        max_length=10,
        choices=ClockStart,
        default=ClockStart.RECEIPT,
    )
    convention_threshold_amount = models.DecimalField(
        _("agreement required above (MAD)"),
        max_digits=14,
        decimal_places=2,
        default=50_000,
    )
    child_ceiling_amount = models.DecimalField(
        _("ceiling per child and year (MAD)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    association_ceiling_amount = models.DecimalField(
        _("ceiling per association (MAD)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    max_months = models.PositiveSmallIntegerField(
        _("months supported at most"), default=12, validators=[MaxValueValidator(12)]
    )
    age_min = models.PositiveSmallIntegerField(_("youngest age"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("oldest age"), null=True, blank=True)
    child_prevalence_percent = models.DecimalField(
        _("prevalence of disability among children, in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    prevalence_source = models.CharField(
        _("source of the prevalence"), max_length=200, blank=True
    )
    cloned_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-year", "programme"]
        constraints = [
            models.UniqueConstraint(
                name="one_call_per_programme_and_year",
                fields=["programme", "year"],
                violation_error_message=_("This programme has a call for this year."),
            ),
            models.CheckConstraint(
                name="call_opens_before_it_closes",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message=_("The call must open before it closes."),
            ),
            models.CheckConstraint(
                name="call_ages_are_in_order",
                condition=Q(age_min=None)
                | Q(age_max=None)
                | Q(age_min__lte=F("age_max")),
                violation_error_message=_("The youngest age comes first."),
            ),
            models.CheckConstraint(
                name="call_prevalence_gives_its_source",
                condition=Q(child_prevalence_percent=None) | ~Q(prevalence_source=""),
                violation_error_message=_("Give the source of this figure."),
            ),
        ]

    def is_open(self, at=None) -> bool:
        at = at or timezone.now()
        return self.is_published and self.opens_at <= at <= self.closes_at

    def funding_source_in(self, language: str) -> str:
        if language.startswith("fr"):
            return self.funding_source_fr or self.funding_source_ar
        return self.funding_source_ar or self.funding_source_fr


class CallPartQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The parts of a call are seen by whoever sees the call."""
        calls = Call.objects.visible_to(user)
        return self.filter(call__in=calls.values("pk"))


class CallDocument(models.Model):
    """A document the call asks for, and whether a file is complete without it."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="documents")
    type = models.ForeignKey(
        "institutions.DocumentType", models.PROTECT, verbose_name=_("type of document")
    )
    is_required = models.BooleanField(_("required"), default=True)
    hint_ar = models.CharField(_("hint in Arabic"), max_length=250, blank=True)
    hint_fr = models.CharField(_("hint in French"), max_length=250, blank=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CallPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the call")
        verbose_name_plural = _("documents of the call")
        ordering = ["call", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_line_per_document_type", fields=["call", "type"]
            )
        ]

    def __str__(self):
        return str(self.type)

    def hint_in(self, language: str) -> str:
        if language.startswith("fr"):
            return self.hint_fr or self.hint_ar
        return self.hint_ar or self.hint_fr


class Criterion(BilingualName, models.Model):  # noqa: DJ008 -- its name, likewise
    """What the delegate scores, each out of ``max_score`` points."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    name_ar = models.CharField(_("criterion in Arabic"), max_length=200)
    name_fr = models.CharField(_("criterion in French"), max_length=200)
    max_score = models.PositiveSmallIntegerField(_("points at most"), default=20)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CallPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["call", "rank", "pk"]


class EpsRate(models.Model):
    """MAD per beneficiary per year, by target category and service level."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="eps_rates")
    category = models.CharField(_("category"), max_length=12, choices=Category)
    level = models.CharField(_("service level"), max_length=7, choices=ServiceLevel)
    amount = models.DecimalField(_("rate (MAD)"), max_digits=10, decimal_places=2)

    objects = CallPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate per beneficiary and year")
        verbose_name_plural = _("rates per beneficiary and year")
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_eps_rate_per_key", fields=["call", "category", "level"]
            ),
            models.CheckConstraint(
                name="eps_rate_is_not_negative", condition=Q(amount__gte=0)
            ),
        ]

    def __str__(self):
        return f"{self.category} {self.level}: {self.amount}"


class SchoolingRate(models.Model):
    """MAD per child per month, by sub-programme; ``degree`` empty means all."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="schooling_rates")
    sub_programme = models.CharField(
        _("sub-programme"), max_length=1, choices=SubProgramme
    )
    degree = models.CharField(_("degree"), max_length=8, choices=Degree, blank=True)
    amount = models.DecimalField(_("rate (MAD)"), max_digits=10, decimal_places=2)

    objects = CallPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate per child and month")
        verbose_name_plural = _("rates per child and month")
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_schooling_rate_per_key",
                fields=["call", "sub_programme", "degree"],
            ),
            models.CheckConstraint(
                name="schooling_rate_is_not_negative", condition=Q(amount__gte=0)
            ),
        ]

    def __str__(self):
        return f"{self.sub_programme} {self.degree}: {self.amount}"


class FindingLevel(models.Model):
    """What a call makes of one automatic check, with its parameter."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="finding_levels")
    code = models.SlugField(_("check"), max_length=40)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    parameter = models.DecimalField(
        _("limit"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    objects = CallPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("level of a check")
        verbose_name_plural = _("levels of checks")
        ordering = ["call", "code"]
        constraints = [
            models.UniqueConstraint(
                name="one_level_per_finding", fields=["call", "code"]
            )
        ]

    def __str__(self):
        return f"{self.code}: {self.level}"


class InstalmentShare(models.Model):
    """How an award of this call is paid: shares in per cent, by rank."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="instalment_shares")
    rank = models.PositiveSmallIntegerField(_("instalment"))
    percent = models.DecimalField(_("share, in %"), max_digits=5, decimal_places=2)

    objects = CallPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of an instalment")
        verbose_name_plural = _("shares of instalments")
        ordering = ["call", "rank"]
        constraints = [
            models.UniqueConstraint(name="one_share_per_rank", fields=["call", "rank"]),
            models.CheckConstraint(
                name="instalment_share_is_a_percentage",
                condition=Q(percent__gt=0, percent__lte=100),
            ),
        ]

    def __str__(self):
        return f"{self.rank}: {self.percent} %"


class LateCodeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the associations an officer sees, or of one's own."""
        if not user.is_active:
            return self.none()
        associations = Association.objects.visible_to(user)
        return self.filter(association__in=associations.values("pk"))


class LateCode(models.Model):
    """Lets one association submit after the close, until a date, for a reason."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="late_codes")
    association = models.ForeignKey(
        "institutions.Association", models.PROTECT, verbose_name=_("association")
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    expires_at = models.DateTimeField(_("valid until"))
    reason = models.CharField(_("reason"), max_length=300)

    objects = LateCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("late code")
        verbose_name_plural = _("late codes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_late_code_per_association", fields=["call", "association"]
            ),
            models.CheckConstraint(
                name="late_code_has_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self):
        return self.code


class CallCounter(models.Model):
    """The last file number given in a region; locked while giving the next."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="counters")
    region = models.ForeignKey("territories.Region", models.PROTECT)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_counter_per_call_and_region", fields=["call", "region"]
            )
        ]

    def __str__(self):
        return f"{self.call_id} {self.region_id}: {self.last}"
