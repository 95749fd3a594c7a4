"""Days off, which the delays of the calls count around."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HolidayQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The calendar is no secret, but only the staff has a page for it."""
        return self.all() if user.is_active and user.is_staff else self.none()


class Holiday(models.Model):
    """A correction of the calendar by the centre (decision 9).

    Islamic holidays are estimates until announced: a row adds a day off, or makes a
    working day of an estimated one.
    """

    day = models.DateField(_("day"), unique=True)
    is_off = models.BooleanField(_("day off"), default=True)
    label = models.CharField(_("what for"), max_length=100, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"
