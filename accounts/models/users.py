"""Accounts: one role and one territory each, signed in by e-mail."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.enums import Language, Programme, Role
from territories.enums import Level
from territories.scoping import Scope

NATIONAL_ROLES = (Role.CENTRAL, Role.INSPECTOR)


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user):
        """Administrators manage staff accounts; everybody else sees oneself."""
        if getattr(user, "role", None) == Role.ADMINISTRATOR and user.is_active:
            return self
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Creates accounts; the role decides what may be seen, never a flag."""

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)

    def create_user(self, email, password=None, **fields):
        fields.setdefault("role", Role.MEMBER)
        fields["is_staff"] = fields["role"] != Role.MEMBER
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """An administrator: accounts and settings, no beneficiary (decision 5)."""
        for flag in ("is_superuser", "is_staff"):
            fields.pop(flag, None)
        return self.create_user(
            email, password, **{**fields, "role": Role.ADMINISTRATOR}
        )


class User(AbstractBaseUser):
    """A person who signs in.

    ``region`` and ``delegation`` follow the role: a coordinator has a region, a
    delegate a delegation, everybody else neither. ``programme`` narrows the work
    queue and the notices of an officer, never what may be seen (decision 5).
    """

    email = models.EmailField(
        _("e-mail"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("An account with this e-mail exists.")},
    )
    name = models.CharField(_("full name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    region = models.ForeignKey(
        "territories.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="officers",
        verbose_name=_("region"),
    )
    delegation = models.ForeignKey(
        "territories.Delegation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="officers",
        verbose_name=_("delegation"),
    )
    programme = models.CharField(
        _("programme followed"),
        max_length=20,
        choices=Programme,
        blank=True,
        help_text=_("Narrows the work list and the notices, not what may be seen."),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ARABIC
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False, editable=False)
    is_superuser = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(_("created at"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                name="user_email_is_lower_case", condition=Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="user_territory_matches_role",
                condition=(
                    Q(role=Role.DELEGATE, delegation__isnull=False, region=None)
                    | Q(role=Role.COORDINATOR, region__isnull=False, delegation=None)
                    | (
                        ~Q(role__in=[Role.DELEGATE, Role.COORDINATOR])
                        & Q(region=None, delegation=None)
                    )
                ),
                violation_error_message=_(
                    "A delegation officer has one delegation, a coordination officer "
                    "one region, everybody else neither."
                ),
            ),
            models.CheckConstraint(
                name="user_is_staff_unless_member",
                condition=(
                    Q(role=Role.MEMBER, is_staff=False)
                    | (~Q(role=Role.MEMBER) & Q(is_staff=True))
                ),
            ),
            models.CheckConstraint(
                name="user_is_never_superuser", condition=Q(is_superuser=False)
            ),
        ]
        indexes = [
            models.Index(name="user_by_role", fields=["role", "region", "delegation"])
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    @property
    def scope(self) -> Scope | None:
        """The territory an officer works on; ``None`` sees nothing by territory."""
        if not self.is_active:
            return None
        if self.role in NATIONAL_ROLES:
            return Scope(Level.NATIONAL)
        if self.role == Role.COORDINATOR:
            return Scope(Level.REGION, region_id=self.region_id)
        if self.role == Role.DELEGATE:
            return Scope(Level.DELEGATION, delegation_id=self.delegation_id)
        return None

    @property
    def is_member(self) -> bool:
        return self.role == Role.MEMBER

    @property
    def territory_label(self) -> str:
        """The office the account works for, in the language being read."""
        if self.delegation:
            return self.delegation.office_name
        if self.region:
            return self.region.office_name
        return gettext("Central services") if self.role in NATIONAL_ROLES else ""

    def has_perm(self, perm, obj=None):
        """Django's question, answered from ``accounts.policies`` alone."""
        return self.is_active and policies.has_permission(self.role, perm)

    def has_perms(self, perm_list, obj=None):
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label):
        return self.is_active and policies.has_module(self.role, app_label)
