"""Who changed which field, and when: the stock page would be empty."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from institutions import field_history


class FieldHistoryMixin:
    """For the admin of a model whose history the database keeps."""

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        text = request.GET.get("p", "")
        number = max(int(text) if text.isdecimal() and len(text) < 6 else 1, 1)
        page = field_history.page(row, request.user, number=number)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "object": row,
            "page": page,
            "previous": number - 1,
            "next": number + 1 if page.has_next else 0,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/institutions/history.html", context)
