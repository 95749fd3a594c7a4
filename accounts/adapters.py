"""How allauth is told our rules: closed sign-up, our words, secrets under our keys.

Mails of this room leave through the outbox: once, in the reader's language, and the
page that asks for one answers as fast for an unknown address as for a known one.
"""

import time
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import encryption
from accounts.languages import in_language
from accounts.notifications import FORGOTTEN
from accounts.outbox import tell


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail and password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask your delegation."),
        "email_password_mismatch": _(
            "The e-mail or the password is not right. Check both, or ask for a new "
            "password."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link is no longer valid. Ask for another."),
        "too_many_login_attempts": _(
            "Too many attempts with this e-mail. Wait five minutes, then try again, or "
            "ask for a new password."
        ),
    }

    def is_open_for_signup(self, request):
        """Associations join through their delegation, staff through the centre."""
        return False

    def post_login(self, request, user, **kwargs):
        """The page wanted, in the language of the account (decision 32)."""
        response = super().post_login(request, user, **kwargs)
        response["Location"] = in_language(response["Location"], user.language)
        return response

    def is_reauthentication_required(self, *, app, **kwargs):
        """Whoever has just signed in is not asked for the password once more."""
        request = context.request
        records = get_authentication_records(request, request.user)
        limit = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        if records and records[-1]["at"] > limit:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def send_password_reset_mail(self, user, email, _context):
        """The link is made when the mail is: no secret stands in a row."""
        tell([user], FORGOTTEN, subject=("account", user.pk), key=uuid4().hex)


class MFAAdapter(DefaultMFAAdapter):
    """The second factor; its secrets are encrypted like the identity of children."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right, or has been used. Type the one shown now."
        ),
        "cannot_delete_authenticator": _(
            "Staff accounts keep their second factor. If you changed your telephone, "
            "ask the administrator of the portal."
        ),
    }

    def encrypt(self, text):
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator):
        return not must_have_second_factor(authenticator.user)


def must_have_second_factor(user) -> bool:
    """Decision 45: staff, unless this is the demonstration."""
    return user.is_staff and settings.MFA_REQUIRED_FOR_STAFF
