"""Findings of the record: a list to work through, by the officers of each territory."""

import hashlib
import json

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedImportExportMixin, ScopedModelAdmin
from institutions import followed
from institutions.admin.resources import RecordFindingResource
from institutions.findings import REGISTRY
from institutions.models import Association, RecordFinding

OPEN, SEEN, EXPLAINED, SETTLED, ALL = "open", "seen", "explained", "settled", "all"
UNSEEN = {"settled_on": None, "seen_at": None}
NARROWED = {
    OPEN: UNSEEN,
    SEEN: {"settled_on": None, "seen_at__isnull": False, "reason": ""},
    EXPLAINED: {"settled_on": None, "reason__gt": ""},
    SETTLED: {"settled_on__isnull": False},
    ALL: {},
}
STATES = {
    OPEN: (_("to be looked at"), "wait"),
    SEEN: (_("seen"), ""),
    EXPLAINED: (_("explained"), "done"),
    SETTLED: (_("settled"), "done"),
}


def state_of(finding):
    if finding.settled_on:
        return SETTLED
    if finding.reason:
        return EXPLAINED
    return SEEN if finding.seen_at else OPEN


class StateFilter(admin.SimpleListFilter):
    """What has not been looked at, unless something else is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*((code, label) for code, (label, _tone) in STATES.items())]

    def choices(self, changelist):
        for code, label in [*self.lookup_choices, (ALL, _("All"))]:
            yield {
                "selected": (self.value() or OPEN) == code,
                "query_string": changelist.get_query_string({"state": code}),
                "display": label,
            }

    def queryset(self, request, queryset):
        return queryset.filter(**NARROWED.get(self.value() or OPEN, UNSEEN))


class CodeFilter(admin.SimpleListFilter):
    title = _("check")
    parameter_name = "code"

    def lookups(self, request, model_admin):
        return [(code, item.label) for code, item in REGISTRY.items()]

    def queryset(self, request, queryset):
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(RecordFinding)
class RecordFindingAdmin(ScopedImportExportMixin, ScopedModelAdmin):
    """Found by the worker; here it is seen, or explained with a reason."""

    change_list_template = "admin/institutions/recordfinding/change_list.html"
    resource_classes = [RecordFindingResource]
    list_display = ("label", "owner", "unit", "words", "found_on", "state")
    list_display_links = ("label",)
    list_filter = (
        StateFilter,
        CodeFilter,
        "association__delegation__region",
        "association__delegation",
    )
    search_fields = ("pk",)
    ordering = ("-found_on", "-pk")
    actions = ("mark_seen",)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related(
            "association__delegation", "institution", "centre", "seen_by"
        )

    def get_search_results(self, request, queryset, search_term):
        """Through the search of associations, which knows variants of spelling."""
        if not search_term.strip():
            return queryset, False
        found = Association.objects.visible_to(request.user).search(search_term)
        return queryset.filter(association__in=found.values("pk")), False

    def has_add_permission(self, request, obj=None):
        return False

    @admin.display(description=_("check"), ordering="code")
    def label(self, finding):
        return capfirst(str(REGISTRY[finding.code].label))

    @admin.display(description=_("association"), ordering="association__name_ar")
    def owner(self, finding):
        url = reverse(
            "admin:institutions_association_change", args=[finding.association_id]
        )
        return format_html(
            '<a href="{}" dir="auto">{}</a>', url, finding.association.name
        )

    @admin.display(description=_("unit"))
    def unit(self, finding):
        about = finding.institution or finding.centre
        return about.name if about else "—"

    @admin.display(description=_("what was found"))
    def words(self, finding):
        return format_html('<a href="{}">{}</a>', finding.url, finding.sentence)

    @admin.display(description=_("state"))
    def state(self, finding):
        return STATES[state_of(finding)][0]

    def get_urls(self):
        look = path(
            "look/",
            self.admin_site.admin_view(self.look_view),
            name="institutions_recordfinding_look",
        )
        return [look, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """The list, above it how many of each check."""
        response = super().changelist_view(request, extra_context)
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if changelist is not None:
            changelist.result_list = followed.dress(changelist.result_list)
            response.context_data["counts"] = counts(request)
            response.context_data["looked_at"] = followed.last_look(request.user)
            response.context_data["may_look"] = self.has_change_permission(request)
        return response

    def look_view(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        followed.ask(request.user, language=get_language())
        messages.success(
            request,
            _(
                "The record of your territory is being looked at again. Open this list "
                "anew in a few minutes."
            ),
        )
        return redirect("admin:institutions_recordfinding_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        finding = self.get_object(request, object_id)
        if request.method == "POST" and self._answer(request, finding):
            return redirect("admin:institutions_recordfinding_changelist")
        followed.dress([finding])
        state = state_of(finding)
        may_answer = followed.may_answer(finding, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": self.label(finding),
            "finding": finding,
            "state_label": STATES[state][0],
            "state_tone": STATES[state][1],
            "shown": mark(finding),
            "may_answer": state != SETTLED and may_answer,
            "typed": request.POST.get("reason", finding.reason),
            "opts": self.opts,
        }
        template = "admin/institutions/recordfinding/finding.html"
        return TemplateResponse(request, template, context)

    def _answer(self, request, finding):
        """Refused, what was typed stays."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            reason = checked(request, finding)
            followed.answer(finding.pk, actor=request.user, reason=reason)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return False
        messages.success(request, _("The finding is marked."))
        return True

    @admin.action(description=_("Mark as seen"), permissions=["change"])
    def mark_seen(self, request, queryset):
        done = followed.mark_seen(queryset, actor=request.user)
        text = ngettext(
            "%(count)s finding is marked as seen.",
            "%(count)s findings are marked as seen.",
            done,
        )
        messages.success(request, text % {"count": done})


def checked(request, finding):
    """The explanation. Raises ``ValidationError`` when the page was an old one."""
    if request.POST.get("shown") != mark(finding):
        raise ValidationError(
            _("The figures have changed since you opened this page. Read them again.")
        )
    reason = request.POST.get("reason", "").strip()
    if request.POST.get("action") == EXPLAINED and not reason:
        raise ValidationError(_("Please give the explanation."))
    if len(reason) > RecordFinding.reason.field.max_length:
        raise ValidationError(_("The explanation is too long: 500 characters at most."))
    return reason if request.POST.get("action") == EXPLAINED else ""


def mark(finding):
    """Tells whether the figures are still those that were read."""
    text = json.dumps([finding.year, finding.evidence], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def counts(request):
    """How many of each check are to be looked at, the most frequent first."""
    rows = RecordFinding.objects.visible_to(request.user).filter(**UNSEEN)
    found = rows.order_by().values_list("code").annotate(count=Count("pk"))
    return [
        {
            "label": capfirst(str(REGISTRY[code].label)),
            "url": f"?code={code}",
            "count": count,
            "current": request.GET.get("code") == code,
        }
        for code, count in sorted(found, key=lambda pair: -pair[1])
        if code in REGISTRY
    ]
