"""Everything the review page shows of one file, in a fixed number of queries.

Its rows are read once, by one ``Reading``: the checks look at what the page shows.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications import badges, budget, differences, findings, workflow
from applications.admin.review_forms import action_of
from applications.admin.review_rows import criterion
from applications.programmes import get_rules
from applications.reading import Reading

KEPT_SECONDS = 300
PLAIN_SECTIONS = ("request", "budget", "documents")


@dataclass
class Place:
    """A section or one document of it: its remarks, and the box for a new one."""

    code: str
    title: Any
    kind: str
    remarks: list = field(default_factory=list)
    draft: Any = None
    form: Any = None
    wanted: Any = None


@dataclass
class Check:
    """One finding, who set it aside and why, and the box to do so."""

    finding: Any
    answer: Any = None
    form: Any = None
    section: str = ""


class ReviewPage:
    """One file as its reviewer reads it. ``bound`` is a form that was refused."""

    def __init__(self, application: Any, request: Any):
        self.application = application
        self.reading = Reading(application, is_compared=True)
        self.user = request.user
        self.chosen = request.GET.get("doc", "")
        self.is_fresh = "fresh" in request.GET
        self.bound: Any = None
        badges.dress([application])

    # What may be done

    @cached_property
    def moves(self) -> dict[str, Any]:
        """Transitions offered to this reader, by name."""
        offered = workflow.available(self.application, self.user)
        return {move.name: move for move in offered}

    @property
    def is_reviewer(self) -> bool:
        """Remarks, scores and findings: whoever may give the opinion."""
        return "recommend" in self.moves

    @property
    def may_fill(self) -> bool:
        return workflow.may_fill_on_behalf(self.application, self.user)

    @property
    def is_own_entry(self) -> bool:
        """Whoever entered a file does not give its opinion alone (decision 29)."""
        return any(
            event.is_on_behalf and event.actor_id == self.user.pk
            for event in self.events
        )

    @property
    def may_write_remarks(self) -> bool:
        """Until the second return has left (decision 23)."""
        return self.is_reviewer and self.application.return_count < 2

    @property
    def waits_for_authorisation(self) -> bool:
        file = self.application
        return file.return_count == 1 and not file.is_second_return_authorised

    def form(self, key: str) -> Any:
        """The form of a key: as refused, or fresh."""
        if self.bound is not None and self.bound.key == key:
            return self.bound
        return action_of(key).make(self, key)

    def bind(self, key: str, data: Any) -> Any:
        self.bound = action_of(key).make(self, key, data)
        return self.bound

    @cached_property
    def forms(self) -> dict[str, Any]:
        return {name: self.form(name) for name in self.moves if name not in NOT_HERE}

    # What is read

    @cached_property
    def rules(self) -> Any:
        return get_rules(self.application.programme)

    @property
    def last(self) -> Any:
        return self.reading.last

    @property
    def lines(self) -> list:
        return self.reading.lines

    @property
    def budget_lines(self) -> list:
        return self.reading.budget

    @property
    def budget_total(self) -> Any:
        return sum((line.amount for line in self.budget_lines), 0)

    @property
    def figures(self) -> list[dict]:
        """Figures frozen at submission, with their words."""
        frozen = getattr(self.application, "eps", None)
        if frozen is not None:
            return [
                {"label": label, "value": getattr(frozen, name), "kind": kind}
                for name, (label, kind) in differences.FIGURES.items()
            ]
        heads: dict[str, int] = defaultdict(int)
        for row in self.reading.children_by_file[self.application.pk]:
            words = (
                row.get_sub_programme_display(),
                row.get_disability_type_display(),
                row.get_sex_display(),
            )
            heads[" – ".join(words)] += row.count
        return [
            {"label": label, "value": count, "kind": "count"}
            for label, count in heads.items()
        ]

    @cached_property
    def since_last_year(self) -> Any:
        return differences.since_last_year(self.reading)

    @cached_property
    def since_last_version(self) -> Any:
        return differences.since_last_version(self.reading)

    @property
    def has_changes(self) -> bool:
        both = (self.since_last_year, self.since_last_version)
        return any(side is not None for side in both)

    @cached_property
    def answers(self) -> dict[str, Any]:
        rows = self.application.finding_answers.select_related("answered_by")
        return {row.code: row for row in rows}

    @cached_property
    def found(self) -> tuple:
        """When the file was checked, and what was found.

        Kept some minutes: the checks read the whole record. The workflow checks
        afresh whatever this page says, and the reader may ask for it too.
        """
        file = self.application
        unit = file.institution or file.association
        parts = (file.pk, file.version, file.association.version, unit.version)
        key = f"findings:{':'.join(map(str, parts))}:{get_language()}"
        kept = None if self.is_fresh else cache.get(key)
        if kept is None:
            found = findings.check(file, reading=self.reading)
            rows = [_plain(finding) for finding in found]
            kept = (timezone.now(), rows)
            cache.set(key, kept, KEPT_SECONDS)
        return kept

    @property
    def checked_at(self) -> Any:
        return self.found[0]

    @cached_property
    def checks(self) -> list[Check]:
        codes = {item.code for item in self.rules.sections}
        found = []
        for finding in self.found[1]:
            answer = self.answers.get(finding.code)
            wants = self.is_reviewer and answer is None
            form = self.form(f"aside:{finding.code}") if wants else None
            section = finding.url.rstrip("/").rpartition("/")[2]
            section = section if section in codes else ""
            found.append(
                Check(finding=finding, answer=answer, form=form, section=section)
            )
        return found

    @property
    def open_checks(self) -> int:
        return sum(1 for check in self.checks if check.answer is None)

    # Sections and remarks

    @cached_property
    def remarks(self) -> dict[tuple, list]:
        found: dict[tuple, list] = defaultdict(list)
        rows = self.application.remarks.select_related("request", "document_type")
        for row in rows:
            found[row.section, row.document_type_id].append(row)
        return found

    @property
    def drafts(self) -> list:
        return [
            row
            for rows in self.remarks.values()
            for row in rows
            if row.request_id is None
        ]

    def draft_text(self, section: str, type_pk: int | None) -> str:
        rows = self.remarks.get((section, type_pk), [])
        return next((row.text for row in rows if row.request_id is None), "")

    def check_place(self, section: str, type_pk: int | None) -> None:
        """A remark stands on a section of the programme or a document of the call."""
        known = {(item.code, None) for item in self.rules.sections}
        known |= {("documents", wanted.type.pk) for wanted in self.wanted}
        if (section, type_pk) not in known:
            raise PermissionDenied

    @property
    def wanted(self) -> list:
        return self.reading.checklist

    @cached_property
    def sections(self) -> list[Place]:
        return [
            self._place(
                item.code,
                title=item.title,
                kind=item.code if item.code in PLAIN_SECTIONS else "counts",
            )
            for item in self.rules.sections
        ]

    @cached_property
    def document_places(self) -> list[Place]:
        return [
            self._place("documents", title=wanted.type, kind="document", wanted=wanted)
            for wanted in self.wanted
        ]

    def _place(self, code, *, title, kind, wanted=None) -> Place:
        type_pk = wanted.type.pk if wanted else None
        rows = self.remarks.get((code, type_pk), [])
        key = f"remark:{code}:{type_pk}" if type_pk else f"remark:{code}"
        return Place(
            code=code,
            title=title,
            kind=kind,
            remarks=[row for row in rows if row.request_id],
            draft=next((row for row in rows if row.request_id is None), None),
            form=self.form(key) if self.may_write_remarks else None,
            wanted=wanted,
        )

    # Documents beside the file

    @cached_property
    def attached(self) -> list:
        """Every document of the file, those the call did not ask for included."""
        rows = [row.document for row in self.reading.attachments]
        return sorted(rows, key=lambda document: document.type_id)

    @cached_property
    def document(self) -> Any:
        """The document shown: the one chosen, else the first."""
        rows = self.attached
        chosen = (row for row in rows if str(row.pk) == self.chosen)
        return next(chosen, rows[0] if rows else None)

    @property
    def neighbours(self) -> dict[str, Any]:
        rows = self.attached
        if self.document is None:
            return {}
        rank = rows.index(self.document)
        return {
            "rank": rank + 1,
            "total": len(rows),
            "previous": rows[rank - 1] if rank else None,
            "next": rows[rank + 1] if rank + 1 < len(rows) else None,
        }

    # Criteria, decision, history

    @cached_property
    def criteria(self) -> list:
        return [criterion(row) for row in self.application.scored]

    @property
    def points(self) -> dict[int, int]:
        rows = self.application.scored
        return {row["id"]: row["points"] for row in rows if row["points"] is not None}

    @property
    def scores(self) -> list[tuple]:
        return [(item, self.points.get(item.pk)) for item in self.criteria]

    @property
    def score_total(self) -> int:
        return sum(self.points.values())

    @property
    def score_maximum(self) -> int:
        return sum(item.max_score for item in self.criteria)

    @cached_property
    def scores_form(self) -> Any:
        wants = self.is_reviewer and self.criteria
        return self.form("scores") if wants else None

    @property
    def sitting_pk(self) -> int | None:
        """The sitting open for the file's call and region."""
        return self.application.open_sitting_pk

    @cached_property
    def envelope(self) -> Any:
        file = self.application
        return budget.state(file.call_id, file.region_id)

    @cached_property
    def events(self) -> list:
        rows = self.application.events.select_related("actor")
        found = list(rows)
        for row in found:
            row.words = EVENT_WORDS.get(row.transition) or row.get_to_state_display()
        return found


def _plain(finding: Any) -> Any:
    """Its sentence in the language being read, ready to be kept."""
    return replace(finding, message=str(finding.message), evidence={})


# Made from the list of files, the sitting or the portal, never from this page.
NOT_HERE = ("submit", "withdraw", "resubmit_as_is", "publish", "start")

EVENT_WORDS = {
    "start": _("Begun"),
    "submit": _("Submitted"),
    "withdraw": _("Withdrawn by the association"),
    "return_for_completion": _("Returned for completion"),
    "authorise_second_return": _("Second return authorised"),
    "resubmit_as_is": _("Sent back as it was: the time to complete it ran out"),
    "recommend": _("Opinion given, transmitted to the coordination"),
    "send_back": _("Sent back to the delegation"),
    "approve": _("Approved"),
    "refuse": _("Refused"),
    "reconsider": _("Decision withdrawn, to be decided again"),
    "extend": _("Delay extended"),
    "publish": _("Decision published"),
}
