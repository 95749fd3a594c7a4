"""Automatic checks of a file: those of its record, and those that need its call.

A call stores code → level and limit; the record's own checks come from
``institutions.findings`` (product.md, section 6; decision 46).
"""

from dataclasses import replace
from decimal import Decimal

from django.urls import reverse

from applications.enums import Level
from applications.findings.checks import ZERO, Evidence
from applications.findings.registry import CHECKS, REGISTRY, Check
from applications.models import Application, Call
from institutions.findings import Finding, check_record

__all__ = [
    "CHECKS",
    "REGISTRY",
    "Check",
    "Finding",
    "blocking",
    "check",
    "levels",
    "unanswered",
]


def levels(call: Call) -> dict[str, tuple[str, Decimal | None]]:
    """What the call makes of each check: code → level, limit."""
    return {row.code: (row.level, row.parameter) for row in call.finding_levels.all()}


def check(application: Application) -> list[Finding]:
    """Every finding of the file, those the call does not ask for left out."""
    chosen = levels(application.call)
    found = [
        replace(finding, level=chosen.get(finding.code, (finding.level, None))[0])
        for finding in check_record(
            application.association,
            year=application.year,
            institution=application.institution,
        )
    ]
    for item in CHECKS:
        level, parameter = chosen.get(item.code, (item.level, None))
        if application.programme not in item.programmes or level == Level.OFF:
            continue
        limit = item.parameter if parameter is None else parameter
        evidence = item.run(application, limit if limit is not None else ZERO)
        if evidence is not None:
            found.append(_finding(item, level, evidence, application))
    return [finding for finding in found if finding.level != Level.OFF]


def blocking(application: Application) -> list[Finding]:
    """What keeps the file from being submitted."""
    return [f for f in check(application) if f.level == Level.BLOCKING]


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
