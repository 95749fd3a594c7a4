"""Two people at one row: the second is told who changed it, nothing is overwritten.

The form carries a fingerprint of the row as it was shown. The history that the
database keeps says who changed it since. It has no identities: of a child it keeps that
one changed and by whom, of a staff member not even that.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models import Enrolment

OF_CHILD = (
    "name",
    "born_on",
    "sex",
    "massar",
    "disability_type",
    "degree",
    "card_number",
    "card_expires_on",
    "has_rsu",
)
OF_YEAR = ("sub_programme", "services", "certificates", "months")
OF_STAFF = (
    "name",
    "sex",
    "speciality",
    "diploma",
    "experience_years",
    "has_work_certificate",
    "has_licence",
    "contract",
    "has_contract",
    "contract_remark",
    "monthly_salary_amount",
    "is_cnss_declared",
    "is_cnss_charged",
    "cnss_yearly_amount",
)


@dataclass(frozen=True)
class Opened:
    """Which row a form is about and how it stood; ``pk`` 0: a new one."""

    pk: int = 0
    seen: str = ""


NEW = Opened()


@dataclass(frozen=True)
class LastChange:
    """``name`` is empty when no account made it: a command, an import."""

    name: str
    at: datetime


class StaleRow(ValidationError):
    """Somebody changed the row, or the rows, since the page was opened."""

    def __init__(self, change: LastChange | None):
        if change is None:
            text = _("This was changed while you were working on it.")
            params = {}
        else:
            text = _("Changed by %(name)s at %(hour)s while you were working on it.")
            if not change.name:
                text = _("Changed at %(hour)s while you were working on it.")
            hour = f"{timezone.localtime(change.at):%H:%M}"
            params = {"name": change.name, "hour": hour}
        super().__init__(
            [
                ValidationError(text, code="stale", params=params),
                ValidationError(
                    _("Nothing was overwritten: compare, then save again."),
                    code="stale",
                ),
            ]
        )


def values_of(row: Any) -> dict[str, Any]:
    """An enrolment with its child, or a staff member, as its form shows it."""
    if isinstance(row, Enrolment):
        of_child = {name: getattr(row.child, name) for name in OF_CHILD}
        return of_child | {name: getattr(row, name) for name in OF_YEAR}
    return {name: getattr(row, name) for name in OF_STAFF}


def fingerprint(row: Any) -> str:
    return hashed(list(values_of(row).values()))


def hashed(values: Any) -> str:
    """Under the secret of the portal: identities are among the values."""
    text = json.dumps(values, default=str)
    return salted_hmac("institutions.people", text, algorithm="sha256").hexdigest()


def history_of(row: Any) -> Any:
    """What the database kept of it: its model is tracked."""
    return row.history.all()


def check(now: str, seen: str, histories: Iterable[Any]) -> None:
    """Raises ``StaleRow``. ``histories``: where to look for who did it."""
    if not constant_time_compare(now, seen):
        raise StaleRow(last_change(histories))


def last_change(histories: Iterable[Any]) -> LastChange | None:
    """The latest event of several histories."""
    events = [rows.order_by("-pgh_id").first() for rows in histories]
    found = [event for event in events if event is not None]
    if not found:
        return None
    last = max(found, key=lambda event: event.pgh_created_at)
    key = (last.pgh_context or {}).get("user")
    user = User.objects.filter(pk=key).first() if key else None
    return LastChange(name=str(user) if user else "", at=last.pgh_created_at)
