"""Who works for an association, as its officers may put it right."""

from django.contrib import messages
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions import members
from institutions.enums import MembershipRole
from institutions.forms.joining import InvitationForm
from institutions.models import Invitation, Membership
from institutions.registry import may_decide


class MembersMixin:
    """Adds ``<pk>/members/`` to the admin of associations: the same rules as in the
    portal, where an association has lost its managers."""

    def get_urls(self):
        page = path(
            "<int:pk>/members/",
            self.admin_site.admin_view(self.members_view),
            name="institutions_association_members",
        )
        return [page, *super().get_urls()]

    def members_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        association = self.get_object(request, str(pk))
        may_act = may_decide(association, request.user) and not association.merged_into
        form = InvitationForm(request.POST if "email" in request.POST else None)
        if request.method == "POST":
            if not may_act:
                raise PermissionDenied
            if self._changed(request, association, form):
                return redirect(request.path)
        now = timezone.now()
        pending = list(association.invitations.pending().order_by("pk"))
        for row in pending:
            row.is_expired = row.expires_at <= now
        rows = association.memberships.select_related("user").order_by("-pk")
        context = {
            **self.admin_site.each_context(request),
            "association": association,
            "members": rows.active(),
            "former": rows.exclude(ended_at=None),
            "invitations": pending,
            "roles": MembershipRole.choices,
            "form": form,
            "may_act": may_act,
            "title": _("Who works for the association"),
            "opts": self.opts,
        }
        template = "admin/institutions/association/members.html"
        return TemplateResponse(request, template, context)

    def _changed(self, request, association, form):
        try:
            said = self._change(request, association, form)
        except ValidationError as error:
            if form.is_bound:
                form.add_error(None, error)
            else:
                for text in error.messages:
                    messages.error(request, text)
            return False
        except ObjectDoesNotExist:
            raise Http404 from None
        if said:
            messages.success(request, said)
        return bool(said)

    def _change(self, request, association, form):
        """One domain function; the answer to show, or nothing for a form to mend."""
        if form.is_bound:
            if not form.is_valid():
                return None
            values = form.cleaned_data
            members.invite(association.pk, actor=request.user, **values)
            return _("The invitation was sent.")
        action, _dash, pk = request.POST.get("action", "").partition("-")
        if action not in ACTIONS or not pk.isdecimal():
            raise Http404
        model, act, said = ACTIONS[action]
        found = model.objects.get(pk=pk, association=association)
        act(found.pk, actor=request.user)
        return said


def make_manager(pk, *, actor):
    return members.change_role(pk, actor=actor, role=MembershipRole.MANAGER)


def make_editor(pk, *, actor):
    return members.change_role(pk, actor=actor, role=MembershipRole.EDITOR)


ACTIONS = {
    "resend": (Invitation, members.resend, _("The invitation was sent again.")),
    "revoke": (Invitation, members.revoke, _("The invitation is withdrawn.")),
    "manager": (Membership, make_manager, _("The role is changed.")),
    "editor": (Membership, make_editor, _("The role is changed.")),
    "end": (Membership, members.end, _("The access has ended.")),
}
