"""The table of the checks: code, level, sentence, section that mends (decision 46).

The one limit that is set by hand, the change of a head-count in per cent, stands on the
update round; the other checks have none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from institutions.findings import checks
from institutions.findings.checks import Case
from institutions.findings.facts import Facts

WARNING = "warning"


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
        code="centre_over_capacity",
        label=_("centre over its capacity"),
        sentence=_("%(name)s: %(count)s children for a capacity of %(capacity)s."),
        section="children",
        run=checks.centre_over_capacity,
    ),
    Check(
        code="not_authorised",
        label=_("not authorised"),
        sentence=_("%(name)s is not authorised: %(reason)s"),
        section="institution",
        run=checks.not_authorised,
    ),
    Check(
        code="no_committee",
        label=_("no management committee"),
        sentence=_("%(name)s has no management committee (law 65-15)."),
        section="institution",
        run=checks.no_committee,
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
        code="card_expired",
        label=_("disability card expired"),
        sentence=_(
            "%(name)s: children whose disability card has expired (%(count)s): "
            "%(codes)s."
        ),
        section="children",
        run=checks.card_expired,
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
        code="rib_of_another",
        label=_("RIB of another association"),
        sentence=_(
            "The RIB %(rib)s was that of another association, or is given by one that "
            "asks to join."
        ),
        section="bank",
        run=checks.rib_of_another,
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
            "%(name)s: children recorded twice, here or in another association "
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
        code="revenue_differs",
        label=_("revenue and its parts differ"),
        sentence=_(
            "The institutions declare %(parts)s MAD of revenue together, the "
            "association %(whole)s MAD."
        ),
        section="accounts",
        run=checks.revenue_differs,
    ),
    Check(
        code="funding_differs",
        label=_("funding and revenue differ"),
        sentence=_(
            "%(name)s: its sources give %(sources)s MAD, its revenue of %(year)s is "
            "%(revenue)s MAD."
        ),
        section="funding",
        run=checks.funding_differs,
    ),
    Check(
        code="staff_not_declared",
        label=_("staff not declared to the CNSS"),
        sentence=_("%(name)s: staff not declared to the CNSS: %(count)s."),
        section="staff",
        run=checks.staff_not_declared,
    ),
    Check(
        code="house_staff_not_declared",
        label=_("house staff not declared to the CNSS"),
        sentence=_(
            "%(name)s: staff paid by the association and not declared to the CNSS: "
            "%(count)s."
        ),
        section="functions",
        run=checks.house_staff_not_declared,
    ),
    Check(
        code="certificate_missing",
        label=_("certificate missing"),
        sentence=_(
            "%(name)s: children without the certificates they need (%(count)s): "
            "%(codes)s."
        ),
        section="children",
        run=checks.certificate_missing,
    ),
    Check(
        code="rsu_missing",
        label=_("RSU missing"),
        sentence=_(
            "%(name)s: children not registered in the RSU (%(count)s): %(codes)s."
        ),
        section="children",
        run=checks.rsu_missing,
    ),
)
REGISTRY: dict[str, Check] = {item.code: item for item in CHECKS}
