"""The link of an invitation: an account that exists, or a new one."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from institutions import members
from institutions.forms.joining import NewAccountForm
from institutions.models import Invitation

GONE = 410


@login_not_required
@never_cache
def invitation(request, token):
    """Opening the page changes nothing: mail readers open links by themselves."""
    try:
        found = members.usable(token)
    except Invitation.DoesNotExist:
        raise Http404 from None
    except members.NotUsable as error:
        return not_usable(request, error)
    try:
        if members.has_account(found):
            return for_account(request, found)
        return for_new(request, found)
    except members.NotUsable as error:
        return not_usable(request, error)


def not_usable(request, error):
    context = {"text": " ".join(error.messages)}
    return render(request, "institutions/joining/not_usable.html", context, status=GONE)


def for_account(request, found):
    """Signed in as the person invited, one tap; else the way to sign in."""
    user = request.user
    is_theirs = user.is_authenticated and user.email == found.email.lower()
    if request.method == "POST" and is_theirs:
        return enter(request, members.accept(found.token, user=user))
    context = {"invitation": found, "is_theirs": is_theirs}
    return render(request, "institutions/joining/invitation.html", context)


def for_new(request, found):
    form = NewAccountForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        membership = members.accept_as_new(
            found.token,
            name=values["name"],
            password=values["password"],
            language=get_language(),
        )
        login(request, membership.user)
        return enter(request, membership)
    context = {"invitation": found, "form": form}
    return render(request, "institutions/joining/new_account.html", context)


def enter(request, membership):
    messages.success(
        request,
        _("You now work for %(association)s.")
        % {"association": membership.association.name},
    )
    return redirect("home")
