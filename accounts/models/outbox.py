"""What people are told and what the worker has to do, as rows."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JobState, Language, MailState

if TYPE_CHECKING:
    from accounts.models.users import User


@dataclass(frozen=True)
class Addressee:
    """Somebody without an account, as the words of a mail need to know them."""

    email: str
    language: str
    name: str = ""
    is_active: bool = True


class OutboxQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(recipient_id=user.pk)

    def unread(self):
        return self.filter(read_at=None)

    def due(self):
        return self.filter(mail_state=MailState.PENDING, try_at__lte=timezone.now())


class Outbox(models.Model):
    """One thing told to one person: a notice in the portal, and its mail.

    Written in the transaction of what it tells; ``key`` is unique, so that the same
    event cannot be told twice. ``context`` holds all that the two languages need,
    for this room knows nothing of those above it (decision 2).

    Whoever has no account yet is reached at ``address``, in ``language``.
    """

    kind = models.SlugField(_("kind"), max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="notices",
        verbose_name=_("recipient"),
    )
    address = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ARABIC
    )
    key = models.CharField(max_length=200, unique=True)
    context = models.JSONField(default=dict)
    path = models.CharField(
        max_length=300, blank=True, help_text=_("Page to open, without its language.")
    )
    created_at = models.DateTimeField(_("date"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    mail_state = models.CharField(
        _("mail"), max_length=10, choices=MailState, default=MailState.PENDING
    )
    try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="notice_is_to_an_account_or_an_address",
                condition=Q(recipient=None) ^ Q(address=""),
            )
        ]
        indexes = [
            models.Index(
                name="outbox_due",
                fields=["try_at"],
                condition=Q(mail_state=MailState.PENDING),
            ),
            models.Index(name="outbox_of_recipient", fields=["recipient", "-id"]),
            # Whoever was told of something today is not told again.
            models.Index(name="outbox_of_kind", fields=["kind", "created_at"]),
            models.Index(
                name="outbox_unread", fields=["recipient"], condition=Q(read_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.kind} → {self.recipient_id or self.address}"

    @property
    def reader(self) -> "User | Addressee":
        """Whoever reads it: an account, or a bare address."""
        return self.recipient or Addressee(self.address, self.language)


class Mail(models.Model):
    """A mail as it left, shown by the demonstration's mailbox."""

    message_id = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [models.Index(name="mail_to", fields=["to", "-id"])]

    def __str__(self):
        return self.subject


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(owner_id=user.pk)


class Job(models.Model):
    """Long work: asked for in a transaction, done by a worker, shown as it goes.

    ``task`` is the name of the Celery task that takes the row's key. ``file`` is kept
    until ``expires_at``. A row left *running* by a killed worker is taken up again by
    the sweep, at most ``Job.MAX_ATTEMPTS`` times.
    """

    MAX_ATTEMPTS = 3

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    object_kind = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs"
    )
    language = models.CharField(max_length=2, default="ar")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="jobs/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                name="job_open",
                fields=["touched_at"],
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
            ),
            models.Index(name="job_of_owner", fields=["owner", "-created_at"]),
        ]

    def __str__(self):
        return f"{self.task} {self.id}"
