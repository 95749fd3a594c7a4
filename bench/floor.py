"""Yardsticks: the least a page of this kind can cost behind the same server.

Session and user, rows by an index with three tables joined, a plain template.
"""

from django.shortcuts import render

from applications.models import Application


def rows():
    return Application.objects.select_related(
        "association", "institution", "delegation"
    )


def floor_list(request):
    """50 rows of all, by the primary key."""
    files = rows().order_by("-pk")[:50]
    return render(request, "floor.html", {"who": request.user, "files": files})


def floor_row(request, pk):
    file = rows().get(pk=pk)
    return render(request, "floor.html", {"who": request.user, "files": [file]})
