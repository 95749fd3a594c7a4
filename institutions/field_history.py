"""What the database kept of a row and of what hangs on it, as people read it.

Two questions: the keys of one page over all tables, then those rows beside what each
was before. Rows reach a reader through ``visible_to`` of the history (ADR 10).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, Func, JSONField, OuterRef, Q, Subquery, Value
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.languages import enumerated
from accounts.models import User
from institutions import models as record
from institutions.models import (
    Association,
    Centre,
    Child,
    Document,
    Institution,
    Membership,
    StaffMember,
)

PER_PAGE = 100
# Columns that say nothing to a reader.
SILENT = {
    "id",
    "version",
    "created_at",
    "file",
    "sha256",
    "mime",
    "size",
    "search_text",
}
# Known already to whoever reads of a row that hangs on another.
OWNERS = ("association", "institution", "centre", "child")
LABELS = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("removed"),
}
# What tells one row from its neighbours.
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    record.BoardMember: ("role", "name"),
    record.Membership: ("user", "role"),
    record.Headcount: ("year", "category", "level", "sex"),
    record.StaffCount: ("year", "employer", "function", "sex"),
    record.UnmetRequests: ("year", "sex"),
    record.SeasonCount: ("season", "stay", "group", "sex"),
    record.FundingLine: ("year", "purpose", "source"),
    record.FunctionCount: ("year", "function", "engagement"),
    record.AccountLine: ("year", "kind", "source"),
    record.Enrolment: ("child", "year"),
    record.StaffMember: ("year", "speciality"),
    record.Document: ("type",),
}
OF_INSTITUTION = (
    record.Headcount,
    record.StaffCount,
    record.UnmetRequests,
    record.SeasonCount,
    record.FundingLine,
    record.FunctionCount,
    record.AccountLine,
)
# Tables read for each model, with the way from their rows to the object.
TABLES: dict[type[models.Model], list[tuple[type[models.Model], str]]] = {
    Association: [
        (Association, "pgh_obj"),
        (record.BoardMember, "association"),
        (record.Membership, "association"),
        (record.AccountLine, "association"),
    ],
    Institution: [
        (Institution, "pgh_obj"),
        *((model, "institution") for model in OF_INSTITUTION),
    ],
    Centre: [
        (Centre, "pgh_obj"),
        (record.Enrolment, "centre"),
        (record.StaffMember, "centre"),
    ],
    Child: [(Child, "pgh_obj"), (record.Enrolment, "child")],
    StaffMember: [(StaffMember, "pgh_obj")],
    Document: [(Document, "pgh_obj")],
    Membership: [(Membership, "pgh_obj")],
}


class RowAsJson(Func):
    """The whole row of the table being read; a call has a limit of arguments."""

    output_field = JSONField()
    arity = 0

    def as_sql(self, compiler: Any, connection: Any, *_words: Any, **_more: Any) -> Any:
        alias = compiler.query.get_initial_alias()
        return f"to_jsonb({compiler.quote_name_unless_alias(alias)})", []


@dataclass(frozen=True)
class Change:
    """One field in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """What happened to one row. ``thing``: its table and what tells it apart."""

    thing: str
    event: str
    changes: list[Change]


@dataclass
class Group:
    """What one request or one piece of work did at one moment."""

    at: datetime
    who: str
    how: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    groups: list[Group]
    number: int
    has_next: bool


def history_of(model: type[models.Model]) -> Any:
    return model.history.rel.related_model  # type: ignore[attr-defined]


def page(row: Any, user: Any, *, number: int = 1) -> Page:
    """One page of what happened to ``row``, the latest first."""
    tables = {model._meta.model_name or "": (model, q) for model, q in _tables(row)}
    keys = _keys(tables, user, number)
    found = _rows(tables, user, keys[:PER_PAGE])
    names = Names(found)
    groups = [
        _group(list(rows), names)
        for _key, rows in groupby(found, key=lambda kept: (kept.at, kept.context_id))
    ]
    return Page(
        groups=[group for group in groups if group.rows],
        number=number,
        has_next=len(keys) > PER_PAGE,
    )


def _tables(row: Any) -> list[tuple[type[models.Model], Q]]:
    found = []
    for model, way in TABLES[type(row)]:
        of_row = Q(**{way: row.pk})
        if isinstance(row, Association) and model is record.AccountLine:
            # Those of an institution stand in its own history, with its readers.
            of_row &= Q(institution=None)
        found.append((model, of_row))
    return found


def _keys(tables: Any, user: Any, number: int) -> list[tuple[str, int]]:
    start = (number - 1) * PER_PAGE
    first, *others = [
        history_of(model)
        .objects.visible_to(user)
        .filter(of_row)
        .order_by()
        .values_list(Value(name, output_field=CharField()), "pgh_id", "pgh_created_at")
        for name, (model, of_row) in tables.items()
    ]
    rows = first.union(*others, all=True) if others else first
    # By position: when it was, then which row.
    rows = rows.order_by("-pgh_created_at", "-pgh_id")
    return [(name, pk) for name, pk, _at in rows[start : start + PER_PAGE + 1]]


@dataclass(frozen=True)
class Kept:
    """A row of a history as it was read."""

    model: type[models.Model]
    pk: int
    at: datetime
    context_id: Any
    context: dict[str, Any]
    event: str
    data: dict[str, Any]
    before: dict[str, Any]


