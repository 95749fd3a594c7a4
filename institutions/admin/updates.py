"""Update rounds, and the review of an update: differences first."""

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.enums import Access
from accounts.scoped_admin import ScopedImportExportMixin, ScopedModelAdmin
from institutions import update
from institutions.admin.follow_up import FollowUpMixin
from institutions.admin.people import ReadOnlyMixin
from institutions.admin.resources import AnnualUpdateResource
from institutions.admin.review import UpdateReview
from institutions.models import AnnualUpdate, UpdateRound
from institutions.years import school_year

RELATIONS = (
    "association__delegation",
    "round",
    "confirmed_by",
    "verified_by",
)


@admin.register(UpdateRound)
class UpdateRoundAdmin(ScopedModelAdmin):
    list_display = (
        "year",
        "opens_on",
        "due_on",
        "headcount_on",
        "whole_school_year",
        "accounts_year",
    )
    ordering = ("-year",)

    @admin.display(description=_("school year covered"), ordering="school_year")
    def whole_school_year(self, row):
        return school_year(row.school_year)

    def get_form(self, request, obj=None, change=False, **kwargs):
        helps = {
            "year": _("The year the support is for."),
            "school_year": _("Its first year: 2026 for 2026/2027."),
            "headcount_change_percent": _("From there, a finding says so."),
        }
        return super().get_form(request, obj, change, help_texts=helps, **kwargs)


@admin.register(AnnualUpdate)
class AnnualUpdateAdmin(
    ReadOnlyMixin, FollowUpMixin, ScopedImportExportMixin, ScopedModelAdmin
):
    """Changed only by ``institutions.update``."""

    change_list_template = "admin/institutions/annualupdate/change_list.html"
    resource_classes = [AnnualUpdateResource]
    list_display = ("association", "round", "state", "confirmed_at", "verified_at")
    list_filter = ("state", "round", "association__delegation")
    list_select_related = ("association", "round")
    search_fields = ("association__name_ar", "association__name_fr")
    ordering = ("-pk",)

    def get_search_results(self, request, queryset, search_term):
        """Through the search of associations, which knows variants of spelling."""
        found = self.model.association.field.related_model.objects.search(search_term)
        return queryset.filter(association__in=found.values("pk")), False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if request.method == "POST" and self._act(request, found):
            return redirect(after(request))
        log_reading(request, found)
        if request.method == "POST":
            found.refresh_from_db(fields=["state", "version", "sent_back_reason"])
        context = {
            **self.admin_site.each_context(request),
            "update": found,
            "review": UpdateReview(found, request.user, request.GET),
            "typed_reason": request.POST.get("reason", ""),
            "typed_remark": request.POST.get("text", ""),
            "title": found.association.name,
            "opts": self.opts,
            **(extra_context or {}),
        }
        template = "admin/institutions/annualupdate/review.html"
        return TemplateResponse(request, template, context)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*RELATIONS)

    def _act(self, request, found):
        """Verify, send back or keep a remark; refused, what was typed stays."""
        act = ACTS.get(request.POST.get("action"))
        if act is None:
            return False
        try:
            done = act(found, request)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return False
        messages.success(request, done)
        return True


def verify(found, request):
    update.verify(found.pk, actor=request.user, version=posted(request, "version"))
    return _("The update is verified. The association has been told.")


def send_back(found, request):
    update.send_back(
        found.pk,
        actor=request.user,
        version=posted(request, "version"),
        reason=request.POST.get("reason", ""),
    )
    return _("The update is sent back. The association has been told.")


def keep_remark(found, request):
    """A draft until the update is sent back; an empty text takes it away."""
    try:
        kept = update.save_remark(
            found.pk,
            request.POST.get("section", ""),
            posted(request, "unit"),
            actor=request.user,
            field=request.POST.get("field", "")[:40],
            text=request.POST.get("text", ""),
        )
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if kept is None:
        return _("The remark is taken away.")
    return _("The remark is kept. It leaves when you send the update back.")


ACTS = {"verify": verify, "send_back": send_back, "remark": keep_remark}


def posted(request, name):
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def after(request):
    """Back where the reader was; the page of a remark is over."""
    kept = {name: request.GET[name] for name in ("since",) if name in request.GET}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def log_reading(request, found):
    access.log(
        request.user,
        Access.READ,
        subject=("institutions.annualupdate", found.pk),
        association_id=found.association_id,
    )
