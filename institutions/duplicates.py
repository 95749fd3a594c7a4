"""Associations that may be the one somebody describes: asked before each creation.

The portals of before held one association three times, because nobody looked first.
Names are compared as search compares them: hamza forms, ى/ي, ة/ه, the article and
French accents make no difference (product.md, section 4).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, FloatField, Func, Q, TextField, Value
from django.db.models.functions import Greatest

from institutions.models import Association

MOST_SHOWN = 5
# Of the words of the name typed, "association" apart, the part found in the other.
ALIKE = 0.55
GENERIC = re.compile(
    r"\b(ال)?(جمعي[ةه]|مؤسس[ةه]|association|assoc|ass|fondation)\b|\bl['’]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Facts:
    """What is known of an association that may be here already."""

    delegation_id: int
    name_ar: str = ""
    name_fr: str = ""
    receipt_number: str = ""
    ice: str = ""
    rib: str = ""


@dataclass
class Candidate:
    """``same``: what the two have in common, among receipt, ice, rib and name."""

    association: Association
    same: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """They cannot both be current: the database refuses the second."""
        return bool({"receipt", "ice", "rib"} & set(self.same))


def facts_of(row: Any) -> Facts:
    """Of a request, or of an association."""
    return Facts(
        delegation_id=row.delegation_id,
        name_ar=row.name_ar,
        name_fr=row.name_fr,
        receipt_number=row.receipt_number,
        ice=row.ice,
        rib=row.rib,
    )


def candidates(facts: Facts, *, but: int | None = None) -> list[Candidate]:
    """At most five, those that share a number first. One query.

    An ICE and a RIB are looked for in the whole country; a receipt and a name in the
    delegation, which gives the numbers of receipts.
    """
    rows = Association.objects.current().annotate(alike=alike(facts))
    found = rows.filter(same_number(facts) | near(facts)).exclude(pk=but)
    found = found.select_related("commune", "delegation")
    shown = [
        Candidate(row, in_common(row, facts))
        for row in found.order_by("-alike", "pk")[: MOST_SHOWN * 4]
    ]
    shown.sort(key=lambda candidate: not candidate.is_certain)
    return shown[:MOST_SHOWN]


def same_number(facts: Facts) -> Q:
    wanted = Q(pk=None)
    if facts.receipt_number:
        wanted |= Q(
            delegation=facts.delegation_id, receipt_number__iexact=facts.receipt_number
        )
    if facts.ice:
        wanted |= Q(ice=facts.ice)
    if facts.rib:
        wanted |= Q(rib=facts.rib)
    return wanted


def near(facts: Facts) -> Q:
    return Q(delegation=facts.delegation_id, alike__gte=ALIKE)


def alike(facts: Facts) -> Any:
    """How much of either name stands in the other's, from 0 to 1."""
    names = [own_words(facts.name_ar), own_words(facts.name_fr)]
    scores = [
        TrigramWordSimilarity(_folded(name), F("search_text"))
        for name in names
        if len(name) >= 3
    ]
    if not scores:
        return Value(0.0, output_field=FloatField())
    return scores[0] if len(scores) == 1 else Greatest(*scores)


def _folded(name: str) -> Any:
    """As the database folds what it searches."""
    return Func(Value(name), function="search_key", output_field=TextField())


def own_words(name: str) -> str:
    """Without the word that every association has in its name."""
    return " ".join(GENERIC.sub(" ", name).split())


def in_common(row: Association, facts: Facts) -> list[str]:
    same = []
    if (
        row.delegation_id == facts.delegation_id
        and row.receipt_number.casefold() == facts.receipt_number.casefold()
    ):
        same.append("receipt")
    if facts.ice and row.ice == facts.ice:
        same.append("ice")
    if facts.rib and row.rib == facts.rib:
        same.append("rib")
    if row.alike >= ALIKE:  # type: ignore[attr-defined]  # annotated
        same.append("name")
    return same


def offered(keys: list[int]) -> list[dict[str, Any]]:
    """What anybody may know of these associations: name, commune, masked receipt."""
    rows = Association.objects.current().select_related("commune").in_bulk(keys)
    return [
        {
            "pk": pk,
            "association": rows[pk],
            "commune": rows[pk].commune,
            "receipt": masked(rows[pk].receipt_number),
        }
        for pk in keys
        if pk in rows
    ]


def masked(number: str) -> str:
    """Enough of a receipt number to know one's own, not enough to borrow it."""
    shown = min(3, len(number) // 2)
    return "•" * (len(number) - shown) + number[len(number) - shown :]
