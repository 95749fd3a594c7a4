"""Automatic checks of the record (product.md, section 6; decision 46).

Each check is a pure function of facts read beforehand. It gives the evidence of each
case; the sentence and the page where it is mended stand beside it in the registry. All
are warnings until a call says otherwise. Those that need a call, a file or an award
stand in ``applications``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from institutions.findings import checks
from institutions.findings.checks import Case
from institutions.findings.facts import Facts, load_facts
from institutions.models import Association, Institution
from institutions.record import Record

__all__ = [
    "CHECKS",
    "REGISTRY",
    "Check",
    "Facts",
    "Finding",
    "check",
    "check_record",
    "load_facts",
]

WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``evidence``: the figures of the case; ``url``: where it is mended."""

    code: str
    level: str
    message: str
    evidence: dict[str, Any]
    url: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """``section``: that of the update where it is mended, for the case's unit."""

    code: str
    label: str | Promise
    sentence: str | Promise
    section: str
    run: Callable[[Facts], Iterable[Case]]
    level: str = WARNING
    parameter: Decimal | None = None


CHECKS = (
    Check(
        code="over_capacity",
        label=_("over licensed capacity"),
        sentence=_(
            "%(name)s: %(count)s beneficiaries for a licensed capacity of %(capacity)s."
        ),
        section="headcounts",
        run=checks.over_capacity,
    ),
    Check(
        code="not_authorised",
        label=_("not authorised"),
        sentence=_("%(name)s is not authorised: %(reason)s"),
        section="institution",
        run=checks.not_authorised,
    ),
    Check(
        code="authorisation_expired",
        label=_("authorisation expired"),
        sentence=_("%(name)s: the authorisation expired on %(on)s."),
        section="institution",
        run=checks.authorisation_expired,
    ),
    Check(
        code="kept_document_expired",
        label=_("document of the vault expired"),
        sentence=_("%(document)s: expired on %(on)s."),
        section="documents",
        run=checks.document_expired,
    ),
    Check(
        code="board_term_expired",
        label=_("board term expired"),
        sentence=_("The term of the board ended on %(on)s."),
        section="board",
        run=checks.board_term_expired,
    ),
    Check(
        code="rib_key_wrong",
        label=_("RIB key wrong"),
        sentence=_("The key of the RIB %(rib)s is wrong."),
        section="bank",
        run=checks.rib_key_wrong,
    ),
    Check(
        code="ice_key_wrong",
        label=_("ICE key doubtful"),
        sentence=_("The last two digits of the ICE %(ice)s do not match the others."),
        section="identity",
        run=checks.ice_key_wrong,
    ),
    Check(
        code="child_twice",
        label=_("child recorded twice"),
        sentence=_(
            "Children recorded twice, here or in another association "
            "(%(count)s): %(codes)s."
        ),
        section="children",
        run=checks.child_twice,
    ),
    Check(
        code="headcount_changed",
        label=_("head-count changed a lot"),
        sentence=_(
            "%(name)s: %(now)s beneficiaries, %(before)s the year before (%(percent)s)."
        ),
        section="headcounts",
        run=checks.headcount_changed,
    ),
    Check(
        code="accounts_missing",
        label=_("accounts missing"),
        sentence=_("%(name)s: the accounts of %(year)s are missing."),
        section="accounts",
        run=checks.accounts_missing,
    ),
    Check(
        code="staff_not_declared",
        label=_("staff not declared to the CNSS"),
        sentence=_("Staff not declared to the CNSS: %(count)s."),
        section="staff",
        run=checks.staff_not_declared,
    ),
    Check(
        code="certificate_missing",
        label=_("certificate missing"),
        sentence=_(
            "Children without the certificates they need (%(count)s): %(codes)s."
        ),
        section="children",
        run=checks.certificate_missing,
    ),
    Check(
        code="rsu_missing",
        label=_("RSU missing"),
        sentence=_("Children not registered in the RSU (%(count)s): %(codes)s."),
        section="children",
        run=checks.rsu_missing,
    ),
)
REGISTRY: dict[str, Check] = {item.code: item for item in CHECKS}


def check_record(
    association: Association, *, year: int, institution: Institution | None = None
) -> list[Finding]:
    """Every finding of the record, or of what concerns one institution of it."""
    return check(Record(association, year=year), institution=institution)


def check(record: Record, *, institution: Institution | None = None) -> list[Finding]:
    """The same, of rows that may have been read already."""
    facts = load_facts(record, institution=institution)
    return [
        Finding(
            code=item.code,
            level=item.level,
            message=str(item.sentence) % case,
            evidence=case,
            url=remedy_url(item, case),
        )
        for item in CHECKS
        for case in item.run(facts)
    ]


def remedy_url(check: Check, case: Case) -> str:
    """The page of the update where it is mended; lists are chosen by centre there."""
    if check.section in ("children", "staff"):
        return reverse("institutions:update")
    if check.section == "documents":
        return reverse("institutions:documents")
    return reverse("institutions:update_section", args=[check.section, case["unit"]])
