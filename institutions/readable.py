"""Contents of a snapshot as people read them: a label and a value for each figure.

The same reading serves last year's values in the portal and the differences that the
delegation reviews.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions import identifiers
from institutions.enums import BoardRole, Sex, Speciality, SubProgramme
from institutions.lines import (
    CODE,
    COUNT,
    DAY,
    MONEY,
    TEXT,
    Line,
    account_lines,
    function_lines,
    funding_lines,
    headcount_lines,
    season_lines,
)
from institutions.models import Association, Centre, Institution
from territories.models import Commune

__all__ = ["CODE", "COUNT", "DAY", "MONEY", "TEXT", "Line", "Names", "lines"]

CODES = {
    "rib",
    "ice",
    "tax_id",
    "cnss_number",
    "phone",
    "email",
    "director_email",
    "receipt_number",
    "authorisation_number",
    "latitude",
    "longitude",
    "boarding_distance_km",
    "code",
}
MODELS = {
    "identity": Association,
    "bank": Association,
    "board": Association,
    "institution": Institution,
    "building": Institution,
    "targeting": Institution,
    "centre": Centre,
}
LEFT_TO_RIGHT, END_OF_DIRECTION = "\u2066", "\u2069"
PLACES: dict[str, Any] = {
    "commune_id": Commune,
    "institution_id": Institution,
}


class Names:
    """Names of communes, delegations and institutions, read once for a page."""

    def __init__(self, *pieces: Any):
        wanted: dict[str, set[int]] = {name: set() for name in PLACES}
        for found in _walk(pieces):
            for name in PLACES:
                if found.get(name):
                    wanted[name].add(found[name])
        self.rows = {
            name: model._default_manager.in_bulk(wanted[name]) if wanted[name] else {}
            for name, model in PLACES.items()
        }

    def of(self, name: str, pk: int | None) -> str:
        row = self.rows[name].get(pk)
        return row.name if row else ""


def _walk(piece: Any) -> Iterable[dict[str, Any]]:
    if isinstance(piece, dict):
        yield piece
        piece = piece.values()
    if isinstance(piece, str | bytes) or not isinstance(piece, Iterable):
        return
    for part in piece:
        yield from _walk(part)


BRIEF: dict[str, Callable[..., list[Line]]] = {
    "seasons": season_lines,
    "functions": function_lines,
}


def brief(code: str, piece: Any, names: Names) -> list[Line]:
    """For a page that shows the whole record: of long tables the totals, and nothing
    that was left empty."""
    if code in BRIEF:
        return BRIEF[code](piece, is_brief=True)
    return [line for line in lines(code, piece, names) if line.value != ""]


def lines(code: str, piece: Any, names: Names) -> list[Line]:
    """The lines of one section; ``piece`` as ``snapshots.section_content`` gives it."""
    if piece is None:
        return []
    if code == "board":
        members = piece.get("members", [])
        fields = {k: v for k, v in piece.items() if k != "members"}
        return [*_field_lines(code, fields, names), *_member_lines(members)]
    readers: dict[str, Callable[[Any], list[Line]]] = {
        "headcounts": headcount_lines,
        "seasons": season_lines,
        "functions": function_lines,
        "funding": funding_lines,
        "accounts": account_lines,
        "children": _children_lines,
        "staff": _staff_lines,
        "documents": _document_lines,
    }
    if code in readers:
        return readers[code](piece)
    return _field_lines(code, piece, names)


def _field_lines(code: str, piece: Mapping[str, Any], names: Names) -> list[Line]:
    columns = {field.attname: field for field in MODELS[code]._meta.concrete_fields}
    return [
        Line(
            name,
            str(columns[name].verbose_name),
            *_shown(columns[name], name, value, names),
        )
        for name, value in in_order_of(columns, piece)
        if name not in ("id", "delegation_id")
    ]


def in_order_of(columns: Iterable[str], piece: Mapping[str, Any]) -> list:
    """As the sections ask, whatever the order of the copy's keys."""
    return [(name, piece[name]) for name in columns if name in piece]


def _shown(field: Any, name: str, value: Any, names: Names) -> tuple[Any, str]:
    if value in (None, "", []):
        return "", TEXT
    if name in PLACES:
        return names.of(name, value), TEXT
    if name == "boarding_distance_km":
        return str(value).replace(".", ","), CODE
    if isinstance(value, bool | list | Decimal):
        return _typed(field, value)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value)), TEXT
    if name.endswith("_on"):
        return _as_day(value), DAY
    if name == "rib":
        return identifiers.format_rib(value), CODE
    return value, CODE if name in CODES or name.endswith("_phone") else TEXT


def _typed(field: Any, value: bool | list[str] | Decimal) -> tuple[str, str]:
    if isinstance(value, bool):
        return _("yes") if value else _("no"), TEXT
    if isinstance(value, Decimal):
        return str(value), CODE
    return _listed(field, value), TEXT


def _listed(field: Any, values: list[str]) -> str:
    """Choices by their labels; what is in an order of preference with its rank."""
    labels = dict(field.base_field.flatchoices)
    if labels:
        return _("، ").join(str(labels.get(item, item)) for item in values)
    return _("، ").join(f"{rank}. {text}" for rank, text in enumerate(values, 1))


def _as_day(value: Any) -> date | None:
    return value if isinstance(value, date) else parse_date(str(value))


def _member_lines(members: Iterable[Mapping[str, Any]]) -> list[Line]:
    seen: Counter[str] = Counter()
    found = []
    for member in members:
        seen[member["role"]] += 1
        found.append(
            Line(
                f"member.{member['role']}.{seen[member['role']]}",
                str(BoardRole(member["role"]).label),
                _with_phone(member),
            )
        )
    return found


def _with_phone(member: Mapping[str, Any]) -> str:
    """The number keeps its direction inside Arabic text."""
    if not member.get("phone"):
        return member["name"]
    phone = f"{LEFT_TO_RIGHT}{member['phone']}{END_OF_DIRECTION}"
    return _("، ").join([member["name"], phone])


def _children_lines(piece: Any) -> list[Line]:
    """Of the list, or of its totals."""
    totals = piece or {"by_programme": {}, "by_sex": {}}
    if isinstance(piece, list):
        totals = {
            "by_programme": Counter(row["sub_programme"] for row in piece),
            "by_sex": Counter(row["sex"] for row in piece),
        }
    whole = sum(totals["by_sex"].values())
    return [
        Line("children", _("children"), whole, COUNT),
        *_counted("programme", SubProgramme, totals["by_programme"]),
        *_counted("sex", Sex, totals["by_sex"]),
    ]


def _staff_lines(piece: Any) -> list[Line]:
    """Of the list, or of its totals."""
    totals = piece or {}
    if isinstance(piece, list):
        totals = Counter(row["speciality"] for row in piece)
    return [
        Line("staff", _("staff"), sum(totals.values()), COUNT),
        *_counted("speciality", Speciality, totals),
    ]


def _counted(prefix: str, choices: Any, totals: Mapping[str, int]) -> list[Line]:
    return [
        Line(f"{prefix}.{code}", str(choices(code).label), count, COUNT)
        for code, count in sorted(totals.items())
    ]


def _document_lines(rows: Any) -> list[Line]:
    """Of the list, or of its length."""
    count = rows if isinstance(rows, int) else len(rows)
    text = ngettext("%(count)s document", "%(count)s documents", count)
    value = text % {"count": count} if count else ""
    return [Line("documents", _("documents"), value)]
