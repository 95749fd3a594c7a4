"""Pages of the staff site about accounts, accesses and places."""

from accounts.admin.access import AccessLogAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.places import CommuneAdmin, DelegationAdmin, RegionAdmin

__all__ = [
    "AccessLogAdmin",
    "CommuneAdmin",
    "DelegationAdmin",
    "RegionAdmin",
    "UserAdmin",
]
