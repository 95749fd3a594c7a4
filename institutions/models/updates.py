"""The annual update (تحيين المعطيات): round, answers by section, frozen snapshot."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from institutions.enums import Answer, UpdateState, UpdateStep
from institutions.scoping import (
    OfAssociationQuerySet,
    OfUpdateQuerySet,
    SharedQuerySet,
)


class UpdateRoundQuerySet(SharedQuerySet):
    def open_on(self, day):
        return self.filter(opens_on__lte=day)


class UpdateRound(models.Model):
    """What the centre asks of every association for one year (decision 8).

    ``year`` is the year the support is for (برسم سنة). ``school_year`` 2025 means
    2025/2026. The percentages are parameters of the findings of the record.
    """

    year = models.PositiveSmallIntegerField(_("for the year"), unique=True)
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("to be confirmed by"))
    headcount_on = models.DateField(_("reference date of head-counts"))
    school_year = models.PositiveSmallIntegerField(_("school year covered"))
    accounts_year = models.PositiveSmallIntegerField(_("financial year of accounts"))
    headcount_change_percent = models.PositiveSmallIntegerField(
        _("change of head-count to be explained, in %"), default=20
    )
    amount_change_percent = models.PositiveSmallIntegerField(
        _("change of an amount to be explained, in %"), default=30
    )

    objects = UpdateRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("update round")
        verbose_name_plural = _("update rounds")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="update_round_opens_before_it_is_due",
                condition=Q(opens_on__lte=F("due_on")),
                violation_error_message=_("The round must open before it is due."),
            )
        ]

    def __str__(self):
        return str(self.year)


class AnnualUpdateQuerySet(OfAssociationQuerySet):
    def accepted(self):
        """Confirmed or verified: an application may be begun."""
        return self.filter(state__in=[UpdateState.CONFIRMED, UpdateState.VERIFIED])


class AnnualUpdate(models.Model):
    """An association's update for one year, for both programmes."""

    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="updates",
        verbose_name=_("association"),
    )
    round = models.ForeignKey(
        UpdateRound,
        models.PROTECT,
        related_name="updates",
        verbose_name=_("update round"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=UpdateState, default=UpdateState.BEGUN
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    begun_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified by"),
    )
    sent_back_reason = models.TextField(_("what to correct"), blank=True)

    objects = AnnualUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual update")
        verbose_name_plural = _("annual updates")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_update_per_association_and_year",
                fields=["association", "round"],
                violation_error_message=_("The update of this year has begun already."),
            ),
            models.CheckConstraint(
                name="confirmed_update_says_by_whom",
                condition=Q(state__in=[UpdateState.BEGUN, UpdateState.SENT_BACK])
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="verified_update_says_by_whom",
                condition=~Q(state=UpdateState.VERIFIED)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="sent_back_update_says_why",
                condition=~Q(state=UpdateState.SENT_BACK) | ~Q(sent_back_reason=""),
                violation_error_message=_("Please say what to correct."),
            ),
        ]
        indexes = [models.Index(name="update_by_state", fields=["round", "state"])]

    def __str__(self):
        return f"{self.association_id} {self.round_id}"

    @property
    def tone(self) -> str:
        """How the components show the state."""
        return {
            UpdateState.BEGUN: "wait",
            UpdateState.CONFIRMED: "now",
            UpdateState.SENT_BACK: "stop",
            UpdateState.VERIFIED: "done",
        }[UpdateState(self.state)]


class SectionAnswer(models.Model):
    """*Unchanged* or *changed*, for one section of the record in one update.

    ``unit`` is the key of the institution or centre that the section is about, 0 for
    the association itself.
    """

    update = models.ForeignKey(AnnualUpdate, models.PROTECT, related_name="answers")
    section = models.CharField(max_length=30)
    unit = models.BigIntegerField(default=0)
    answer = models.CharField(max_length=10, choices=Answer)
    explanation = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("answer for a section")
        verbose_name_plural = _("answers by section")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_answer_per_section", fields=["update", "section", "unit"]
            )
        ]

    def __str__(self):
        return f"{self.section}:{self.unit} {self.answer}"


class UpdateEvent(models.Model):
    """A step of an update, never changed: who, when, and what was said.

    *Entered* on behalf and *confirmed* by the association stand side by side, so that
    both traces remain (decision 29).
    """

    update = models.ForeignKey(AnnualUpdate, models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=10, choices=UpdateStep)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = OfUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an update")
        verbose_name_plural = _("steps of an update")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="update_event_is_never_changed",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self):
        return f"{self.update_id} {self.step}"


class UpdateRemark(models.Model):
    """What the delegation asks to correct: one field, or a whole section.

    ``field`` is empty for the section as a whole. ``event``: the sending back that
    carried it; answered once the section is saved or said right again.
    """

    update = models.ForeignKey(AnnualUpdate, models.PROTECT, related_name="remarks")
    event = models.ForeignKey(
        UpdateEvent, models.PROTECT, null=True, related_name="remarks"
    )
    section = models.CharField(_("section"), max_length=30)
    unit = models.BigIntegerField(default=0)
    field = models.CharField(_("field"), max_length=40, blank=True)
    text = models.CharField(_("what to correct"), max_length=500)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    written_at = models.DateTimeField(auto_now=True)
    answered_at = models.DateTimeField(null=True)

    objects = OfUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark on an update")
        verbose_name_plural = _("remarks on an update")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="update_remark_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Please say what to correct."),
            ),
            models.UniqueConstraint(
                name="one_unsent_remark_per_field",
                fields=["update", "section", "unit", "field"],
                condition=Q(event=None),
            ),
        ]

    def __str__(self):
        return f"{self.section}:{self.unit} {self.field}"


class Snapshot(models.Model):
    """What was certified, frozen: canonical JSON and its hash (decision 16).

    ``kind`` and ``object_id`` name an annual update or an application; children stand
    in it by code only. Never changed, never deleted.
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    association = models.ForeignKey(
        "institutions.Association", models.PROTECT, related_name="snapshots"
    )
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    schema_version = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfAssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_snapshot_per_version", fields=["kind", "object_id", "version"]
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="snapshot_is_never_changed",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.object_id} v{self.version}"


class SectionDraft(models.Model):
    """What was typed in a section and did not validate yet (decision 17).

    Raw posted values, encrypted because identity may be among them; only the form
    reads them.
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    section = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    values = EncryptedTextField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("unfinished section")
        verbose_name_plural = _("unfinished sections")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_draft_per_section", fields=["kind", "object_id", "section"]
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.object_id} {self.section}"
