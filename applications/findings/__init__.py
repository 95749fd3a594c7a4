"""Automatic checks of a file: those of its record, and those that need its call.

A call stores code → level and limit; the record's own checks come from
``institutions.findings`` (product.md, section 6; decision 46).
"""

from dataclasses import replace
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from applications.enums import Level
from applications.findings.checks import ZERO, Evidence
from applications.findings.registry import CHECKS, REGISTRY, Check
from applications.models import Application, Call, FindingLevel
from applications.reading import Reading
from institutions import findings as of_record
from institutions.findings import Finding

__all__ = [
    "CHECKS",
    "REGISTRY",
    "Check",
    "Finding",
    "blocking",
    "check",
    "levels",
    "unanswered",
    "with_levels",
]

Levels = dict[str, tuple[str, Decimal | None]]


def levels(call: Call) -> Levels:
    """What the call makes of each check: code → level, limit."""
    rows = FindingLevel.objects.filter(call=call).order_by()
    return {row.code: (row.level, row.parameter) for row in rows}


def with_levels(rows: QuerySet) -> QuerySet:
    """Files with the levels of their call, in the same question."""
    limit = Cast("parameter", TextField())
    of_call = FindingLevel.objects.filter(call=OuterRef("call")).order_by()
    row = JSONObject(code="code", level="level", limit=limit)
    return rows.annotate(call_levels=ArraySubquery(of_call.values(row=row)))


def _levels_of(application: Application) -> Levels:
    kept = getattr(application, "call_levels", None)
    if kept is None:
        return levels(application.call)
    return {
        row["code"]: (row["level"], Decimal(row["limit"]) if row["limit"] else None)
        for row in kept
    }


def check(application: Application, *, reading: Reading | None = None) -> list[Finding]:
    """Every finding of the file, those the call does not ask for left out.

    ``reading``: what was read of the file already.
    """
    reading = reading or Reading(application)
    chosen = _levels_of(application)
    found = [
        replace(finding, level=chosen.get(finding.code, (finding.level, None))[0])
        for finding in of_record.check(
            reading.record, institution=application.institution
        )
    ]
    for item in CHECKS:
        level, parameter = chosen.get(item.code, (item.level, None))
        if application.programme not in item.programmes or level == Level.OFF:
            continue
        limit = item.parameter if parameter is None else parameter
        evidence = item.run(reading, limit if limit is not None else ZERO)
        if evidence is not None:
            found.append(_finding(item, level, evidence, application))
    return [finding for finding in found if finding.level != Level.OFF]


def blocking(reading: Reading) -> list[Finding]:
    """What keeps the file from being submitted."""
    found = check(reading.application, reading=reading)
    return [finding for finding in found if finding.level == Level.BLOCKING]


def unanswered(application: Application) -> list[Finding]:
    """What a reviewer has not set aside yet."""
    aside = set(application.finding_answers.values_list("code", flat=True))
    return [f for f in check(application) if f.code not in aside]


def _finding(
    item: Check, level: str, evidence: Evidence, application: Application
) -> Finding:
    return Finding(
        code=item.code,
        level=level,
        message=evidence.message,
        evidence=evidence.values,
        url=reverse("applications:section", args=[application.pk, evidence.section]),
    )
