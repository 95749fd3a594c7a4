"""Requests to join: the delegate's desk. The request beside those it may be."""

from django.contrib import admin, messages
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db.models import Case, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import access
from accounts.enums import Access
from accounts.scoped_admin import ScopedModelAdmin
from institutions import duplicates, evidence, joining
from institutions.enums import JoinKind, JoinState, MembershipRole
from institutions.models import JoinRequest
from institutions.registry import may_decide
from institutions.views.files import INLINE, NOTHING_RUNS, PDF_READER

RELATIONS = (
    "association__commune",
    "association__delegation",
    "delegation__region",
    "commune",
    "decided_by",
    "requested_by",
)
# What is compared field by field, where both have it.
COMPARED = (
    "name_ar", "name_fr", "receipt_number", "receipt_kind", "receipt_on", "commune",
    "ice", "rib", "phone", "email",
)  # fmt: skip
WAITING_FIRST = Case(When(state=JoinState.WAITING, then=0), default=Value(1))
CODES = {"receipt_number", "ice", "rib", "email"}


@admin.register(JoinRequest)
class JoinRequestAdmin(ScopedModelAdmin):
    """Changed only by ``institutions.joining``."""

    list_display = ("named", "kind", "state", "delegation", "person", "age")
    list_filter = ("state", "kind", "delegation__region", "delegation")
    list_select_related = ("association", "delegation")
    search_fields = ("search_text",)
    ordering = (WAITING_FIRST.asc(), "created_at", "pk")

    def get_queryset(self, request):
        """Those whose address was confirmed."""
        rows = super().get_queryset(request).exclude(email_confirmed_at=None)
        return rows.select_related(*RELATIONS)

    def get_search_results(self, request, queryset, search_term):
        """A RIB is typed whole: it is no word of a name."""
        digits = "".join(search_term.split())
        if len(digits) == 24 and digits.isdecimal():
            return queryset.filter(rib=digits), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request):
        return False

    @admin.display(description=_("association"))
    def named(self, row):
        return row.association.name if row.association else row.name_ar or row.name_fr

    @admin.display(description=_("person"), ordering="contact_name")
    def person(self, row):
        return row.contact_name

    @admin.display(description=_("waits"), ordering="created_at")
    def age(self, row):
        if row.state != JoinState.WAITING:
            return ""
        confirmed_on = timezone.localdate(row.email_confirmed_at)
        days = (timezone.localdate() - confirmed_on).days
        if not days:
            return _("since today")
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}

    def get_urls(self):
        file = path(
            "<int:pk>/file/",
            self.admin_site.admin_view(self.file_view),
            name="institutions_joinrequest_file",
        )
        return [file, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            if self._decide(request, row):
                return redirect(request.path)
            row = self.get_object(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            **review(row, request.user),
            "typed_reason": request.POST.get("reason", ""),
            "may_act": self._may_act(request, row),
            "title": self.named(row),
            "opts": self.opts,
            **(extra_context or {}),
        }
        template = "admin/institutions/joinrequest/review.html"
        return TemplateResponse(request, template, context)

    def _may_act(self, request, row):
        is_waiting = row.state == JoinState.WAITING
        allowed = self.has_change_permission(request) and may_decide(row, request.user)
        return is_waiting and allowed

    def _decide(self, request, row):
        """Refused by a rule, the page keeps what was typed."""
        values = {"actor": request.user, "version": number(request, "version") or 0}
        try:
            if request.POST.get("action") == "refuse":
                reason = request.POST.get("reason", "")
                joining.refuse(row.pk, **values, reason=reason)
                done = _("The request is refused. The person has been told.")
            else:
                joining.accept(row.pk, **values, **accepted_as(request))
                done = _("The request is accepted. The person has been told.")
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return False
        except ObjectDoesNotExist:
            raise Http404 from None
        messages.success(request, done)
        return True

    def file_view(self, request, pk):
        """The receipt or the minutes, until they are a document of the association."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(pk))
        try:
            content = evidence.read(row) if row.evidence else None
        except FileNotFoundError:
            content = None
        if content is None:
            raise Http404
        access.log(
            request.user,
            Access.DOWNLOAD,
            subject=("institutions.joinrequest", row.pk),
            association_id=row.association_id,
            detail=row.evidence_mime,
        )
        return file_response(row, content)


def file_response(row, content):
    is_inline = row.evidence_mime in INLINE
    response = HttpResponse(
        content,
        content_type=row.evidence_mime if is_inline else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    is_pdf = row.evidence_mime == "application/pdf"
    response["Content-Security-Policy"] = PDF_READER if is_pdf else NOTHING_RUNS
    return response


def number(request, name):
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() else None


def accepted_as(request):
    """As what it was asked, or as access to the association that was shown beside."""
    role = request.POST.get("role", "")
    found = {"association_pk": number(request, "association")}
    if role in MembershipRole.values:
        found["role"] = role
    return found


def review(row, user):
    """The request, and beside it the association asked for or those it may be."""
    if row.kind == JoinKind.REGISTRATION:
        found = duplicates.candidates(duplicates.facts_of(row), but=row.association_id)
    else:
        found = [duplicates.Candidate(row.association)]
    return {
        "row": row,
        "facts": own_facts(row),
        "others": [beside(row, candidate, user) for candidate in found],
        "is_held": any(candidate.is_certain for candidate in found),
        "is_image": row.evidence_mime.startswith("image/"),
        "roles": MembershipRole.choices,
        "is_succession": row.kind == JoinKind.SUCCESSION,
        "is_registration": row.kind == JoinKind.REGISTRATION,
    }


def own_facts(row):
    """What was typed, and nothing that was not."""
    names = [*COMPARED[:-2], "contact_name", "cnie", "phone", "email"]
    names += ["assembly_on", "board_term_months"]
    return [
        {"label": label_of(name), "value": shown(row, name), "is_code": name in CODES}
        for name in names
        if getattr(row, name)
    ]


def beside(row, candidate, user):
    """One association: each field of both, the same or not.

    Of one that another office decides of, only what is public.
    """
    other = candidate.association
    if not may_decide(other, user):
        return {"association": other, "is_certain": candidate.is_certain}
    return {
        "association": other,
        "is_certain": candidate.is_certain,
        "may_decide": True,
        "rows": [
            {
                "label": label_of(name),
                "here": shown(row, name),
                "there": shown(other, name),
                "is_same": getattr(row, name) in ("", None, getattr(other, name)),
                "is_code": name in CODES,
            }
            for name in COMPARED
            if getattr(row, name) or getattr(other, name)
        ],
    }


def label_of(name):
    """The form says "your name" to who fills it in."""
    if name == "contact_name":
        return _("person")
    return JoinRequest._meta.get_field(name).verbose_name


def shown(row, name):
    if hasattr(row, f"get_{name}_display"):
        return getattr(row, f"get_{name}_display")()
    return getattr(row, name) or ""
