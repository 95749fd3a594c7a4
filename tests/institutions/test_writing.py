"""Saving a section: only what changed is written, in a number of queries that is the
same whatever its size."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from institutions import snapshots, update, writing
from institutions.forms import SECTION_FORMS, section_form
from institutions.models import (
    Association,
    BoardMember,
    Centre,
    FunctionCount,
    FundingLine,
    Headcount,
    Institution,
    SeasonCount,
    StaffCount,
    UnmetRequests,
)
from institutions.models.history import AccountLine
from institutions.sections import find, keys_of
from tests import factories
from tests.factories import YEAR
from tests.institutions.house import everything, untouched

pytestmark = pytest.mark.django_db
TRACKED = (
    Association,
    BoardMember,
    Institution,
    Centre,
    Headcount,
    StaffCount,
    UnmetRequests,
    SeasonCount,
    FunctionCount,
    FundingLine,
    AccountLine,
)


@pytest.fixture
def association():
    return factories.AssociationFactory()


@pytest.fixture
def round_():
    return factories.UpdateRoundFactory()


def history():
    """How many rows of history each table has."""
    return {
        model.__name__: model.history.field.model.objects.count() for model in TRACKED
    }


def grown(before):
    now = history()
    return {
        name: now[name] - count for name, count in before.items() if now[name] != count
    }


def save_untouched(association, round_):
    """Every form of the record, sent back as it was shown."""
    for key in keys_of(association):
        if key.code in SECTION_FORMS:
            form = section_form(key, round_, untouched(section_form(key, round_)))
            assert form.is_valid(), (key.code, getattr(form, "errors", form))
            writing.write(key, round_, form.cleaned())


def test_every_section_sent_back_as_shown_changes_nothing(association, round_):
    """The record certified afterwards is the same text, and nothing was written."""
    everything(association)
    certified = snapshots.canonical(snapshots.record_content(association, year=YEAR))
    before = history()
    save_untouched(association, round_)
    again = snapshots.canonical(snapshots.record_content(association, year=YEAR))
    assert again == certified
    assert grown(before) == {}


counts = st.dictionaries(
    st.tuples(st.sampled_from(["day", "full"]), st.sampled_from(["f", "m"])),
    st.integers(0, 99_999),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(heads=counts, staff=st.integers(0, 500), amount=st.decimals(0, 10**9, places=2))
def test_whatever_the_figures_showing_and_saving_them_is_no_change(
    association, round_, heads, staff, amount
):
    home = association.institutions.first() or everything(association)
    Headcount.objects.all().delete()
    FundingLine.objects.all().delete()
    for (level, sex), count in heads.items():
        factories.HeadcountFactory(institution=home, level=level, sex=sex, count=count)
    StaffCount.objects.filter(institution=home).update(count=staff)
    factories.FundingLineFactory(institution=home, amount=amount)
    # A nought is not kept as a row: what is shown and saved once is then the same.
    save_untouched(association, round_)
    certified = snapshots.canonical(snapshots.record_content(association, year=YEAR))
    before = history()
    save_untouched(association, round_)
    again = snapshots.canonical(snapshots.record_content(association, year=YEAR))
    assert again == certified
    assert grown(before) == {}


def cleaned_heads(**changed):
    """``full_f=3``; staff and unmet requests as the factories make them."""
    heads = {("students", "full", "f"): 50} | {
        ("students", *name.split("_")): count for name, count in changed.items()
    }
    return {
        "headcounts": heads,
        "staff": {("association", "f"): 4},
        "unmet": {"f": 3, "m": 3},
    }


def test_only_the_figure_that_changed_leaves_a_trace(association, round_):
    home = everything(association)
    before, kept = history(), Headcount.objects.get()
    key = find(association, "headcounts", home.pk)
    writing.write(key, round_, cleaned_heads(full_f=51, day_m=2))
    assert grown(before) == {"Headcount": 2}
    kept.refresh_from_db()
    assert kept.count == 51
    labels = list(kept.history.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert labels == ["insert", "update"]


def test_a_figure_that_is_nothing_now_leaves_and_says_so(association, round_):
    home = everything(association)
    before = history()
    key = find(association, "headcounts", home.pk)
    writing.write(key, round_, cleaned_heads(full_f=0))
    assert grown(before) == {"Headcount": 1}
    assert not Headcount.objects.filter(institution=home).exists()


def test_a_field_that_changed_is_one_trace_and_one_version(association, round_):
    everything(association)
    before, version = history(), association.version
    key = find(association, "bank", 0)
    writing.write(key, round_, {"bank_name": "بنك", "rib": association.rib})
    assert grown(before) == {"Association": 1}
    assert Association.objects.get().version == version + 1


def test_members_of_the_board_that_stay_are_left_alone(association, round_):
    everything(association)
    names = ["id", "role", "name", "cnie", "phone", "email"]
    members = list(association.board.order_by("pk").values(*names))
    before = history()
    members[0]["role"], members[1]["role"] = "treasurer", "president"
    values = {
        "last_assembly_on": association.last_assembly_on,
        "board_term_months": association.board_term_months,
        "members": members[:3],
    }
    writing.write(find(association, "board", 0), round_, values)
    # Two changed their roles, one left, one stayed as it was.
    assert grown(before) == {"BoardMember": 3}
    assert association.board.count() == 3


def filled(form, figure):
    """Every figure of the form; all beneficiaries are more than their parts."""
    return {
        name: "2009"
        if name.endswith("year")
        else figure * (100 if "-all-" in name else 1)
        for name in form.fields
    }


def cost(key, round_, posted):
    form = section_form(key, round_, posted)
    assert form.is_valid(), form.errors
    with CaptureQueriesContext(connection) as queries:
        writing.write(key, round_, form.cleaned())
    return len(queries)


@pytest.mark.parametrize("code", ["seasons", "functions", "funding", "headcounts"])
def test_saving_many_figures_asks_no_more_than_saving_one(association, round_, code):
    key = find(association, code, everything(association).pk)
    shown = untouched(section_form(key, round_))
    name = next(name for name in shown if "year" not in name)
    one = cost(key, round_, shown | {name: "77"})
    every = cost(key, round_, shown | filled(section_form(key, round_), 2))
    again = cost(key, round_, shown | filled(section_form(key, round_), 1))
    tables = 3 if code == "headcounts" else 1
    # What stands is read once, then each table that changes is written once.
    assert (one, every, again) == (2, 1 + tables, 1 + tables)


def test_saving_a_section_stays_under_the_limit(client, association, round_):
    manager = factories.MembershipFactory(association=association).user
    home = everything(association)
    begun = update.begin(association.pk, actor=manager, year=YEAR)
    form = section_form(find(association, "seasons", home.pk), round_)
    client.force_login(manager)
    posted = untouched(form) | filled(form, 1)
    url = f"/ar/my/update/seasons/{home.pk}/change/"
    with CaptureQueriesContext(connection) as queries:
        answered = client.post(url, posted | {"version": 0})
    assert answered.status_code == 302
    assert begun.answers.count() == 1
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 20


def test_what_the_database_refuses_is_said_in_plain_words(
    association, round_, monkeypatch
):
    """A clash that no rule foresees never shows the words of the database."""

    def clash(*_given):
        raise IntegrityError("duplicate key value violates unique constraint")

    monkeypatch.setitem(writing.WRITERS, "identity", clash)
    with override("fr"), pytest.raises(ValidationError) as refused:
        writing.write(find(association, "identity", 0), round_, {})
    assert refused.value.messages == [
        "Une autre personne a modifié ces données au même moment. Relisez les "
        "valeurs, puis enregistrez."
    ]
