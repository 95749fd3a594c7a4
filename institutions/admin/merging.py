"""Merging two associations: look for the other, read what moves, type to confirm."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from institutions import duplicates, merging
from institutions.models import Association
from institutions.registry import may_decide

MOST_FOUND = 10


class MergingMixin:
    """Adds ``<pk>/merge/`` to the admin of associations; that one stays."""

    def get_urls(self):
        merge = path(
            "<int:pk>/merge/",
            self.admin_site.admin_view(self.merge_view),
            name="institutions_association_merge",
        )
        return [merge, *super().get_urls()]

    def merge_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        kept = self.get_object(request, str(pk))
        if not may_decide(kept, request.user):
            raise PermissionDenied
        if kept.merged_into_id:
            raise Http404
        other = request.POST.get("with") or request.GET.get("with", "")
        if other:
            return self._preview(request, kept, other)
        typed = request.GET.get("q", "").strip()[:100]
        found = others_found(kept, typed, user=request.user)
        page = {"typed": typed, "found": found}
        return self._merge_page(request, kept, "choose.html", page)

    def _preview(self, request, kept, other):
        try:
            number = int(other) if other.isdecimal() else 0
            pair = merging.pair(kept.pk, number, actor=request.user)
        except Association.DoesNotExist:
            raise Http404 from None
        if request.method == "POST" and self._merge(request, *pair):
            url = "admin:institutions_association_change"
            return redirect(reverse(url, args=[kept.pk]))
        shown = merging.preview(*pair)
        page = {"preview": shown, "choices": readable(shown.choices)}
        return self._merge_page(request, kept, "preview.html", page)

    def _merge(self, request, kept, gone):
        try:
            check_typed(request.POST.get("typed", ""), gone)
            merging.merge(
                kept.pk,
                gone.pk,
                actor=request.user,
                versions=versions(request.POST.get("versions", "")),
                values={
                    fields[0]: request.POST.get(fields[0], "")
                    for fields in merging.GROUPS
                },
            )
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return False
        messages.success(request, _("The two associations are now one."))
        return True

    def _merge_page(self, request, kept, template, page):
        context = {
            **self.admin_site.each_context(request),
            "kept": kept,
            "title": _("Merge with another association"),
            "opts": self.opts,
            **page,
        }
        name = f"admin/institutions/association/merge/{template}"
        return TemplateResponse(request, name, context)


def others_found(kept, typed, *, user):
    """Searched by what was typed; before that, those most like it."""
    if typed:
        rows = Association.objects.current().visible_to(user).search(typed)
        rows = rows.exclude(pk=kept.pk).select_related("commune", "delegation")
        return [row for row in rows[:MOST_FOUND] if may_decide(row, user)]
    near = duplicates.candidates(duplicates.facts_of(kept), but=kept.pk)
    return [row.association for row in near if may_decide(row.association, user)]


def check_typed(typed, gone):
    if " ".join(typed.split()) != gone.receipt_number:
        raise ValidationError(
            _("Type the receipt number of the association that goes: %(number)s."),
            params={"number": gone.receipt_number},
        )


def versions(typed):
    """Of both associations as they were shown, ``12-3``."""
    first, _dash, second = typed.partition("-")
    is_right = first.isdecimal() and second.isdecimal()
    return (int(first), int(second)) if is_right else (0, 0)


def readable(choices):
    """Each choice with the names of its fields and both values as people read them."""
    return [
        {
            "group": choice.group,
            "label": " · ".join(
                str(Association._meta.get_field(name).verbose_name)
                for name in choice.fields
            ),
            "sides": [
                (side, pieces(choice.fields, values), choice.suggested == side)
                for side, values in (
                    (merging.KEPT, choice.kept),
                    (merging.GONE, choice.gone),
                )
            ],
        }
        for choice in choices
    ]


def pieces(fields, values):
    """What people read: choices by their labels, days as Morocco writes them."""
    pairs = zip(fields, values, strict=True)
    return [word(name, value) for name, value in pairs if value not in (None, "")]


def word(name, value):
    labels = dict(Association._meta.get_field(name).flatchoices)
    if labels:
        return labels.get(value, value)
    return date_format(value) if isinstance(value, date) else value
