"""Every address of the portal, found in its configuration, with what its holes take."""

from dataclasses import dataclass

from django.contrib import admin
from django.urls import URLPattern, get_resolver, reverse

# Pages that anybody may read; every other one asks to sign in.
PUBLIC = {
    "healthz",
    "readyz",
    "set_language",
    "public_home",
    "accessibility",
    "personal_data",
    "applications:call",
    "applications:verify",
    "applications:check",
    "joining:start",
    "joining:association",
    "joining:same",
    "joining:person",
    "joining:sent",
    "joining:status",
    "joining:invitation",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "components",
    "admin:logout",
}

# What an argument names, by the page and the argument, else by the argument alone.
# A new page with an argument that is not here fails the walk until it is said.
MODELS = {
    "centre": "institutions.centre",
    ("accounts:notice", "pk"): "accounts.outbox",
    ("accounts:mail", "pk"): "accounts.mail",
    ("accounts:job", "pk"): "accounts.job",
    ("accounts:job_stop", "pk"): "accounts.job",
    ("accounts:job_file", "pk"): "accounts.job",
    ("institutions:child", "pk"): "institutions.enrolment",
    ("institutions:child_remove", "pk"): "institutions.enrolment",
    ("institutions:staff_member", "pk"): "institutions.staffmember",
    ("institutions:staff_remove", "pk"): "institutions.staffmember",
    ("institutions:sheet_import", "pk"): "institutions.sheetimport",
    ("institutions:sheet_save", "pk"): "institutions.sheetimport",
    ("institutions:sheet_again", "pk"): "institutions.sheetimport",
    ("institutions:sheet_cancel", "pk"): "institutions.sheetimport",
    ("institutions:sheet_marked", "pk"): "institutions.sheetimport",
    ("institutions:member_role", "pk"): "institutions.membership",
    ("institutions:member_end", "pk"): "institutions.membership",
    ("institutions:invitation_resend", "pk"): "institutions.invitation",
    ("institutions:invitation_revoke", "pk"): "institutions.invitation",
    ("institutions:document", "pk"): "institutions.document",
    ("institutions:document_take_back", "pk"): "institutions.document",
    ("institutions:on_behalf", "pk"): "institutions.association",
    ("institutions:document_preview", "pk"): "institutions.document",
    ("institutions:document_dates", "pk"): "institutions.document",
    ("institutions:document_still_valid", "pk"): "institutions.document",
    ("institutions:documents_of", "unit"): "institutions.institution",
    ("institutions:update_section", "unit"): "institutions.institution",
    ("institutions:update_change", "unit"): "institutions.institution",
    ("institutions:document_upload", "unit"): "institutions.institution",
    ("applications:call", "pk"): "applications.call",
    ("applications:start", "pk"): "applications.call",
    ("applications:detach", "pk"): "applications.attachment",
    ("applications:answer", "pk"): "applications.remark",
    ("applications:letter", "pk"): "applications.letter",
    ("applications:detail", "pk"): "applications.application",
    ("applications:check_answers", "pk"): "applications.application",
    ("applications:submit", "pk"): "applications.application",
    ("applications:receipt", "pk"): "applications.application",
    ("applications:withdraw", "pk"): "applications.application",
    ("applications:decision", "pk"): "applications.application",
    ("applications:upload", "pk"): "applications.application",
    ("applications:attach", "pk"): "applications.application",
    ("applications:certification", "pk"): "applications.application",
    ("applications:on_behalf", "pk"): "institutions.association",
    ("applications:section", "pk"): "applications.application",
}
VALUES = {
    "kind": "children",
    ("institutions:update_section", "code"): "institution",
    ("institutions:update_change", "code"): "institution",
    ("institutions:document_upload", "code"): "authorisation-of-the-walk",
    ("institutions:documents_of", "level"): "institution",
    ("institutions:documents_people", "level"): "child",
    ("applications:section", "code"): "request",
    ("joining:status", "token"): "00000000-0000-4000-8000-000000000000",
    ("joining:invitation", "token"): "00000000-0000-4000-8000-000000000000",
    "token": "0" * 32,
    "app_label": "applications",
    "uidb36": "1",
    "key": "nothing",
}
# Django's own addresses that lead to others, or that it answers itself.
LEFT_OUT = {"admin:view_on_site", "admin:jsi18n"}
MISSING = 987_654_321
MISSING_UUID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Address:
    """One page: ``admin_of`` is the model whose admin answers, ``action`` its part."""

    name: str
    arguments: tuple[str, ...]
    admin_of: type | None = None
    action: str = ""

    def model_of(self, argument):
        if self.admin_of is not None and argument in ("object_id", "pk"):
            return self.admin_of._meta.label_lower
        return MODELS.get((self.name, argument)) or MODELS.get(argument)

    def filler(self, argument):
        return VALUES.get((self.name, argument)) or VALUES.get(argument)

    def url(self, world, *, missing=False):
        """The page of the objects of ``world``, or of none that exists."""
        kwargs = {}
        for argument in self.arguments:
            label = self.model_of(argument)
            if label is None:
                kwargs[argument] = self.filler(argument)
            else:
                kwargs[argument] = missing_key(label) if missing else world[label].pk
        return reverse(self.name, kwargs=kwargs)

    @property
    def labels(self):
        found = (self.model_of(argument) for argument in self.arguments)
        return {label for label in found if label}

    def unknown(self):
        return [
            argument
            for argument in self.arguments
            if not self.model_of(argument) and self.filler(argument) is None
        ]


def missing_key(label):
    return MISSING_UUID if label == "accounts.job" else MISSING


def addresses():
    """All of them, in the order of the configuration, each once."""
    found = {}
    for name, pattern in _patterns(get_resolver().url_patterns, ()):
        if name not in LEFT_OUT:
            arguments = tuple(pattern.regex.groupindex)
            found.setdefault((name, arguments), _address(name, arguments))
    return list(found.values())


def _patterns(patterns, namespaces):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield ":".join((*namespaces, pattern.name)), pattern.pattern
        else:
            inner = (
                (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            )
            yield from _patterns(pattern.url_patterns, inner)


def _address(name, arguments):
    """Pages of an admin are named ``admin:<app>_<model>_<action>``."""
    if name.startswith("admin:"):
        for model in admin.site._registry:
            start = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
            if name.startswith(start):
                return Address(name, arguments, model, name.removeprefix(start))
    return Address(name, arguments)
