"""Staff accounts, for whoever manages the portal.

The administrator opens staff accounts, closes them, and resets a lost second factor;
nothing of any beneficiary is reachable from here (decision 5).
"""

from uuid import uuid4

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.models import User
from accounts.notifications import INVITATION
from accounts.outbox import tell
from accounts.scoped_admin import ScopedModelAdmin

STAFF_ROLES = [choice for choice in Role.choices if choice[0] != Role.MEMBER]


class StaffAccountForm(forms.ModelForm):
    """An officer's account; those of members are opened with their association."""

    class Meta:
        model = User
        fields = (
            "email",
            "name",
            "role",
            "region",
            "delegation",
            "programme",
            "language",
            "is_active",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].choices = STAFF_ROLES
            self.initial.setdefault("role", Role.DELEGATE)

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()

    def clean(self):
        cleaned = super().clean()
        role = cleaned.get("role", self.instance.role)
        self.instance.is_staff = role != Role.MEMBER
        return cleaned


@admin.register(User)
class UserAdmin(ScopedModelAdmin):
    form = StaffAccountForm
    list_display = ("email", "name", "role", "territory", "programme", "is_active")
    list_filter = ("role", "is_active", "region", "delegation")
    list_select_related = ("region", "delegation__region")
    search_fields = ("email", "name")
    ordering = ("email",)
    autocomplete_fields = ("region", "delegation")
    actions = ("invite", "reset_second_factor")

    @admin.display(description=_("territory"))
    def territory(self, person):
        return person.territory_label

    def get_readonly_fields(self, request, obj=None):
        """One does not close or promote oneself; members follow their association."""
        if obj is not None and obj.is_member:
            return ("email", "role", "region", "delegation", "programme")
        if obj is not None and obj.pk == request.user.pk:
            return ("role", "region", "delegation", "is_active")
        return ()

    def lookup_allowed(self, lookup, value, request):
        if lookup.startswith("password"):
            return False
        return super().lookup_allowed(lookup, value, request)

    def save_model(self, request, obj, form, change):
        """A new account chooses its password by the link that is mailed to it."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            send_invitation(obj)

    @admin.action(description=_("Send the invitation again"), permissions=["change"])
    def invite(self, request, people):
        invited = list(people.active())
        for person in invited:
            send_invitation(person)
        self._say(request, len(invited))

    @admin.action(
        description=_("Reset the second factor (telephone lost)"),
        permissions=["change"],
    )
    def reset_second_factor(self, request, people):
        """Whoever lost a telephone sets the second factor up again at sign-in."""
        chosen = list(people.exclude(pk=request.user.pk))
        Authenticator.objects.filter(user__in=chosen).delete()
        for person in chosen:
            self.log_change(request, person, "second factor reset")
        self._say(request, len(chosen))

    def _say(self, request, count):
        text = ngettext("%(count)s account done.", "%(count)s accounts done.", count)
        messages.success(request, text % {"count": count})


def send_invitation(person):
    """Each invitation is told apart: one may be sent again when its link is old."""
    tell([person], INVITATION, subject=("account", person.pk), key=uuid4().hex)
