"""Contents of a snapshot as people read them: a label and a value for each figure.

The same reading serves last year's values in the portal and the differences that the
delegation reviews. ``kind`` says how a page shows the value: text, count, money, day
or code.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions import identifiers
from institutions.enums import (
    AccountKind,
    AccountSource,
    BoardRole,
    Category,
    Employer,
    ServiceLevel,
    Sex,
    Speciality,
    SubProgramme,
)
from institutions.models import Association, Centre, Institution
from territories.models import Commune

TEXT, COUNT, MONEY, DAY, CODE = "text", "count", "money", "day", "code"
CODES = {"rib", "ice", "tax_id", "cnss_number", "phone", "email", "receipt_number"}
MODELS = {
    "identity": Association,
    "bank": Association,
    "board": Association,
    "institution": Institution,
    "centre": Centre,
}
PLACES: dict[str, Any] = {
    "commune_id": Commune,
    "institution_id": Institution,
}


@dataclass(frozen=True)
class Line:
    """``key`` tells the same figure of two years."""

    key: str
    label: str
    value: Any
    kind: str = TEXT


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


def lines(code: str, piece: Any, names: Names) -> list[Line]:
    """The lines of one section; ``piece`` as ``snapshots.section_content`` gives it."""
    if piece is None:
        return []
    if code == "board":
        members = piece.get("members", [])
        fields = {k: v for k, v in piece.items() if k != "members"}
        return [*_field_lines(code, fields, names), *_member_lines(members)]
    readers: dict[str, Callable[[Any], list[Line]]] = {
        "headcounts": _headcount_lines,
        "accounts": _account_lines,
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
        for name, value in piece.items()
        if name in columns and name not in ("id", "code", "delegation_id")
    ]


def _shown(field: Any, name: str, value: Any, names: Names) -> tuple[Any, str]:
    if value in (None, "", []):
        return "", TEXT
    if name in PLACES:
        return names.of(name, value), TEXT
    if isinstance(value, bool):
        return _("yes") if value else _("no"), TEXT
    if isinstance(value, list):
        labels = dict(field.base_field.flatchoices)
        return _("، ").join(str(labels.get(item, item)) for item in value), TEXT
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value)), TEXT
    if name.endswith("_on"):
        return _as_day(value), DAY
    if name == "rib":
        return identifiers.format_rib(value), CODE
    return value, CODE if name in CODES or name.endswith("_phone") else TEXT


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
                member["name"],
            )
        )
    return found


def _headcount_lines(piece: Mapping[str, Any]) -> list[Line]:
    found = []
    for key, count in piece.get("headcounts", {}).items():
        category, level, sex = key.split(".")
        label = _("%(category)s, %(level)s, %(sex)s") % {
            "category": Category(category).label,
            "level": ServiceLevel(level).label,
            "sex": Sex(sex).label,
        }
        found.append(Line(f"head.{key}", label, count, COUNT))
    for key, count in piece.get("unmet", {}).items():
        label = _("requests not met, %(sex)s") % {"sex": Sex(key).label}
        found.append(Line(f"unmet.{key}", label, count, COUNT))
    for key, count in piece.get("staff_counts", {}).items():
        employer, sex = key.split(".")[0], key.split(".")[-1]
        label = _("staff of %(employer)s, %(sex)s") % {
            "employer": Employer(employer).label,
            "sex": Sex(sex).label,
        }
        found.append(Line(f"staff.{key}", label, count, COUNT))
    return found


def _account_lines(piece: Mapping[str, Any]) -> list[Line]:
    found = []
    for key, amount in piece.items():
        kind, source = key.split(".")
        label = _("%(kind)s: %(source)s") % {
            "kind": AccountKind(kind).label,
            "source": AccountSource(source).label,
        }
        found.append(Line(key, label, Decimal(str(amount)), MONEY))
    for kind in AccountKind:
        amounts = [
            Decimal(str(amount))
            for key, amount in piece.items()
            if key.startswith(kind.value)
        ]
        if amounts:
            label = _("total, %(kind)s") % {"kind": kind.label}
            found.append(Line(f"total.{kind}", label, sum(amounts), MONEY))
    return found


def _children_lines(rows: list[Mapping[str, Any]]) -> list[Line]:
    found = [Line("children", _("children"), len(rows), COUNT)]
    by_programme = Counter(row["sub_programme"] for row in rows)
    found += [
        Line(f"programme.{code}", str(SubProgramme(code).label), count, COUNT)
        for code, count in sorted(by_programme.items())
    ]
    by_sex = Counter(row["sex"] for row in rows)
    return found + [
        Line(f"sex.{sex}", str(Sex(sex).label), count, COUNT)
        for sex, count in sorted(by_sex.items())
    ]


def _staff_lines(rows: list[Mapping[str, Any]]) -> list[Line]:
    found = [Line("staff", _("staff"), len(rows), COUNT)]
    by_speciality = Counter(row["speciality"] for row in rows)
    return found + [
        Line(f"speciality.{code}", str(Speciality(code).label), count, COUNT)
        for code, count in sorted(by_speciality.items())
    ]


def _document_lines(rows: list[Mapping[str, Any]]) -> list[Line]:
    text = ngettext("%(count)s document", "%(count)s documents", len(rows))
    return [Line("documents", _("documents"), text % {"count": len(rows)})]
