"""Lists of the staff site taken out as files: at once when short, by the worker when
long (decision 49), with the same columns, filters and territory.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from accounts import jobs
from accounts.models import Job, User

# More rows than this are written by the worker.
AT_ONCE = 2_000
STEP = 500
TASK = "accounts.tasks.export_list"


def is_long(rows: Any) -> bool:
    """Counts no further than it needs to."""
    return rows.order_by()[: AT_ONCE + 1].count() > AT_ONCE


def ask(request: Any, model_label: str) -> Job:
    """The worker asks the admin of the list again what this request asked."""
    posted = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    return jobs.request(
        TASK,
        owner=request.user,
        params={
            "model": model_label,
            "query": request.META.get("QUERY_STRING", ""),
            "form": urlencode(posted),
        },
        language=request.LANGUAGE_CODE,
    )


def asked(user: User, params: dict[str, str]) -> HttpRequest:
    """That request, as its sender may ask it now."""
    request = HttpRequest()
    request.method = "POST"
    request.user = user
    request.META["QUERY_STRING"] = params["query"]
    request.GET = QueryDict(params["query"])
    request.POST = QueryDict(params["form"])
    return request


class Lines:
    """The rows of a list as its resource writes them, one after the other."""

    def __init__(
        self,
        resource: Any,
        rows: Any,
        *,
        columns: list[str] | None,
        advance: Callable[[int], None] = lambda done: None,
    ) -> None:
        self.resource, self.rows, self.columns = resource, rows, columns
        self.advance = advance
        self.headers = resource.get_export_headers(selected_fields=columns)
        self.count = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.resource.iter_queryset(self.rows):
            self.count += 1
            if self.count % STEP == 0:
                self.advance(self.count)
            yield self.resource.export_resource(
                row, selected_fields=self.columns, force_native_type=True
            )
