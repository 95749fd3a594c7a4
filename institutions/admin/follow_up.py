"""Follow-up of a round by delegation, and reminders with their preview."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access, notifications, outbox
from accounts.enums import Language
from accounts.sheet_formats import SafeCSV, TypedXLSX
from institutions import followup, update
from institutions.admin.resources import FollowUpResource
from institutions.models import UpdateRound
from institutions.notifications import reminder_context
from territories.models import Region

PER_PAGE = 50
NAMES_SHOWN = 50
PAGE, REMIND = "institutions_annualupdate_follow_up", "institutions_annualupdate_remind"
FORMATS = {"xlsx": TypedXLSX, "csv": SafeCSV}


@dataclass
class FollowUp:
    """What the page shows of one round, for one reader. ``asked``: its address."""

    user: Any
    asked: Any

    def number(self, name: str) -> int | None:
        text = self.asked.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    @cached_property
    def rounds(self) -> list[UpdateRound]:
        return list(UpdateRound.objects.visible_to(self.user))

    @cached_property
    def wanted(self) -> followup.Wanted:
        """Raises ``Http404`` before the first round."""
        current = update.current_round() or next(iter(self.rounds), None)
        year = self.number("year")
        chosen = next((row for row in self.rounds if row.year == year), current)
        if chosen is None:
            raise Http404
        state = self.asked.get("state", "")
        return followup.Wanted(
            round=chosen,
            region=self.number("region"),
            delegation=self.number("delegation"),
            state=state if state in followup.LABELS else "",
        )

    @cached_property
    def lines(self) -> list[followup.Line]:
        return followup.table(self.user, self.wanted)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """One for each state, with its count."""
        counts = followup.totals(self.lines)
        return [
            {
                "label": str(label).capitalize(),
                "url": f"?{self.address(state=state)}",
                "count": counts[state],
                "current": state == self.wanted.state,
            }
            for state, label in followup.LABELS.items()
        ]

    @cached_property
    def start(self) -> int:
        return (max(self.number("p") or 1, 1) - 1) * PER_PAGE

    @cached_property
    def _rows(self) -> list:
        return followup.shown(self.user, self.wanted, start=self.start, size=PER_PAGE)

    @property
    def rows(self) -> list:
        for row in self._rows[:PER_PAGE]:
            row.state_label = followup.LABELS[row.state or followup.NOT_BEGUN]
            row.since = row.verified_at or row.confirmed_at or row.begun_at
        return self._rows[:PER_PAGE]

    @property
    def next_page(self) -> str:
        page = self.start // PER_PAGE + 2
        return f"?{self.address(p=page)}" if len(self._rows) > PER_PAGE else ""

    @property
    def previous_page(self) -> str:
        return f"?{self.address(p=self.start // PER_PAGE)}" if self.start else ""

    @property
    def end(self) -> int:
        return self.start + len(self.rows)

    @cached_property
    def regions(self) -> list[Region]:
        """To choose from: only for those who see several."""
        rows = Region.objects.within(self.user.scope)
        return list(rows.order_by("code"))

    def address(self, **more: Any) -> str:
        """The filters of the page, with ``more``."""
        wanted = self.wanted
        values = {
            "year": wanted.round.year,
            "region": wanted.region,
            "delegation": wanted.delegation,
            "state": wanted.state,
            **more,
        }
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def may_remind(self) -> bool:
        is_due = self.wanted.state in followup.REMINDED
        return is_due and update.may_remind(self.user)

    @property
    def query(self) -> str:
        return self.address()


class FollowUpMixin:
    """For the admin of annual updates."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("follow-up/", view(self.follow_up_view), name=PAGE),
            path("follow-up/remind/", view(self.remind_view), name=REMIND),
            *super().get_urls(),
        ]

    def follow_up_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = FollowUp(request.user, request.GET)
        file_format = FORMATS.get(request.GET.get("export"))
        if file_format is not None:
            return self._export(request, page, file_format())
        return self._show(request, page, "follow_up.html", title=_("Follow-up"))

    def _show(self, request, page, template, **more):
        context = {
            **self.admin_site.each_context(request),
            "page": page,
            "round": page.wanted.round,
            "opts": self.opts,
            **more,
        }
        name = f"admin/institutions/annualupdate/{template}"
        return TemplateResponse(request, name, context)

    def _export(self, request, page, file_format):
        """The whole filtered list, and a line in the access log."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        rows = followup.associations(request.user, page.wanted)
        resource = FollowUpResource(user=request.user)
        dataset = resource.export(resource.of_round(rows), force_native_type=True)
        access.log_list(
            request.user,
            rows,
            subject="institutions.annualupdate",
            count=len(dataset),
            detail=page.query,
        )
        content = file_format.export_data(dataset)
        kind = file_format.get_content_type()
        response = HttpResponse(content, content_type=kind)
        name = f"update-{page.wanted.round.year}.{file_format.get_extension()}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def remind_view(self, request):
        """How many, who, and the words; sent once the number is typed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not update.may_remind(request.user):
            raise PermissionDenied
        page = FollowUp(request.user, request.GET)
        if not page.may_remind:
            return redirect(f"{reverse(f'admin:{PAGE}')}?{page.query}")
        if request.method == "POST" and self._remind(request, page):
            return redirect(f"{reverse(f'admin:{PAGE}')}?{page.query}")
        return self._show(
            request,
            page,
            "remind.html",
            title=_("Reminder before it is sent"),
            **preview(page),
        )

    def _remind(self, request, page):
        typed = request.POST.get("number", "")
        expected = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
        try:
            count = update.remind(page.wanted, actor=request.user, expected=expected)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return False
        text = ngettext(
            "%(count)s association is reminded.",
            "%(count)s associations are reminded.",
            count,
        )
        messages.success(request, text % {"count": count})
        state = followup.LABELS[page.wanted.state]
        note = _("Reminder to those whose update is “%(state)s”: %(count)s sent.")
        note %= {"state": state, "count": count}
        self.log_change(request, page.wanted.round, note)
        return True


def preview(page: FollowUp) -> dict[str, Any]:
    """The first names, how many in all, and the mail in both languages."""
    everybody = followup.associations(page.user, page.wanted).count()
    chosen = list(
        followup.to_remind(page.user, page.wanted)
        .select_related("delegation")
        .order_by("pk")
    )
    return {
        "count": len(chosen),
        "left_out": everybody - len(chosen),
        "chosen": chosen[:NAMES_SHOWN],
        "more": max(len(chosen) - NAMES_SHOWN, 0),
        "mails": mails(page, chosen[0]) if chosen else [],
    }


def mails(page: FollowUp, association: Any) -> list:
    """What the first of them will read."""
    context = reminder_context(association, page.wanted.round, state=page.wanted.state)
    found = []
    for code, name in Language.choices:
        with translation.override(code):
            (notice,) = outbox.notices(
                [page.user],
                followup.REMINDER,
                subject=(followup.SUBJECT, association.pk),
                context=context,
            )
            found.append((code, name, notifications.words(notice)))
    return found
