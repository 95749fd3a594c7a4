"""Mails kept as rows instead of leaving: the demonstration's mailbox.

Idempotent by Message-ID, as a mail server that drops duplicates would be.
"""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import Mail


class MailboxBackend(BaseEmailBackend):
    """``EMAIL_BACKEND`` of the demonstration."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            self.row(message, to)
            for message in email_messages
            for to in message.recipients()
        ]
        Mail.objects.bulk_create(rows, ignore_conflicts=True)
        return len(email_messages)

    @staticmethod
    def row(message: EmailMessage, to: str) -> Mail:
        """One row per address; a mail without its own identity gets one."""
        built = message.message()
        parts = getattr(message, "alternatives", [])
        html = next(
            (part.content for part in parts if part.mimetype == "text/html"), ""
        )
        return Mail(
            message_id=f"{built['Message-ID']} {to}"[:200],
            to=to,
            subject=" ".join(str(message.subject).split())[:300],
            text=str(message.body),
            html=html,
        )
