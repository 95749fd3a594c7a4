"""The yearly list of applications, as a typed sheet or as CSV.

One declaration of columns per programme feeds both writers, row by row from one
server-side cursor: memory stays the same whatever the number of rows. For EPS the
columns are those of the list in use before the portal (domain.md, section 3.2).
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from django.db.models import (
    CharField,
    Count,
    Expression,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from rustpy_xlsxwriter import Format, write_worksheet

from accounts import access
from accounts.enums import Programme
from accounts.models import User
from applications.enums import State
from applications.models import Application, Call
from institutions.enums import BoardRole, DisabilityType, Milieu, SubProgramme
from institutions.models import BoardMember

CHUNK = 2_000
# More rows than this are written by the worker.
AT_ONCE = 2_000
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: its title, where its value comes from, how it is written.

    ``source`` is a lookup, an expression, or a function of the sheet's language;
    ``show`` turns the raw value into what the reader sees. ``kind``: text, count
    (heads or months), amount (MAD), day.
    """

    title: str | Promise
    source: Any
    kind: str = "text"
    show: Callable[[Any], Any] = field(default=lambda value: value)


def _national(phone: str | None) -> str:
    """0612345678 rather than +212612345678, which CSV readers take for a sum."""
    phone = str(phone or "")
    return f"0{phone[4:]}" if phone.startswith("+212") else phone


def _plain(lookup: str) -> Cast:
    """The stored text of a phone: parsing each number would cost more than the rest."""
    return Cast(lookup, CharField())


def _label(choices) -> Callable[[Any], str]:
    return lambda value: str(choices(value).label) if value else ""


def _president(name: str) -> Subquery:
    """A field of the president; there is one at most (a constraint)."""
    return Subquery(
        BoardMember.objects.filter(
            association=OuterRef("association"), role=BoardRole.PRESIDENT
        ).values(text=Cast(name, CharField()))
    )


def _name(lookup: str) -> Callable[[str], Expression]:
    """A name in the language of the sheet, else in the other one (decision 32)."""

    def in_language(language: str) -> Expression:
        first, other = ("fr", "ar") if language == "fr" else ("ar", "fr")
        written = NullIf(F(f"{lookup}__name_{first}"), Value(""))
        return Coalesce(written, F(f"{lookup}__name_{other}"))

    return in_language


HEAD = [
    Column(_("application number"), "number"),
    Column(_("association name"), _name("association")),
    Column(_("address"), "association__address"),
    Column("RIB", "association__rib"),
    Column(_("president's name"), _president("name")),
    Column(_("president's phone"), _president("phone"), show=_national),
    Column(_("president's e-mail"), _president("email")),
    Column(_("coordination"), _name("region")),
    Column(_("delegation"), _name("delegation")),
]
TAIL = [
    Column(_("requested amount (MAD)"), "requested_amount", "amount"),
    Column(_("proposed amount (MAD)"), "proposed_amount", "amount"),
    Column(_("granted amount (MAD)"), "granted_amount", "amount"),
    Column(_("date of the application"), "first_submitted_at", "day"),
    Column(_("state"), "state", show=_label(State)),
]
EPS = [
    *HEAD,
    Column(_("milieu"), "institution__milieu", show=_label(Milieu)),
    Column(_("institution name"), _name("institution")),
    Column(_("director's name"), "institution__director_name"),
    Column(
        _("director's phone"), _plain("institution__director_phone"), show=_national
    ),
    Column(_("director's e-mail"), "institution__director_email"),
    Column(_("authorisation number"), "institution__authorisation_number"),
    Column(_("total licensed capacity"), "eps__capacity", "count"),
    Column(_("female beneficiaries"), "eps__female_count", "count"),
    Column(_("male beneficiaries"), "eps__male_count", "count"),
    Column(
        _("total beneficiaries"), F("eps__female_count") + F("eps__male_count"), "count"
    ),
    Column(_("female staff"), "eps__staff_female_count", "count"),
    Column(_("male staff"), "eps__staff_male_count", "count"),
    Column(
        _("total staff"),
        F("eps__staff_female_count") + F("eps__staff_male_count"),
        "count",
    ),
    Column(_("beneficiaries of day services"), "eps__day_count", "count"),
    Column(_("beneficiaries of partial services"), "eps__partial_count", "count"),
    Column(_("beneficiaries of full services"), "eps__full_count", "count"),
    Column(
        _("date of the last general assembly"), "association__last_assembly_on", "day"
    ),
    Column(_("term of the board (months)"), "association__board_term_months", "count"),
    Column(_("total expenditure (MAD)"), "eps__expenditure_amount", "amount"),
    Column(_("total revenue (MAD)"), "eps__revenue_amount", "amount"),
    Column(_("subject of the application"), "subject"),
    *TAIL,
]


def _children(title, **key) -> Column:
    where = Q(**{f"schooling__{name}": value for name, value in key.items()})
    return Column(title, Sum("schooling__count", filter=where, default=0), "count")


