"""The pages under measure, with their limits (quality.md, section 1)."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from accounts.enums import Role
from accounts.models import User
from applications.admin.paging import PER_PAGE
from applications.models import Application, Call
from bench import updates

MAX_BYTES = 60 * 1024


@dataclass(frozen=True)
class Page:
    """``times`` the processor time of the page called ``against``; both may be empty
    for a yardstick."""

    name: str
    path: str
    session: str
    user: User
    against: str = ""
    times: float = 0
    queries: int = 0


def signed_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def all_pages() -> list[Page]:
    translation.activate("ar")
    central = User.objects.get(role=Role.CENTRAL)
    who = {"session": signed_in(central), "user": central}
    member = User.objects.get(role=Role.MEMBER)
    row = Application.objects.order_by("pk").first()
    listing = reverse("admin:applications_application_changelist")
    call = Call.objects.order_by("-year", "programme").first()
    first = "applications, first page"
    near = {"against": first, "times": 1.5, "queries": 12}
    return [
        Page("floor list", "/bench/list/", **who),
        Page("floor row", f"/bench/row/{row.pk}/", **who),
        Page(
            first,
            listing,
            **who,
            against="floor list",
            times=5,
            queries=12,
        ),
        Page("applications, last page", last_page(listing, call), **who, **near),
        Page("applications, one call", f"{listing}?call={call.pk}", **who, **near),
        Page(
            "applications, state",
            f"{listing}?call={call.pk}&state=recommended",
            **who,
            **near,
        ),
        Page(
            "applications, search",
            f"{listing}?{urlencode({'q': 'الطالبة 4321'})}",
            **who,
            **near,
        ),
        *updates.pages(Page, signed_in),
        Page(
            "record of an association with 2,000 children",
            reverse("institutions:record"),
            session=signed_in(member),
            user=member,
            against="floor row",
            times=6,
            queries=25,
        ),
    ]


def last_page(listing: str, call: Call) -> str:
    """The oldest rows of the call that the list keeps to."""
    count = Application.objects.filter(call=call).count()
    return f"{listing}?p={-(-count // PER_PAGE)}"
