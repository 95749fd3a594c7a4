"""The checks themselves: pure functions, each giving the evidence of every case.

A case about an institution or a centre names it by ``institution`` or ``centre``: that
says who may read it. ``unit``: that of the section where it is mended.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from institutions import identifiers
from institutions.enums import (
    AccountKind,
    Certificate,
    ContractForm,
    FundingPurpose,
    LegalBasis,
    SubProgramme,
)
from institutions.findings.facts import Facts
from institutions.models import Centre, Document, Institution
from institutions.record import EnrolmentRow
from institutions.years import year_label

SHOWN_CODES = 5
NBSP = "\N{NO-BREAK SPACE}"
ZERO = Decimal("0.00")
OF_HEALTH = {Certificate.INCAPACITY, Certificate.DISABILITY, Certificate.MEDICAL}
NOT_DECLARED_BY_US = (ContractForm.VOLUNTEER, ContractForm.SECONDED)

Case = dict[str, Any]


def over_capacity(facts: Facts) -> Iterable[Case]:
    for row in facts.institutions:
        count = facts.heads.get(row.pk, 0)
        if count > row.capacity:
            yield _case(row, count=count, capacity=row.capacity)


def not_authorised(facts: Facts) -> Iterable[Case]:
    for row in facts.institutions:
        if row.legal_basis == LegalBasis.NONE:
            yield _case(row, reason=row.no_authorisation_reason)


def authorisation_expired(facts: Facts) -> Iterable[Case]:
    """Good until the day itself, inclusive."""
    for row in facts.institutions:
        day = row.authorisation_expires_on
        if day and day < facts.today:
            yield _case(row, on=_day(day))


def document_expired(facts: Facts) -> Iterable[Case]:
    """All those of one type about one thing have expired."""
    groups: dict[tuple, list[Document]] = defaultdict(list)
    for document in facts.documents:
        key = (document.type_id, document.institution_id, document.centre_id)
        groups[key].append(document)
    for kept in groups.values():
        if all(document.is_expired(facts.today) for document in kept):
            last = max(kept, key=lambda document: document.expires_on or facts.today)
            yield {
                "document": last.type.name,
                "type": last.type.code,
                "on": _day(last.expires_on),
                "unit": 0,
                "institution": last.institution_id,
                "centre": last.centre_id,
            }


def board_term_expired(facts: Facts) -> Iterable[Case]:
    day = facts.association.board_ends_on
    if day and day < facts.today:
        yield {"on": _day(day), "unit": 0}


def rib_key_wrong(facts: Facts) -> Iterable[Case]:
    """An import may bring what the form would have refused."""
    rib = facts.association.rib
    if rib:
        try:
            identifiers.check_rib(rib)
        except ValidationError:
            yield {"rib": identifiers.format_rib(rib), "unit": 0}


def ice_key_wrong(facts: Facts) -> Iterable[Case]:
    ice = facts.association.ice
    if ice and identifiers.warn_ice(ice):
        yield {"ice": ice, "unit": 0}


def rib_of_another(facts: Facts) -> Iterable[Case]:
    """Once held by another association, or given by one that asks to join.

    Two current associations cannot hold the same one. Which other is never said.
    """
    if facts.has_rib_of_another:
        rib = identifiers.format_rib(facts.association.rib)
        yield {"rib": rib, "unit": 0}


def no_committee(facts: Facts) -> Iterable[Case]:
    """Said to have none; an answer not given is not a finding."""
    for row in facts.institutions:
        if row.has_management_committee is False:
            yield _case(row)


def centre_over_capacity(facts: Facts) -> Iterable[Case]:
    children = facts.children_counts
    if children is None:
        children = Counter(row.centre_id for row in facts.enrolments)
    for centre in facts.centres:
        count = children.get(centre.pk, 0)
        if count > centre.capacity:
            yield _of_centre(centre, count=count, capacity=centre.capacity)


def child_twice(facts: Facts) -> Iterable[Case]:
    """Each side sees its own child only: never in which association the other is."""
    return _children(facts, lambda row: row.child_id in facts.twins)


def card_expired(facts: Facts) -> Iterable[Case]:
    """The disability card; good until the day itself, inclusive."""
    return _children(facts, lambda row: _is_past(row.child.card_expires_on, facts))


def headcount_changed(facts: Facts) -> Iterable[Case]:
    """By more than the percentage of the update round, either way."""
    for row in facts.institutions:
        before, now = facts.heads_before.get(row.pk), facts.heads.get(row.pk)
        if not before or now is None:
            continue
        if abs(now - before) * 100 > facts.change_percent * before:
            percent = round((now - before) * 100 / before)
            yield _case(
                row, before=before, now=now, percent=_isolated(f"{percent:+d}%")
            )


def accounts_missing(facts: Facts) -> Iterable[Case]:
    for row in facts.institutions:
        if row.pk not in facts.with_accounts:
            yield _case(row, year=_accounts_year(facts))
    if facts.centres and None not in facts.with_accounts:
        name = facts.association.name
        yield {"name": name, "year": _accounts_year(facts), "unit": 0}


def _accounts_year(facts: Facts) -> str:
    """In full, as the association works: 2025, or 2025/2026."""
    return _isolated(year_label(facts.accounts_year, facts.association.working_year))


def revenue_differs(facts: Facts) -> Iterable[Case]:
    """The institutions together declare more revenue than the association."""
    revenue = [row for row in facts.accounts if row.kind == AccountKind.REVENUE]
    of_whole = [row.amount for row in revenue if row.institution_id is None]
    of_parts = [row.amount for row in revenue if row.institution_id is not None]
    whole, parts = sum(of_whole, ZERO), sum(of_parts, ZERO)
    if of_whole and of_parts and parts > whole:
        yield {
            "whole": _money(whole),
            "parts": _money(parts),
            "year": _accounts_year(facts),
            "unit": 0,
        }


def funding_differs(facts: Facts) -> Iterable[Case]:
    """What the sources of a student house add up to, beside its revenue."""
    for row in facts.institutions:
        given = [
            line.number
            for line in facts.funding
            if line.institution_id == row.pk and line.group == FundingPurpose.OPERATION
        ]
        revenue = [
            line.amount
            for line in facts.accounts
            if line.institution_id == row.pk and line.kind == AccountKind.REVENUE
        ]
        sources, total = sum(given, ZERO), sum(revenue, ZERO)
        if given and revenue and sources != total:
            yield _case(
                row,
                sources=_money(sources),
                revenue=_money(total),
                year=_accounts_year(facts),
            )


def staff_not_declared(facts: Facts) -> Iterable[Case]:
    """Paid by the association and not declared to the CNSS."""
    for centre in facts.centres:
        count = sum(
            row.centre_id == centre.pk
            and not row.is_cnss_declared
            and row.contract not in NOT_DECLARED_BY_US
            for row in facts.staff
        )
        if count:
            yield _of_centre(centre, count=count)


def house_staff_not_declared(facts: Facts) -> Iterable[Case]:
    """The same in a student house, where staff is counted by function."""
    for row in facts.institutions:
        count = facts.undeclared.get(row.pk, 0)
        if count:
            yield _case(row, count=count)


def certificate_missing(facts: Facts) -> Iterable[Case]:
    """No certificate of health at all, or none of school in a public school."""
    return _children(facts, _lacks_certificate)


def rsu_missing(facts: Facts) -> Iterable[Case]:
    return _children(facts, lambda row: not row.child.has_rsu)


def _children(facts: Facts, is_wrong: Callable[[EnrolmentRow], bool]) -> Iterable[Case]:
    """By centre, for a centre says which delegations may read of its children."""
    wrong = _by_centre(row for row in facts.enrolments if is_wrong(row))
    for centre in facts.centres:
        codes = [row.child.code for row in wrong.get(centre.pk, ())]
        if codes:
            yield _of_centre(centre, count=len(codes), codes=_some(codes))


def _by_centre(rows: Iterable[EnrolmentRow]) -> dict[int, list[EnrolmentRow]]:
    found: dict[int, list[EnrolmentRow]] = defaultdict(list)
    for row in rows:
        found[row.centre_id].append(row)
    return found


def _is_past(day: date | None, facts: Facts) -> bool:
    return bool(day and day < facts.today)


def _lacks_certificate(enrolment: EnrolmentRow) -> bool:
    held = set(enrolment.certificates)
    in_school = enrolment.sub_programme == SubProgramme.B
    return not held & OF_HEALTH or (in_school and Certificate.SCHOOL not in held)


def _case(row: Institution, **evidence: Any) -> Case:
    return {"name": row.name, "unit": row.pk, "institution": row.pk, **evidence}


def _of_centre(centre: Centre, **evidence: Any) -> Case:
    return {"name": centre.name, "unit": centre.pk, "centre": centre.pk, **evidence}


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _money(amount: Decimal) -> str:
    """The same in both languages, so that kept evidence does not seem to change."""
    text = f"{amount:,.2f}".replace(",", NBSP).replace(".", ",")
    return _isolated(text)


def _some(values: list[str]) -> str:
    text = ", ".join(values[:SHOWN_CODES])
    return f"{text} …" if len(values) > SHOWN_CODES else text


def _isolated(text: str) -> str:
    """Left to right inside an Arabic sentence, whose page adds no markup."""
    return f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
