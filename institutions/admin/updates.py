"""Update rounds, and the review of an update: differences first."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.enums import Access
from accounts.scoped_admin import ScopedModelAdmin
from institutions import shelves, snapshots, update
from institutions.admin.people import ReadOnlyMixin
from institutions.differences import compare
from institutions.enums import UpdateState
from institutions.findings import check_record
from institutions.models import AnnualUpdate, UpdateRound
from institutions.sections import BY_CODE

RELATIONS = (
    "association__delegation__region",
    "association__commune",
    "round",
    "confirmed_by",
    "verified_by",
)


@admin.register(UpdateRound)
class UpdateRoundAdmin(ScopedModelAdmin):
    list_display = ("year", "opens_on", "due_on", "headcount_on", "accounts_year")
    ordering = ("-year",)


@admin.register(AnnualUpdate)
class AnnualUpdateAdmin(ReadOnlyMixin, ScopedModelAdmin):
    """Changed only by ``institutions.update``."""

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
            return redirect(request.path)
        log_reading(request, found)
        found.refresh_from_db(fields=["state", "version", "sent_back_reason"])
        context = {
            **self.admin_site.each_context(request),
            **review(found, request.user),
            "typed_reason": request.POST.get("reason", ""),
            "title": found.association.name,
            "opts": self.opts,
            **(extra_context or {}),
        }
        template = "admin/institutions/annualupdate/review.html"
        return TemplateResponse(request, template, context)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*RELATIONS)

    def _act(self, request, found):
        """Verify or send back; refused, the page keeps what was typed."""
        version = request.POST.get("version", "")
        values = {
            "actor": request.user,
            "version": int(version) if version.isdecimal() else 0,
        }
        try:
            if request.POST.get("action") == "verify":
                update.verify(found.pk, **values)
                done = _("The update is verified. The association has been told.")
            else:
                reason = request.POST.get("reason", "")
                update.send_back(found.pk, **values, reason=reason)
                done = _("The update is sent back. The association has been told.")
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return False
        messages.success(request, done)
        return True


def log_reading(request, found):
    access.log(
        request.user,
        Access.READ,
        subject=("institutions.annualupdate", found.pk),
        association_id=found.association_id,
    )


def review(found, user):
    """What the page shows: the frozen version against last year's, then the rest."""
    year = found.round.year
    frozen = snapshots.latest(snapshots.UPDATE, found.pk)
    last = snapshots.latest_before(found.association, year)
    now = (
        snapshots.read(frozen)
        if frozen
        else snapshots.record_content(found.association, year=year)
    )
    sections = compare(snapshots.read(last) if last else None, now)
    can_verify = update.may_verify(found.association, user)
    return {
        "update": found,
        "frozen": frozen,
        "last": last,
        "changed": [s for s in sections if last and (s.rows or s.is_new)],
        "same": [s for s in sections if not last or not (s.rows or s.is_new)],
        "findings": check_record(found.association, year=year),
        "shelves": shelves.of(found.association, user),
        "answers": answers_of(found),
        "may_act": can_verify and found.state == UpdateState.CONFIRMED,
    }


def answers_of(found):
    """Each answer with the title of its section."""
    rows = list(found.answers.select_related("answered_by").order_by("pk"))
    for row in rows:
        row.title = BY_CODE[row.section].title
    return rows
