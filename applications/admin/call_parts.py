"""The parts of a call: documents, criteria, rates … each on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.enums import Programme, Role
from accounts.scoped_admin import ScopedModelAdmin, ScopedTabularInline
from applications import calls
from applications.forms import call_rows
from applications.forms.staff_calls import SharesFormSet
from applications.models import (
    Call,
    CallDocument,
    Criterion,
    Envelope,
    EpsRate,
    FindingLevel,
    InstalmentShare,
    SchoolingRate,
)

STANDS_STILL = _(
    "Files were submitted under this call: its rates, criteria and ceilings stand "
    "still."
)
FOLDER = "admin/applications/call"


class CallPartInline(ScopedTabularInline):
    """A part of a call. ``is_settled`` parts stand still once a file was submitted."""

    extra = 1
    is_settled = False
    template = f"{FOLDER}/rows.html"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the pencils that would lead away from the call."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for link in ("can_add_related", "can_change_related", "can_view_related"):
            if field is not None and hasattr(field.widget, link):
                setattr(field.widget, link, False)
        return field

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and self._is_open(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def _is_open(self, call):
        return not (self.is_settled and call is not None and call.has_files)


class DocumentInline(CallPartInline):
    model = CallDocument
    formset = call_rows.DocumentFormSet
    fields = ["type", "is_required", "hint_ar", "hint_fr", "rank"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("type")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "type":
            kwargs["widget"] = call_rows.TypeSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CriterionInline(CallPartInline):
    model = Criterion
    formset = call_rows.RankedFormSet
    fields = ["name_ar", "name_fr", "max_score", "rank"]
    is_settled = True


class RateInline(CallPartInline):
    form = call_rows.RateForm
    is_settled = True
    template = f"{FOLDER}/rates.html"


class EpsRateInline(RateInline):
    model = EpsRate
    formset = call_rows.EpsRateFormSet


class SchoolingRateInline(RateInline):
    model = SchoolingRate
    formset = call_rows.SchoolingRateFormSet


class FindingLevelInline(CallPartInline):
    model = FindingLevel
    form = call_rows.FindingLevelForm
    formset = call_rows.FindingLevelFormSet
    template = f"{FOLDER}/levels.html"


class ShareInline(CallPartInline):
    model = InstalmentShare
    formset = SharesFormSet


class EnvelopeInline(CallPartInline):
    model = Envelope
    form = call_rows.RegionEnvelopeForm
    formset = call_rows.EnvelopeFormSet
    template = f"{FOLDER}/envelopes.html"


class CallPageAdmin(ScopedModelAdmin):
    """What every page of one call begins with."""

    def get_object(self, request, object_id, from_field=None):
        call = super().get_object(request, object_id, from_field)
        call.has_files = call.applications.filter(number__isnull=False).exists()
        return call


@dataclass(frozen=True)
class Figure:
    """One figure of a part in the summary of its call."""

    label: str | Promise
    value: Any
    is_money: bool = False


@dataclass(frozen=True)
class Part:
    """``code`` is its address, and its name in the checklist of ``calls.problems``.

    ``figures`` counts what the officer may see of its rows.
    """

    code: str
    inlines: dict[str, type[CallPartInline]]
    lead: str | Promise
    figures: Callable[[Any, Call], list[Figure]]

    def inline_of(self, call: Call) -> type[CallPartInline]:
        return self.inlines[call.programme]

    def name(self, call: Call) -> str:
        return capfirst(self.inline_of(call).model._meta.verbose_name_plural)

    def is_shown_to(self, user: Any, call: Call) -> bool:
        label = self.inline_of(call).model._meta.label_lower
        return policies.may(user.role, "view", label)

    def rows(self, user: Any, call: Call) -> Any:
        rows = self.inline_of(call).model._default_manager.visible_to(user)
        return rows.filter(call=call)


def _document_figures(rows: Any, _call: Call) -> list[Figure]:
    found = rows.aggregate(count=Count("pk"), needed=Count("pk", Q(is_required=True)))
    return [
        Figure(_("Asked for"), found["count"]),
        Figure(_("Required"), found["needed"]),
    ]


def _criterion_figures(rows: Any, _call: Call) -> list[Figure]:
    found = rows.aggregate(count=Count("pk"), points=Sum("max_score", default=0))
    return [
        Figure(_("Criteria"), found["count"]),
        Figure(_("Points in all"), found["points"]),
    ]


def _rate_figures(rows: Any, _call: Call) -> list[Figure]:
    return [Figure(_("Rates above zero"), rows.filter(amount__gt=0).count())]


def _level_figures(rows: Any, call: Call) -> list[Figure]:
    return [
        Figure(_("Checks"), len(call_rows.defaults(call.programme))),
        Figure(_("Set by this call"), rows.count()),
    ]


def _share_figures(rows: Any, _call: Call) -> list[Figure]:
    percents = [f"{row.percent.normalize():f} %" for row in rows]
    return [Figure(_("Shares"), " + ".join(percents))]


def _envelope_figures(rows: Any, _call: Call) -> list[Figure]:
    found = rows.aggregate(
        count=Count("pk", Q(amount__gt=0)), total=Sum("amount", default=0)
    )
    return [
        Figure(_("Regions"), found["count"]),
        Figure(_("Total"), found["total"], is_money=True),
    ]


def _both(inline: type[CallPartInline]) -> dict[str, type[CallPartInline]]:
    return dict.fromkeys(Programme, inline)


PARTS = (
    Part(
        "documents",
        _both(DocumentInline),
        _("What each file must hold. A row once saved stays."),
        _document_figures,
    ),
    Part(
        "criteria",
        _both(CriterionInline),
        _("What the delegations score, each out of its points."),
        _criterion_figures,
    ),
    Part(
        "rates",
        {Programme.EPS: EpsRateInline, Programme.SCHOOLING: SchoolingRateInline},
        _("From these the amount of each file is computed."),
        _rate_figures,
    ),
    Part(
        "levels",
        _both(FindingLevelInline),
        _("What this call makes of each automatic check."),
        _level_figures,
    ),
    Part(
        "instalments",
        _both(ShareInline),
        _("How an award is paid. The shares make 100 %."),
        _share_figures,
    ),
    Part(
        "envelopes",
        _both(EnvelopeInline),
        _("What each region may grant, in MAD."),
        _envelope_figures,
    ),
)


@dataclass(frozen=True)
class PartLine:
    """One line of the summary; ``problem`` is what stops the publication."""

    name: str
    url_name: str
    figures: list[Figure]
    problem: str | Promise | None


def summary(call: Call, user: Any) -> list[PartLine]:
    """Each part that the officer may see: its figures, and what is missing in it."""
    missing = {}
    if user.role == Role.CENTRAL:
        missing = {row.part: row.message for row in calls.problems(call)}
    return [
        PartLine(
            part.name(call),
            f"admin:applications_call_{part.code}",
            part.figures(part.rows(user, call), call),
            missing.get(part.code),
        )
        for part in PARTS
        if part.is_shown_to(user, call)
    ]


class CallPartAdmin(CallPageAdmin):
    """The page of one part. Not registered: the admin of calls gives its address.

    The call itself is neither shown nor written here, only the rows of the part.
    """

    change_form_template = f"{FOLDER}/part.html"

    def __init__(self, part: Part, admin_site):
        super().__init__(Call, admin_site)
        self.part = part

    def get_fieldsets(self, request, obj=None):
        return []

    def get_inlines(self, request, obj):
        return [self.part.inline_of(obj)]

    def save_model(self, request, obj, form, change):
        """Writing the call back would undo what somebody else changed meanwhile."""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        call = self.get_object(request, unquote(object_id))
        if not self.part.is_shown_to(request.user, call):
            raise PermissionDenied
        inline = self.part.inline_of(call)(Call, self.admin_site)
        may_change = inline.has_change_permission(request, call)
        if request.method == "POST" and inline.is_settled and call.has_files:
            # The page was opened before the first file came.
            self.message_user(request, STANDS_STILL, messages.ERROR)
            return redirect(request.get_full_path())
        context = {
            "title": self.part.name(call),
            "subtitle": call.name,
            "part": self.part,
            "may_save": may_change,
            "note": STANDS_STILL if inline.is_settled and call.has_files else "",
        }
        return super().change_view(request, object_id, form_url, context)

    def response_change(self, request, obj):
        """Back to the call, where the next part waits."""
        saved = _("Saved: %(part)s.") % {"part": self.part.name(obj)}
        self.message_user(request, saved, messages.SUCCESS)
        return redirect("admin:applications_call_change", obj.pk)
