"""Each check of a file, just inside and just outside its limit."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import findings
from applications.enums import SettlementState, State
from applications.models import FindingAnswer, FindingLevel
from applications.reading import Reading
from institutions import findings as record_findings
from institutions import snapshots
from institutions.models import UpdateRound
from tests.factories import (
    AccountLineFactory,
    ApplicationFactory,
    AttachmentFactory,
    AwardFactory,
    CallDocumentFactory,
    CallFactory,
    CentreFactory,
    DelegateFactory,
    EnrolmentFactory,
    SettlementFactory,
)

pytestmark = pytest.mark.django_db
REFERENCE = date(2026, 10, 1)


def found(application, code):
    return [f for f in findings.check(application) if f.code == code]


def settled(application, **fields):
    """A settlement of last year's award of the same unit."""
    before = ApplicationFactory(
        call=CallFactory(programme=application.programme, year=application.year - 1),
        association=application.association,
        institution=application.institution,
        state=State.APPROVED,
        lines=False,
    )
    return SettlementFactory(award=AwardFactory(application=before), **fields)


@pytest.fixture
def schooling():
    """A file whose call takes children of 4 to 18 years."""
    call = CallFactory(schooling=True, age_min=4, age_max=18)
    application = ApplicationFactory(schooling=True, call=call)
    UpdateRound.objects.update(headcount_on=REFERENCE)
    application.refresh_from_db()
    return application


@pytest.mark.parametrize(
    ("born_on", "is_outside"),
    [
        (date(2022, 10, 1), False),  # 4 years that day
        (date(2022, 10, 2), True),  # 4 years the day after
        (date(2007, 10, 2), False),  # 18 years and 364 days
        (date(2007, 10, 1), True),  # 19 years that day
    ],
)
def test_child_outside_ages(schooling, born_on, is_outside):
    centre = CentreFactory(association=schooling.association)
    child = EnrolmentFactory(centre=centre, child__born_on=born_on).child
    seen = found(schooling, "child_outside_ages")
    assert [f.evidence["codes"] for f in seen] == ([child.code] if is_outside else [])


def test_children_of_another_association_are_not_looked_at(schooling):
    EnrolmentFactory(child__born_on=date(1990, 1, 1))
    assert found(schooling, "child_outside_ages") == []


@pytest.mark.parametrize("state", SettlementState)
def test_previous_year_unsettled(state):
    application = ApplicationFactory()
    settled(application, state=state)
    seen = found(application, "previous_year_unsettled")
    assert bool(seen) == (state != SettlementState.ACCEPTED)


def test_the_settlement_of_the_same_year_or_of_another_unit_is_not_counted():
    application = ApplicationFactory()
    settled(ApplicationFactory(association=application.association))
    settled(application, year=application.year)
    assert found(application, "previous_year_unsettled") == []


@pytest.mark.parametrize(
    ("surplus", "is_found"), [("1000.00", False), ("1000.01", True)]
)
def test_unspent_surplus(surplus, is_found):
    application = ApplicationFactory()
    FindingLevel.objects.create(
        call=application.call, code="unspent_surplus", level="warning", parameter=1000
    )
    settled(
        application, state=SettlementState.ACCEPTED, surplus_amount=Decimal(surplus)
    )
    assert bool(found(application, "unspent_surplus")) == is_found


def test_not_funded_last_year_is_asked_by_some_calls_only():
    application = ApplicationFactory()
    assert found(application, "not_funded_last_year") == []
    FindingLevel.objects.create(
        call=application.call, code="not_funded_last_year", level="blocking"
    )
    assert [f.level for f in found(application, "not_funded_last_year")] == ["blocking"]
    settled(application)
    assert found(application, "not_funded_last_year") == []


@pytest.mark.parametrize(("capacity", "is_found"), [(50, False), (49, True)])
def test_file_over_capacity(capacity, is_found):
    application = ApplicationFactory(
        institution__capacity_female=capacity, institution__capacity_male=0
    )
    FindingLevel.objects.create(
        call=application.call, code="file_over_capacity", level="warning"
    )
    assert bool(found(application, "file_over_capacity")) == is_found


