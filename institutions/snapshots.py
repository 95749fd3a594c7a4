"""What was certified, frozen (decision 16): made by *confirm* and by every submission.

Canonical JSON: sorted keys, no spaces, decimals and dates as strings. Children stand
in it by their code only; no name of a child or of staff, no card number.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max

from institutions.columns import (
    BANK,
    BOARD,
    CENTRE,
    CHILD,
    ENROLMENT,
    IDENTITY,
    SINCE_2,
    STAFF,
    TARGETING,
    building_of,
    profile_of,
)
from institutions.figures import (
    FUNCTIONS,
    FUNDING,
    SEASONS,
    AccountRow,
    Figure,
    HouseRow,
    house_rows,
)
from institutions.models import AccountLine, Association, Institution, Snapshot
from institutions.record import Record
from institutions.sections import Key, is_house

# 2: the building apart, student houses, the papers of the staff.
SCHEMA_VERSION = 2
UPDATE = "update"


def canonical(content: Any) -> str:
    """The one way to write ``content``: equal contents give equal text."""
    return json.dumps(
        content,
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def freeze(  # noqa: PLR0913 -- what a snapshot is made of, all by name
    kind: str,
    object_id: int,
    *,
    association: Association,
    year: int,
    content: Any,
    is_first: bool = False,
) -> Snapshot:
    """Keep ``content`` as the next version. The caller holds the lock on the object.

    ``is_first``: the caller knows that nothing was frozen before; the database refuses
    a second version 1.
    """
    text = canonical(content)
    rows = Snapshot.objects.filter(kind=kind, object_id=object_id)
    last = 0 if is_first else rows.aggregate(last=Max("version"))["last"]
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


def as_known_to(content: dict[str, Any], schema_version: int) -> dict[str, Any]:
    """``content`` without what a snapshot of that version could not say yet.

    So that a record compared with what was certified before differs only where it
    was changed.
    """
    if schema_version >= SCHEMA_VERSION:
        return content
    return {
        **content,
        "institutions": _without(content["institutions"], SINCE_2["institutions"]),
        "centres": [
            {**centre, "staff": _without(centre["staff"], SINCE_2["staff"])}
            for centre in content["centres"]
        ],
    }


def _without(rows: list[dict[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in names}
        for row in rows
    ]


def record_content(association: Association, *, year: int) -> dict[str, Any]:
    """The whole record for ``year``, in a number of queries that never grows."""
    return content_of(Record(association, year=year))


def content_of(
    record: Record, *, parts: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The same, of rows that may have been read already; ``parts`` as well."""
    parts = parts or parts_of(record)
    return _whole(record, parts, documents=_documents(record))


def _whole(record: Record, parts: dict[str, Any], *, documents: Any) -> dict[str, Any]:
    return {
        "year": record.year,
        "accounts_year": record.accounts_year,
        **parts,
        "documents": documents,
    }


def parts_of(record: Record, *, is_counted: bool = False) -> dict[str, Any]:
    """What the record says; its documents are kept apart, for they can be thousands.

    ``is_counted``: of children and staff, how many they are in place of their lists.
    """
    people = _counted if is_counted else _listed
    association, accounts = record.association, _accounts(record.accounts)
    return {
        "identity": _fields(association, IDENTITY),
        "bank": _fields(association, BANK),
        "board": _board(record),
        "institutions": _institutions(record, accounts),
        "centres": _centres(record, people),
        "accounts": accounts.get(None, {}),
    }


def changed_parts(
    snapshot: Snapshot, record: Record, parts: dict[str, Any]
) -> list[str]:
    """Names of ``parts`` that are not what was certified.

    Mostly nothing is: the text is then the same on both sides of the documents, and is
    not even parsed.
    """
    now = canonical(_whole(record, parts, documents=None))
    head, documents, tail = now.partition('"documents":null')
    text = snapshot.content
    if text.startswith(head + documents[: -len("null")]) and text.endswith(tail):
        return []
    before = read(snapshot)
    known = as_known_to(parts, snapshot.schema_version)
    return [
        name
        for name, content in known.items()
        if canonical(content) != canonical(before.get(name))
    ]


def section_content(key: Key, *, year: int | None) -> Any:
    """The part of the record that one section is about; rows of ``year``."""
    return READERS[key.code](key, year or 0)


def _board(record: Record) -> dict[str, Any]:
    return {
        **_fields(record.association, BOARD),
        "members": [
            _fields(member, ["role", "name", "phone", "email"])
            for member in record.board
        ],
    }


def _documents(record: Record) -> list[dict[str, Any]]:
    return [
        {
            "sha256": row.sha256,
            "type__code": row.type.code,
            "expires_on": row.expires_on,
        }
        for row in sorted(record.documents, key=lambda row: row.sha256)
    ]


