"""*Changed*: the valid values of a section become typed columns (decision 17).

Each writer takes the section, the round and what its form cleaned. The caller holds
the lock on the update, and therefore on the whole record of the association.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F, Q
from django.utils.translation import gettext as _

from institutions import validity
from institutions.enums import BoardRole, FundingPurpose
from institutions.models import (
    AccountLine,
    BoardMember,
    FunctionCount,
    FundingLine,
    Headcount,
    SeasonCount,
    StaffCount,
    UnmetRequests,
    UpdateRound,
)
from institutions.sections import Key
from institutions.upsert import change, replace, standing


def write(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Raises ``ValidationError`` when the database says no; the caller's transaction is
    over then."""
    try:
        WRITERS[key.code](key, round_, cleaned)
    except IntegrityError as error:
        # Only what changed between the form's check and now comes here.
        raise _refusal(key.unit or key.association, error) from error


def _refusal(row: Any, error: IntegrityError) -> ValidationError:
    """In the words of the constraint; nothing can be asked of the database any more."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    for constraint in row._meta.constraints:
        if constraint.name == name:
            return ValidationError(constraint.get_violation_error_message())
    message = _(
        "Somebody else changed this at the same moment. Look at the values "
        "again, then save."
    )
    return ValidationError(message, code="stale")


def _fields(row: Any, cleaned: Mapping[str, Any]) -> None:
    """Set fields of a row with a version; a unit or a seat follows its commune.

    The form has checked the constraints; the database has the last word.
    """
    values = dict(cleaned)
    # At an institution's place, its delegation; elsewhere, that of the commune.
    place = cleaned.get("institution") or cleaned.get("commune")
    if place:
        values["delegation_id"] = place.delegation_id
    names = change(row, values)
    if not names:
        return
    row.version = F("version") + 1
    row.save(update_fields=[*names, "version"])
    row.refresh_from_db(fields=["version"])


def _association(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    _fields(key.association, cleaned)


def _unit(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    _fields(key.unit, cleaned)


def _board(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Members absent from ``members`` leave the board; one president at most.

    The papers of the board end when its term now does.
    """
    values = {name: value for name, value in cleaned.items() if name != "members"}
    before = key.association.board_ends_on
    _fields(key.association, values)
    if key.association.board_ends_on != before:
        validity.refresh(key.association)
    standing = {member.pk: member for member in key.association.board.all()}
    kept, new = [], []
    for given in cleaned["members"]:
        fields = {name: value for name, value in given.items() if name != "id"}
        member = standing.pop(given.get("id"), None)
        if member is None:
            new.append(BoardMember(association=key.association, **fields))
        elif change(member, fields):
            kept.append(member)
    if standing:
        key.association.board.filter(pk__in=standing).delete()
    # The president last: the one who leaves the role frees it first.
    BoardMember.objects.bulk_update(_others(kept), _MEMBER)
    BoardMember.objects.bulk_update(_presidents(kept), _MEMBER)
    BoardMember.objects.bulk_create(new)


_MEMBER = ["role", "name", "cnie", "phone", "email"]


def _presidents(members: list[BoardMember]) -> list[BoardMember]:
    return [member for member in members if member.role == BoardRole.PRESIDENT]


def _others(members: list[BoardMember]) -> list[BoardMember]:
    return [member for member in members if member.role != BoardRole.PRESIDENT]


COUNTED = {
    Headcount: ("category", "level", "sex", "count"),
    StaffCount: ("employer", "function", "sex", "count"),
    UnmetRequests: ("sex", "count"),
}


def _headcounts(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    owner = {"institution": key.unit, "year": round_.year}
    heads = [
        {"category": category, "level": level, "sex": sex, "count": count}
        for (category, level, sex), count in cleaned["headcounts"].items()
        if count
    ]
    staff = [
        {"employer": employer, "sex": sex, "count": count}
        for (employer, sex), count in cleaned["staff"].items()
        if count
    ]
    unmet = [{"sex": sex, "count": count} for sex, count in cleaned["unmet"].items()]
    there = standing(owner, COUNTED)
    for model, rows in (
        (Headcount, heads),
        (StaffCount, staff),
        (UnmetRequests, unmet),
    ):
        replace(model, owner, rows, among=there[model])


def _accounts(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    replace(
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


def _seasons(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """The seasons that the form showed; older ones stay as they are."""
    counts = cleaned["seasons"]
    owner = {"institution": key.unit}
    shown = {season for season, *_rest in counts}
    replace(
        SeasonCount,
        owner,
        [
            {"season": season, "stay": stay, "group": group, "sex": sex, "count": count}
            for (season, stay, group, sex), count in counts.items()
            if count is not None
        ],
        among=SeasonCount.objects.filter(**owner, season__in=shown),
    )


def _functions(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    replace(
        FunctionCount,
        {"institution": key.unit, "year": round_.year},
        [
            {"function": function, "engagement": engagement, **figures}
            for (function, engagement), figures in cleaned["functions"].items()
            if figures["count"]
        ],
    )


def _funding(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Works are of one year for each purpose, operation of the financial year."""
    owner = {"institution": key.unit}
    lines = FundingLine.objects.filter(**owner)
    operation = Q(purpose=FundingPurpose.OPERATION)
    replace(
        FundingLine,
        owner,
        [
            {"year": year, "purpose": purpose, "source": source, "amount": amount}
            for (year, purpose, source), amount in cleaned["lines"].items()
            if amount is not None
        ],
        among=lines.filter(~operation | Q(year=round_.accounts_year)),
    )


def _nothing(key: Key, round_: UpdateRound, cleaned: Mapping[str, Any]) -> None:
    """Lists are saved row by row; their section only says that they are complete."""


WRITERS: dict[str, Callable[[Key, UpdateRound, Mapping[str, Any]], None]] = {
    "identity": _association,
    "bank": _association,
    "board": _board,
    "institution": _unit,
    "building": _unit,
    "targeting": _unit,
    "centre": _unit,
    "headcounts": _headcounts,
    "seasons": _seasons,
    "functions": _functions,
    "accounts": _accounts,
    "funding": _funding,
    "children": _nothing,
    "staff": _nothing,
    "documents": _nothing,
}
