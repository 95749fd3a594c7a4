"""Children and staff: identity encrypted, everything else countable."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from institutions.enums import (
    Certificate,
    ChildService,
    ContractForm,
    Degree,
    DisabilityType,
    Sex,
    Speciality,
    SubProgramme,
)
from institutions.scoping import ChildQuerySet, OfCentreQuerySet


class Child(models.Model):
    """A child in a difficult situation, known to the portal by ``code``.

    Name, Massar code and card number are encrypted; the three hashes find the same
    child again without reading it (decision 22). Health data: law 09-08, art. 12.
    """

    code = models.CharField(_("code"), max_length=12, unique=True)
    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="children",
        verbose_name=_("association"),
    )
    name = EncryptedTextField(_("full name"))
    massar = EncryptedTextField(_("Massar code"), blank=True, default="")
    card_number = EncryptedTextField(_("disability card"), blank=True, default="")
    person_hash = models.CharField(max_length=64, editable=False, db_index=True)
    massar_hash = models.CharField(
        max_length=64, blank=True, editable=False, db_index=True
    )
    card_hash = models.CharField(
        max_length=64, blank=True, editable=False, db_index=True
    )
    born_on = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    disability_type = models.CharField(
        _("type of disability"), max_length=12, choices=DisabilityType
    )
    degree = models.CharField(_("degree"), max_length=8, choices=Degree)
    card_expires_on = models.DateField(_("card expires on"), null=True, blank=True)
    has_rsu = models.BooleanField(_("registered in the RSU"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("child")
        verbose_name_plural = _("children")
        ordering = ["pk"]

    def __str__(self):
        return self.code


class Enrolment(models.Model):
    """A child's year in one centre and one sub-programme. ``months``: 1 to 12."""

    child = models.ForeignKey(
        Child, models.PROTECT, related_name="enrolments", verbose_name=_("child")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    centre = models.ForeignKey(
        "institutions.Centre",
        models.PROTECT,
        related_name="enrolments",
        verbose_name=_("centre"),
    )
    sub_programme = models.CharField(
        _("sub-programme"), max_length=1, choices=SubProgramme
    )
    services = ArrayField(
        models.CharField(max_length=20, choices=ChildService),
        verbose_name=_("services"),
        default=list,
        blank=True,
    )
    certificates = ArrayField(
        models.CharField(max_length=12, choices=Certificate),
        verbose_name=_("certificates held"),
        default=list,
        blank=True,
    )
    months = models.PositiveSmallIntegerField(_("months"), default=10)

    objects = OfCentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_enrolment_per_child_and_year",
                fields=["child", "year"],
                violation_error_message=_("This child is already enrolled this year."),
            ),
            models.CheckConstraint(
                name="enrolment_lasts_one_to_twelve_months",
                condition=Q(months__gte=1, months__lte=12),
                violation_error_message=_("From 1 to 12 months."),
            ),
        ]
        indexes = [models.Index(name="enrolment_of_centre", fields=["centre", "year"])]

    def __str__(self):
        return f"{self.child.code} {self.year}"


class StaffMember(models.Model):
    """Somebody who works in a centre in one year. Amounts are in MAD."""

    centre = models.ForeignKey(
        "institutions.Centre",
        models.PROTECT,
        related_name="staff_members",
        verbose_name=_("centre"),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    name = EncryptedTextField(_("full name"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    speciality = models.CharField(_("speciality"), max_length=20, choices=Speciality)
    diploma = models.CharField(_("diploma"), max_length=120, blank=True)
    experience_years = models.PositiveSmallIntegerField(
        _("years of experience"), default=0
    )
    has_work_certificate = models.BooleanField(_("work certificate"), default=False)
    has_licence = models.BooleanField(_("licence to practise"), default=False)
    contract = models.CharField(_("contract"), max_length=10, choices=ContractForm)
    has_contract = models.BooleanField(_("written contract"), default=True)
    contract_remark = models.CharField(
        _("remark on the contract"), max_length=200, blank=True
    )
    monthly_salary_amount = models.DecimalField(
        _("monthly salary (MAD)"), max_digits=10, decimal_places=2, default=0
    )
    is_cnss_declared = models.BooleanField(_("declared to the CNSS"), default=False)
    is_cnss_charged = models.BooleanField(
        _("CNSS charged to the programme"), default=False
    )
    cnss_yearly_amount = models.DecimalField(
        _("CNSS for the year (MAD)"), max_digits=10, decimal_places=2, default=0
    )

    objects = OfCentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        ordering = ["-year", "pk"]
        constraints = [
            models.CheckConstraint(
                name="staff_amounts_are_not_negative",
                condition=Q(monthly_salary_amount__gte=0, cnss_yearly_amount__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            )
        ]
        indexes = [models.Index(name="staff_of_centre", fields=["centre", "year"])]

    def __str__(self):
        return f"{self.get_speciality_display()} {self.year}"
