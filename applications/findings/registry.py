"""The table of the checks: code, default level, limit, programmes (decision 46)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.enums import Programme
from applications.enums import Level
from applications.findings import checks
from applications.findings.checks import ZERO, Evidence
from applications.reading import Reading

ALL = frozenset(Programme)
EPS = frozenset({Programme.EPS})
SCHOOLING = frozenset({Programme.SCHOOLING})


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check. ``parameter`` is its limit where the call sets none."""

    code: str
    label: str | Promise
    run: Callable[[Reading, Decimal], Evidence | None]
    level: Level = Level.WARNING
    parameter: Decimal | None = None
    programmes: frozenset[Programme] = ALL


CHECKS: tuple[Check, ...] = (
    Check(
        code="child_outside_ages",
        label=gettext_lazy("child outside the ages of the call"),
        run=checks.child_outside_ages,
        programmes=SCHOOLING,
    ),
    Check(
        code="previous_year_unsettled",
        label=gettext_lazy("previous year not settled"),
        run=checks.previous_year_unsettled,
    ),
    Check(
        code="unspent_surplus",
        label=gettext_lazy("unspent surplus"),
        run=checks.unspent_surplus,
        parameter=ZERO,
    ),
    Check(
        code="not_funded_last_year",
        label=gettext_lazy("not funded last year"),
        run=checks.not_funded_last_year,
        level=Level.OFF,
    ),
    Check(
        code="file_over_capacity",
        label=gettext_lazy("file above the licensed capacity"),
        run=checks.file_over_capacity,
        # The record says so of the institution already.
        level=Level.OFF,
        parameter=ZERO,
        programmes=EPS,
    ),
    Check(
        code="budget_differs",
        label=gettext_lazy("use of the support and request differ"),
        run=checks.budget_differs,
        parameter=ZERO,
    ),
    Check(
        code="amount_above_ceiling",
        label=gettext_lazy("amount above a ceiling"),
        run=checks.amount_above_ceiling,
        parameter=ZERO,
        programmes=SCHOOLING,
    ),
    Check(
        code="document_missing",
        label=gettext_lazy("document missing"),
        run=checks.document_missing,
    ),
    Check(
        code="document_expired",
        label=gettext_lazy("document expired"),
        run=checks.document_expired,
    ),
    Check(
        code="funded_twice",
        label=gettext_lazy("same place in both programmes"),
        run=checks.funded_twice,
    ),
    Check(
        code="record_changed",
        label=gettext_lazy("record changed since the annual update"),
        run=checks.record_changed,
    ),
)
REGISTRY: dict[str, Check] = {check.code: check for check in CHECKS}
