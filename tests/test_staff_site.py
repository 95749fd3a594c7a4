"""The staff site: its door, its home by role, its menu, its search."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.enums import SittingState, State
from tests.factories import (
    FES,
    AdministratorFactory,
    AnnualUpdateFactory,
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    InspectorFactory,
    InstitutionFactory,
    JoinRequestFactory,
    MemberFactory,
    RemarkFactory,
    SittingFactory,
    delegation,
    region,
)

pytestmark = pytest.mark.django_db
HOME = "admin:index"
OFFICERS = [
    DelegateFactory,
    CoordinatorFactory,
    CentralFactory,
    InspectorFactory,
    AdministratorFactory,
]


def home(client, user, **query):
    client.force_login(user)
    return client.get(reverse(HOME), query)


def counts(response):
    return {queue.code: queue.count for queue in response.context["queues"]}


def test_stranger_is_led_to_sign_in_and_back(client):
    wanted = reverse("admin:applications_application_changelist")
    answer = client.get(wanted, follow=True)
    path, _status = answer.redirect_chain[-1]
    assert path.startswith(reverse("account_login"))
    assert path.endswith(f"?next={wanted}")


def test_sign_in_page_of_the_admin_keeps_the_page_asked_for(client):
    answer = client.get(reverse("admin:login"), {"next": "/ar/admin/search/"})
    assert answer.url == f"{reverse('account_login')}?next=%2Far%2Fadmin%2Fsearch%2F"


@pytest.mark.parametrize("name", [HOME, "admin:search", "admin:applications_waiting"])
def test_member_is_led_back_to_the_portal(client, name):
    client.force_login(MemberFactory())
    first = client.get(reverse(name))
    assert first.status_code == 302
    assert client.get(first.url).url == reverse("home")


@pytest.mark.parametrize("make_user", OFFICERS)
def test_home_opens_for_every_officer(client, make_user):
    assert home(client, make_user()).status_code == 200


def test_delegate_finds_what_waits_in_its_own_delegation(client):
    mine = ApplicationFactory(state=State.SUBMITTED)
    ApplicationFactory(state=State.RECOMMENDED)
    far = AssociationFactory(delegation=delegation(FES), status="to_verify")
    ApplicationFactory(
        state=State.SUBMITTED,
        association=far,
        institution=InstitutionFactory(association=far, delegation=delegation(FES)),
    )
    AssociationFactory(status="to_verify")
    AnnualUpdateFactory(confirmed=True)
    JoinRequestFactory()
    JoinRequestFactory(delegation=delegation(FES))
    page = home(client, DelegateFactory())
    assert counts(page) == {"files": 1, "updates": 1, "associations": 1, "requests": 1}
    assert [row.pk for row in page.context["queue"].shown] == [mine.pk]


def test_oldest_due_date_comes_first(client):
    today = timezone.localdate()
    files = [
        ApplicationFactory(
            state=State.SUBMITTED, due_on=today + datetime.timedelta(days=days)
        )
        for days in (30, 2, 10)
    ]
    page = home(client, DelegateFactory())
    assert [row.pk for row in page.context["queue"].shown] == [
        files[1].pk,
        files[2].pk,
        files[0].pk,
    ]


def test_programme_of_an_officer_narrows_the_queue(client):
    ApplicationFactory(state=State.SUBMITTED)
    page = home(client, DelegateFactory(programme="schooling"))
    assert counts(page)["files"] == 0


def test_coordinator_finds_decisions_second_returns_and_files_without_officer(client):
    decide = ApplicationFactory(state=State.RECOMMENDED)
    again = ApplicationFactory(state=State.SUBMITTED, return_count=1)
    RemarkFactory(application=again)
    user = CoordinatorFactory()
    EnvelopeFactory(call=decide.call, region=user.region, amount=1000)
    page = home(client, user)
    # The factories' delegates work in the delegation of the files.
    assert counts(page) == {
        "files": 1,
        "second": 1,
        "alone": 0,
        "sittings": 0,
        "requests": 0,
    }
    assert [line.left for line in page.context["envelopes"]] == [1000]
    type(user).objects.filter(role="delegate").update(is_active=False)
    alone = home(client, user, list="alone")
    assert [row.pk for row in alone.context["queue"].shown] == [again.pk]


def test_coordinator_of_another_region_finds_nothing(client):
    ApplicationFactory(state=State.RECOMMENDED)
    page = home(client, CoordinatorFactory(region=region("03")))
    assert sum(counts(page).values()) == 0


def test_centre_finds_sittings_overdue_files_and_calls(client):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    late = ApplicationFactory(state=State.SUBMITTED, due_on=yesterday)
    SittingFactory(call=late.call, state=SittingState.HELD)
    CallFactory(schooling=True, is_published=False)
    page = home(client, CentralFactory())
    assert counts(page) == {"sittings": 1, "late": 1, "calls": 1, "requests": 0}


@pytest.mark.parametrize(
    ("make_user", "expected"), [(CoordinatorFactory, 1), (CentralFactory, 2)]
)
def test_requests_below_are_counted_beside_ones_own_work(client, make_user, expected):
    user = make_user()
    JoinRequestFactory()
    JoinRequestFactory(delegation=delegation(FES))
    JoinRequestFactory(email_confirmed_at=None)
    page = home(client, user)
    assert counts(page)["requests"] == expected
    assert page.context["waiting_total"] == 0
    assert page.context["queue"].code != "requests"
    asked = home(client, user, list="requests")
    assert [row.delegation_id for row in asked.context["queue"].shown][:1] == [
        delegation().pk
    ]


@pytest.mark.parametrize(("words", "is_found"), [("Khayriya", True), ("zzzz", False)])
def test_a_list_says_how_many_rows_or_why_none(client, words, is_found):
    AssociationFactory(name_fr="Al Khayriya")
    client.force_login(CentralFactory())
    url = reverse("admin:institutions_association_changelist")
    page = client.get(url, {"q": words}).content.decode()
    assert ('class="paginator"' in page) is is_found
    assert ('class="en-empty"' in page) is not is_found


@pytest.mark.parametrize("code", ["files", "updates", "associations"])
def test_home_costs_the_same_with_one_row_and_with_three(client, code):
    user = DelegateFactory()

    def one_more():
        ApplicationFactory(state=State.SUBMITTED)
        ApplicationFactory(state=State.RETURNED, return_due_on=timezone.localdate())
        AnnualUpdateFactory(confirmed=True)
        AssociationFactory(status="to_verify")

    def cost():
        home(client, user, list=code)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(HOME), {"list": code})
        return len(captured)

    one_more()
    one = cost()
    one_more()
    one_more()
    assert cost() == one
    assert one <= 15


@pytest.mark.parametrize("make_user", OFFICERS)
def test_home_stays_within_its_queries(client, make_user):
    user = make_user()
    file = ApplicationFactory(state=State.RECOMMENDED)
    SittingFactory(call=file.call, state=SittingState.HELD)
    EnvelopeFactory(call=file.call, region=region("01"))
    home(client, user)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(HOME))
    assert len(captured) <= 15


def menu(client, user):
    page = home(client, user)
    return {
        group["app_label"]: [str(item["object_name"]) for item in group["models"]]
        for group in page.context["available_apps"]
    }


def test_menu_is_grouped_by_work(client):
    groups = menu(client, DelegateFactory())
    assert list(groups) == ["work", "record", "results", "settings"]
    assert groups["work"] == [
        "waiting",
        "Application",
        "AnnualUpdate",
        "RecordFinding",
        "JoinRequest",
    ]
    assert groups["results"][-1] == "export"


def test_administrator_finds_accounts_and_no_file(client):
    groups = menu(client, AdministratorFactory())
    shown = {name for names in groups.values() for name in names}
    assert {"User"} <= shown
    assert not shown & {"Application", "Association", "Child", "export"}


def search(client, user, typed):
    client.force_login(user)
    return client.get(reverse("admin:search"), {"q": typed})


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}"])
def test_whole_number_opens_the_file(client, typed):
    file = ApplicationFactory(state=State.SUBMITTED)
    typed = typed.format(file.number, lower=file.number.lower())
    answer = search(client, InspectorFactory(), typed)
    assert answer.url == reverse(
        "admin:applications_application_change", args=[file.pk]
    )


def test_number_of_another_territory_is_not_found(client):
    file = ApplicationFactory(state=State.SUBMITTED)
    user = CoordinatorFactory(region=region("03"))
    answer = search(client, user, file.number)
    assert answer.status_code == 200
    assert not answer.context["found"]


@pytest.mark.parametrize("typed", ["الخيريه", "الخيرية", "khayriya"])
def test_name_is_found_in_its_variants(client, typed):
    found = AssociationFactory(name_ar="الجمعية الخيرية", name_fr="Al Khayriya")
    ApplicationFactory(state=State.SUBMITTED, association=found)
    answer = search(client, DelegateFactory(), typed)
    assert found in answer.context["found"].associations
    assert [row.association for row in answer.context["found"].files] == [found]


def test_nothing_typed_finds_nothing(client):
    AssociationFactory()
    assert not search(client, InspectorFactory(), " ").context["found"]


def test_administrator_finds_no_association(client):
    found = AssociationFactory(name_fr="Al Khayriya")
    answer = search(client, AdministratorFactory(), "Khayriya")
    assert not answer.context["found"]
    assert found.receipt_number not in answer.content.decode()


@pytest.mark.parametrize("label", ["applications", "institutions"])
def test_pages_of_one_room_are_listed(client, label):
    client.force_login(CentralFactory())
    page = client.get(reverse("admin:app_list", args=[label]))
    assert page.status_code == 200
