"""Rounds and calls of the demonstration, with plausible rules and tariffs.

Orders of magnitude: domain.md, sections 2.3 and 3.4. The figures themselves are made
up: no official tariff was found.
"""

from datetime import date, time
from decimal import Decimal

from accounts.enums import Programme
from accounts.models import User
from applications import calls
from applications.demo.clock import Season, at, aware
from applications.demo.record import CATEGORIES, Record
from applications.enums import Level
from applications.models import (
    Call,
    CallDocument,
    Criterion,
    Envelope,
    EpsRate,
    FindingLevel,
    InstalmentShare,
    SchoolingRate,
)
from institutions.enums import Category, Degree, ServiceLevel, SubProgramme
from institutions.models import DocumentType, UpdateRound
from territories.models import Region

TITLES = {
    Programme.EPS: (
        "الإعلان عن تلقي طلبات دعم مؤسسات الرعاية الاجتماعية برسم سنة {year}",
        "Appel à demandes d’appui aux établissements de protection sociale, {year}",
    ),
    Programme.SCHOOLING: (
        "الإعلان عن تلقي طلبات دعم تمدرس الأطفال في وضعية إعاقة برسم سنة {year}",
        "Appel à demandes d’appui à la scolarisation des enfants en situation de "
        "handicap, {year}",
    ),
}
SUMMARIES = {
    Programme.EPS: (
        "دعم سنوي لتسيير المؤسسات التي تديرها الجمعيات: طلب واحد عن كل مؤسسة، بعد "
        "تأكيد تحيين المعطيات.",
        "Appui annuel au fonctionnement des établissements gérés par des "
        "associations : une demande par établissement, après confirmation de la mise "
        "à jour.",
    ),
    Programme.SCHOOLING: (
        "دعم الخدمات المقدمة للأطفال في وضعية إعاقة داخل المراكز المختصة والمؤسسات "
        "التعليمية العمومية: طلب واحد عن كل جمعية.",
        "Appui aux services rendus aux enfants en situation de handicap, en centre "
        "spécialisé ou en école publique : une demande par association.",
    ),
}
FUNDING = {
    Programme.EPS: ("ميزانية التعاون الوطني", "Budget de l’Entraide Nationale"),
    Programme.SCHOOLING: (
        "صندوق دعم الحماية الاجتماعية والتماسك الاجتماعي",
        "Fonds d’appui à la protection sociale et à la cohésion sociale",
    ),
}
# Code of the type → required.
DOCUMENTS = {
    Programme.EPS: {
        "request_letter": True,
        "receipt": True,
        "board_list": True,
        "assembly_minutes": False,
        "activity_report": True,
        "financial_report": True,
        "rib_certificate": True,
        "authorisation": False,
        "insurance": True,
        "special_specifications": False,
    },
    Programme.SCHOOLING: {
        "request_letter": True,
        "receipt": True,
        "board_list": True,
        "assembly_minutes": False,
        "activity_report": True,
        "financial_report": True,
        "auditor_report": False,
        "rib_certificate": True,
        "cnss_certificate": False,
    },
}
# Arabic, French, points at most: a hundred in all.
CRITERIA = [
    ("جودة الخدمات المقدمة للمستفيدين", "Qualité des services rendus", 30),
    ("التدبير الإداري والمالي", "Gestion administrative et financière", 25),
    ("التأطير والموارد البشرية", "Encadrement et personnel", 25),
    ("الشراكات والتمويلات الأخرى", "Partenariats et autres financements", 20),
]
FULL_RATES = {
    Category.STUDENTS: 2400,
    Category.CHILDREN: 3600,
    Category.ABANDONED: 6000,
    Category.ELDERLY: 5400,
    Category.DISABILITY: 7500,
    Category.PERSONS: 3600,
    Category.WOMEN: 3000,
}
# Per cent of the rate for full service, and the least that is paid.
LEVEL_SHARES = {ServiceLevel.FULL: 100, ServiceLevel.PARTIAL: 75, ServiceLevel.DAY: 60}
LEAST_RATE = 1800
MONTHLY_RATES = {
    (SubProgramme.A, Degree.MILD): 900,
    (SubProgramme.A, Degree.MODERATE): 1050,
    (SubProgramme.A, Degree.PROFOUND): 1200,
    (SubProgramme.B, ""): 700,
    (SubProgramme.C, ""): 400,
}
LEVELS = {
    "rib_key_wrong": (Level.BLOCKING, None),
    "document_missing": (Level.BLOCKING, None),
    "document_expired": (Level.BLOCKING, None),
    "previous_year_unsettled": (Level.WARNING, None),
    "not_funded_last_year": (Level.OFF, None),
    # Said once: by the record, not again by the file.
    "over_capacity": (Level.WARNING, None),
    "file_over_capacity": (Level.OFF, None),
    "child_outside_ages": (Level.WARNING, None),
    "budget_differs": (Level.WARNING, Decimal(10)),
}
SHARES = {Programme.EPS: (60, 40), Programme.SCHOOLING: (40, 30, 30)}
OPEN_AT, CLOSE_AT = time(9), time(16, 30)
# What an envelope is, against all that the region could ask for.
ENVELOPE_SHARE = Decimal("0.62")
TEN_THOUSAND = Decimal(10_000)


