"""Accounts of the demonstration: one officer per office, one manager per association.

All have the same password, hashed once: a hundred slow hashes would take a minute.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts import demo
from accounts.enums import Language, Role
from accounts.models import User
from applications.demo import names
from applications.demo.chance import chance
from applications.demo.places import AZILAL, Place
from applications.demo.record import Record
from institutions.enums import MembershipRole
from institutions.models import Membership

COORDINATION = AZILAL[:2]


@dataclass
class Offices:
    """Who acts for each office: by delegation, by region, and for the centre."""

    delegates: dict[int, User]
    coordinators: dict[int, User]
    central: User


def make_offices(places: dict[str, Place], *, since: datetime, seed: int) -> Offices:
    """Every delegation and region has an officer, so that files can move."""
    random, password = chance(seed, "offices"), make_password(demo.DEMO_PASSWORD)
    delegations = [place.delegation for place in places.values()]
    regions = {row.region_id: row.region for row in delegations}
    rows = [
        _user(
            demo.DELEGATION
            if row.code == AZILAL
            else f"delegation.{row.code}@{demo.DEMO_DOMAIN}",
            random,
            role=Role.DELEGATE,
            delegation=row,
        )
        for row in delegations
    ]
    rows += [
        _user(
            demo.COORDINATION
            if row.code == COORDINATION
            else f"coordination.{row.code}@{demo.DEMO_DOMAIN}",
            random,
            role=Role.COORDINATOR,
            region=row,
        )
        for row in regions.values()
    ]
    rows.append(_user(demo.CENTRAL, random, role=Role.CENTRAL))
    rows.append(_user(demo.INSPECTION, random, role=Role.INSPECTOR, language="fr"))
    _keep(rows, password=password, since=since)
    return _offices()


def make_administrator(*, since: datetime, seed: int) -> None:
    """Made last: it says that the demonstration is complete."""
    row = _user(
        demo.ADMINISTRATOR, chance(seed, "administrator"), role=Role.ADMINISTRATOR
    )
    _keep([row], password=make_password(demo.DEMO_PASSWORD), since=since)


def is_complete() -> bool:
    return User.objects.filter(email=demo.ADMINISTRATOR).exists()


def manager_email(index: int) -> str:
    """The two demo associations have an address that can be remembered."""
    known = {0: demo.ASSOCIATION, 1: demo.ASSOCIATION_FR}
    return known.get(index, f"association.{index + 1:04d}@{demo.DEMO_DOMAIN}")


def make_members(record: Record, *, password: str, since: datetime) -> None:
    """The manager, and an editor for the first association."""
    people = [(manager_email(record.index), MembershipRole.MANAGER)]
    if record.index == 0:
        people.append((demo.EDITOR, MembershipRole.EDITOR))
    random = record.random("members")
    users = [
        _user(email, random, language=record.association.language)
        for email, _role in people
    ]
    _keep(users, password=password, since=since)
    found = User.objects.in_bulk([email for email, _ in people], field_name="email")
    Membership.objects.bulk_create(
        Membership(
            association=record.association,
            user=found[email],
            role=role,
            created_at=since,
        )
        for email, role in people
    )


def managers(records: list[Record]) -> dict[int, User]:
    """The manager of each association, by the association's key."""
    rows = Membership.objects.active().filter(
        role=MembershipRole.MANAGER,
        association__in=[record.association.pk for record in records],
    )
    return {row.association_id: row.user for row in rows.select_related("user")}


def _user(email: str, random: Random, **fields: Any) -> User:
    """Names are written in the language that the account reads."""
    person = names.person(random)
    language = fields.setdefault("language", Language.ARABIC)
    fields.setdefault("role", Role.MEMBER)
    name = person.fr if language == Language.FRENCH else person.ar
    return User(
        email=email, name=name, is_staff=fields["role"] != Role.MEMBER, **fields
    )


def _keep(rows: list[User], *, password: str, since: datetime) -> None:
    for row in rows:
        row.password, row.date_joined = password, since
    User.objects.bulk_create(rows, ignore_conflicts=True)


def _offices() -> Offices:
    officers = User.objects.active().order_by("-pk")
    return Offices(
        delegates={u.delegation_id: u for u in officers.filter(role=Role.DELEGATE)},
        coordinators={u.region_id: u for u in officers.filter(role=Role.COORDINATOR)},
        central=User.objects.get(email=demo.CENTRAL),
    )
