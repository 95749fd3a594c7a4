"""Pages of the staff site about accounts, accesses and places."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin.access import AccessLogAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.places import CommuneAdmin, DelegationAdmin, RegionAdmin

# Groups give no right here, and codes and addresses are their owner's affair.
admin.site.unregister([Authenticator, EmailAddress, Group])

__all__ = [
    "AccessLogAdmin",
    "CommuneAdmin",
    "DelegationAdmin",
    "RegionAdmin",
    "UserAdmin",
]
