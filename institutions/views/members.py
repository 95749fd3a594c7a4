"""Who works for the association: managers decide, editors see."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.decorators import member_required
from institutions import joining, members, succession
from institutions.current import current_association, is_manager
from institutions.enums import JoinKind, MembershipRole
from institutions.evidence import Evidence
from institutions.forms.joining import InvitationForm, SuccessionForm
from institutions.models import Invitation, Membership

KEPT = "succession_file"


@member_required
@never_cache
def member_list(request):
    """Members, invitations, and the form to invite; a form sent is answered here."""
    association = current_association(request)
    form = InvitationForm(request.POST or None)
    if request.method == "POST":
        only_managers(request)
        if form.is_valid() and invited(request, association, form):
            return redirect("institutions:members")
    now = timezone.now()
    pending = list(association.invitations.pending().order_by("pk"))
    for row in pending:
        row.is_expired = row.expires_at <= now
    active = association.memberships.active().select_related("user").order_by("pk")
    context = {
        "association": association,
        "members": active,
        "invitations": pending,
        "roles": MembershipRole.choices,
        "succession": succession.pending(association),
        "form": form if is_manager(request) else None,
    }
    return render(request, "institutions/members.html", context)


def only_managers(request):
    if not is_manager(request):
        raise PermissionDenied


def invited(request, association, form):
    try:
        members.invite(association.pk, actor=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The invitation was sent."))
    return True


@member_required
@require_POST
def invitation_resend(request, pk):
    found = own(request, Invitation, pk)
    return done(
        request,
        members.resend,
        found,
        said=_("The invitation was sent again; the link sent before no longer works."),
    )


@member_required
@require_POST
def invitation_revoke(request, pk):
    found = own(request, Invitation, pk)
    return done(request, members.revoke, found, said=_("The invitation is withdrawn."))


@member_required
@require_POST
def member_role(request, pk):
    found = own(request, Membership, pk)
    role = request.POST.get("role", "")
    return done(
        request, members.change_role, found, said=_("The role is changed."), role=role
    )


@member_required
@never_cache
def member_end(request, pk):
    """Asked once more, since the person loses the access at once."""
    found = own(request, Membership, pk)
    if request.method == "POST":
        then = "home" if found.user_id == request.user.pk else "institutions:members"
        said = _("%(person)s no longer works for the association.") % {
            "person": found.user
        }
        return done(request, members.end, found, said=said, then=then)
    context = {"membership": found}
    return render(request, "institutions/member_end.html", context)


def own(request, model, pk):
    """Of the association one works for now; managers alone go further."""
    rows = model.objects.visible_to(request.user)
    found = get_object_or_404(rows, pk=pk, association=current_association(request))
    only_managers(request)
    return found


def done(request, act, found, *, said, then="institutions:members", **values):
    """What was refused is read beside the list that it is about."""
    try:
        act(found.pk, actor=request.user, **values)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect("institutions:members")
    messages.success(request, said)
    return redirect(then)


@member_required
@never_cache
def new_president(request):
    """A manager announces the new president; the delegation decides."""
    association = current_association(request)
    only_managers(request)
    known = request.session.get(KEPT)
    form = SuccessionForm(
        request.POST or None,
        request.FILES or None,
        kept=Evidence(**known) if known else None,
    )
    if request.method == "POST":
        is_valid = form.is_valid()
        request.session[KEPT] = form.kept.as_dict() if form.kept else None
        if is_valid and announced(request, association, form):
            del request.session[KEPT]
            return redirect("institutions:members")
    context = {
        "form": form,
        "association": association,
        "succession": succession.pending(association),
    }
    return render(request, "institutions/succession.html", context)


def announced(request, association, form):
    values = {name: form.cleaned_data[name] for name in form._meta.fields}
    values |= {
        "kind": JoinKind.SUCCESSION,
        "association": association,
        "delegation": association.delegation,
        "receipt_number": association.receipt_number,
        "language": get_language(),
    }
    try:
        joining.ask(values, file=form.kept, asker=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(
        request, _("The delegation was told. Until it decides nothing changes.")
    )
    return True
