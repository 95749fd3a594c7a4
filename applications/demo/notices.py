"""What the demonstration told people: kept as notices, not mailed by thousands."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from accounts.demo import DEMO_ACCOUNTS, DEMO_DOMAIN
from accounts.enums import MailState
from accounts.models import Outbox

# The demo accounts are mailed what is recent, and find the rest read.
RECENT = timedelta(days=12)
READ_AFTER = timedelta(hours=30)


def hush() -> None:
    """No mail for what was just told, save to the demo accounts.

    In the transaction that told it: a worker never sees these rows as due.
    """
    _of_demonstration().exclude(recipient__email__in=DEMO_ACCOUNTS).filter(
        mail_state=MailState.PENDING
    ).update(mail_state=MailState.NONE)


def settle(now: datetime | None = None) -> None:
    """At the end: old notices were read, and their mails are not sent any more."""
    old = _of_demonstration().filter(created_at__lt=(now or timezone.now()) - RECENT)
    old.filter(mail_state=MailState.PENDING).update(mail_state=MailState.NONE)
    old.filter(read_at=None).update(read_at=F("created_at") + READ_AFTER)


def _of_demonstration():
    return Outbox.objects.filter(recipient__email__endswith=f"@{DEMO_DOMAIN}")
