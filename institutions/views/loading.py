"""What the pages of an update begin with: the association's own, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Subquery
from django.http import Http404

from institutions import carry, drafts, readable, sections, snapshots, update
from institutions.current import current_association
from institutions.enums import Answer
from institutions.models import AnnualUpdate, Association, SectionAnswer
from institutions.snapshots import UPDATE
from institutions.update import SectionState


@dataclass(frozen=True)
class Said:
    """A remark where it is shown; ``label``: the field it names."""

    key: str
    label: str
    text: str
    at: datetime


@dataclass(frozen=True)
class SectionPage:
    """One section of the update under way, as its pages show it."""

    update: AnnualUpdate
    key: sections.Key
    keys: list[sections.Key]

    @property
    def association(self) -> Association:
        return self.key.association

    def draft(self) -> drafts.Draft:
        return drafts.read(UPDATE, self.update.pk, self.key.slug)

    def states(self) -> list[SectionState]:
        """Every section of the update, with the keys that are known already."""
        return update.progress(self.update, keys=self.keys)

    @property
    def year(self) -> int:
        """The year that the round asks for in this section."""
        return carry.year_of(self.key, self.update.round)

    @cached_property
    def years(self) -> set[int]:
        """Those for which there are rows, up to this one: one question in all."""
        tables = [
            rows.rows.filter(**{f"{rows.column}__lte": self.year})
            .order_by()
            .values_list(rows.column)
            .distinct()
            for rows in carry.rows_of(self.key)
        ]
        if not self.key.section.is_yearly or not tables:
            return set()
        found = tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]
        return {year for (year,) in found}

    @property
    def is_begun(self) -> bool:
        """Something was entered for this year."""
        return self.year in self.years

    @property
    def year_shown(self) -> int | None:
        """The year of the values that *unchanged* would keep."""
        return max((year for year in self.years if year < self.year), default=None)

    def lines(self, year: int | None = None) -> list[readable.Line]:
        piece = snapshots.section_content(self.key, year=year or self.year_shown)
        return readable.lines(self.key.code, piece, readable.Names(piece))

    def last_entered(self) -> SectionAnswer | None:
        """When these values were typed, in this update or an earlier one."""
        rows = SectionAnswer.objects.filter(
            update__association=self.association,
            section=self.key.code,
            unit=self.key.unit_id,
            answer=Answer.CHANGED,
        )
        return rows.select_related("answered_by").order_by("-answered_at").first()

    def said(self, remarks, lines: list[readable.Line]) -> list[Said]:
        """Remarks with the words of their field."""
        labels = {line.key: line.label for line in lines}
        return [
            Said(row.field, labels.get(row.field, ""), row.text, row.written_at)
            for row in remarks
        ]


def load_update(request) -> AnnualUpdate:
    """The update of the current round, begun. Raises ``Http404``."""
    association = current_association(request)
    current = Subquery(update.current_rounds().values("pk")[:1])
    found = find_update_of(request, association, current)
    if found is None:
        raise Http404
    found.association = association
    return found


def find_update_of(request, association: Association, round_: Any) -> Any:
    """``round_``: a row, or a question that finds its key."""
    rows = AnnualUpdate.objects.visible_to(request.user).select_related(
        "round", "confirmed_by", "verified_by"
    )
    return rows.filter(association=association, round=round_).first()


def load_section(request, code: str, unit: int) -> SectionPage:
    found = load_update(request)
    keys = sections.keys_of(found.association)
    for key in keys:
        if (key.code, key.unit_id) == (code, unit):
            return SectionPage(found, key, keys)
    raise Http404


def next_page(states: list[SectionState], code: str, unit: int) -> str | None:
    """The address of the next section to do, looking onward first."""
    place = next(
        i for i, state in enumerate(states) if (state.code, state.unit) == (code, unit)
    )
    for state in states[place + 1 :] + states[:place]:
        if state.state != "done":
            return state.url
    return None


def put_at_fields(form: Any, said: list[Said]) -> list[Said]:
    """Each remark stands at its field of the form; those that have none come back."""
    fields = getattr(form, "form", form).fields
    left = []
    for remark in said:
        names = (remark.key, remark.key.removesuffix("_id"))
        name = next((n for n in (*names, _dashed(remark.key)) if n in fields), None)
        if name is None:
            left.append(remark)
        else:
            fields[name].remark = remark
    return left


def _dashed(key: str) -> str:
    """``revenue.own`` is the field ``revenue-own``."""
    return key.replace(".", "-")
