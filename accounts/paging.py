"""Pages of the stock lists of the staff site: bounded count, keys first.

Limits of quality.md, section 1: a list never counts everything to show a page, and
never walks over whole rows to reach the fifty that it shows.
"""

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """Counts to a bound; finds the keys of a page, then its rows."""

    object_list: Any
    bound = 10_000

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by()
        return rows[: self.bound].values("pk").count()

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self.object_list.values_list("pk", flat=True)
        shown = list(keys[start : start + self.per_page])
        return Page(self.object_list.filter(pk__in=shown), number, self)
