"""The file a page is about, for the member who reads it, and what every page says."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import workflow
from applications.enums import State
from applications.models import Application
from applications.programmes import get_rules
from applications.reading import Reading
from institutions.current import (
    choose_association,
    current_association,
    memberships_of,
)
from institutions.enums import MembershipRole


def own_file(request, pk) -> Application:
    """Out of scope 404; officers, who read it in the staff site, 403.

    A file of another association of the same person makes it the current one, so that
    the bar at the head of the page never names the wrong association.
    """
    rows = Application.objects.visible_to(request.user).with_relations()
    file = get_object_or_404(rows.select_related("update__round"), pk=pk)
    if not request.user.is_member:
        raise PermissionDenied
    if current_association(request).pk != file.association_id:
        choose_association(request, file.association)
    return file


def file_to_fill(request, pk) -> Application:
    """For its people; and for the delegation that fills it on behalf (decision 29),
    while it is being filled. ``behalf`` is set for the pages to say so."""
    if request.user.is_member:
        return own_file(request, pk)
    rows = Application.objects.visible_to(request.user).with_relations()
    file = get_object_or_404(rows.select_related("update__round"), pk=pk)
    if not workflow.may_fill_on_behalf(file, request.user):
        raise PermissionDenied
    file.behalf = True
    return file


def page_of(request, file) -> str:
    """Where this reader finds the file: its people in the portal, officers in the
    staff site once it is no longer theirs to fill."""
    user = request.user
    if user.is_member or workflow.may_fill_on_behalf(file, user):
        return file.get_absolute_url()
    return reverse("admin:applications_application_change", args=[file.pk])


def manages(request, file) -> bool:
    """Whether the reader may certify and send for this association."""
    return any(
        membership.association_id == file.association_id
        and membership.role == MembershipRole.MANAGER
        for membership in memberships_of(request)
    )


def section_of(file, code):
    for section in get_rules(file.programme).sections:
        if section.code == code:
            return section
    raise Http404


def neighbours(file, code) -> dict[str, Any]:
    """Where the section stands among the others, and what follows it."""
    codes = [section.code for section in get_rules(file.programme).sections]
    rank = codes.index(code) + 1
    return {
        "current": rank,
        "total": len(codes),
        "next_code": codes[rank] if rank < len(codes) else None,
    }


def page_context(file, *, reading: Reading | None = None) -> dict[str, Any]:
    """What every page of a file that is still in the association's hands needs.

    ``reading``: what the page read of the file already.
    """
    context = {"file": file, "unlocked": workflow.unlocked(file)}
    if file.state == State.DRAFT:
        missing = get_rules(file.programme).missing(file, reading=reading)
        context |= {
            "missing": missing,
            "unsent": unsent_sentence(len(missing)),
            "may_file": workflow.may_file_now(file.call, file.association_id),
        }
    elif file.state == State.RETURNED:
        remarks = list(remarks_of(file))
        left = sum(1 for remark in remarks if not remark.answer)
        context |= {"remarks": remarks, "unsent": answers_sentence(left)}
    return context


def remarks_of(file):
    """Those of the last completion request, in the order of the sections."""
    rows = file.remarks.filter(request__rank=file.return_count)
    return rows.select_related("document_type").order_by("pk")


def unsent_sentence(count: int) -> str:
    if not count:
        return _("Nothing is missing any more: the file can be sent.")
    words = ngettext(
        "%(count)s thing left before sending",
        "%(count)s things left before sending",
        count,
    )
    return words % {"count": count}


def answers_sentence(count: int) -> str:
    words = ngettext("%(count)s remark to answer", "%(count)s remarks to answer", count)
    return words % {"count": count}
