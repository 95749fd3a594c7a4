"""What happened to a file, and the letters that left, each for ever."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from applications.enums import LetterKind, State
from applications.models.applications import Application, OfApplicationQuerySet


class EventQuerySet(OfApplicationQuerySet):
    def visible_to(self, user):
        """For officers: a row may hold an opinion, an amount or a decision that its
        association must not know yet. ``wording.history`` tells members the rest."""
        if user.is_member:
            return self.none()
        return super().visible_to(user)


class Event(models.Model):
    """One move of a file: append-only, kept so by the database.

    ``actor`` is empty when the system moved it at a deadline. ``deputy_for`` names the
    role stood in for (decision 7). Amounts in MAD, as they were after the move.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="events")
    transition = models.CharField(_("what"), max_length=30)
    from_state = models.CharField(_("from"), max_length=12, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=12, choices=State)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_role = models.CharField(_("as"), max_length=20, choices=Role, blank=True)
    deputy_for = models.CharField(max_length=20, choices=Role, blank=True)
    is_on_behalf = models.BooleanField(default=False)
    reason = models.TextField(_("reason"), blank=True)
    requested_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    proposed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    granted_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="event_is_never_changed",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self):
        return f"{self.application_id}: {self.from_state} → {self.to_state}"


def new_token() -> str:
    """128 random bits: nothing can be guessed from a number (decision 10)."""
    return secrets.token_urlsafe(16)


class Letter(models.Model):
    """A letter about a file, made by a worker and never made again.

    ``context`` freezes what it says; ``sha256`` is that of the PDF, whose first
    characters stand on the public check page that ``token`` leads to.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="letters")
    kind = models.CharField(_("kind"), max_length=10, choices=LetterKind)
    rank = models.PositiveSmallIntegerField(default=1)
    token = models.CharField(
        max_length=30, unique=True, default=new_token, editable=False
    )
    language = models.CharField(max_length=2)
    context = models.JSONField(default=dict)
    file = models.FileField(upload_to="letters/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("date"), auto_now_add=True)
    made_at = models.DateTimeField(null=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_letter_per_kind_and_rank",
                fields=["application", "kind", "rank"],
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.application_id}"
