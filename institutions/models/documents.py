"""Documents: kept once, private, reused until they expire (decision 21)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.enums import DocumentLevel, ScanState, Validity
from institutions.scoping import DocumentQuerySet, SharedQuerySet
from territories.models import BilingualName


class DocumentType(BilingualName, models.Model):
    """A kind of document that calls may ask for; a list kept by the centre."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=150)
    name_fr = models.CharField(_("name in French"), max_length=150)
    level = models.CharField(_("about"), max_length=12, choices=DocumentLevel)
    validity = models.CharField(_("validity"), max_length=14, choices=Validity)
    is_identity = models.BooleanField(
        _("identity paper"),
        default=False,
        help_text=_("Photographs of it are marked with the purpose of their use."),
    )
    max_files = models.PositiveSmallIntegerField(_("files at most"), default=5)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = _("type of document")
        verbose_name_plural = _("types of documents")
        ordering = ["pk"]

    def __str__(self):
        return self.name


def document_path(document, filename) -> str:
    """An unguessable path, which says nothing of the owner."""
    return f"documents/{uuid.uuid4().hex}"


class Document(models.Model):
    """One file of an association, possibly about one of its units or persons.

    ``original_name`` is what people see; the stored path is a random one. The same
    content is stored once per association.
    """

    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="documents",
        verbose_name=_("association"),
    )
    institution = models.ForeignKey(
        "institutions.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("institution"),
    )
    centre = models.ForeignKey(
        "institutions.Centre",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("centre"),
    )
    child = models.ForeignKey(
        "institutions.Child",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("child"),
    )
    staff_member = models.ForeignKey(
        "institutions.StaffMember",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("staff member"),
    )
    type = models.ForeignKey(
        DocumentType, models.PROTECT, verbose_name=_("type of document")
    )
    file = models.FileField(_("file"), upload_to=document_path, max_length=200)
    original_name = models.CharField(_("file name"), max_length=150)
    mime = models.CharField(_("format"), max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    page_count = models.PositiveIntegerField(_("pages"), null=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    is_withdrawn = models.BooleanField(default=False, editable=False)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    still_valid_at = models.DateTimeField(
        _("said still valid at"), null=True, editable=False
    )
    still_valid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("said still valid by"),
    )
    scan_state = models.CharField(
        _("virus scan"),
        max_length=8,
        choices=ScanState,
        default=ScanState.OFF,
        editable=False,
    )
    scanned_at = models.DateTimeField(_("scanned at"), null=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("added by")
    )
    uploaded_at = models.DateTimeField(_("added on"), default=timezone.now)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_document_per_content", fields=["association", "sha256"]
            ),
            models.CheckConstraint(
                name="document_is_about_one_thing_at_most",
                condition=(
                    Q(institution=None, centre=None, child=None)
                    | Q(institution=None, centre=None, staff_member=None)
                    | Q(institution=None, child=None, staff_member=None)
                    | Q(centre=None, child=None, staff_member=None)
                ),
            ),
            models.CheckConstraint(
                name="document_expires_after_its_issue",
                condition=Q(issued_on=None)
                | Q(expires_on=None)
                | Q(expires_on__gte=F("issued_on")),
                violation_error_message=_("It cannot expire before its date."),
            ),
        ]
        indexes = [
            models.Index(
                name="document_by_type", fields=["association", "type", "-id"]
            ),
            models.Index(
                name="document_expiring",
                fields=["expires_on"],
                condition=Q(is_withdrawn=False, expires_on__isnull=False),
            ),
            models.Index(
                name="document_to_scan",
                fields=["id"],
                condition=Q(scan_state__in=[ScanState.PENDING, ScanState.FAILED]),
            ),
        ]

    def __str__(self):
        return self.original_name

    def is_good(self, on=None) -> bool:
        """Neither expired nor found with a virus; one that waits for its scan is."""
        is_infected = self.scan_state == ScanState.INFECTED
        return not is_infected and not self.is_expired(on)

    def is_expired(self, on=None) -> bool:
        if self.expires_on is None:
            return False
        return self.expires_on < (on or timezone.localdate())
