"""Call set-up by the centre: parts, checklist, publication, next year's copy."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme, Role
from accounts.scoped_admin import ScopedModelAdmin, ScopedTabularInline
from applications import calls
from applications.forms.staff import CloneForm
from applications.forms.staff_calls import (
    EnvelopeForm,
    FindingLevelForm,
    FindingLevelFormSet,
    SharesFormSet,
)
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


class CallPartInline(ScopedTabularInline):
    """A part of a call. ``is_settled`` parts stand still once a file was submitted."""

    extra = 1
    is_settled = False
    classes = ["en-parts"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the pencils that would lead away from the call."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for link in ("can_add_related", "can_change_related", "can_view_related"):
            if field is not None and hasattr(field.widget, link):
                setattr(field.widget, link, False)
        return field

    def get_extra(self, request, obj=None, **kwargs):
        return self.extra if obj is None or self._is_open(obj) else 0

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and self._is_open(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def _is_open(self, call):
        return not (self.is_settled and call is not None and call.has_files)


class DocumentInline(CallPartInline):
    model = CallDocument
    fields = ["type", "is_required", "hint_ar", "hint_fr", "rank"]
    autocomplete_fields = ("type",)


class CriterionInline(CallPartInline):
    model = Criterion
    fields = ["name_ar", "name_fr", "max_score", "rank"]
    is_settled = True


class EpsRateInline(CallPartInline):
    model = EpsRate
    is_settled = True


class SchoolingRateInline(CallPartInline):
    model = SchoolingRate
    is_settled = True


class FindingLevelInline(CallPartInline):
    model = FindingLevel
    form = FindingLevelForm
    formset = FindingLevelFormSet
    fields = ["code", "level", "parameter"]
    template = "admin/applications/call/levels.html"


class ShareInline(CallPartInline):
    model = InstalmentShare
    formset = SharesFormSet


class EnvelopeInline(CallPartInline):
    model = Envelope
    form = EnvelopeForm
    fields = ["region", "amount"]


RATES = {Programme.EPS: EpsRateInline, Programme.SCHOOLING: SchoolingRateInline}
AMOUNTS = ("convention_threshold_amount",)
CEILINGS = ("child_ceiling_amount", "association_ceiling_amount", "max_months")
NEED = ("age_min", "age_max", "child_prevalence_percent", "prevalence_source")


@admin.register(Call)
class CallAdmin(ScopedModelAdmin):
    """One call per programme and year; published from its checklist only."""

    list_display = (
        "name",
        "programme",
        "year",
        "opens_at",
        "closes_at",
        "is_published",
    )
    list_filter = ("programme", "year", "is_published")
    change_form_template = "admin/applications/call/change_form.html"
    fieldsets = (
        (None, {"fields": (("programme", "year"), "name_ar", "name_fr")}),
        (
            _("Public text"),
            {
                "fields": (
                    "summary_ar",
                    "summary_fr",
                    "funding_source_ar",
                    "funding_source_fr",
                )
            },
        ),
        (
            _("Calendar"),
            {
                "fields": (
                    "opens_at",
                    "closes_at",
                    ("decision_days", "clock_start"),
                    ("completion_days", "appeal_days"),
                )
            },
        ),
        (_("Amounts and ceilings"), {"fields": (*AMOUNTS, *CEILINGS)}),
        (_("Ages and need"), {"fields": NEED}),
    )

    @admin.display(description=_("Call"), ordering="name_ar")
    def name(self, call):
        return call.name

    def get_object(self, request, object_id, from_field=None):
        call = super().get_object(request, object_id, from_field)
        call.has_files = call.applications.filter(number__isnull=False).exists()
        return call

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        return ("programme", "year", *((*AMOUNTS, *CEILINGS) if obj.has_files else ()))

    def get_inlines(self, request, obj):
        if obj is None:
            return []
        inlines = [DocumentInline, CriterionInline, RATES[obj.programme]]
        inlines.append(FindingLevelInline)
        inlines.append(ShareInline)
        if request.user.role != Role.DELEGATE:
            inlines.append(EnvelopeInline)
        return inlines

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/check/", wrap(self.check_view), name="applications_call_check"
            ),
            path(
                "<int:pk>/clone/", wrap(self.clone_view), name="applications_call_clone"
            ),
            *super().get_urls(),
        ]

    def response_add(self, request, obj, post_url_continue=None):
        """Its parts are entered next, on the page of the call."""
        return redirect("admin:applications_call_change", obj.pk)

    def _own(self, request, pk):
        call = self.get_object(request, str(pk))
        if request.user.role != Role.CENTRAL:
            raise PermissionDenied
        return call

    def check_view(self, request, pk):
        """What is missing before the call is published; then the button."""
        call = self._own(request, pk)
        if request.method == "POST" and self._publish(request, call):
            return redirect("admin:applications_call_change", call.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Check and publish"),
            "call": call,
            "problems": calls.problems(call),
        }
        return TemplateResponse(request, "admin/applications/call/check.html", context)

    def _publish(self, request, call):
        try:
            calls.publish(call.pk, actor=request.user)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
            return False
        self.log_change(request, call, [{"changed": {"fields": ["is_published"]}}])
        messages.success(request, _("The call is published."))
        return True

    def clone_view(self, request, pk):
        """Next year's call: the same parts, dates a year later, envelopes at zero."""
        call = self._own(request, pk)
        form = CloneForm(request.POST or None, initial={"year": call.year + 1})
        if form.is_valid():
            copy = self._clone(request, call, form)
            if copy is not None:
                return redirect("admin:applications_call_change", copy.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Prepare the call of another year"),
            "call": call,
            "form": form,
        }
        return TemplateResponse(request, "admin/applications/call/clone.html", context)

    @staticmethod
    def _clone(request, call, form):
        try:
            copy = calls.clone(
                call.pk, actor=request.user, year=form.cleaned_data["year"]
            )
        except ValidationError as error:
            form.refuse(error)
            return None
        messages.success(request, _("The call is copied: check its dates and amounts."))
        return copy

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_central = request.user.role == Role.CENTRAL
        context = {**(extra_context or {}), "may_set_up": is_central}
        return super().change_view(request, object_id, form_url, context)