def _fields(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {
        name: str(getattr(row, name)) if name.endswith("phone") else getattr(row, name)
        for name in names
    }


def _accounts(rows: Iterable[AccountLine | AccountRow]) -> dict[Any, dict[str, Any]]:
    """``{institution or None: {"revenue.own": amount}}``."""
    lines: dict[Any, dict[str, Any]] = defaultdict(dict)
    for line in rows:
        lines[line.institution_id][f"{line.kind}.{line.source}"] = line.amount
    return lines


def _by_institution(rows: Iterable[Figure]) -> dict[int, dict[str, int]]:
    """``{institution: {"category.level.sex": count}}``."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        key = ".".join(name for name in (row.group, row.detail, row.sex) if name)
        found[row.institution_id][key] = row.count
    return found


def _seasons(rows: Iterable[HouseRow]) -> dict[int, dict[str, dict[str, int]]]:
    """``{institution: {"2025": {"housing.all.f": heads}}}``."""
    found: dict[int, Any] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        key = f"{row.group}.{row.detail}.{row.part}"
        found[row.institution_id][str(row.year)][key] = int(row.number)
    return found


def _funding(rows: Iterable[HouseRow]) -> dict[int, dict[str, Decimal]]:
    """``{institution: {"construction.2009.indh": amount}}``."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        found[row.institution_id][f"{row.group}.{row.year}.{row.detail}"] = row.number
    return found


def _functions(rows: Iterable[HouseRow]) -> dict[int, dict[str, Any]]:
    """``{institution: {"cook.association.count": heads}}``; costs are amounts."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        key = f"{row.group}.{row.detail}.{row.part}"
        is_amount = row.part.endswith("_amount")
        found[row.institution_id][key] = row.number if is_amount else int(row.number)
    return found


HOUSE_SHAPES: dict[str, Callable[[Iterable[HouseRow]], dict[int, Any]]] = {
    SEASONS: _seasons,
    FUNDING: _funding,
    FUNCTIONS: _functions,
}


def _figures(record: Record) -> dict[str, dict[int, Any]]:
    """By table, then by institution."""
    heads = [row for row in record.headcounts if row.year == record.year]
    return {
        "headcounts": _by_institution(heads),
        "staff_counts": _by_institution(record.staff_counts),
        "unmet": _by_institution(record.unmet),
    }


def _house_figures(record: Record) -> dict[str, dict[int, Any]]:
    return {
        table: shape(getattr(record, table)) for table, shape in HOUSE_SHAPES.items()
    }


def _institutions(
    record: Record, accounts: dict[Any, dict[str, Any]]
) -> list[dict[str, Any]]:
    figures, of_houses = _figures(record), _house_figures(record)
    return [
        {
            "id": row.pk,
            **_fields(row, profile_of(row)),
            **_fields(row, building_of(row)),
            **_of_unit(figures, row),
            "accounts": accounts.get(row.pk, {}),
            **_house(row, of_houses),
        }
        for row in record.institutions
    ]


def _house(row: Institution, figures: dict[str, dict[int, Any]]) -> dict[str, Any]:
    """What only student houses say."""
    if not is_house(row.institution_class):
        return {}
    return {**_fields(row, TARGETING), **_of_unit(figures, row)}


def _of_unit(figures: dict[str, dict[int, Any]], row: Institution) -> dict[str, Any]:
    return {name: found.get(row.pk, {}) for name, found in figures.items()}


def _children(record: Record) -> dict[int, list[dict[str, Any]]]:
    """By centre."""
    children: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in record.enrolments:
        children[row.centre_id].append(
            {
                "code": row.child.code,
                **_fields(row.child, CHILD),
                **_fields(row, ENROLMENT),
            }
        )
    return children


def _staff(record: Record) -> dict[int, list[dict[str, Any]]]:
    staff: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for member in record.staff:
        staff[member.centre_id].append(_fields(member, STAFF))
    return staff


def _listed(record: Record) -> dict[str, dict[int, Any]]:
    return {"children": _children(record), "staff": _staff(record)}


def _counted(record: Record) -> dict[str, dict[int, Any]]:
    return {"children": record.enrolment_totals, "staff": record.staff_totals}


def _centres(record: Record, people: Callable[[Record], Any]) -> list[dict[str, Any]]:
    if not record.centres:
        return []
    found = people(record)
    return [
        {
            "id": row.pk,
            "code": row.code,
            **_fields(row, CENTRE),
            **{name: rows.get(row.pk, []) for name, rows in found.items()},
        }
        for row in record.centres
    ]


def _of_house(key: Key, table: str, year: int) -> Any:
    """A section of one student house as its snapshot has it."""
    rows = house_rows(key.unit, table, year)
    return HOUSE_SHAPES[table](rows).get(key.unit_id, {})


READERS: dict[str, Callable[[Key, int], Any]] = {
    "identity": lambda key, year: _fields(key.association, IDENTITY),
    "bank": lambda key, year: _fields(key.association, BANK),
    "board": lambda key, year: _board(Record(key.association, year=year)),
    "institution": lambda key, year: _fields(key.unit, profile_of(key.unit)),
    "building": lambda key, year: _fields(key.unit, building_of(key.unit)),
    "targeting": lambda key, year: _fields(key.unit, TARGETING),
    "seasons": lambda key, year: _of_house(key, SEASONS, year),
    "functions": lambda key, year: _of_house(key, FUNCTIONS, year),
    "funding": lambda key, year: _of_house(key, FUNDING, year),
    "centre": lambda key, year: _fields(key.unit, CENTRE),
    "headcounts": lambda key, year: {
        name: found.get(key.unit_id, {})
        for name, found in _figures(Record(key.association, year=year)).items()
    },
    "accounts": lambda key, year: _accounts(
        AccountLine.objects.filter(association=key.association, year=year)
    ).get(key.unit_id or None, {}),
    "children": lambda key, year: _children(Record(key.association, year=year)).get(
        key.unit_id, []
    ),
    "staff": lambda key, year: _staff(Record(key.association, year=year)).get(
        key.unit_id, []
    ),
    "documents": lambda key, year: _documents(Record(key.association, year=year)),
}
