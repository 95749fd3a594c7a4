"""What was certified, frozen (decision 16): made by *confirm* and by every submission.

Canonical JSON: sorted keys, no spaces, decimals and dates as strings. Children stand
in it by their code only; no name of a child or of staff, no card number.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max

from institutions.models import (
    AccountLine,
    Association,
    Centre,
    Document,
    Enrolment,
    Headcount,
    Institution,
    Snapshot,
    StaffCount,
    StaffMember,
    UnmetRequests,
    UpdateRound,
)
from institutions.sections import Key

SCHEMA_VERSION = 1
UPDATE = "update"

IDENTITY = [
    "name_ar",
    "name_fr",
    "acronym",
    "receipt_number",
    "receipt_kind",
    "receipt_on",
    "is_public_utility",
    "ice",
    "tax_id",
    "cnss_number",
    "address",
    "commune_id",
    "delegation_id",
    "phone",
    "email",
    "working_year",
]
BANK = ["bank_name", "rib"]
BOARD = ["last_assembly_on", "board_term_months"]
INSTITUTION = [
    "name_ar",
    "name_fr",
    "institution_class",
    "categories",
    "services",
    "legal_basis",
    "authorisation_number",
    "authorised_on",
    "authorisation_expires_on",
    "no_authorisation_reason",
    "capacity_female",
    "capacity_male",
    "commune_id",
    "delegation_id",
    "milieu",
    "address",
    "latitude",
    "longitude",
    "director_name",
    "director_phone",
    "director_email",
    "opened_on",
    "tenure",
    "condition",
]
CENTRE = [
    "name_ar",
    "name_fr",
    "institution_id",
    "authorisation_number",
    "setting",
    "school_name",
    "delegation_id",
    "commune_id",
    "milieu",
    "address",
    "own_capacity",
    "own_director_name",
    "is_structure_compliant",
    "is_operation_compliant",
    "compliance_remark",
]
CHILD = ["born_on", "sex", "disability_type", "degree", "card_expires_on", "has_rsu"]
ENROLMENT = ["sub_programme", "services", "certificates", "months"]
STAFF = [
    "sex",
    "speciality",
    "diploma",
    "experience_years",
    "contract",
    "monthly_salary_amount",
    "is_cnss_declared",
    "is_cnss_charged",
    "cnss_yearly_amount",
]


def canonical(content: Any) -> str:
    """The one way to write ``content``: equal contents give equal text."""
    return json.dumps(
        content,
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def freeze(
    kind: str, object_id: int, *, association: Association, year: int, content: Any
) -> Snapshot:
    """Keep ``content`` as the next version. The caller holds the lock on the object."""
    text = canonical(content)
    last = Snapshot.objects.filter(kind=kind, object_id=object_id).aggregate(
        last=Max("version")
    )["last"]
    return Snapshot.objects.create(
        kind=kind,
        object_id=object_id,
        association=association,
        year=year,
        version=(last or 0) + 1,
        content=text,
        schema_version=SCHEMA_VERSION,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def latest(kind: str, object_id: int) -> Snapshot | None:
    rows = Snapshot.objects.filter(kind=kind, object_id=object_id)
    return rows.order_by("-version").first()


def latest_of_year(association: Association, year: int) -> Snapshot | None:
    """What was last certified for that year."""
    rows = Snapshot.objects.filter(association=association, kind=UPDATE, year=year)
    return rows.order_by("-pk").first()


def latest_before(association: Association, year: int) -> Snapshot | None:
    """What was last certified for the most recent earlier year."""
    rows = Snapshot.objects.filter(association=association, kind=UPDATE, year__lt=year)
    return rows.order_by("-year", "-version", "-pk").first()


def read(snapshot: Snapshot) -> dict[str, Any]:
    return json.loads(snapshot.content)


def record_content(association: Association, *, year: int) -> dict[str, Any]:
    """The whole record for ``year``, in a number of queries that never grows."""
    round_ = UpdateRound.objects.filter(year=year).first()
    accounts_year = round_.accounts_year if round_ else year - 1
    accounts = _accounts(association, accounts_year)
    return {
        "year": year,
        "accounts_year": accounts_year,
        "identity": _fields(association, IDENTITY),
        "bank": _fields(association, BANK),
        "board": _board(association),
        "institutions": _institutions(association, year, accounts),
        "centres": _centres(association, year),
        "accounts": accounts.get(None, {}),
        "documents": _documents(association),
    }


def section_content(key: Key, *, year: int | None) -> Any:
    """The part of the record that one section is about; rows of ``year``."""
    return READERS[key.code](key, year or 0)


def _board(association: Association) -> dict[str, Any]:
    return {
        **_fields(association, BOARD),
        "members": [
            _fields(member, ["role", "name", "phone", "email"])
            for member in association.board.order_by("pk")
        ],
    }


def _documents(association: Association) -> list[dict[str, Any]]:
    rows = Document.objects.current().filter(association=association)
    return list(rows.order_by("sha256").values("sha256", "type__code", "expires_on"))


def _fields(row: Any, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: str(value) if name.endswith("phone") else value
        for name, value in values.items()
    }


def _accounts(association: Association, year: int) -> dict[Any, dict[str, Any]]:
    """``{institution or None: {"revenue.own": amount}}``."""
    lines: dict[Any, dict[str, Any]] = defaultdict(dict)
    for line in AccountLine.objects.filter(association=association, year=year):
        lines[line.institution_id][f"{line.kind}.{line.source}"] = line.amount
    return lines


def _by_institution(
    model: Any, association: Association, year: int, *names: str
) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = model.objects.filter(institution__association=association, year=year)
    for row in rows:
        key = ".".join(getattr(row, name) for name in names if getattr(row, name))
        found[row.institution_id][key] = row.count
    return found


def _figures(association: Association, year: int) -> dict[str, dict[int, Any]]:
    """By table, then by institution."""
    return {
        "headcounts": _by_institution(
            Headcount, association, year, "category", "level", "sex"
        ),
        "staff_counts": _by_institution(
            StaffCount, association, year, "employer", "function", "sex"
        ),
        "unmet": _by_institution(UnmetRequests, association, year, "sex"),
    }


def _institutions(
    association: Association, year: int, accounts: dict[Any, dict[str, Any]]
) -> list[dict[str, Any]]:
    figures = _figures(association, year)
    rows = Institution.objects.filter(association=association, is_active=True)
    return [
        {
            "id": row.pk,
            **_fields(row, INSTITUTION),
            **{name: found.get(row.pk, {}) for name, found in figures.items()},
            "accounts": accounts.get(row.pk, {}),
        }
        for row in rows.order_by("pk")
    ]


def _children(association: Association, year: int) -> dict[int, list[dict[str, Any]]]:
    """By centre. The encrypted columns are not even read."""
    children: dict[int, list[dict[str, Any]]] = defaultdict(list)
    enrolments = Enrolment.objects.filter(centre__association=association, year=year)
    enrolments = enrolments.select_related("child").defer(
        "child__name", "child__massar", "child__card_number"
    )
    for row in enrolments.order_by("child__code"):
        children[row.centre_id].append(
            {
                "code": row.child.code,
                **_fields(row.child, CHILD),
                **_fields(row, ENROLMENT),
            }
        )
    return children


def _staff(association: Association, year: int) -> dict[int, list[dict[str, Any]]]:
    staff: dict[int, list[dict[str, Any]]] = defaultdict(list)
    members = StaffMember.objects.filter(centre__association=association, year=year)
    for member in members.defer("name").order_by("pk"):
        staff[member.centre_id].append(_fields(member, STAFF))
    return staff


def _centres(association: Association, year: int) -> list[dict[str, Any]]:
    children, staff = _children(association, year), _staff(association, year)
    rows = Centre.objects.filter(association=association, is_active=True)
    return [
        {
            "id": row.pk,
            "code": row.code,
            **_fields(row, CENTRE),
            "children": children.get(row.pk, []),
            "staff": staff.get(row.pk, []),
        }
        for row in rows.order_by("pk")
    ]


READERS: dict[str, Callable[[Key, int], Any]] = {
    "identity": lambda key, year: _fields(key.association, IDENTITY),
    "bank": lambda key, year: _fields(key.association, BANK),
    "board": lambda key, year: _board(key.association),
    "institution": lambda key, year: _fields(key.unit, INSTITUTION),
    "centre": lambda key, year: _fields(key.unit, CENTRE),
    "headcounts": lambda key, year: {
        name: found.get(key.unit_id, {})
        for name, found in _figures(key.association, year).items()
    },
    "accounts": lambda key, year: _accounts(key.association, year).get(
        key.unit_id or None, {}
    ),
    "children": lambda key, year: _children(key.association, year).get(key.unit_id, []),
    "staff": lambda key, year: _staff(key.association, year).get(key.unit_id, []),
    "documents": lambda key, year: _documents(key.association),
}
