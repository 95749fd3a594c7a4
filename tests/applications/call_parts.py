"""The pages of the parts of a call: made full, opened, sent back."""

from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Programme
from applications.enums import Level
from applications.forms import call_rows
from applications.models import (
    CallDocument,
    Criterion,
    EpsRate,
    FindingLevel,
    InstalmentShare,
    SchoolingRate,
)
from institutions.enums import Category, Degree, ServiceLevel, SubProgramme
from tests.applications.test_admin_calls import inputs
from tests.factories import (
    CallFactory,
    DocumentTypeFactory,
    EnvelopeFactory,
    region,
)

CODES = ["documents", "criteria", "rates", "levels", "instalments", "envelopes"]
LIGHT = 60_000
LONG = "نسخة مطابقة للأصل، لا تتجاوز ثلاثة أشهر، موقعة من رئيس الجمعية"
REGIONS = [f"{rank:02d}" for rank in range(1, 13)]


def url(page, call, language="ar"):
    with override(language):
        return reverse(f"admin:applications_call_{page}", args=[call.pk])


def bare(programme=Programme.EPS):
    """A call without any part."""
    call = CallFactory(programme=programme, year=2031, is_published=False)
    for rows in (call.criteria, call.eps_rates, call.schooling_rates):
        rows.all().delete()
    call.instalment_shares.all().delete()
    return call


def add_document(call, rank):
    CallDocument.objects.create(
        call=call, type=DocumentTypeFactory(), hint_ar=LONG, hint_fr=LONG, rank=rank
    )


def add_criterion(call, rank):
    Criterion.objects.create(call=call, name_ar=LONG, name_fr=LONG, rank=rank)


def add_rate(call, rank):
    if call.programme == Programme.EPS:
        keys = [(row, level) for row in Category for level in ServiceLevel]
        category, level = keys[rank]
        EpsRate.objects.create(call=call, category=category, level=level, amount=1200)
    else:
        keys = [(row, degree) for row in SubProgramme for degree in ["", *Degree]]
        sub, degree = keys[rank]
        SchoolingRate.objects.create(
            call=call, sub_programme=sub, degree=degree, amount=1200
        )


def add_level(call, rank):
    code = list(call_rows.defaults(call.programme))[rank]
    FindingLevel.objects.create(call=call, code=code, level=Level.OFF, parameter=5)


def add_share(call, rank):
    InstalmentShare.objects.create(call=call, rank=rank + 1, percent=25)


def add_envelope(call, rank):
    EnvelopeFactory(call=call, region=region(REGIONS[rank]), amount=84_000_000)


ADDERS = dict(
    zip(
        CODES,
        [add_document, add_criterion, add_rate, add_level, add_share, add_envelope],
        strict=True,
    )
)


def count_of(code, call):
    """Rows of a full part."""
    full = {"documents": 20, "criteria": 10, "instalments": 4, "envelopes": 12}
    rates = {Programme.EPS: 21, Programme.SCHOOLING: 12}
    levels = len(call_rows.defaults(call.programme))
    return {**full, "rates": rates[call.programme], "levels": levels}[code]


def full(programme):
    call = bare(programme)
    for code, add in ADDERS.items():
        for rank in range(count_of(code, call)):
            add(call, rank)
    return call


def save(client, code, call, **changes):
    """The page sent back as a browser would, with some fields changed."""
    page = client.get(url(code, call))
    data = inputs(page) | changes
    data = {key: value for key, value in data.items() if value is not None}
    return client.post(url(code, call), data)


def field_of(client, code, call, words):
    """The name of the field of one row, found by its label."""
    formset = client.get(url(code, call)).context["inline_admin_formsets"][0].formset
    rows = {form.words: form for form in formset.forms}
    return rows[words].add_prefix(formset.value)
