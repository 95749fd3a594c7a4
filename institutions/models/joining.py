"""How people come to work for an association: requests, invitations, succession."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.enums import Language
from institutions import identifiers
from institutions.enums import JoinKind, JoinState, MembershipRole, ReceiptKind
from institutions.scoping import JoinRequestQuerySet, OfAssociationQuerySet
from territories.search import SearchQuerySetMixin, search_column, search_index


class JoinRequestSearchQuerySet(SearchQuerySetMixin, JoinRequestQuerySet):
    pass


def evidence_path(request, filename) -> str:
    """An unguessable path, which says nothing of who sent it."""
    return f"requests/{uuid.uuid4().hex}"


class JoinRequest(models.Model):
    """Somebody asks to work for an association; the delegation of its seat decides.

    A *registration* describes an association that is not here yet: accepting it
    creates the row. *Access* and *succession* name one that is here. Until
    ``email_confirmed_at`` the delegation is not asked: the address may be wrong.
    """

    kind = models.CharField(_("asks for"), max_length=12, choices=JoinKind)
    state = models.CharField(
        _("state"), max_length=8, choices=JoinState, default=JoinState.WAITING
    )
    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="join_requests",
        verbose_name=_("association"),
    )
    delegation = models.ForeignKey(
        "territories.Delegation", models.PROTECT, verbose_name=_("delegation")
    )
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    receipt_number = models.CharField(_("receipt number"), max_length=40)
    receipt_kind = models.CharField(
        _("kind of receipt"), max_length=12, choices=ReceiptKind, blank=True
    )
    receipt_on = models.DateField(_("date of the receipt"), null=True, blank=True)
    ice = models.CharField(
        "ICE", max_length=15, blank=True, validators=[identifiers.validate_ice]
    )
    rib = models.CharField(
        "RIB", max_length=24, blank=True, validators=[identifiers.validate_rib]
    )
    commune = models.ForeignKey(
        "territories.Commune",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("commune"),
    )
    contact_name = models.CharField(_("your full name"), max_length=150)
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"))
    cnie = models.CharField(
        "CNIE", max_length=9, blank=True, validators=[identifiers.validate_cnie]
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ARABIC
    )
    assembly_on = models.DateField(_("general assembly of"), null=True, blank=True)
    board_term_months = models.PositiveSmallIntegerField(
        _("term of the board, in months"), null=True, blank=True
    )
    evidence = models.FileField(
        _("receipt or minutes"), upload_to=evidence_path, max_length=200, blank=True
    )
    evidence_name = models.CharField(_("file name"), max_length=150, blank=True)
    evidence_mime = models.CharField(max_length=40, blank=True)
    email_token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email_confirmed_at = models.DateTimeField(
        _("e-mail confirmed at"), null=True, editable=False
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked by"),
    )
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    search_text = search_column("name_ar", "name_fr", "receipt_number", "contact_name")

    objects = JoinRequestSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="join_request_says_which_association",
                condition=(
                    Q(kind=JoinKind.REGISTRATION, commune__isnull=False)
                    & ~Q(name_ar="")
                    & ~Q(receipt_kind="")
                )
                | Q(
                    kind__in=[JoinKind.ACCESS, JoinKind.SUCCESSION],
                    association__isnull=False,
                ),
                violation_error_message=_("Say for which association this is."),
            ),
            models.CheckConstraint(
                name="join_request_refusal_has_a_reason",
                condition=~Q(state=JoinState.REFUSED) | ~Q(reason=""),
                violation_error_message=_("Please give the reason."),
            ),
            models.CheckConstraint(
                name="join_request_decision_says_by_whom",
                condition=Q(state=JoinState.WAITING)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="accepted_join_request_has_its_association",
                condition=~Q(state=JoinState.ACCEPTED) | Q(association__isnull=False),
            ),
            models.CheckConstraint(
                name="succession_says_which_assembly",
                condition=~Q(kind=JoinKind.SUCCESSION)
                | Q(assembly_on__isnull=False, board_term_months__isnull=False),
                violation_error_message=_(
                    "Give the date of the general assembly and the term of the board."
                ),
            ),
            models.UniqueConstraint(
                Lower("email"),
                "delegation",
                "receipt_number",
                "kind",
                name="one_waiting_join_request",
                condition=Q(state=JoinState.WAITING),
                violation_error_message=_(
                    "You have asked for this already: the delegation will answer you."
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="join_request_waiting",
                fields=["delegation", "created_at"],
                condition=Q(state=JoinState.WAITING),
            ),
            search_index("join_request_search"),
        ]

    def __str__(self):
        return f"{self.receipt_number} {self.kind}"


class InvitationQuerySet(OfAssociationQuerySet):
    def pending(self):
        """Neither accepted nor revoked; it may have run out."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(models.Model):
    """An e-mail that makes its reader a member. The link carries ``token`` alone."""

    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="invitations",
        verbose_name=_("association"),
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=MembershipRole)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("invited at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("good until"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "association",
                name="one_pending_invitation_per_person",
                condition=Q(accepted_at=None, revoked_at=None),
                violation_error_message=_("This person is invited already."),
            ),
            models.CheckConstraint(
                name="invitation_is_accepted_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_is_accepted_or_revoked",
                condition=Q(accepted_at=None) | Q(revoked_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.email} → {self.association_id}"
