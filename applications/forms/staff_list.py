"""What a list of applications is narrowed to; nothing wrong is ever an error here."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme
from applications.enums import DECIDED, Opinion, State
from applications.lookup import as_number, by_number_or_name
from applications.models import Call
from territories.enums import Level
from territories.models import Delegation, Region

ALL = "all"
UNDECIDED = (State.SUBMITTED, State.RETURNED, State.RECOMMENDED)
ORDERS = {
    "recent": ("-pk",),
    "due": ("due_on", "pk"),
    "amount": ("-requested_amount", "-pk"),
}


def with_any(choices):
    return [("", _("All")), *choices]


class ApplicationFilterForm(forms.Form):
    """Number or name, call, place, state; by GET, kept in the address.

    Without a choice the list keeps to the current call (decision 42); an address that
    somebody wrote by hand with an unknown value filters nothing by it.
    """

    q = forms.CharField(label=_("Number, association or institution"), required=False)
    call = forms.ChoiceField(label=_("Call"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    delegation = forms.ChoiceField(label=_("Delegation"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=with_any(State.choices)
    )
    programme = forms.ChoiceField(
        label=_("Programme"), required=False, choices=with_any(Programme.choices)
    )
    opinion = forms.ChoiceField(
        label=_("Opinion"), required=False, choices=with_any(Opinion.choices)
    )
    overdue = forms.ChoiceField(
        label=_("Due date"),
        required=False,
        choices=with_any([("1", _("Overdue"))]),
    )
    order = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.calls = list(Call.objects.visible_to(user))
        self.fields["call"].choices = [
            *((str(call.pk), call.name) for call in self.calls),
            (ALL, _("All calls")),
        ]
        self._offer_places()
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "en-input")
        self.fields["q"].widget.attrs.update(type="search", dir="auto")
        kept = self.kept_call
        self.initial["call"] = kept.pk if kept else ALL
        self.full_clean()

    def _offer_places(self):
        """Places of the reader's territory, where there is a choice."""
        scope = self.user.scope
        level = scope.level if scope else None
        if level == Level.NATIONAL:
            self._offer("region", Region.objects.all())
        else:
            del self.fields["region"]
        region = self.data.get("region", "")
        rows = Delegation.objects.within(scope)
        if level == Level.NATIONAL and region.isdecimal():
            self._offer("delegation", rows.filter(region=region))
        elif level == Level.REGION:
            self._offer("delegation", rows)
        else:
            # Eighty-two of them are no choice: the region comes first.
            del self.fields["delegation"]

    @property
    def has_delegations(self):
        """Whether the list spans several of them, and so names each row's."""
        return self.user.scope is not None and self.user.scope.level != Level.DELEGATION

    def _offer(self, name, rows):
        rows = rows.only("pk", "name_ar", "name_fr")
        self.fields[name].choices = with_any([(str(row.pk), row.name) for row in rows])

    def chosen(self, name):
        """The value when it is one of those offered, else nothing."""
        return getattr(self, "cleaned_data", {}).get(name, "")

    @property
    def kept_call(self):
        """The one call the list keeps to, or ``None`` for all of them."""
        asked = self.data.get("call")
        if asked == ALL or as_number(self.data.get("q", "")):
            return None
        known = {str(call.pk): call for call in self.calls}
        return known.get(asked) or self._latest_call()

    def _latest_call(self):
        """The latest published call, of the officer's own programme if any."""
        published = [call for call in self.calls if call.is_published]
        own = [call for call in published if call.programme == self.user.programme]
        return next(iter(own or published or self.calls), None)

    @property
    def main_fields(self):
        names = [name for name in ("q", "call", "state") if name in self.fields]
        place = "region" if "region" in self.fields else "delegation"
        if place in self.fields:
            names.append(place)
        return [self[name] for name in names]

    @property
    def more_fields(self):
        main = {bound.name for bound in self.main_fields}
        return [
            self[name] for name in self.fields if name not in main and name != "order"
        ]

    @property
    def is_applied(self):
        return any(
            self.chosen(name) for name in self.fields if name not in ("call", "order")
        ) or bool(self.data.get("call"))

    @property
    def kept_order(self):
        asked = self.chosen("order")
        return asked if asked in ORDERS else "recent"

    def apply(self, rows):
        """The chosen files, in their order; ids only are worth reading from it."""
        if self.kept_call:
            rows = rows.filter(call=self.kept_call.pk)
        for name in ("region", "delegation", "state", "programme", "opinion"):
            value = self.chosen(name)
            if value:
                rows = rows.filter(**{name: value})
        if self.chosen("overdue"):
            rows = rows.filter(
                Q(state__in=UNDECIDED) | Q(state__in=DECIDED, published_at=None),
                due_on__lt=timezone.localdate(),
            )
        rows = by_number_or_name(rows, self.chosen("q"))
        return rows.order_by(*ORDERS[self.kept_order])
