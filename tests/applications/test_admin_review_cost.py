"""What the review page asks of the database, however much there is to show."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.enums import State
from applications.models import Event, FindingAnswer, FindingLevel
from tests.applications.records import complete_record, confirmed, sent_again
from tests.applications.reviewing import address
from tests.factories import (
    ApplicationFactory,
    AttachmentFactory,
    AwardFactory,
    CallDocumentFactory,
    CallFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnrolmentFactory,
    EnvelopeFactory,
    RemarkFactory,
    SettlementFactory,
    SittingFactory,
    score_everything,
)

pytestmark = pytest.mark.django_db

LIMIT = 25
REVIEWER = {State.SUBMITTED: DelegateFactory, State.RECOMMENDED: CoordinatorFactory}


def large_file(*, schooling, state, count):
    """``count`` of everything that the page or a check looks at."""
    call = CallFactory(schooling=schooling, age_min=3, age_max=16)
    kind = {"schooling": True} if schooling else {}
    file = ApplicationFactory(call=call, state=state, **kind)
    complete_record(file.association, count)
    EnrolmentFactory.create_batch(
        count + 1,
        centre=file.association.centres.first(),
        child__massar="R130000001",
    )
    confirmed(file)
    for code in ("not_funded_last_year", "file_over_capacity"):
        FindingLevel.objects.create(call=call, code=code, level="warning")
    for rank in range(count):
        add_one_of_each(file, rank)
    score_everything(file)
    sent_again(file, before={"subject": "قبل"}, after={"subject": "بعد"})
    EnvelopeFactory(call=call, region=file.region)
    SittingFactory(call=call, region=file.region)
    return file


def add_one_of_each(file, rank):
    earlier = ApplicationFactory(
        call=CallFactory(programme=file.programme, year=file.year - 1 - rank),
        association=file.association,
        institution=file.institution,
        state=State.APPROVED,
        requested_amount=50_000 + rank,
    )
    SettlementFactory(award=AwardFactory(application=earlier))
    for one in (file, earlier):
        one.lines.create(kind="ceiling", reason=str(rank), adjustment_amount=-1)
    CallDocumentFactory(call=file.call)
    AttachmentFactory(application=file)
    RemarkFactory(application=file, section=["budget", "request", "documents"][rank])
    FindingAnswer.objects.create(
        application=file,
        code=["budget_differs", "document_missing", "unspent_surplus"][rank],
        reason="مبرر",
        answered_by=DelegateFactory(),
    )
    Event.objects.create(
        application=file,
        transition="send_back",
        to_state=file.state,
        actor=CoordinatorFactory(),
    )


def queries_of(client, url):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured), response.context["page"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("schooling", "state", "cost"),
    [
        (False, State.SUBMITTED, 22),
        (False, State.RECOMMENDED, 23),
        (True, State.SUBMITTED, 24),
        (True, State.RECOMMENDED, 25),
    ],
)
def test_first_opening_costs_the_same_whatever_there_is_to_check(
    client, schooling, state, cost, count
):
    """Nothing is kept yet: not even the session is in the cache."""
    file = large_file(schooling=schooling, state=state, count=count)
    client.force_login(REVIEWER[state]())
    cache.clear()
    found, page = queries_of(client, address(file))
    assert found == cost <= LIMIT
    assert {"accounts_missing", "document_missing"} <= {
        check.finding.code for check in page.checks
    }
    assert len(page.answers) == count
    assert len(page.last.unsettled_years) == 1
    assert [change.after for change in page.since_last_year.changes][-1] == 60_000
    assert [change.after for change in page.since_last_version.changes] == ["بعد"]


@pytest.mark.parametrize("schooling", [False, True], ids=["eps", "schooling"])
def test_next_openings_do_not_check_again(client, schooling):
    file = large_file(schooling=schooling, state=State.SUBMITTED, count=1)
    client.force_login(DelegateFactory())
    first, page = queries_of(client, address(file))
    second, again = queries_of(client, address(file))
    assert (again.checked_at, again.found) == (page.checked_at, page.found)
    assert second < first
    asked, afresh = queries_of(client, address(file) + "?fresh=1")
    assert (asked, afresh.checked_at > page.checked_at) == (first, True)


@pytest.mark.parametrize("make_user", [DelegateFactory, CoordinatorFactory])
def test_page_costs_the_same_with_more_lines_and_remarks(client, make_user):
    state = State.SUBMITTED if make_user is DelegateFactory else State.RECOMMENDED
    file = ApplicationFactory(state=state)
    client.force_login(make_user())
    SittingFactory(call=file.call, region=file.region)
    before, _page = queries_of(client, address(file) + "?fresh=1")
    CallDocumentFactory.create_batch(3, call=file.call)
    AttachmentFactory.create_batch(3, application=file)
    RemarkFactory(application=file, section="budget")
    RemarkFactory(application=file, section="request")
    assert queries_of(client, address(file) + "?fresh=1")[0] == before <= LIMIT