def make_round(season: Season) -> UpdateRound:
    round_, _created = UpdateRound.objects.get_or_create(
        year=season.year,
        defaults={
            "opens_on": season.day(Season.ROUND_OPENS),
            "due_on": season.day(Season.ROUND_DUE),
            "headcount_on": date(season.year - 1, 6, 30),
            "school_year": season.year - 1,
            "accounts_year": season.year - 2,
        },
    )
    return round_


def make_call(
    programme: Programme, season: Season, *, actor: User, records: list[Record]
) -> Call:
    """This year's call: the first one from the rules above, then clones."""
    known = Call.objects.filter(programme=programme, year=season.year).first()
    if known is not None:
        return known
    last = Call.objects.filter(programme=programme, year=season.year - 1).first()
    opens_at = aware(season.day(Season.OPENS), OPEN_AT)
    with at(opens_at):
        if last is not None:
            call = calls.clone(last.pk, actor=actor, year=season.year)
        else:
            call = _first(programme, season)
        _adjust(call, season)
        _give_envelopes(call, records)
        return calls.publish(call.pk, actor=actor)


def _first(programme: Programme, season: Season) -> Call:
    call = Call(
        programme=programme,
        year=season.year,
        appeal_days=30,
        child_prevalence_percent=None,
        **_dates(season),
        **_words(programme, season.year),
    )
    if programme == Programme.SCHOOLING:
        call.child_ceiling_amount = Decimal(12_000)
        call.association_ceiling_amount = Decimal(900_000)
        call.max_months, call.age_min, call.age_max = 10, 4, 18
    call.save()
    _parts(call)
    return call


def _adjust(call: Call, season: Season) -> None:
    """The words and dates of the year."""
    for name, value in (
        _words(Programme(call.programme), season.year) | _dates(season)
    ).items():
        setattr(call, name, value)
    call.full_clean()
    call.save()


def _dates(season: Season) -> dict:
    return {
        "opens_at": aware(season.day(Season.OPENS), OPEN_AT),
        "closes_at": aware(season.day(Season.CLOSES), CLOSE_AT),
    }


def _words(programme: Programme, year: int) -> dict[str, str]:
    texts = {
        "name": [title.format(year=year) for title in TITLES[programme]],
        "summary": SUMMARIES[programme],
        "funding_source": FUNDING[programme],
    }
    return {
        f"{name}_{language}": text
        for name, pair in texts.items()
        for language, text in zip(("ar", "fr"), pair, strict=True)
    }


def _parts(call: Call) -> None:
    types = DocumentType.objects.in_bulk(field_name="code")
    programme = Programme(call.programme)
    CallDocument.objects.bulk_create(
        CallDocument(call=call, type=types[code], is_required=required, rank=rank)
        for rank, (code, required) in enumerate(DOCUMENTS[programme].items(), start=1)
    )
    Criterion.objects.bulk_create(
        Criterion(call=call, name_ar=ar, name_fr=fr, max_score=most, rank=rank)
        for rank, (ar, fr, most) in enumerate(CRITERIA, start=1)
    )
    FindingLevel.objects.bulk_create(
        FindingLevel(call=call, code=code, level=level, parameter=limit)
        for code, (level, limit) in LEVELS.items()
    )
    InstalmentShare.objects.bulk_create(
        InstalmentShare(call=call, rank=rank, percent=percent)
        for rank, percent in enumerate(SHARES[programme], start=1)
    )
    _rates(call)


def _rates(call: Call) -> None:
    if call.programme == Programme.SCHOOLING:
        SchoolingRate.objects.bulk_create(
            SchoolingRate(call=call, sub_programme=sub, degree=degree, amount=amount)
            for (sub, degree), amount in MONTHLY_RATES.items()
        )
        return
    EpsRate.objects.bulk_create(
        EpsRate(call=call, category=category, level=level, amount=rate(category, level))
        for category in FULL_RATES
        for level in LEVEL_SHARES
    )


def rate(category: str, level: str) -> Decimal:
    share = FULL_RATES[Category(category)] * LEVEL_SHARES[ServiceLevel(level)] // 100
    return Decimal(max(share, LEAST_RATE))


def _give_envelopes(call: Call, records: list[Record]) -> None:
    """By what the units of each region could ask for; the least is half a million."""
    could_ask = dict.fromkeys(Region.objects.order_by("code"), Decimal(0))
    for record in records:
        could_ask[record.association.delegation.region] += _could_ask(call, record)
    for region, amount in could_ask.items():
        rounded = (amount * ENVELOPE_SHARE / TEN_THOUSAND).quantize(Decimal(1))
        given = max(rounded * TEN_THOUSAND, Decimal(500_000))
        Envelope.objects.update_or_create(
            call=call, region=region, defaults={"amount": given}
        )


def _could_ask(call: Call, record: Record) -> Decimal:
    if call.programme == Programme.SCHOOLING:
        return Decimal(len(record.centres) * 23 * 9_500)
    return sum(
        (
            rate(CATEGORIES[row.institution_class], ServiceLevel.FULL) * row.capacity
            for row in record.institutions
        ),
        Decimal(0),
    )
