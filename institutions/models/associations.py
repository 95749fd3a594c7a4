"""Associations, their boards and the people who work for them in the portal."""

from calendar import monthrange
from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.enums import Language
from institutions import identifiers
from institutions.enums import (
    AssociationStatus,
    BoardRole,
    MembershipRole,
    ReceiptKind,
    WorkingYear,
)
from institutions.scoping import AssociationQuerySet, OfAssociationQuerySet
from territories.models import BilingualName
from territories.search import SearchQuerySetMixin, search_column, search_index


class AssociationSearchQuerySet(SearchQuerySetMixin, AssociationQuerySet):
    pass


class Association(BilingualName, models.Model):
    """A managing association: the owner of everything in the record.

    ``delegation`` is that of the seat. ``board_term_months`` counts from
    ``last_assembly_on``. Two associations with the same receipt number in one
    delegation, the same ICE or the same RIB cannot both be current.
    """

    name_ar = models.CharField(_("name in Arabic"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=AssociationStatus,
        default=AssociationStatus.TO_VERIFY,
    )
    status_reason = models.CharField(_("reason"), max_length=500, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    language = models.CharField(
        _("language of its letters"),
        max_length=2,
        choices=Language,
        default=Language.ARABIC,
    )
    receipt_number = models.CharField(_("receipt number"), max_length=40)
    receipt_kind = models.CharField(
        _("kind of receipt"), max_length=12, choices=ReceiptKind
    )
    receipt_on = models.DateField(_("date of the receipt"), null=True, blank=True)
    is_public_utility = models.BooleanField(_("public-utility status"), default=False)
    ice = models.CharField(
        "ICE", max_length=15, blank=True, validators=[identifiers.validate_ice]
    )
    tax_id = models.CharField(
        _("tax number (IF)"),
        max_length=8,
        blank=True,
        validators=[identifiers.validate_tax_id],
    )
    cnss_number = models.CharField(
        _("CNSS number"),
        max_length=7,
        blank=True,
        validators=[identifiers.validate_cnss],
    )
    bank_name = models.CharField(_("bank"), max_length=80, blank=True)
    rib = models.CharField(
        "RIB", max_length=24, blank=True, validators=[identifiers.validate_rib]
    )
    address = models.CharField(_("address"), max_length=250, blank=True)
    commune = models.ForeignKey(
        "territories.Commune", models.PROTECT, verbose_name=_("commune")
    )
    delegation = models.ForeignKey(
        "territories.Delegation",
        models.PROTECT,
        related_name="associations",
        verbose_name=_("delegation"),
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    working_year = models.CharField(
        _("works by"),
        max_length=10,
        choices=WorkingYear,
        default=WorkingYear.FINANCIAL,
    )
    last_assembly_on = models.DateField(
        _("last general assembly"), null=True, blank=True
    )
    board_term_months = models.PositiveSmallIntegerField(
        _("term of the board, in months"), null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    search_text = search_column(
        "name_ar", "name_fr", "acronym", "receipt_number", "rib"
    )

    objects = AssociationSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="association_receipt_is_unique_in_its_delegation",
                fields=["delegation", "receipt_number"],
                condition=Q(merged_into=None),
                violation_error_message=_(
                    "An association with this receipt number exists in this delegation."
                ),
            ),
            models.UniqueConstraint(
                name="association_ice_is_unique",
                fields=["ice"],
                condition=Q(merged_into=None) & ~Q(ice=""),
                violation_error_message=_("An association with this ICE exists."),
            ),
            models.UniqueConstraint(
                name="association_rib_is_unique",
                fields=["rib"],
                condition=Q(merged_into=None) & ~Q(rib=""),
                violation_error_message=_("An association with this RIB exists."),
            ),
            models.CheckConstraint(
                name="association_rib_has_24_digits",
                condition=Q(rib="") | Q(rib__regex=r"^\d{24}$"),
                violation_error_message=_("The RIB has 24 digits."),
            ),
            models.CheckConstraint(
                name="association_refusal_has_a_reason",
                condition=~Q(
                    status__in=[
                        AssociationStatus.REFUSED,
                        AssociationStatus.SUSPENDED,
                    ]
                )
                | ~Q(status_reason=""),
                violation_error_message=_("Please give the reason."),
            ),
            models.CheckConstraint(
                name="association_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
            ),
        ]
        indexes = [search_index("association_search")]

    def __str__(self):
        return self.name

    @property
    def president(self) -> "BoardMember | None":
        """The president, from prefetched board members where there are any."""
        return next(
            (m for m in self.board.all() if m.role == BoardRole.PRESIDENT), None
        )

    @property
    def board_ends_on(self) -> date | None:
        """The last day of the board's term; unknown without both figures."""
        if not self.last_assembly_on or not self.board_term_months:
            return None
        month = self.last_assembly_on.month - 1 + self.board_term_months
        year, month = self.last_assembly_on.year + month // 12, month % 12 + 1
        last = monthrange(year, month)[1]
        return date(year, month, min(self.last_assembly_on.day, last))

    @property
    def tone(self) -> str:
        """How the components show the status."""
        return {
            AssociationStatus.TO_VERIFY: "wait",
            AssociationStatus.VERIFIED: "done",
        }.get(AssociationStatus(self.status), "stop")

    @property
    def can_act(self) -> bool:
        """Not refused, not suspended, not merged: may confirm and apply."""
        return self.merged_into_id is None and self.status in (
            AssociationStatus.TO_VERIFY,
            AssociationStatus.VERIFIED,
        )


class BoardMember(models.Model):
    """A member of the board; one president each (dahir 1-58-376, art. 5)."""

    association = models.ForeignKey(
        Association, models.PROTECT, related_name="board", verbose_name=_("association")
    )
    role = models.CharField(_("role"), max_length=20, choices=BoardRole)
    name = models.CharField(_("full name"), max_length=150)
    cnie = models.CharField(
        "CNIE", max_length=9, blank=True, validators=[identifiers.validate_cnie]
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    objects = OfAssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("board member")
        verbose_name_plural = _("board members")
        ordering = ["association", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_president_per_association",
                fields=["association"],
                condition=Q(role=BoardRole.PRESIDENT),
                violation_error_message=_("The association already has a president."),
            )
        ]

    def __str__(self):
        return self.name


class MembershipQuerySet(OfAssociationQuerySet):
    def active(self):
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A person's work for an association: manager or editor (decision 5).

    Staff hold none: the database refuses both orders of mistake.
    """

    association = models.ForeignKey(
        Association,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("association"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=10, choices=MembershipRole)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["association", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_active_membership_per_person",
                fields=["association", "user"],
                condition=Q(ended_at=None),
                violation_error_message=_("This person is already a member."),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="membership_is_never_of_staff",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=(
                    "IF NEW.ended_at IS NULL AND (SELECT role FROM accounts_user "
                    "WHERE id = NEW.user_id) <> 'member' THEN RAISE EXCEPTION "
                    "'membership_is_never_of_staff' USING ERRCODE = 'check_violation'; "
                    "END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self):
        return f"{self.user_id} → {self.association_id}"
