"""The checks themselves: pure functions, each giving the evidence of every case."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from institutions import identifiers
from institutions.enums import Certificate, ContractForm, LegalBasis, SubProgramme
from institutions.findings.facts import Facts
from institutions.models import Document, Institution
from institutions.record import EnrolmentRow

SHOWN_CODES = 5
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
                "on": _day(last.expires_on),
                "unit": 0,
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


def child_twice(facts: Facts) -> Iterable[Case]:
    """Each side sees its own child only: never in which association the other is."""
    codes = [row.child.code for row in facts.enrolments if row.child_id in facts.twins]
    if codes:
        yield {"count": len(codes), "codes": _some(codes), "unit": 0}


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
            yield _case(row, year=facts.accounts_year)
    if facts.has_centres and None not in facts.with_accounts:
        name = facts.association.name
        yield {"name": name, "year": facts.accounts_year, "unit": 0}


def staff_not_declared(facts: Facts) -> Iterable[Case]:
    """Paid by the association and not declared to the CNSS."""
    count = sum(
        not member.is_cnss_declared and member.contract not in NOT_DECLARED_BY_US
        for member in facts.staff
    )
    if count:
        yield {"count": count, "unit": 0}


def certificate_missing(facts: Facts) -> Iterable[Case]:
    """No certificate of health at all, or none of school in a public school."""
    codes = [row.child.code for row in facts.enrolments if _lacks_certificate(row)]
    if codes:
        yield {"count": len(codes), "codes": _some(codes), "unit": 0}


def rsu_missing(facts: Facts) -> Iterable[Case]:
    codes = [row.child.code for row in facts.enrolments if not row.child.has_rsu]
    if codes:
        yield {"count": len(codes), "codes": _some(codes), "unit": 0}


def _lacks_certificate(enrolment: EnrolmentRow) -> bool:
    held = set(enrolment.certificates)
    in_school = enrolment.sub_programme == SubProgramme.B
    return not held & OF_HEALTH or (in_school and Certificate.SCHOOL not in held)


def _case(row: Institution, **evidence: Any) -> Case:
    return {"name": row.name, "unit": row.pk, **evidence}


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _some(values: list[str]) -> str:
    text = ", ".join(values[:SHOWN_CODES])
    return f"{text} …" if len(values) > SHOWN_CODES else text


def _isolated(text: str) -> str:
    """Left to right inside an Arabic sentence, whose page adds no markup."""
    return f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
