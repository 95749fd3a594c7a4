"""What an association has to do now, from its record and from its files."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import DECIDED, State
from applications.models import Application, Call
from applications.programmes import get_rules
from applications.views.following import Badge, dress
from institutions.agenda import record_tasks

SHOWN = 40
SOON_DAYS = 10


@dataclass(frozen=True, kw_only=True)
class Task:
    """``due`` is the last moment, or the last day; waiting tasks sort by it.

    ``over``, ``title`` and ``action`` dress the one that stands first on the page.
    """

    name: str
    url: str
    why: str
    badge: Badge
    is_waiting: bool
    due: date | datetime | None = None
    over: str = ""
    title: str = ""
    action: str = ""

    @property
    def is_due_at_an_hour(self) -> bool:
        return isinstance(self.due, datetime)

    @property
    def due_day(self) -> date:
        if self.due is None:
            return date.max
        if isinstance(self.due, datetime):
            return timezone.localtime(self.due).date()
        return self.due


def all_tasks(user, association) -> list[Task]:
    """What the record asks, its files, the calls it may still answer; bounded."""
    rows = Application.objects.visible_to(user).filter(association=association)
    files = list(rows.with_relations().order_by("-year", "-pk")[:SHOWN])
    found = [task for file in files if (task := _of_file(file))]
    record = [_of_record(task) for task in record_tasks(association, user)]
    return record + found + _of_calls(association)


def _of_record(task) -> Task:
    return Task(
        name=task.title,
        url=task.url,
        why=task.why,
        badge=Badge(task.label, task.tone, task.icon),
        is_waiting=task.is_waiting,
        due=task.due_on,
    )


def _of_file(file) -> Task | None:
    if file.state == State.DRAFT:
        return _draft(file) if file.call.is_open() else _left_behind(file)
    if file.state == State.RETURNED:
        return _returned(file)
    if file.state in DECIDED and file.is_published:
        return _decided(file)
    if file.state == State.WITHDRAWN:
        return None
    return _followed(file)


def _name(file) -> str:
    words = {"unit": file.unit.name, "year": file.year}
    return _("Application of %(unit)s, year %(year)s") % words


def _draft(file) -> Task:
    return Task(
        name=_name(file),
        url=file.get_absolute_url(),
        why=_("Begun, not sent yet."),
        badge=Badge(_("not sent"), "stop", "exclamation-circle"),
        is_waiting=True,
        due=file.call.closes_at,
        over=_name(file),
        title=_("Complete the application and send it"),
        action=_("Continue the application"),
    )


def _left_behind(file) -> Task:
    return Task(
        name=_name(file),
        url=file.get_absolute_url(),
        why=_("The call closed before this file was sent. It can still be read."),
        badge=Badge(_("not sent"), "", "lock"),
        is_waiting=False,
    )


def _returned(file) -> Task:
    return Task(
        name=_name(file),
        url=file.get_absolute_url(),
        why=_("The delegation asks for corrections."),
        badge=Badge(_("to be completed"), "stop", "exclamation-circle"),
        is_waiting=True,
        due=file.return_due_on,
        over=_name(file),
        title=_("Answer the delegation and send the file again"),
        action=_("See what is asked"),
    )


def _decided(file) -> Task:
    url = reverse("applications:decision", args=[file.pk])
    if file.read_at is None:
        return Task(
            name=_name(file),
            url=url,
            why=_("The decision has been published."),
            badge=Badge(_("to be read"), "now", "envelope"),
            is_waiting=True,
            over=_name(file),
            title=_("Read the decision on your application"),
            action=_("Read the decision"),
        )
    return _followed(file)


def _followed(file) -> Task:
    dress(file)
    return Task(
        name=_name(file),
        url=file.get_absolute_url(),
        why=file.who,
        badge=file.badge,
        is_waiting=False,
    )


def _of_calls(association) -> list[Task]:
    """Open calls under which something of the record has no file yet."""
    calls = list(Call.objects.open().order_by("closes_at"))
    years_asked = [call.year for call in calls]
    accepted = association.updates.accepted().filter(round__year__in=years_asked)
    years = set(accepted.values_list("round__year", flat=True)) if calls else set()
    return [
        _begin(call)
        for call in calls
        if call.year in years
        and get_rules(call.programme).eligible_units(association, call)
    ]


def _begin(call) -> Task:
    return Task(
        name=call.name,
        url=reverse("applications:start", args=[call.pk]),
        why=_("The call is open and your data are up to date."),
        badge=Badge(_("not begun"), "now", "pencil"),
        is_waiting=True,
        due=call.closes_at,
        over=call.name,
        title=_("Begin the application"),
        action=_("Begin the application"),
    )


def what_comes_next(found: list[Task]) -> dict[str, Any]:
    """For the page that asks nothing: the next thing and its date."""
    call = Call.objects.published().filter(opens_at__gt=timezone.now())
    coming = call.order_by("opens_at").first()
    if coming:
        return {"coming": coming}
    return {"is_examined": any(not task.is_waiting for task in found)}
