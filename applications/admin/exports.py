"""The yearly list of applications: at once when short, by the worker when long."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import jobs
from applications import exports
from applications.forms.export import ExportForm

MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportPages:
    """Adds the export page to the admin of applications."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        name = "applications_application_export"
        return [path("export/", view, name=name), *super().get_urls()]

    def export_view(self, request):
        if not request.user.has_perm("applications.export_application"):
            raise PermissionDenied
        form = ExportForm(
            request.POST or None, user=request.user, initial=asked(request)
        )
        if request.method == "POST" and form.is_valid():
            return answer(request.user, form.params())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export the yearly list"),
            "form": form,
        }
        return TemplateResponse(
            request, "admin/applications/application/export.html", context
        )


def asked(request):
    """What the list was narrowed to, as the first choice of the form."""
    initial = {key: request.GET.get(key) for key in ("call", "region", "delegation")}
    initial["states"] = request.GET.getlist("state")
    return {**initial, "format": "xlsx", "language": get_language()}


def answer(user, params):
    """The file itself, or the page of the work that makes it."""
    bound = exports.chosen(user, params).order_by()[: exports.AT_ONCE + 1]
    if bound.count() > exports.AT_ONCE:
        job = jobs.request(
            "applications.tasks.export_applications",
            owner=user,
            params=params,
            language=params["language"],
        )
        return redirect("accounts:job", job.pk)
    with exports.made(user, params) as export:
        response = HttpResponse(export.content.read(), MIME[params["format"]])
    response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    return response
