"""Who looked at the data of the association: the law's list, for the association."""

from typing import Any

from django.apps import apps
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import access
from accounts.decorators import member_required
from institutions.current import current_association
from institutions.models import Centre, Child
from institutions.scoping import officers_around
from institutions.views.lists import Pages

PAGE_SIZE = 40
WIDE = gettext_lazy("list of the whole territory; your association may be on it")


@member_required
def readings(request):
    """Latest first. What was read is named by its kind and, for a child, its code."""
    association = current_association(request)
    asked = request.GET.get("page", "")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
    start = (number - 1) * PAGE_SIZE
    found = access.of_association(
        association.pk,
        since=association.created_at,
        territory=officers_around(association),
        last=start + PAGE_SIZE + 1,
    )
    rows = found[start:]
    shown: list[Any] = rows[:PAGE_SIZE]
    names = named(request.user, shown)
    for row in shown:
        row.what = kind_of(row)
        row.which = names.get((row.object_kind, row.object_id), "")
        row.seen = WIDE if row.association_id is None else details().get(row.detail, "")
    pages = Pages(number, len(shown), len(rows) > PAGE_SIZE, size=PAGE_SIZE)
    context = {"rows": shown, "pages": pages}
    return render(request, "institutions/readings.html", context)


def details():
    return {
        "names": _("names shown on a list"),
        "name": _("name and numbers"),
        "search in names": _("search in the names"),
    }


def kind_of(row):
    try:
        return apps.get_model(row.object_kind)._meta.verbose_name
    except (LookupError, ValueError):
        return ""


def named(user, rows):
    """Codes of children and of centres, in two questions."""
    found = {}
    for kind, model in (("child", Child), ("centre", Centre)):
        label = f"institutions.{kind}"
        keys = {row.object_id for row in rows if row.object_kind == label}
        if keys:
            codes = model.objects.visible_to(user).filter(pk__in=keys)
            for pk, code in codes.values_list("pk", "code"):
                found[label, pk] = code
    return found
