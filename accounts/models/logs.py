"""Who looked at personal data, and which form was already sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Access, Role


class AccessLogQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The inspector checks it; the administrator keeps it."""
        may_read = user.is_active and user.role in (Role.INSPECTOR, Role.ADMINISTRATOR)
        return self.all() if may_read else self.none()


class AccessLog(models.Model):
    """One reading, download or export of personal data (law 09-08).

    ``count`` is a head-count of persons or a number of rows; ``detail`` says the
    filter or the file; names never stand here.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    action = models.CharField(_("action"), max_length=10, choices=Access)
    object_kind = models.CharField(_("what"), max_length=60)
    object_id = models.BigIntegerField(_("number"), null=True)
    association_id = models.BigIntegerField(_("association"), null=True)
    count = models.PositiveIntegerField(_("how many"), default=1)
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        ordering = ["-pk"]
        indexes = [
            models.Index(name="access_of_association", fields=["association_id", "-id"])
        ]

    def __str__(self):
        return f"{self.get_action_display()} {self.pk}"


class IdempotencyKey(models.Model):
    """A form already answered: its second sending leads to the same page.

    Kept seven days (decision 3).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    key = models.UUIDField()
    path = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_per_form", fields=["user", "key"])
        ]

    def __str__(self):
        return f"{self.user_id} {self.key}"