def _rows(tables: Any, user: Any, keys: list[tuple[str, int]]) -> list[Kept]:
    if not keys:
        return []
    queries = []
    for name in dict.fromkeys(name for name, _pk in keys):
        history = history_of(tables[name][0])
        earlier = history.objects.filter(
            pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id")
        ).order_by("-pgh_id")
        shown = [pk for table, pk in keys if table == name]
        queries.append(
            history.objects.visible_to(user)
            .filter(pk__in=shown)
            .order_by()
            .values_list(
                Value(name, output_field=CharField()),
                "pgh_id",
                "pgh_created_at",
                "pgh_context_id",
                "pgh_context",
                "pgh_label",
                RowAsJson(),
                Subquery(earlier.values(row=RowAsJson())[:1]),
            )
        )
    first, *others = queries
    found = {
        (name, pk): Kept(tables[name][0], pk, at, key, context or {}, *rest)
        for name, pk, at, key, context, *rest in (
            first.union(*others, all=True) if others else first
        )
    }
    return [found[key] for key in keys if key in found]


class Names:
    """Names of the rows that foreign keys lead to, one question for each table."""

    def __init__(self, rows: Iterable[Kept]):
        wanted: dict[type[models.Model], set[Any]] = {User: set()}
        for kept in rows:
            if kept.context.get("user"):
                wanted[User].add(kept.context["user"])
            for column in columns(kept.model):
                if isinstance(column, models.ForeignKey):
                    keys = {
                        d.get(column.attname) for d in (kept.data, kept.before or {})
                    }
                    target = column.related_model
                    wanted.setdefault(target, set()).update(keys - {None})
        self.found = {model: _named(model, keys) for model, keys in wanted.items()}

    def of(self, model: Any, pk: Any) -> str:
        return self.found.get(model, {}).get(pk, "")


def _named(model: type[models.Model], keys: set[int]) -> dict[int, str]:
    """Children by their code: nothing of an identity is read."""
    if not keys:
        return {}
    rows: Any = model._base_manager.filter(pk__in=keys)
    if model is Child:
        return dict(rows.values_list("pk", "code"))
    if model is User:
        return {u.pk: f"{u.name} ({u.get_role_display()})" for u in rows}
    return {row.pk: getattr(row, "name", str(row)) for row in rows}


def columns(model: type[models.Model]) -> list[Any]:
    """Those the history keeps and a reader understands."""
    kept = {column.name for column in history_of(model)._meta.concrete_fields}
    return [
        column for column in model._meta.concrete_fields if column.name in kept - SILENT
    ]


def _group(rows: list[Kept], names: Names) -> Group:
    first = rows[0]
    read = [_row(kept, names) for kept in rows]
    return Group(
        at=localtime(first.at),
        who=names.of(User, first.context.get("user")) or _("the portal itself"),
        how=_how(first.context),
        rows=[row for row in read if row.changes or row.event != LABELS["update"]],
    )


def _how(context: dict[str, Any]) -> str:
    """Empty for a page that somebody used."""
    if context.get("job"):
        return _("automatic work: %(name)s") % {"name": context["job"]}
    if context.get("command"):
        return _("command of the operator: %(name)s") % {"name": context["command"]}
    return "" if context.get("user") else _("origin not recorded")


def _row(kept: Kept, names: Names) -> Row:
    keys = KEYS.get(kept.model, ())
    after = {} if kept.event == "delete" else kept.data
    before = kept.data if kept.event == "delete" else (kept.before or {})
    if kept.event == "insert":
        before = {}
    known = {*keys, *OWNERS} if keys else set()
    told = [
        Change(
            capfirst(str(column.verbose_name)),
            shown(column, before.get(column.attname), names),
            shown(column, after.get(column.attname), names),
        )
        for column in columns(kept.model)
        if before.get(column.attname) != after.get(column.attname)
        and (kept.event == "update" or column.name not in known)
    ]
    apart = [shown(kept.model._meta.get_field(k), _value(kept, k), names) for k in keys]
    return Row(
        thing=" · ".join(
            filter(None, [capfirst(str(kept.model._meta.verbose_name)), *apart])
        ),
        event=str(LABELS[kept.event]),
        changes=[change for change in told if change.before != change.after],
    )


def _value(kept: Kept, name: str) -> Any:
    column: Any = kept.model._meta.get_field(name)
    return kept.data.get(column.attname)


def shown(column: Any, value: Any, names: Names) -> str:
    """A value as people read it; nothing is an empty text."""
    if value is None or value in ("", []):
        return ""
    if isinstance(column, models.ForeignKey):
        return names.of(column.related_model, value) or str(value)
    if isinstance(column, ArrayField):
        labels = dict(column.base_field.choices or ())
        return enumerated(labels.get(item, item) for item in value)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return _plain(column, value)


def _plain(column: Any, value: Any) -> str:
    if isinstance(column, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(column, models.DateTimeField):
        at = parse_datetime(value)
        return f"{localtime(at):%d/%m/%Y %H:%M}" if at else value
    if isinstance(column, models.DateField):
        day = parse_date(value)
        return f"{day:%d/%m/%Y}" if day else value
    if isinstance(column, models.DecimalField):
        return f"{value:,.{column.decimal_places}f}".replace(
            ",", "\N{NO-BREAK SPACE}"
        ).replace(".", ",")
    return str(value)
