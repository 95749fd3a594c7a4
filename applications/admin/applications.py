"""Applications in the staff site: the list, and the review page of one file."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts import access
from accounts.enums import Access
from accounts.scoped_admin import ScopedModelAdmin
from applications import badges
from applications.admin import paging
from applications.admin.exports import ExportPages
from applications.admin.review_forms import action_of, check_role
from applications.admin.review_page import ReviewPage
from applications.admin.review_rows import with_all
from applications.forms.staff_list import ORDERS, ApplicationFilterForm
from applications.lookup import by_number_or_name
from applications.models import Application
from applications.workflow import StalePage

LIST_RELATIONS = ("association", "institution", "delegation", "region", "sitting")


@admin.register(Application)
class ApplicationAdmin(ExportPages, ScopedModelAdmin):
    """Read and acted upon, never edited: only the workflow changes a file."""

    # For the choices of other pages; the list has its own search.
    search_fields = ("number",)

    def get_queryset(self, request):
        return Application.objects.visible_to(request.user)

    def has_change_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        return by_number_or_name(queryset, search_term), False

    def changelist_view(self, request, extra_context=None):
        """Ids first, then fifty rows; counts and sums of one call (decision 42)."""
        self._check_may_view(request)
        form = ApplicationFilterForm(request.GET, user=request.user)
        rows = form.apply(self.get_queryset(request))
        totals = paging.totals(rows, is_one_call=form.kept_call is not None)
        page = paging.page_of(
            rows, window=paging.Window(request), fetch=self._fetch, known=totals
        )
        context = {
            **self.admin_site.each_context(request),
            "title": self.opts.verbose_name_plural.capitalize(),
            "form": form,
            "filters": {"visible_fields": form.main_fields},
            "reset_url": "?" if form.is_applied else "",
            "totals": totals,
            "bound": paging.BOUND,
            "page": page,
            "order_urls": order_urls(request),
            "export_url": export_url(request.user),
            **(extra_context or {}),
        }
        template = "admin/applications/application/change_list.html"
        return TemplateResponse(request, template, context)

    def _fetch(self, ids):
        rows = Application.objects.filter(pk__in=ids).select_related(*LIST_RELATIONS)
        return badges.dress(rows)

    def _check_may_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The whole file on one page; each button is one POST to it."""
        page = self._page(request, object_id)
        if request.method == "POST":
            answer = self._act(request, page)
            if answer is not None:
                return answer
        else:
            access.log(
                request.user,
                Access.READ,
                subject=("applications.application", page.application.pk),
                association_id=page.application.association_id,
            )
        context = {
            **self.admin_site.each_context(request),
            "title": page.application.unit.name,
            "page": page,
            "file": page.application,
            **(extra_context or {}),
        }
        template = "admin/applications/application/review.html"
        return TemplateResponse(request, template, context)

    def _page(self, request, object_id):
        self._check_may_view(request)
        return ReviewPage(self.get_object(request, object_id), request)

    def get_object(self, request, object_id, from_field=None):
        """With all that the page shows, in one query; 404 out of scope."""
        if not str(object_id).isdecimal():
            raise Http404
        return get_object_or_404(with_all(self.get_queryset(request)), pk=object_id)

    def _act(self, request, page):
        """The redirect once done; ``None`` to show the page with what was refused."""
        key = request.POST.get("action", "")
        action = action_of(key)
        check_role(page, key)
        form = page.bind(key, request.POST)
        if not form.is_valid():
            return None
        try:
            action.run(page, form, request.user)
        except StalePage as error:
            page.bound = action.make(page, key, fresh(request.POST, page))
            page.bound.is_valid()
            page.bound.refuse(error)
            return None
        except ValidationError as error:
            form.refuse(error)
            return None
        messages.success(request, action.done)
        url = reverse(
            "admin:applications_application_change", args=[page.application.pk]
        )
        return redirect(f"{url}#{action.anchor}")

    def history_view(self, request, object_id, extra_context=None):
        """The events of the file are its history."""
        file = self.get_object(request, object_id)
        url = reverse("admin:applications_application_change", args=[file.pk])
        return redirect(f"{url}#events")


def fresh(data: QueryDict, page) -> QueryDict:
    """What was typed on a stale page, to be sent again after reading the new one."""
    kept = data.copy()
    kept["version"] = str(page.application.version)
    return kept


def order_urls(request) -> dict[str, str]:
    """The same list in another order, from its first page."""
    query = {key: value for key, value in request.GET.lists() if key not in "op"}
    return {
        name: "?" + urlencode({**query, "order": name}, doseq=True) for name in ORDERS
    }


def export_url(user) -> str:
    if not user.has_perm("applications.export_application"):
        return ""
    return reverse("admin:applications_application_export")
