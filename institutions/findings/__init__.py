"""Automatic checks of the record (product.md, section 6; decision 46).

Each check is a pure function of facts read beforehand. It gives the evidence of each
case; the sentence and the page where it is mended stand beside it in the registry. All
are warnings until a call says otherwise. Those that need a call, a file or an award
stand in ``applications``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from institutions.findings.checks import Case
from institutions.findings.facts import Facts, load_facts
from institutions.findings.registry import CHECKS, REGISTRY, Check
from institutions.models import Association, Centre, Institution
from institutions.record import Record

__all__ = [
    "CHECKS",
    "REGISTRY",
    "Check",
    "Facts",
    "Finding",
    "Place",
    "check",
    "check_record",
    "load_facts",
    "readable_by",
]

# The lists of a centre, in the staff site.
LISTS = {"children": "enrolment", "staff": "staffmember"}


@dataclass(frozen=True)
class Place:
    """Whose finding it is: of the association as a whole where there is no unit."""

    association_id: int
    year: int
    institution_id: int | None = None
    centre_id: int | None = None

    def staff_url(self, section: str) -> str:
        """The row to look at in the staff site."""
        if self.centre_id and section in LISTS:
            asked = {"centre__id__exact": self.centre_id, "year": self.year}
            page = reverse(f"admin:institutions_{LISTS[section]}_changelist")
            return f"{page}?{urlencode(asked)}"
        name, pk = "association", self.association_id
        if self.centre_id:
            name, pk = "centre", self.centre_id
        elif self.institution_id:
            name, pk = "institution", self.institution_id
        return reverse(f"admin:institutions_{name}_change", args=[pk])


@dataclass(frozen=True)
class Finding:
    """``evidence``: the figures of the case; ``url``: where it is mended.

    ``staff_url``: the row in the staff site, for findings of the record.
    """

    code: str
    level: str
    message: str
    evidence: dict[str, Any]
    url: str
    place: Place | None = None
    staff_url: str = ""


def check_record(
    association: Association, *, year: int, institution: Institution | None = None
) -> list[Finding]:
    """Every finding of the record, or of what concerns one institution of it."""
    return check(Record(association, year=year), institution=institution)


def check(record: Record, *, institution: Institution | None = None) -> list[Finding]:
    """The same, of rows that may have been read already."""
    facts = load_facts(record, institution=institution)
    return [_finding(item, case, facts) for item in CHECKS for case in item.run(facts)]


def _finding(item: Check, case: Case, facts: Facts) -> Finding:
    place = Place(
        facts.association.pk,
        facts.year,
        case.get("institution"),
        case.get("centre"),
    )
    return Finding(
        code=item.code,
        level=item.level,
        message=str(item.sentence) % case,
        evidence=case,
        url=remedy_url(item, case),
        place=place,
        staff_url=place.staff_url(item.section),
    )


def remedy_url(check: Check, case: Case) -> str:
    """The page of the portal where it is mended."""
    if check.section in LISTS:
        return reverse(f"institutions:{check.section}", args=[case["unit"]])
    if check.section == "documents":
        return reverse("institutions:documents")
    return reverse("institutions:update_section", args=[check.section, case["unit"]])


def readable_by(user: Any, findings: Iterable[Finding]) -> list[Finding]:
    """Without those about units that this officer does not see."""
    found = list(findings)
    places = {finding.place for finding in found if finding.place}
    seen = {
        name: set(
            model.objects.visible_to(user)
            .filter(pk__in=[getattr(place, name) for place in places])
            .values_list("pk", flat=True)
        )
        for name, model in (("institution_id", Institution), ("centre_id", Centre))
        if any(getattr(place, name) for place in places)
    }
    return [
        finding
        for finding in found
        if all(
            getattr(finding.place, name) in (None, *keys) for name, keys in seen.items()
        )
    ]