@pytest.mark.parametrize(("whole", "is_found"), [(120_000, False), (119_999, True)])
def test_revenue_differs(whole, is_found):
    application = ApplicationFactory()
    line = AccountLineFactory(institution=application.institution)
    AccountLineFactory(
        institution=None, association=line.association, amount=Decimal(whole)
    )
    assert bool(found(application, "revenue_differs")) == is_found


@pytest.mark.parametrize(("amount", "is_found"), [("60000", False), ("60000.01", True)])
def test_budget_differs(amount, is_found):
    application = ApplicationFactory()
    application.budget_lines.update(amount=Decimal(amount))
    assert bool(found(application, "budget_differs")) == is_found


@pytest.mark.parametrize(("taken", "is_found"), [("0", False), ("-0.01", True)])
def test_amount_above_ceiling(schooling, taken, is_found):
    schooling.lines.create(
        kind="ceiling", reason="child", adjustment_amount=Decimal(taken)
    )
    assert bool(found(schooling, "amount_above_ceiling")) == is_found


def test_document_missing():
    application = ApplicationFactory()
    row = CallDocumentFactory(call=application.call)
    CallDocumentFactory(call=application.call, is_required=False)
    (seen,) = found(application, "document_missing")
    assert seen.evidence == {"documents": str(row.type)}
    AttachmentFactory(application=application, document__type=row.type)
    assert found(application, "document_missing") == []


@pytest.mark.parametrize(("days", "is_found"), [(0, False), (-1, True)])
def test_document_expired(days, is_found):
    application = ApplicationFactory()
    row = CallDocumentFactory(call=application.call)
    AttachmentFactory(
        application=application,
        document__type=row.type,
        document__expires_on=timezone.localdate() + timedelta(days=days),
    )
    assert bool(found(application, "document_expired")) == is_found


def test_funded_twice(schooling):
    eps = ApplicationFactory(association=schooling.association)
    assert found(schooling, "funded_twice") == found(eps, "funded_twice") == []
    CentreFactory(
        association=schooling.association,
        institution=eps.institution,
        commune=None,
        address="",
        own_capacity=None,
    )
    assert len(found(schooling, "funded_twice")) == 1
    assert len(found(eps, "funded_twice")) == 1


def test_record_changed():
    application = ApplicationFactory()
    content = snapshots.record_content(application.association, year=application.year)
    snapshots.freeze(
        snapshots.UPDATE,
        application.update_id,
        association=application.association,
        year=application.year,
        content=content,
    )
    assert found(application, "record_changed") == []
    application.association.address = "عنوان آخر"
    application.association.save()
    (seen,) = found(application, "record_changed")
    assert seen.evidence == {"parts": ["identity"]}


def test_the_call_sets_the_level_of_the_checks_of_the_record_too():
    application = ApplicationFactory()
    (before,) = found(application, "accounts_missing")
    assert before.level == "warning"
    level = FindingLevel.objects.create(
        call=application.call, code="accounts_missing", level="blocking"
    )
    assert [f.code for f in findings.blocking(Reading(application))] == [
        "accounts_missing"
    ]
    level.level = "off"
    level.save()
    assert found(application, "accounts_missing") == []


def test_a_check_of_one_programme_says_nothing_of_the_other(schooling):
    schooling.call.finding_levels.create(code="file_over_capacity", level="warning")
    assert found(schooling, "file_over_capacity") == []


def test_a_finding_set_aside_is_answered_and_still_shown():
    application = ApplicationFactory()
    application.budget_lines.update(amount=1)
    FindingAnswer.objects.create(
        application=application,
        code="budget_differs",
        reason="تم التحقق",
        answered_by=DelegateFactory(),
    )
    assert len(found(application, "budget_differs")) == 1
    assert "budget_differs" not in {f.code for f in findings.unanswered(application)}


def test_codes_are_not_shared_with_the_record_and_fit_their_column():
    assert not set(findings.REGISTRY) & set(record_findings.REGISTRY)
    longest = FindingLevel._meta.get_field("code").max_length
    assert max(map(len, findings.REGISTRY)) <= longest


def test_every_finding_leads_to_the_section_that_mends_it():
    application = ApplicationFactory()
    application.budget_lines.update(amount=1)
    (seen,) = found(application, "budget_differs")
    assert seen.url == reverse("applications:section", args=[application.pk, "budget"])
