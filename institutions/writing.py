"""*Changed*: the valid values of a section become typed columns (decision 17).

Each writer takes the section, the round and what its form cleaned. The caller holds
the lock on the update, and therefore on the whole record of the association.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from institutions.models import (
    AccountLine,
    BoardMember,
    Headcount,
    StaffCount,
    UnmetRequests,
    UpdateRound,
)
from institutions.sections import Key


def write(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Raises ``ValidationError`` when the database says no."""
    try:
        with transaction.atomic():
            WRITERS[key.code](key, round_, cleaned)
    except IntegrityError as error:
        # Only what changed between the form's check and now comes here.
        (key.unit or key.association).validate_constraints()
        raise ValidationError(str(error)) from error


def _fields(row: Any, cleaned: Mapping[str, Any]) -> None:
    """Set fields of a row with a version; a unit or a seat follows its commune."""
    for name, value in cleaned.items():
        setattr(row, name, value)
    names = [*cleaned, "version"]
    # At an institution's place, its delegation; elsewhere, that of the commune.
    place = cleaned.get("institution") or cleaned.get("commune")
    if place:
        row.delegation = place.delegation
        names.append("delegation")
    row.validate_constraints()
    row.version = F("version") + 1
    row.save(update_fields=names)
    row.refresh_from_db(fields=["version"])


def _association(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    _fields(key.association, cleaned)


def _unit(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    _fields(key.unit, cleaned)


def _board(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Members absent from ``members`` leave the board; one president at most."""
    values = {name: value for name, value in cleaned.items() if name != "members"}
    _fields(key.association, values)
    members = cleaned["members"]
    kept = [member["id"] for member in members if member.get("id")]
    key.association.board.exclude(pk__in=kept).delete()
    # The president last: the one who leaves the role frees it first.
    for member in sorted(members, key=lambda member: member["role"] == "president"):
        values = {name: value for name, value in member.items() if name != "id"}
        BoardMember.objects.update_or_create(
            association=key.association, pk=member.get("id"), defaults=values
        )


def _replace(model: Any, owner: Mapping[str, Any], rows: list[dict[str, Any]]) -> None:
    model.objects.filter(**owner).delete()
    model.objects.bulk_create(model(**owner, **row) for row in rows)


def _headcounts(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    owner = {"institution": key.unit, "year": round_.year}
    _replace(
        Headcount,
        owner,
        [
            {"category": category, "level": level, "sex": sex, "count": count}
            for (category, level, sex), count in cleaned["headcounts"].items()
            if count
        ],
    )
    _replace(
        StaffCount,
        owner,
        [
            {"employer": employer, "sex": sex, "count": count}
            for (employer, sex), count in cleaned["staff"].items()
            if count
        ],
    )
    _replace(
        UnmetRequests,
        owner,
        [{"sex": sex, "count": count} for sex, count in cleaned["unmet"].items()],
    )


def _accounts(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    _replace(
        AccountLine,
        {
            "association": key.association,
            "institution": key.unit,
            "year": round_.accounts_year,
        },
        [
            {"kind": kind, "source": source, "amount": amount}
            for (kind, source), amount in cleaned["lines"].items()
            if amount is not None
        ],
    )


def _nothing(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Lists are saved row by row; their section only says that they are complete."""


WRITERS: dict[str, Callable[[Key, UpdateRound, Mapping[str, Any]], None]] = {
    "identity": _association,
    "bank": _association,
    "board": _board,
    "institution": _unit,
    "centre": _unit,
    "headcounts": _headcounts,
    "accounts": _accounts,
    "children": _nothing,
    "staff": _nothing,
    "documents": _nothing,
}
