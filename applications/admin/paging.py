"""Pages of long lists: ids by an index, then fifty rows; never a count of all.

Limits of quality.md section 1: the last page costs what the first one costs.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.utils.functional import cached_property
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
class Page:
    """Rows of one page, with the addresses of its neighbours."""

    rows: list
    number: int
    start: int
    has_next: bool
    query: dict

    @property
    def end(self) -> int:
        return self.start + len(self.rows) - 1 if self.rows else 0

    @property
    def previous_url(self) -> str:
        return self._url(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self._url(self.number + 1) if self.has_next else ""

    def _url(self, number: int) -> str:
        return "?" + urlencode({**self.query, "p": number}, doseq=True)


def page_number(request) -> int:
    asked = request.GET.get("p", "")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 7 else 1


def page_of(rows, *, request, fetch, known: Totals) -> Page:
    """The asked page of ``rows``; ``fetch`` turns ids into rows, in any order."""
    number = page_number(request)
    if known.is_exact:
        last = max((known.count + PER_PAGE - 1) // PER_PAGE, 1)
        number = min(number, last)
    ids = _ids(rows, start=(number - 1) * PER_PAGE, known=known)
    has_next, ids = len(ids) > PER_PAGE, ids[:PER_PAGE]
    found = {row.pk: row for row in fetch(ids)}
    query = {key: value for key, value in request.GET.lists() if key != "p"}
    return Page(
        rows=[found[pk] for pk in ids if pk in found],
        number=number,
        start=(number - 1) * PER_PAGE + 1 if ids else 0,
        has_next=has_next,
        query=query,
    )


def _ids(rows, *, start: int, known: Totals) -> list:
    """One id more than a page. The second half is read from its end, backwards."""
    ids = rows.values_list("pk", flat=True)
    end = start + PER_PAGE + 1
    if not known.is_exact or start <= known.count // 2:
        return list(ids[start:end])
    stop = known.count - start
    first = max(known.count - end, 0)
    return list(ids.reverse()[first:stop])[::-1]


class BoundedPaginator(Paginator):
    """For the stock lists: counts to a bound instead of counting everything."""

    bound = 10_000

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by()
        return rows[: self.bound].values("pk").count()
