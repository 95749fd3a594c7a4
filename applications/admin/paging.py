"""Pages of long lists: ids by an index, then fifty rows; never a count of all.

Limits of quality.md section 1: the last page costs what the first one costs.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.http import urlencode

PER_PAGE = 50
BOUND = 1_000


@dataclass(frozen=True)
class Totals:
    """Files and sums (MAD) of a list limited to one call; else a bounded count."""

    count: int
    requested: Any = None
    proposed: Any = None
    granted: Any = None

    @property
    def is_exact(self) -> bool:
        return self.count <= BOUND or self.requested is not None


def totals(rows, *, is_one_call: bool) -> Totals:
    """One query either way (decision 42)."""
    rows = rows.order_by()
    if not is_one_call:
        return Totals(count=rows[: BOUND + 1].values("pk").count())
    sums = rows.aggregate(
        count=Count("pk"),
        requested=Sum("requested_amount", default=0),
        proposed=Sum("proposed_amount", default=0),
        granted=Sum("granted_amount", default=0),
    )
    return Totals(**sums)


@dataclass(frozen=True)
class Window:
    """Which page was asked for: ``param`` of the address, ``size`` rows."""

    request: Any
    param: str = "p"
    size: int = PER_PAGE

    @property
    def number(self) -> int:
        asked = self.request.GET.get(self.param, "")
        return max(int(asked), 1) if asked.isdecimal() and len(asked) < 7 else 1

    def url(self, number: int) -> str:
        query = {k: v for k, v in self.request.GET.lists() if k != self.param}
        return "?" + urlencode({**query, self.param: number}, doseq=True)


@dataclass(frozen=True)
class Page:
    """Rows of one page, with the addresses of its neighbours."""

    rows: list
    start: int
    previous_url: str
    next_url: str

    @property
    def end(self) -> int:
        return self.start + len(self.rows) - 1 if self.rows else 0


def page_of(rows, *, window: Window, fetch, known: Totals) -> Page:
    """The asked page of ``rows``; ``fetch`` turns ids into rows, in any order."""
    number, size = window.number, window.size
    if known.is_exact:
        number = min(number, max((known.count + size - 1) // size, 1))
    start = (number - 1) * size
    ids = _ids(rows, start=start, size=size, known=known)
    has_next, ids = len(ids) > size, ids[:size]
    found = {row.pk: row for row in fetch(ids)}
    return Page(
        rows=[found[pk] for pk in ids if pk in found],
        start=start + 1 if ids else 0,
        previous_url=window.url(number - 1) if number > 1 else "",
        next_url=window.url(number + 1) if has_next else "",
    )


def _ids(rows, *, start: int, size: int, known: Totals) -> list:
    """One id more than a page. The second half is read from its end, backwards."""
    ids = rows.values_list("pk", flat=True)
    end = start + size + 1
    if not known.is_exact or start <= known.count // 2:
        return list(ids[start:end])
    stop = known.count - start
    first = max(known.count - end, 0)
    return list(ids.reverse()[first:stop])[::-1]
