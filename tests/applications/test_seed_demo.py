"""The demonstration at a small scale: every state, every role, twice the same."""

import hashlib
from collections import Counter
from datetime import date
from io import BytesIO, StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import demo as demo_accounts
from accounts.enums import MailState, Programme, Role
from accounts.models import Outbox, User
from applications import findings
from applications.demo import clock, figures, papers, people, places, record
from applications.enums import (
    InstalmentState,
    Opinion,
    SettlementState,
    SittingState,
    State,
)
from applications.models import (
    Application,
    Award,
    Call,
    Event,
    Instalment,
    Settlement,
    Sitting,
)
from institutions import findings as record_findings
from institutions import followed
from institutions.enums import UpdateState
from institutions.models import (
    AnnualUpdate,
    Association,
    Child,
    Document,
    Institution,
    RecordFinding,
    Snapshot,
)
from institutions.uploads import check_upload

TODAY = date(2026, 11, 22)
SCALE = "0.05"
DAYS = [TODAY, date(2027, 1, 1), date(2028, 2, 29)]
SOME_HAVE = ("over_capacity", "not_authorised", "board_term_expired", "child_twice")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Seeded once for this module, in a transaction that is undone after it."""
    media = tmp_path_factory.mktemp("demo")
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PORTAL_DEMO=True, MEDIA_ROOT=str(media)):
            call_command("seed_demo", "--scale", SCALE, stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded, db):
    return seeded


def current_year():
    return timezone.localdate().year + 1


def test_is_refused_on_a_real_portal(db):
    before = User.objects.count()
    with override_settings(PORTAL_DEMO=False), pytest.raises(CommandError):
        call_command("seed_demo", "--seed", "7")
    assert User.objects.count() == before


def test_says_what_it_made(demo):
    assert f"{Application.objects.count()} " in demo.splitlines()[-1]
    assert Association.objects.count() == 15


@override_settings(PORTAL_DEMO=True)
def test_second_run_changes_nothing(demo):
    before = [Event.objects.count(), Outbox.objects.count(), Document.objects.count()]
    said = StringIO()
    call_command("seed_demo", "--scale", SCALE, stdout=said)
    assert said.getvalue() == "The demo data stand already: nothing was changed.\n"
    after = [Event.objects.count(), Outbox.objects.count(), Document.objects.count()]
    assert after == before


@override_settings(PORTAL_DEMO=True)
def test_an_interrupted_run_is_continued_without_doubles(demo):
    """Without its last account the demonstration is one that was interrupted."""
    before = [Event.objects.count(), Child.objects.count(), Document.objects.count()]
    User.objects.filter(email=demo_accounts.ADMINISTRATOR).delete()
    call_command("seed_demo", "--scale", SCALE, stdout=StringIO())
    after = [Event.objects.count(), Child.objects.count(), Document.objects.count()]
    assert after == before
    assert User.objects.filter(email=demo_accounts.ADMINISTRATOR).exists()


def test_this_year_has_files_in_every_state(demo):
    files = Application.objects.filter(year=current_year())
    assert set(files.values_list("state", flat=True)) == set(State.values)
    waiting = files.filter(state=State.RECOMMENDED)
    assert set(waiting.values_list("opinion", flat=True)) == set(Opinion.values)
    assert files.filter(
        state=State.RETURNED, return_due_on__lt=timezone.localdate()
    ).exists()
    assert files.filter(is_incomplete=True).exists()
    assert not files.exclude(published_at=None).exists()


def test_this_year_has_sittings_open_and_held(demo):
    sittings = Sitting.objects.filter(call__year=current_year())
    found = set(sittings.values_list("state", flat=True))
    assert found == {SittingState.OPEN, SittingState.HELD}


def test_past_years_are_published(demo):
    files = Application.objects.filter(year__lt=current_year())
    states = set(files.values_list("state", flat=True))
    assert states <= {State.APPROVED, State.REFUSED, State.DRAFT, State.WITHDRAWN}
    decided = files.filter(state__in=[State.APPROVED, State.REFUSED])
    assert decided.filter(published_at=None).count() == 0
    assert set(decided.values_list("year", flat=True)) == {
        current_year() - 1,
        current_year() - 2,
    }


def test_both_calls_are_open_today_and_the_past_ones_are_closed(demo):
    is_open = {(row.programme, row.year): row.is_open() for row in Call.objects.all()}
    year = current_year()
    assert is_open == {
        (programme, past): past == year
        for programme in Programme.values
        for past in (year - 2, year - 1, year)
    }


def test_events_follow_each_other_in_the_past(demo):
    now, last = timezone.now(), {}
    for event in Event.objects.order_by("pk"):
        assert event.at < now
        assert event.at >= last.get(event.application_id, event.at)
        last[event.application_id] = event.at


def test_money_in_every_state(demo):
    states = Counter(Instalment.objects.values_list("state", flat=True))
    assert {InstalmentState.PAID, InstalmentState.BLOCKED} <= set(states)
    assert SettlementState.OPEN in Settlement.objects.values_list("state", flat=True)
    for award in Award.objects.annotate(shares=Sum("instalments__amount")):
        assert award.shares == award.amount


def test_awards_stay_within_the_envelopes(demo):
    for call in Call.objects.all():
        for envelope in call.envelopes.all():
            granted = Application.objects.filter(
                call=call, region=envelope.region, state=State.APPROVED
            ).aggregate(total=Sum("granted_amount", default=0))["total"]
            assert granted <= envelope.amount


def test_association_account_is_blocked_by_its_open_settlement(demo):
    user = User.objects.get(email=demo_accounts.ASSOCIATION)
    association = Association.objects.visible_to(user).get()
    assert association.delegation.code == places.AZILAL
    update = AnnualUpdate.objects.get(
        association=association, round__year=current_year()
    )
    assert update.state == UpdateState.BEGUN
    assert update.answers.exists()
    award = Award.objects.visible_to(user).filter(application__year=current_year() - 1)[
        0
    ]
    assert award.settlements.get().state == SettlementState.OPEN
    assert award.instalments.get(rank=2).state == InstalmentState.BLOCKED


def test_french_association_has_a_draft_and_a_verified_update(demo):
    user = User.objects.get(email=demo_accounts.ASSOCIATION_FR)
    assert user.language == "fr"
    file = Application.objects.visible_to(user).get(year=current_year())
    assert (file.programme, file.state) == (Programme.SCHOOLING, State.DRAFT)
    assert file.update.state == UpdateState.VERIFIED
    assert file.region.code == "04"


def test_officers_have_work_waiting(demo):
    delegate = User.objects.get(email=demo_accounts.DELEGATION)
    assert Application.objects.waiting_for(delegate).count() >= 3
    coordinator = User.objects.get(email=demo_accounts.COORDINATION)
    assert Application.objects.waiting_for(coordinator).count() >= 3
    sittings = Sitting.objects.visible_to(coordinator)
    assert sittings.filter(state=SittingState.OPEN).exists()


def test_every_office_has_an_officer(demo):
    roles = Counter(User.objects.active().values_list("role", flat=True))
    assert roles[Role.DELEGATE] == 82
    assert roles[Role.COORDINATOR] == 12


@pytest.mark.parametrize("email", demo_accounts.DEMO_ACCOUNTS)
def test_every_demo_account_signs_in(demo, client, email):
    answer = client.post(
        reverse("account_login"),
        {"login": email, "password": demo_accounts.DEMO_PASSWORD},
    )
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)
    role = demo_accounts.DEMO_ACCOUNTS[email][0]
    assert User.objects.get(email=email).role == role


def test_only_the_demo_accounts_are_mailed(demo):
    pending = Outbox.objects.filter(mail_state=MailState.PENDING)
    told = set(
        pending.exclude(recipient=None).values_list("recipient__email", flat=True)
    )
    assert told
    assert told <= set(demo_accounts.DEMO_ACCOUNTS)


def test_people_at_the_door_have_addresses_of_the_demonstration(demo):
    strangers = Outbox.objects.filter(recipient=None).values_list("address", flat=True)
    assert strangers
    assert {email.rpartition("@")[2] for email in strangers} == {
        demo_accounts.DEMO_DOMAIN
    }


def test_the_list_of_findings_is_filled(demo):
    kept = RecordFinding.objects.open().values("association").distinct().count()
    with_some = sum(
        bool(record_findings.check_record(association, year=current_year()))
        for association in followed.all_associations()
    )
    assert kept == with_some > 0


def test_findings_are_plausible(demo):
    found = Counter()
    for association in Association.objects.all():
        rows = record_findings.check_record(association, year=current_year())
        found.update({finding.code for finding in rows})
    for code in (
        "over_capacity",
        "not_authorised",
        "board_term_expired",
        "child_twice",
    ):
        assert 0 < found[code] < Association.objects.count()
    shared = Child.objects.values("person_hash").annotate(n=Count("association"))
    assert shared.filter(n__gt=1).count() == 1
    for file in Application.objects.filter(state=State.SUBMITTED):
        codes = {finding.code for finding in findings.check(file)}
        assert "budget_differs" not in codes
        assert "record_changed" not in codes


def test_what_was_confirmed_is_frozen(demo):
    confirmed = AnnualUpdate.objects.exclude(confirmed_at=None)
    kept = Snapshot.objects.filter(kind="update").values_list("object_id", flat=True)
    assert set(kept) == set(confirmed.values_list("pk", flat=True))
    submitted = Application.objects.exclude(number=None)
    kept = Snapshot.objects.filter(kind="application").values("object_id")
    assert set(submitted.values_list("pk", flat=True)) == {
        row["object_id"] for row in kept
    }


def test_every_constraint_holds(demo):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in (Association, Institution, Application, Call):
        for row in model.objects.all():
            row.full_clean()
    over = Application.objects.filter(
        lines__declared_count__gt=F("lines__update_count")
    )
    assert not over.exists()


def test_documents_pass_the_door_of_the_vault():
    lines = ["Récépissé (copie)", "Association d’essai", "Pièce \\ 1"]
    upload = BytesIO(papers.pdf(lines))
    upload.name = "piece.pdf"
    checked = check_upload(upload)
    assert (checked.mime, checked.page_count) == ("application/pdf", 1)
    assert papers.pdf(lines) != papers.pdf([*lines, "2"])


def digest(seed):
    """The names and amounts that the pure generators give."""
    everywhere, years = places.all_places(), [2025, 2026, 2027]
    text = []
    for index, place in enumerate(places.spread(everywhere, 15, seed)):
        made = record.make(index, place, seed=seed, today=TODAY)
        figured = figures.of_year(made, 2027, accounts_year=2025)
        found = people.of(made, years, today=TODAY)
        text += [made.association.name_ar, made.association.rib]
        text += [row.name_fr for row in (*made.institutions, *made.centres)]
        text += [f"{row.count}" for row in figured.headcounts]
        text += [f"{row.amount}" for row in figured.accounts]
        text += [f"{row.code}{row.name}{row.massar}" for row in found.children]
    return hashlib.sha256("|".join(text).encode()).hexdigest()


def test_the_same_seed_gives_the_same_country(db):
    assert digest(2026) == digest(2026)
    assert digest(2026) != digest(2027)


@pytest.mark.parametrize(
    "day", [date(2026, 11, 22), date(2027, 1, 1), date(2028, 2, 29)]
)
def test_years_are_counted_from_any_day(db, day):
    seasons = clock.seasons(day)
    assert [row.year for row in seasons] == [day.year - 1, day.year, day.year + 1]
    assert [row.is_past for row in seasons] == [True, True, False]
    moment = timezone.localtime(seasons[-1].moment(40, Random(1)))
    assert moment.date() < day
    assert moment.weekday() < 5
