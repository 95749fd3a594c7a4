"""One file against one list: read, check, compare. Nothing is written here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from institutions.enums import SheetKind
from institutions.models import Centre
from institutions.sheets import columns, lists, meta, reading
from institutions.sheets.checking import (
    TITLES_WITHIN,
    Checker,
    folded_title,
    name_of,
)
from institutions.sheets.lists import Current
from institutions.sheets.meta import Meta
from institutions.sheets.plan import Plan, Planner
from institutions.sheets.problems import Problems, problem, sentence
from institutions.sheets.reading import Book, SheetRefused


@dataclass
class Verdict:
    """``plan`` and ``current`` are there only without errors."""

    errors: list[dict[str, str]]
    error_count: int
    plan: Plan | None = None
    current: Current | None = None
    warnings: list[str] = field(default_factory=list)


def refused(refusal: SheetRefused) -> Verdict:
    said = problem(refusal.cell, refusal.code, **refusal.params)
    return Verdict([said], 1)


def examine(
    book: Book,
    *,
    kind: str,
    list_of: Callable[[], Current | None],
    advance: Callable[[int, int], None] = lambda done, of: None,
) -> Verdict:
    """``list_of`` is asked for the list once the rows are right.

    Raises ``SheetRefused``; the caller compared the template with the list wanted.
    """
    found = meta.found_in(book.meta)
    checker = Checker(book, kind)
    list_, plan = None, None
    if checker.is_readable:
        checker.check(lambda done: advance(done, checker.count))
        list_ = list_of()
    if list_ is not None:
        keys = found.keys if found is not None else ()
        planner = Planner(checker, list_)
        plan = planner.make(keys=keys, warnings=_warnings(book, found, checker, list_))
    problems = _in_order(checker.problems)
    if problems:
        return Verdict(problems, checker.problems.count)
    return Verdict([], 0, plan, list_, plan.warnings if plan else [])


def _in_order(problems: Problems) -> list[dict[str, str]]:
    """By row, then by column, as the eye goes over the sheet."""

    def place(said: dict[str, str]) -> tuple[int, int, str]:
        letters = said["cell"].rstrip("0123456789")
        row = said["cell"][len(letters) :]
        return int(row or 0), len(letters), letters

    return sorted(problems.kept, key=place)


def _warnings(
    book: Book, found: Meta | None, checker: Checker, list_: Current
) -> list[str]:
    said = [
        f"{name_of(place, checker.layout.row)}: {sentence('unknown_column')}"
        for place in checker.layout.unknown
    ]
    if found is None:
        said.append(sentence("no_template"))
    elif found.fingerprint and found.fingerprint != list_.fingerprint:
        said.append(sentence("list_changed"))
    if book.encoding.startswith("cp"):
        said.append(sentence("read_as_windows"))
    if checker.doubts:
        said.append(sentence("massar", {"count": len(checker.doubts)}))
    return said


def check_template(found: Meta | None, *, kind: str, centre: str, year: int) -> None:
    """Whether the sheet is that of this list. Raises ``SheetRefused``."""
    if found is None:
        return
    if found.kind != kind:
        raise SheetRefused("other_kind", kind=SheetKind(found.kind).label)
    if found.centre and found.centre != centre:
        raise SheetRefused("other_centre")
    if found.year and found.year != year:
        raise SheetRefused("other_year", year=found.year, wanted=year)


def examine_for(
    centre: Centre, kind: str, year: int, content: bytes, **how: Any
) -> Verdict:
    """On a file that was sent for this list; a refusal is a verdict as well."""
    try:
        book = reading.read(content)
        found = meta.found_in(book.meta)
        check_template(found, kind=kind, centre=centre.code, year=year)
        verdict = examine(
            book, kind=kind, list_of=lambda: lists.current(centre, kind, year), **how
        )
        if verdict.plan is not None and not verdict.plan.lines:
            raise SheetRefused("no_rows")
        return verdict
    except SheetRefused as refusal:
        return refused(refusal)


def examine_alone(content: bytes, *, year: int) -> Verdict:
    """On a file of which only the file says whose it is (for the operator).

    ``year`` is taken for a sheet that names none.
    """
    try:
        book = reading.read(content)
        found = meta.found_in(book.meta)
        kind = found.kind if found else likely_kind(book)
        year = found.year if found and found.year else year
        list_ = _list_of(found, kind, year)
        return examine(book, kind=kind, list_of=lambda: list_)
    except SheetRefused as refusal:
        return refused(refusal)


def _list_of(found: Meta | None, kind: str, year: int) -> Current:
    if found is None or not found.centre:
        return lists.nobody(kind, year)
    centre = Centre.objects.filter(code=found.centre).first()
    if centre is None:
        raise SheetRefused("other_centre")
    return lists.current(centre, kind, year)


def likely_kind(book: Book) -> str:
    """The list whose titles are best met; children when none is."""
    rows = book.rows[:TITLES_WITHIN]

    def met(kind: str) -> int:
        known = columns.titles(kind)
        return max(
            (sum(folded_title(c) in known for c in row) for row in rows), default=0
        )

    return max(SheetKind.values, key=met)
