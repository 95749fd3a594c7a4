"""The words of a notice, in the language of whoever reads it.

``templates/emails/<kind>.subject.txt`` is the line shown in the portal and the subject
of the mail; ``<kind>.txt`` is its body, in plain text; the two wrappers add greeting
and link. The HTML part is made of the same text, so the two cannot differ.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from email.utils import parseaddr
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from accounts.models import Outbox

FORGOTTEN = "password_reset"
INVITATION = "invitation"
# Kinds whose page is made when the mail is, so that no secret stands in a row.
WITH_SECRET_LINK = (FORGOTTEN, INVITATION)


@dataclass(frozen=True)
class Message:
    """A notice put into words."""

    subject: str
    text: str
    html: str
    language: str


def subject_line(notice: Outbox) -> str:
    """One line in the active language."""
    return _in_words(f"emails/{notice.kind}.subject.txt", _values(notice))


def words(notice: Outbox) -> tuple[str, str]:
    """Subject and body in the active language, without greeting: for a preview."""
    body = _in_words(f"emails/{notice.kind}.txt", _values(notice))
    return subject_line(notice), body


def page_of(notice: Outbox) -> str:
    """The page to open, in the active language; empty when there is none."""
    return f"/{translation.get_language()}{notice.path}" if notice.path else ""


def secret_page(notice: Outbox) -> str:
    """Where the recipient chooses a password; valid ``PASSWORD_RESET_TIMEOUT``."""
    person = notice.recipient
    if notice.kind not in WITH_SECRET_LINK or person is None:
        return ""
    key = default_token_generator.make_token(person)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )


def compose(notice: Outbox) -> Message:
    """The whole mail in the recipient's language (decision 32)."""
    language = notice.reader.language
    with translation.override(language):
        values = _values(notice)
        values["recipient"] = notice.reader
        page = secret_page(notice) or page_of(notice)
        values["url"] = settings.PORTAL_URL.rstrip("/") + page
        values["has_page"] = bool(page)
        values["subject"] = subject_line(notice)
        values["body"] = _in_words(f"emails/{notice.kind}.txt", values)
        values["paragraphs"] = values["body"].split("\n\n")
        values["is_rtl"] = translation.get_language_bidi()
        values["language"] = language
        return Message(
            subject=values["subject"],
            text=_in_words("emails/_wrapper.txt", values) + "\n",
            html=get_template("emails/_wrapper.html").render(values),
            language=language,
        )


def mail_of(notice: Outbox) -> EmailMultiAlternatives:
    """The same row always makes the same Message-ID: sent twice, it is one mail."""
    message = compose(notice)
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [notice.reader.email],
        headers={
            "Message-ID": message_id(notice),
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


def message_id(notice: Outbox) -> str:
    """Names nobody and cannot be guessed apart from its row."""
    seal = hashlib.sha256(f"{settings.SECRET_KEY}:{notice.key}".encode()).hexdigest()
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<notice-{notice.pk}-{seal[:16]}@{domain or 'localhost'}>"


def _in_words(template_name: str, values: dict[str, Any]) -> str:
    """Plain text: nothing is escaped, lines are trimmed, blanks do not pile up."""
    template: Any = get_template(template_name)
    rendered = template.template.render(Context(values, autoescape=False))
    blocks = [
        "\n".join(line.strip() for line in block.splitlines() if line.strip())
        for block in rendered.split("\n\n")
    ]
    return "\n\n".join(block for block in blocks if block)


def _values(notice: Outbox) -> dict[str, Any]:
    """What the templates receive: values as Python reads them, names as one reads."""
    values = {name: _revived(name, value) for name, value in notice.context.items()}
    first, second = ("fr", "ar") if translation.get_language() == "fr" else ("ar", "fr")
    for name in list(values):
        stem, _, suffix = name.rpartition("_")
        if stem and suffix in ("ar", "fr"):
            values[stem] = values.get(f"{stem}_{first}") or values.get(
                f"{stem}_{second}", ""
            )
    return values


def _revived(name: str, value: Any) -> Any:
    """By their names: ``_on`` is a day, ``_at`` a moment, ``_amount`` an amount."""
    if not isinstance(value, str) or not value:
        return value
    if name.endswith("_on"):
        return date.fromisoformat(value)
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name == "amount" or name.endswith("_amount"):
        return Decimal(value)
    return value
