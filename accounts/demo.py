"""The accounts of the demonstration, one of each role, and what they are mailed.

Only where ``PORTAL_DEMO`` is set, and that only on this machine (decision 36).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import Language, Role
from accounts.models import Mail

DEMO_PASSWORD = "entraide-demo-2026"  # noqa: S105 -- printed on the screen on purpose
DEMO_DOMAIN = "demo.ma"

ASSOCIATION = f"association@{DEMO_DOMAIN}"
ASSOCIATION_FR = f"association.fr@{DEMO_DOMAIN}"
EDITOR = f"saisie@{DEMO_DOMAIN}"
DELEGATION = f"delegation@{DEMO_DOMAIN}"
COORDINATION = f"coordination@{DEMO_DOMAIN}"
CENTRAL = f"central@{DEMO_DOMAIN}"
INSPECTION = f"inspection@{DEMO_DOMAIN}"
ADMINISTRATOR = f"admin@{DEMO_DOMAIN}"

# E-mail → role, language, what it is for.
DEMO_ACCOUNTS: dict[str, tuple[str, str, Any]] = {
    ASSOCIATION: (Role.MEMBER, Language.ARABIC, _("manager of an association")),
    ASSOCIATION_FR: (
        Role.MEMBER,
        Language.FRENCH,
        _("manager of an association, in French"),
    ),
    EDITOR: (Role.MEMBER, Language.ARABIC, _("data editor of an association")),
    DELEGATION: (Role.DELEGATE, Language.ARABIC, _("delegation officer")),
    COORDINATION: (
        Role.COORDINATOR,
        Language.ARABIC,
        _("regional coordination officer"),
    ),
    CENTRAL: (Role.CENTRAL, Language.ARABIC, _("central officer")),
    INSPECTION: (Role.INSPECTOR, Language.FRENCH, _("inspector")),
    ADMINISTRATOR: (
        Role.ADMINISTRATOR,
        Language.FRENCH,
        _("portal administrator"),
    ),
}


def mailbox_of_demo(user: Any) -> Any:
    """The mails kept for this person; the administrator of the demo sees all."""
    if user.role == Role.ADMINISTRATOR:
        return Mail.objects.all()
    return Mail.objects.filter(to=user.email)