SCHOOLING = [
    *HEAD,
    *[
        _children(
            format_lazy(_("children of sub-programme {code}"), code=code),
            sub_programme=code,
        )
        for code in SubProgramme.values
    ],
    _children(_("girls"), sex="f"),
    _children(_("boys"), sex="m"),
    Column(_("total children"), Sum("schooling__count", default=0), "count"),
    *[_children(kind.label, disability_type=kind.value) for kind in DisabilityType],
    Column(_("centres"), Count("schooling__centre", distinct=True), "count"),
    *TAIL,
]
COLUMNS = {Programme.EPS: EPS, Programme.SCHOOLING: SCHOOLING}


def rows(queryset, *, programme: str, language: str) -> Iterator[list[Any]]:
    """Typed values of each file, in the order of the columns, from one query.

    ``queryset`` is already scoped and filtered. Amounts are Decimals, days dates.
    """
    columns = COLUMNS[Programme(programme)]
    names = [f"column_{rank}" for rank in range(len(columns))]
    sources = {
        name: _expression(column.source, language)
        for name, column in zip(names, columns, strict=True)
    }
    query = queryset.order_by("pk").annotate(**sources).values_list(*names)
    with translation.override(language):
        for values in query.iterator(chunk_size=CHUNK):
            yield [
                _typed(column, value)
                for column, value in zip(columns, values, strict=True)
            ]


def _expression(source: Any, language: str) -> Any:
    if isinstance(source, str):
        return F(source)
    return source(language) if callable(source) else source


def _typed(column: Column, value: Any) -> Any:
    if column.kind == "day" and isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return column.show(value)


def chosen(user: User, params: dict[str, Any]) -> Any:
    """The files that ``params`` of the export form name, within the user's scope."""
    files = Application.objects.visible_to(user).filter(call=params["call"])
    for name in ("region", "delegation"):
        if params[name]:
            files = files.filter(**{name: params[name]})
    return files.filter(state__in=params["states"]) if params["states"] else files


@contextmanager
def made(
    user: User, params: dict[str, Any], *, advance: Callable[[int], None] | None = None
) -> Iterator["Export"]:
    """The list as an open file, gone from the disk once closed.

    ``advance`` is told how many rows are written, every ``CHUNK``. The export is
    logged: it names people and their accounts.
    """
    call = Call.objects.visible_to(user).get(pk=params["call"])
    lines = Lines(chosen(user, params), call, params["language"], advance)
    with NamedTemporaryFile(suffix=f".{params['format']}") as file:
        WRITERS[params["format"]](Path(file.name), lines)
        access.log_list(
            user,
            lines.queryset,
            subject="applications.application",
            count=lines.count,
            detail=f"{call.programme} {call.year} {params['format']}",
        )
        with Path(file.name).open("rb") as content:
            yield Export(content, file_name(call, params["format"]), lines.count)


@dataclass(frozen=True)
class Export:
    content: BinaryIO
    name: str
    count: int


class Lines:
    """The rows of one list as they are read, counted."""

    def __init__(self, queryset, call: Call, language: str, advance=None):
        self.queryset, self.call, self.language = queryset, call, language
        self.advance = advance or (lambda _done: None)
        self.count = 0
        self.columns = COLUMNS[Programme(call.programme)]
        self.heads = titles(call.programme, language)

    def __iter__(self) -> Iterator[list[Any]]:
        programme = self.call.programme
        for line in rows(self.queryset, programme=programme, language=self.language):
            self.count += 1
            if self.count % CHUNK == 0:
                self.advance(self.count)
            yield line


def titles(programme: str, language: str) -> list[str]:
    with translation.override(language):
        return [capfirst(str(column.title)) for column in COLUMNS[Programme(programme)]]


FORMATS = {"amount": "#,##0.00", "day": "dd/mm/yyyy", "count": "0"}


def write_xlsx(path: Path, lines: Lines) -> None:
    """A sheet that reads from the right in Arabic, with real numbers and dates.

    Text stays text: no cell is ever a formula.
    """
    formats = {
        head: Format().set_num_format(FORMATS[column.kind])
        for head, column in zip(lines.heads, lines.columns, strict=True)
        if column.kind in FORMATS
    }
    named = (dict(zip(lines.heads, values, strict=True)) for values in lines)
    write_worksheet(
        _at_least_the_heads(named, lines.heads),
        str(path),
        sheet_name=f"{lines.call.programme.upper()} {lines.call.year}",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_width=18,
        column_formats=formats,
        sheet_view={"right_to_left": lines.language == "ar"},
    )


def _at_least_the_heads(lines: Iterator[dict], heads: list[str]) -> Iterator[dict]:
    """The writer takes its titles from the first row: an empty list has one too."""
    empty = True
    for line in lines:
        empty = False
        yield line
    if empty:
        yield dict.fromkeys(heads)


def write_csv(path: Path, lines: Lines) -> None:
    """UTF-8 with its mark, semicolons, ISO dates, a decimal point.

    A text that a spreadsheet would run as a formula is quoted with an apostrophe.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(lines.heads)
        for values in lines:
            writer.writerow([_harmless(value) for value in values])


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(RISKY):
        return f"'{value}"
    if isinstance(value, date | Decimal | int):
        return str(value)
    return value


WRITERS = {"xlsx": write_xlsx, "csv": write_csv}


def file_name(call: Call, format_: str) -> str:
    return f"{call.programme}-{call.year}-{timezone.localdate():%Y%m%d}.{format_}"
