"""Spreadsheets that came back: read, checked and previewed before they are saved."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from institutions.enums import SheetKind, SheetState
from institutions.scoping import OfCentreQuerySet


def sheet_path(sheet, filename) -> str:
    """An unguessable path, which says nothing of the centre."""
    return f"sheets/{uuid.uuid4().hex}"


class SheetImport(models.Model):
    """One list of one centre and year, as a file brought it.

    ``fingerprint`` is that of the list when the file was read: saving over a list that
    changed meanwhile is refused. ``rows`` holds identities and is encrypted;
    ``errors`` holds none: ``[{"cell": "C7", "code": "…", "message": "…"}]``.
    """

    centre = models.ForeignKey(
        "institutions.Centre", models.PROTECT, related_name="sheet_imports"
    )
    kind = models.CharField(_("list"), max_length=8, choices=SheetKind)
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(
        _("state"), max_length=9, choices=SheetState, default=SheetState.READING
    )
    file = models.FileField(_("file"), upload_to=sheet_path, max_length=200)
    file_name = models.CharField(_("file name"), max_length=150)
    job = models.ForeignKey("accounts.Job", models.PROTECT, null=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True)
    rows = EncryptedTextField(blank=True, default="")
    errors = models.JSONField(default=list)
    added_count = models.PositiveIntegerField(_("added"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    removed_count = models.PositiveIntegerField(_("removed"), default=0)
    same_count = models.PositiveIntegerField(_("as before"), default=0)
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)

    objects = OfCentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("spreadsheet received")
        verbose_name_plural = _("spreadsheets received")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="applied_sheet_says_when",
                condition=~Q(state=SheetState.APPLIED) | Q(applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="sheet_with_errors_is_never_ready",
                condition=~Q(
                    state__in=[SheetState.READY, SheetState.SAVING, SheetState.APPLIED]
                )
                | Q(error_count=0),
            ),
        ]
        indexes = [models.Index(name="sheet_of_list", fields=["centre", "kind", "-id"])]

    def __str__(self):
        return f"{self.kind} {self.centre_id} {self.year}"
