"""Forms of signing in: allauth's rules, our words and manners."""

from allauth.account import forms as sign_in
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code of six digits"),
}
HINTS = {
    "password1": _(
        "At least ten characters, not only digits. Three or four words make a good one."
    ),
    "code": _("From your authenticator application; or one of your recovery codes."),
}


class SignInForm(PortalForm):
    """Our labels, no placeholder that disappears while one types."""

    ltr_fields = ("login", "email", "password", "oldpassword", "code")
    hints = HINTS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = self.hints.get(name, "")
        if "code" in self.fields:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


class LoginForm(SignInForm, sign_in.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(SignInForm, sign_in.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(SignInForm, sign_in.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(SignInForm, sign_in.ChangePasswordForm):
    pass


class SetPasswordForm(SignInForm, sign_in.SetPasswordForm):
    pass


class ReauthenticateForm(SignInForm, sign_in.ReauthenticateForm):
    pass


class CodeForm(SignInForm, second_factor.AuthenticateForm):
    pass


class CodeAgainForm(SignInForm, second_factor.ReauthenticateForm):
    pass


class ActivateForm(SignInForm, totp.ActivateTOTPForm):
    hints = {"code": _("The one that the application shows now.")}
