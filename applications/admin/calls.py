"""Call set-up by the centre: parts, checklist, publication, next year's copy."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.portal_forms import NumberInput
from applications import calls
from applications.admin import call_parts
from applications.forms.staff import CloneForm
from applications.models import Call

AMOUNTS = ("convention_threshold_amount",)
CEILINGS = ("child_ceiling_amount", "association_ceiling_amount", "max_months")
NEED = ("age_min", "age_max", "child_prevalence_percent", "prevalence_source")


@admin.register(Call)
class CallAdmin(call_parts.CallPageAdmin):
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
    formfield_overrides = {
        models.DecimalField: {"widget": NumberInput},
        models.TextField: {"widget": AdminTextareaWidget({"rows": 4})},
    }
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

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        return ("programme", "year", *((*AMOUNTS, *CEILINGS) if obj.has_files else ()))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/check/", wrap(self.check_view), name="applications_call_check"
            ),
            path(
                "<int:pk>/clone/", wrap(self.clone_view), name="applications_call_clone"
            ),
            *[self._path_of(part) for part in call_parts.PARTS],
            *super().get_urls(),
        ]

    def _path_of(self, part):
        page = call_parts.CallPartAdmin(part, self.admin_site)
        return path(
            f"<path:object_id>/{part.code}/",
            self.admin_site.admin_view(page.change_view),
            name=f"applications_call_{part.code}",
        )

    def response_add(self, request, obj, post_url_continue=None):
        """Its parts are entered next, on the page of the call."""
        return redirect("admin:applications_call_change", obj.pk)

    def response_post_save_change(self, request, obj):
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
            "problems": [
                (problem, self._address_of(problem, call))
                for problem in calls.problems(call)
            ],
        }
        return TemplateResponse(request, "admin/applications/call/check.html", context)

    @staticmethod
    def _address_of(problem, call):
        """Where a problem is mended: a part, the round of the year, or the call."""
        if problem.part == "update":
            return reverse("admin:institutions_updateround_changelist")
        is_part = problem.part in {part.code for part in call_parts.PARTS}
        page = problem.part if is_part else "change"
        return reverse(f"admin:applications_call_{page}", args=[call.pk])

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

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """The form of the call itself, below the summary of its parts."""
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        if obj is not None:
            context["parts"] = call_parts.summary(obj, request.user)
            context["may_set_up"] = request.user.role == Role.CENTRAL
            context["stands_still"] = call_parts.STANDS_STILL if obj.has_files else ""
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
