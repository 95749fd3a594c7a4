"""Sittings in the staff site: list, opening, desk, validation."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.scoped_admin import ScopedModelAdmin
from applications import badges, workflow
from applications.admin.sitting_page import SittingPage
from applications.enums import SittingState
from applications.forms.staff import OpenSittingForm
from applications.models import Application, Sitting

DONE = {
    "approve": _("The file is approved."),
    "hold": _("The sitting is closed and handed to the central services."),
    "reopen": _("The sitting is open again."),
    "validate": _("The sitting is validated: its decisions are published."),
}
TONES = {
    SittingState.OPEN: ("now", "pencil"),
    SittingState.HELD: ("wait", "hourglass-split"),
    SittingState.VALIDATED: ("done", "check-lg"),
}


def badge(sitting) -> badges.Badge:
    tone, sign = TONES[SittingState(sitting.state)]
    return badges.Badge(label=sitting.get_state_display(), tone=tone, icon=sign)


@admin.register(Sitting)
class SittingAdmin(ScopedModelAdmin):
    """Opened and held by its region, validated by the centre; never edited."""

    list_display = ("title", "region", "sits_on", "state")
    list_filter = ("state", "call", "region")
    list_select_related = ("call", "region")
    ordering = ("-pk",)

    @admin.display(description=_("Sitting"))
    def title(self, sitting):
        return _("Sitting %(rank)s, %(call)s") % {
            "rank": sitting.rank,
            "call": sitting.call,
        }

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/validate/",
                wrap(self.validate_view),
                name="applications_sitting_validate",
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return request.user.is_active and request.user.role == Role.COORDINATOR

    def has_change_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        if not str(object_id).isdecimal():
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Sitting.objects.visible_to(request.user)
        rows = rows.select_related("call", "region", "validated_by")
        return get_object_or_404(rows, pk=object_id)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OpenSittingForm(request.POST or None, user=request.user)
        if form.is_valid():
            sitting = self._open(request, form)
            if sitting is not None:
                return redirect(address(sitting))
        context = {"form": form, "title": _("Open a sitting")}
        return self._page(request, "open", context)

    @staticmethod
    def _open(request, form):
        try:
            return workflow.open_sitting(
                form.cleaned_data["call"].pk,
                actor=request.user,
                sits_on=form.cleaned_data["sits_on"],
            )
        except ValidationError as error:
            form.refuse(error)
            return None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The desk; each button is one POST to it."""
        page = SittingPage(self.get_object(request, object_id), request)
        if request.method == "POST" and self._act(request, page):
            return redirect(request.get_full_path())
        context = {
            "page": page,
            "sitting": page.sitting,
            "title": self.title(page.sitting),
            "badge": badge(page.sitting),
        }
        return self._page(request, "desk", context)

    def validate_view(self, request, pk):
        """What will be published, in counts and amounts, before it is."""
        page = SittingPage(self.get_object(request, pk), request)
        if request.user.role != Role.CENTRAL:
            raise PermissionDenied
        if request.method == "POST" and self._act(request, page):
            return redirect(address(page.sitting))
        context = {
            "page": page,
            "sitting": page.sitting,
            "title": _("Validate and publish"),
        }
        return self._page(request, "validate", context)

    def _act(self, request, page):
        """True once done; False to show the page with what was refused."""
        name, _colon, file_pk = request.POST.get("action", "").partition(":")
        if name == "approve":
            return self._approve(request, page, file_pk)
        if name not in ("hold", "reopen", "validate"):
            raise PermissionDenied
        page.bound = form = page.form(name, request.POST)
        move = getattr(workflow, f"{name}_sitting")
        return self._attempt(request, form, move, page.sitting.pk)

    def _approve(self, request, page, file_pk):
        if not file_pk.isdecimal():
            raise Http404
        rows = Application.objects.visible_to(request.user)
        file = get_object_or_404(rows, pk=file_pk, region=page.sitting.region_id)
        page.bound = form = page.amount_form(file, request.POST)
        return self._attempt(
            request, form, workflow.approve, file.pk, sitting_pk=page.sitting.pk
        )

    @staticmethod
    def _attempt(request, form, move, pk, **facts):
        if not form.is_valid():
            return False
        try:
            move(pk, actor=request.user, **form.cleaned_data, **facts)
        except ValidationError as error:
            form.refuse(error)
            return False
        messages.success(request, DONE[form.key.partition(":")[0]])
        return True

    def history_view(self, request, object_id, extra_context=None):
        return redirect(address(self.get_object(request, object_id)))

    def _page(self, request, name, context):
        return TemplateResponse(
            request,
            f"admin/applications/sitting/{name}.html",
            {**self.admin_site.each_context(request), **context},
        )


def address(sitting) -> str:
    return reverse("admin:applications_sitting_change", args=[sitting.pk])
