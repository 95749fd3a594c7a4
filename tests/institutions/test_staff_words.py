"""Staff pages speak in words: no code, no key, nothing read from its wrong end."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts import access
from accounts.enums import Access
from accounts.models import AccessLog, Job
from institutions import followed, tasks, update
from institutions.admin.merging import readable
from institutions.admin.people import in_words
from institutions.enums import CareService, Category, ReceiptKind
from institutions.followup import LABELS
from institutions.merging import Choice
from institutions.per_head import costs
from institutions.update import current_round
from tests import factories
from tests.factories import FES, YEAR, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


def page(client, name, *args, **query):
    found = client.get(reverse(f"admin:institutions_{name}", args=args), query)
    assert found.status_code == 200
    return found


def text(client, name, *args):
    return page(client, name, *args).content.decode()


# Values


def test_values_of_a_merge_are_read_as_people_write_them():
    groups = ("receipt_number", "receipt_kind", "receipt_on")
    values = ("12/2016", ReceiptKind.FINAL, datetime.date(2016, 8, 14))
    with override("ar"):
        (found,) = readable([Choice("receipt", groups, values, ("", "", None), "kept")])
        kind = ReceiptKind.FINAL.label
    assert found["sides"] == [
        ("kept", ["12/2016", kind, "14/08/2016"], True),
        ("gone", [], False),
    ]


def test_lists_of_codes_are_said_in_words():
    row = factories.InstitutionFactory(
        categories=[Category.STUDENTS], services=[CareService.MEALS]
    )
    assert in_words(row, "categories") == Category.STUDENTS.label
    assert in_words(row, "services") == CareService.MEALS.label
    assert in_words(factories.InstitutionFactory(services=[]), "services") == "—"


def test_whoever_only_reads_an_institution_reads_words(client):
    row = factories.InstitutionFactory(services=[CareService.MEALS])
    client.force_login(factories.InspectorFactory())
    found = text(client, "institution_change", row.pk)
    assert str(CareService.MEALS.label) in found
    assert "meals" not in found


def test_a_child_is_read_without_a_code_or_a_key(client, officer):
    row = factories.EnrolmentFactory(services=["physiotherapy"])
    found = text(client, "child_change", row.child_id)
    assert in_words(row, "services") in found
    assert "physiotherapy" not in found
    assert f"{row.child_id} {row.year}" not in found


@pytest.mark.parametrize(
    "make",
    [
        factories.HeadcountFactory,
        factories.StaffCountFactory,
        factories.UnmetRequestsFactory,
        factories.SeasonCountFactory,
        factories.FundingLineFactory,
        factories.FunctionCountFactory,
        factories.AccountLineFactory,
    ],
)
def test_a_figure_is_named_by_whom_it_is_said_of(client, officer, make):
    row = make()
    shown = page(client, f"{row._meta.model_name}_change", row.pk)
    assert shown.context["heading"] == row.institution.name
    assert str(row) not in shown.content.decode()


def test_the_history_of_a_figure_is_that_of_its_institution(client, officer):
    row = factories.HeadcountFactory()
    asked = client.get(reverse("admin:institutions_headcount_history", args=[row.pk]))
    kept = reverse("admin:institutions_institution_history", args=[row.institution_id])
    assert asked.url == kept
    away = factories.HeadcountFactory(institution__delegation=delegation(FES))
    gone = reverse("admin:institutions_headcount_history", args=[away.pk])
    assert client.get(gone).status_code == 404


def test_an_enrolment_is_named_by_the_code_of_its_child(client, officer):
    row = factories.EnrolmentFactory()
    assert str(row) == f"{row.child.code} {row.year}"
    assert row.child.code in text(client, "enrolment_change", row.pk)


def test_the_access_log_names_what_was_read(client):
    person = factories.InspectorFactory()
    access.log(person, Access.READ, subject=("institutions.child", 5))
    access.log(person, Access.READ, subject=("something.else", 5))
    client.force_login(person)
    with override("ar"):
        shown = client.get(reverse("admin:accounts_accesslog_changelist"))
        names = [
            shown.context["cl"].model_admin.thing(row)
            for row in AccessLog.objects.order_by("pk")
        ]
        child = factories.ChildFactory._meta.model._meta.verbose_name.capitalize()
    assert names == [child, "something.else"]


@pytest.mark.parametrize(
    "make", [factories.DelegateFactory, factories.InspectorFactory]
)
def test_a_school_year_is_written_in_full(client, make):
    factories.UpdateRoundFactory(school_year=2026)
    client.force_login(make())
    assert "2026/2027" in text(client, "updateround_changelist")


# Directions


def test_what_is_typed_keeps_its_direction(client, officer):
    association = factories.AssociationFactory()
    factories.BoardMemberFactory(association=association)
    shown = page(client, "association_change", association.pk)
    fields = shown.context["adminform"].form.fields
    names = ("phone", "email", "rib", "receipt_number", "name_ar", "name_fr", "address")
    assert [fields[name].widget.attrs["dir"] for name in names] == [
        "ltr", "ltr", "ltr", "ltr", "rtl", "ltr", "auto",
    ]  # fmt: skip
    (board,) = shown.context["inline_admin_formsets"]
    member = board.formset.forms[0].fields
    assert [member[n].widget.attrs["dir"] for n in ("phone", "cnie", "name")] == [
        "ltr",
        "ltr",
        "auto",
    ]


WRONG = {"ice": "12", "rib": "123", "phone": "abc", "receipt_on": "99/99/2020"}
NO_MEMBERS = {"members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0}


def test_wrong_numbers_are_refused_in_the_form_of_an_association(client, officer):
    """The checks look at the row that is kept, never at what was just refused."""
    association = factories.AssociationFactory(ice="000179913752732")
    url = reverse("admin:institutions_association_change", args=[association.pk])
    form = client.get(url).context["adminform"].form
    kept = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(url, {**kept, **NO_MEMBERS, **WRONG})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == WRONG.keys()
    association.refresh_from_db()
    assert association.ice == "000179913752732"


# Requests


def test_an_empty_answer_of_a_request_is_no_difference(client, officer):
    association = factories.AssociationFactory(name_fr="Al Amal", ice="")
    row = factories.JoinRequestFactory(
        access=True, association=association, name_fr="", receipt_number="9/2020"
    )
    (other,) = page(client, "joinrequest_change", row.pk).context["others"]
    same = {str(line["label"]): line["is_same"] for line in other["rows"]}
    label = type(row)._meta.get_field
    assert same[str(label("name_fr").verbose_name)] is True
    assert same[str(label("receipt_number").verbose_name)] is False


# Updates


def test_a_record_that_is_not_certified_is_compared_with_the_last_copy(client, officer):
    manager = factories.MemberFactory()
    association = factories.AssociationFactory(manager=manager)
    factories.UpdateRoundFactory()
    factories.UpdateRoundFactory(year=YEAR - 1)
    before = update.begin(association.pk, actor=manager, year=YEAR - 1)
    factories.answer_everything(before, manager)
    update.confirm(before.pk, actor=manager, version=before.version)
    type(association).objects.filter(pk=association.pk).update(acronym="ج.أ")
    now = update.begin(association.pk, actor=manager, year=YEAR)
    review = page(client, "annualupdate_change", now.pk).context["review"]
    changed = [
        (place.section.code, [str(row.after.value) for row in place.section.rows])
        for place in review.changed
    ]
    assert changed == [("identity", ["ج.أ"])]


@pytest.mark.parametrize(
    "make", [factories.DelegateFactory, factories.InspectorFactory]
)
def test_the_follow_up_is_a_link_for_all_who_may_see_it(client, make):
    factories.UpdateRoundFactory()
    client.force_login(make())
    follow_up = reverse("admin:institutions_annualupdate_follow_up")
    assert f'href="{follow_up}"' in text(client, "annualupdate_changelist")


# When the findings were looked at


def looked_at(client):
    return page(client, "recordfinding_changelist").context["looked_at"]


def test_nothing_is_said_to_be_in_order_before_it_was_looked_at(client, officer):
    factories.AssociationFactory()
    assert current_round() is None
    assert tasks.find_every_night() == 0
    assert looked_at(client) is None


def test_the_list_says_when_the_night_was(client, officer):
    factories.AssociationFactory()
    factories.UpdateRoundFactory()
    tasks.find_every_night()
    tasks.find_every_night()
    night = Job.objects.get(owner=None)
    assert looked_at(client) == night.finished_at
    assert night.finished_at <= timezone.now()


def test_a_look_asked_for_elsewhere_says_nothing_of_here(officer):
    elsewhere = factories.DelegateFactory(delegation=delegation(FES))
    for owner in (elsewhere, officer):
        job = followed.ask(owner, language="ar")
        Job.objects.filter(pk=job.pk).update(
            state="done", done_count=1, finished_at=timezone.now()
        )
        seen = followed.last_look(officer)
        assert (seen is None) is (owner == elsewhere)


# Cost per head


def test_cost_per_head_divides_the_expenditure_by_the_heads_of_its_year():
    row = factories.HeadcountFactory(year=YEAR, count=30)
    home = row.institution
    counted = datetime.date(YEAR - 1, 6, 30)
    factories.UpdateRoundFactory(year=YEAR, headcount_on=counted)
    for kind, amount in [("expenditure", 1000), ("revenue", 5000)]:
        factories.AccountLineFactory(
            institution=home, year=YEAR - 1, kind=kind, amount=amount
        )
    factories.AccountLineFactory(institution=home, year=YEAR - 2, kind="expenditure")
    (found,) = costs(home)
    assert (found.year, found.count, found.counted_on) == (YEAR - 1, 30, counted)
    assert (found.spent, found.per_head) == (Decimal(1000), Decimal("33.33"))


def test_cost_per_head_stands_on_the_page_of_the_institution(client):
    row = factories.HeadcountFactory(year=YEAR, count=30)
    factories.UpdateRoundFactory(year=YEAR, headcount_on=datetime.date(YEAR - 1, 6, 30))
    factories.AccountLineFactory(
        institution=row.institution, year=YEAR - 1, kind="expenditure", amount=900
    )
    client.force_login(factories.InspectorFactory())
    shown = page(client, "institution_change", row.institution_id)
    assert [cost.per_head for cost in shown.context["costs"]] == [Decimal("30.00")]


def test_a_reminder_is_told_in_words_in_the_history_of_its_round(client, officer):
    factories.AssociationFactory(manager=factories.MemberFactory())
    factories.UpdateRoundFactory()
    url = reverse("admin:institutions_annualupdate_remind")
    client.post(f"{url}?state=not_begun", {"number": "1"})
    told = LogEntry.objects.get().change_message
    assert str(LABELS["not_begun"]) in told
    assert "not_begun" not in told
