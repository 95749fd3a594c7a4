"""On an association's page: two certified years compared, entry on its behalf."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from institutions.views.years import compared, print_job

BASE = "institutions_association_years"


class YearsMixin:
    """For the admin of associations."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/years/", view(self.years_view), name=BASE),
            path(
                "<int:pk>/years/print/",
                view(self.years_print_view),
                name=f"{BASE}_print",
            ),
            *super().get_urls(),
        ]

    def _readable(self, request, pk):
        """Raises ``Http404`` out of scope, ``PermissionDenied`` for another role."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(pk))

    def years_view(self, request, pk):
        association = self._readable(request, pk)
        context = {
            **self.admin_site.each_context(request),
            **compared(association, request.user, request.GET),
            "association": association,
            "print_url": reverse(f"admin:{BASE}_print", args=[pk]),
            "title": _("Two years compared"),
            "opts": self.opts,
        }
        template = "admin/institutions/association/years.html"
        return TemplateResponse(request, template, context)

    def years_print_view(self, request, pk):
        association = self._readable(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return print_job(association, request)
