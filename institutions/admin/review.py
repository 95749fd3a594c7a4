"""What the reviewer of an update reads: differences and flags first, the rest folded.

A fixed number of queries, whatever the size of the association.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions import comparison, readable, sections, shelves, snapshots, update
from institutions.comparison import ListChanges
from institutions.differences import SectionDifferences, compare, parts
from institutions.enums import UpdateState, UpdateStep
from institutions.findings import Finding, check, readable_by
from institutions.models import AnnualUpdate, SectionAnswer, Snapshot, UpdateRemark
from institutions.record import Record
from institutions.sections import BY_CODE

PER_PAGE = 50
KEPT_SECONDS = 300
LAST, PREVIOUS = "last", "previous"


@dataclass(eq=False)
class Place:
    """One section: what changed in it, what was said of it, by whom it was verified."""

    section: SectionDifferences
    children: ListChanges | None = None
    answer: SectionAnswer | None = None
    remarks: list[UpdateRemark] = field(default_factory=list)
    is_verified: bool = False
    is_awaited: bool = False

    @property
    def slug(self) -> str:
        return sections.slug(self.section.code, self.section.unit)

    @property
    def anchor(self) -> str:
        return f"{self.section.code}-{self.section.unit}"

    @property
    def has_changed(self) -> bool:
        return bool(self.section.rows or self.section.is_new or self.children)


class UpdateReview:
    """One update as its reviewer reads it; ``asked``: the address of the page."""

    def __init__(self, found: AnnualUpdate, user: Any, asked: Any):
        self.update = found
        self.user = user
        self.asked = asked

    # What is compared

    @cached_property
    def _copies(self) -> list[Snapshot]:
        """What was certified up to this year, the latest first; contents unread.

        Like answers and remarks, they are seen by all who see the association, and the
        update was read as this officer sees it.
        """
        rows = self.update.association.snapshots.filter(
            kind=snapshots.UPDATE, year__lte=self.update.round.year
        )
        return list(rows.defer("content").order_by("-year", "-version", "-pk"))

    @cached_property
    def versions(self) -> list:
        """Every frozen version of this update, the latest first."""
        return [row for row in self._copies if row.object_id == self.update.pk]

    @cached_property
    def frozen(self) -> Any:
        return self.versions[0] if self.versions else None

    @cached_property
    def last(self) -> Any:
        """What was certified for the year before."""
        year = self.update.round.year
        return next((row for row in self._copies if row.year < year), None)

    @property
    def since(self) -> str:
        """After a sending back, what it changed comes first."""
        wanted = self.asked.get("since")
        if len(self.versions) < 2 or wanted == LAST:
            return LAST
        return PREVIOUS

    @cached_property
    def base(self) -> Any:
        return self.versions[1] if self.since == PREVIOUS else self.last

    @property
    def columns(self) -> tuple[str, str]:
        """The heads of the two columns: years, or versions of one year."""
        if self.since == PREVIOUS:
            label = _("version %(number)s")
            old, new = self.versions[1].version, self.versions[0].version
            return label % {"number": old}, label % {"number": new}
        return str(self.base.year), str(self.update.round.year)

    @cached_property
    def content(self) -> dict[str, Any]:
        if self.frozen:
            return snapshots.read(self.frozen)
        year = self.update.round.year
        return snapshots.record_content(self.update.association, year=year)

    @cached_property
    def verified(self) -> AnnualUpdate | None:
        """The last earlier update that an officer verified."""
        rows = self.update.association.updates.filter(
            state=UpdateState.VERIFIED, round__year__lt=self.update.round.year
        )
        return (
            rows.select_related("round", "verified_by").order_by("-round__year").first()
        )

    @cached_property
    def verified_places(self) -> set[str]:
        """Sections that say what was verified then."""
        if self.verified is None:
            return set()
        key = self.verified.pk
        copy = next((row for row in self._copies if row.object_id == key), None)
        if copy is None or self.frozen is None:
            return set()
        found, moves = comparison.differences(copy, self.frozen)
        changed = {
            (part.section.code, part.section.unit)
            for part in comparison.changed_parts(found, moves)
        }
        return {
            sections.slug(s.code, s.unit)
            for s in found
            if (s.code, s.unit) not in changed
        }

    @cached_property
    def _differences(self) -> tuple[list[SectionDifferences], dict[int, ListChanges]]:
        if self.base and self.frozen:
            return comparison.differences(self.base, self.frozen)
        if self.base:
            # Not certified yet: the record as it stands today.
            certified = snapshots.read(self.base)
            return (
                compare(certified, self.content),
                comparison.children_changes(certified, self.content),
            )
        return compare(None, self.content), {}

    @cached_property
    def places(self) -> list[Place]:
        found_sections, moves = self._differences
        changed = {
            (part.section.code, part.section.unit): part.children
            for part in comparison.changed_parts(found_sections, moves)
        }
        found = []
        for section in found_sections:
            place = Place(section, changed.get((section.code, section.unit)))
            place.answer = self.answers.get(place.slug)
            place.remarks = self.remarks.get(place.slug, [])
            place.is_verified = place.slug in self.verified_places
            place.is_awaited = self.frozen is None and section.is_left_empty
            found.append(place)
        return found

    @property
    def changed(self) -> list[Place]:
        return [place for place in self.places if self.base and place.has_changed]

    @property
    def same(self) -> list[Place]:
        return [place for place in self.places if not (self.base and place.has_changed)]

    # What was said

    @cached_property
    def answers(self) -> dict[str, SectionAnswer]:
        rows = self.update.answers.select_related("answered_by").order_by("pk")
        found = {}
        for row in rows:
            row.title = BY_CODE[row.section].title
            found[sections.slug(row.section, row.unit)] = row
        return found

    @property
    def explained(self) -> list[SectionAnswer]:
        return [row for row in self.answers.values() if row.explanation]

    @cached_property
    def remarks(self) -> dict[str, list[UpdateRemark]]:
        rows = self.update.remarks.all()
        found: dict[str, list[UpdateRemark]] = {}
        for row in rows.select_related("event", "written_by"):
            found.setdefault(sections.slug(row.section, row.unit), []).append(row)
        return found

    @property
    def drafts(self) -> list[UpdateRemark]:
        rows = [row for place in self.remarks.values() for row in place]
        return [row for row in rows if row.event_id is None]

    @cached_property
    def events(self) -> list:
        return list(self.update.events.select_related("actor"))

    @property
    def sent_back_count(self) -> int:
        return sum(1 for event in self.events if event.step == UpdateStep.SENT_BACK)

    @property
    def is_own_entry(self) -> bool:
        """Whoever entered these data does not verify alone."""
        return any(
            event.step == UpdateStep.ENTERED and event.actor_id == self.user.pk
            for event in self.events
        )

    @cached_property
    def findings(self) -> list[Finding]:
        """Those whose place the reader may see; kept some minutes for all readers, for
        the checks read the whole record."""
        found = self.update
        key = f"update-findings:{found.pk}:{found.version}:{get_language()}"
        kept = cache.get(key)
        if kept is None:
            record = Record(
                found.association, year=found.round.year, update_round=found.round
            )
            kept = [
                replace(finding, message=str(finding.message), evidence={})
                for finding in check(record)
            ]
            cache.set(key, kept, KEPT_SECONDS)
        return readable_by(self.user, kept)

    @cached_property
    def shelves(self) -> list:
        return shelves.filled(self.update.association, self.user)

    # What may be done

    @property
    def may_act(self) -> bool:
        may = update.may_verify(self.update.association, self.user)
        return may and self.update.state == UpdateState.CONFIRMED

    @cached_property
    def remark_place(self) -> dict[str, Any] | None:
        """The one section a remark is being written on, with its fields."""
        slug = self.asked.get("remark", "")
        if not self.may_act or slug not in {place.slug for place in self.places}:
            return None
        place = next(place for place in self.places if place.slug == slug)
        return {"place": place, "fields": fields_of(self.content, place.section)}

    @cached_property
    def children_page(self) -> dict[str, Any] | None:
        """Fifty codes of one centre: who came, left, or has other data."""
        wanted = self.asked.get("children", "")
        place = next(
            (p for p in self.places if p.children and str(p.section.unit) == wanted),
            None,
        )
        if place is None or place.children is None:
            return None
        text = self.asked.get("page", "")
        page = max(int(text) if text.isdecimal() and len(text) < 6 else 1, 1)
        rows = place.children.rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        more = len(place.children.rows) > page * PER_PAGE
        first = (page - 1) * PER_PAGE + 1
        return {
            "place": place,
            "rows": rows,
            "start": first,
            "end": first + len(rows) - 1,
            "total": len(place.children.rows),
            "previous": page - 1,
            "next": page + 1 if more else 0,
        }


def fields_of(content: dict[str, Any], section: SectionDifferences) -> list:
    """The lines of a section that a remark may name; rows of persons have none."""
    if BY_CODE[section.code].is_list:
        return []
    piece = next(
        piece
        for (code, unit, _name), piece in parts(content)
        if (code, unit) == (section.code, section.unit)
    )
    return readable.lines(section.code, piece, readable.Names(piece))
