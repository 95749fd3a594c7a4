"""The regional desk: one sitting, its envelope and its files (product.md §8)."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.functional import cached_property

from applications import badges, budget, workflow
from applications.admin import paging
from applications.enums import DECIDED, State
from applications.forms import staff as forms
from applications.models import Application, Sitting

# Each row to decide holds a form: twenty keep the page light.
DESK_ROWS = 20
RELATIONS = ("association", "institution", "delegation")


class SittingPage:
    """What the page of a sitting shows and offers. ``bound`` is a refused form."""

    def __init__(self, sitting: Sitting, request: Any):
        self.sitting = sitting
        self.request = request
        self.user = request.user
        self.bound: Any = None

    @cached_property
    def moves(self) -> dict[str, Any]:
        offered = workflow.available_for_sitting(self.sitting, self.user)
        return {move.name: move for move in offered}

    @property
    def may_decide(self) -> bool:
        """The coordinator, in an open sitting: where *hold* is offered."""
        return "hold" in self.moves

    @cached_property
    def envelope(self) -> Any:
        return budget.state(self.sitting.call_id, self.sitting.region_id)

    @property
    def over(self) -> Any:
        """By how much the proposals exceed what is left, in MAD."""
        excess = self.envelope.proposed - self.envelope.left
        return excess if excess > 0 else None

    @cached_property
    def waiting(self) -> paging.Page:
        """Files of the call and region still to decide, best score first."""
        rows = Application.objects.visible_to(self.user).filter(
            call=self.sitting.call_id,
            region=self.sitting.region_id,
            state=State.RECOMMENDED,
        )
        known = paging.Totals(count=self.envelope.proposed_count, requested=0)
        page = paging.page_of(
            rows.order_by("-score", "pk"),
            window=paging.Window(self.request, size=DESK_ROWS),
            fetch=self._fetch,
            known=known,
        )
        for row in page.rows:
            row.form = self.amount_form(row) if self.may_decide else None
        return page

    @cached_property
    def decided(self) -> paging.Page:
        """Files decided in this sitting, those granted first."""
        rows = self.sitting.applications.filter(state__in=DECIDED)
        known = paging.Totals(count=self.decided_count, requested=0)
        return paging.page_of(
            rows.order_by("state", "-score", "pk"),
            window=paging.Window(self.request, param="d", size=DESK_ROWS),
            fetch=self._fetch,
            known=known,
        )

    @property
    def decided_count(self) -> int:
        return self.sums["approved"] + self.sums["refused"]

    @cached_property
    def sums(self) -> dict[str, Any]:
        """Counts and amounts of the sitting (MAD); ``undecided`` blocks validation."""
        approved = Q(state=State.APPROVED)
        return self.sitting.applications.aggregate(
            approved=Count("pk", filter=approved),
            refused=Count("pk", filter=Q(state=State.REFUSED)),
            undecided=Count("pk", filter=~Q(state__in=DECIDED)),
            granted=Sum("granted_amount", filter=approved, default=0),
        )

    @cached_property
    def undecided(self) -> list:
        rows = self.sitting.applications.exclude(state__in=DECIDED)
        return list(rows.select_related(*RELATIONS).order_by("pk"))

    @property
    def is_over_envelope(self) -> bool:
        return self.envelope.left < 0

    @staticmethod
    def _fetch(ids):
        rows = Application.objects.filter(pk__in=ids).select_related(*RELATIONS)
        return badges.dress(rows)

    # Forms

    def amount_form(self, file: Application, data: Any = None) -> Any:
        key = f"approve:{file.pk}"
        if data is None and self.bound is not None and self.bound.key == key:
            return self.bound
        return forms.AmountForm(
            data,
            key=key,
            version=file.version,
            initial={"amount": file.proposed_amount},
        )

    def form(self, name: str, data: Any = None) -> Any:
        """Forms of the sitting itself: hold, reopen, validate."""
        if data is None and self.bound is not None and self.bound.key == name:
            return self.bound
        kind = forms.ReasonForm if name == "reopen" else forms.BareForm
        return kind(data, key=name, version=self.sitting.version)

    @property
    def forms(self) -> dict[str, Any]:
        return {name: self.form(name) for name in self.moves}
