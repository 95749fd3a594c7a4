"""What every request passes: the second factor of the staff, one answer per form."""

from functools import partial

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.shortcuts import redirect
from django.urls import reverse

from accounts.adapters import must_have_second_factor
from accounts.idempotency import answer_once, key_of

HAS_SECOND_FACTOR = "has_second_factor"
# What one may do before the second factor is set up.
OPEN_BEFORE = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "accounts:language",
    "healthz",
    "readyz",
}


class SecondFactorMiddleware:
    """Staff set it up before anything else; then allauth asks for it at sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, _view, _args, _kwargs):
        user = request.user
        if not user.is_authenticated or not must_have_second_factor(user):
            return None
        if request.resolver_match.view_name in OPEN_BEFORE:
            return None
        if not request.session.get(HAS_SECOND_FACTOR):
            if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
                return redirect(reverse("mfa_activate_totp"))
            request.session[HAS_SECOND_FACTOR] = True
        return None


class IdempotencyMiddleware:
    """A form sent twice is answered once (decision 3)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = key_of(request)
        if key is None:
            return self.get_response(request)
        return answer_once(request.user, key, partial(self.get_response, request))
