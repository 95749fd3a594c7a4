import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from applications import calls
from applications.models import Call, FindingLevel
from territories.models import Region
from tests.factories import (
    CallDocumentFactory,
    CallFactory,
    CentralFactory,
    DelegateFactory,
    EnvelopeFactory,
    UpdateRoundFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    call = CallFactory()
    CallDocumentFactory(call=call)
    EnvelopeFactory(call=call)
    FindingLevel.objects.create(call=call, code="unspent_surplus", level="blocking")
    return call


def parts(call):
    return {
        "documents": list(call.documents.values_list("type", "is_required")),
        "criteria": list(call.criteria.values_list("name_ar", "max_score")),
        "eps": list(call.eps_rates.values_list("category", "level", "amount")),
        "schooling": list(call.schooling_rates.values_list("sub_programme", "amount")),
        "findings": list(call.finding_levels.values_list("code", "level")),
        "shares": list(call.instalment_shares.values_list("rank", "percent")),
    }


def test_a_clone_has_all_the_parts_of_last_years_call(call):
    clone = calls.clone(call.pk, actor=CentralFactory(), year=call.year + 1)
    assert parts(clone) == parts(call)
    assert all(parts(clone).values())
    assert (clone.cloned_from, clone.is_published) == (call, False)
    assert Call.objects.count() == 2


def test_a_clone_keeps_day_and_hour_a_year_later(call):
    clone = calls.clone(call.pk, actor=CentralFactory(), year=call.year + 1)
    before = timezone.localtime(call.closes_at)
    after = timezone.localtime(clone.closes_at)
    assert after.replace(year=before.year, tzinfo=None) == before.replace(tzinfo=None)
    assert after.year == before.year + 1


def test_envelopes_are_taken_over_at_zero(call):
    clone = calls.clone(call.pk, actor=CentralFactory(), year=call.year + 1)
    regions = call.envelopes.values_list("region", flat=True)
    assert list(clone.envelopes.values_list("region", "amount")) == [
        (region, 0) for region in regions
    ]


def test_only_the_centre_clones_a_call(call):
    with pytest.raises(PermissionDenied):
        calls.clone(call.pk, actor=DelegateFactory(), year=call.year + 1)


def test_a_year_has_one_call_per_programme(call):
    with pytest.raises(ValidationError):
        calls.clone(call.pk, actor=CentralFactory(), year=call.year)


def test_the_checklist_of_a_bare_call(call):
    bare = CallFactory(year=2031, parts=False, closed=True)
    for name in ("criteria", "eps_rates", "instalment_shares"):
        getattr(bare, name).all().delete()
    assert [item.part for item in calls.problems(bare)] == [
        "rates",
        "documents",
        "criteria",
        "envelopes",
        "instalments",
        "dates",
        "update",
    ]


def test_a_complete_call_has_no_problem_and_is_published(call):
    UpdateRoundFactory(year=call.year)
    for region in Region.objects.all():
        EnvelopeFactory(call=call, region=region)
    call.is_published = False
    call.save()
    assert calls.problems(call) == []
    assert calls.publish(call.pk, actor=CentralFactory()).is_published


def test_a_call_with_problems_is_not_published(call):
    call.is_published = False
    call.save()
    with pytest.raises(ValidationError):
        calls.publish(call.pk, actor=CentralFactory())
    call.refresh_from_db()
    assert not call.is_published
