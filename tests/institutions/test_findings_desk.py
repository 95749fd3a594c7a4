"""Findings kept from night to night, and the list that officers work through."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Job
from institutions import followed, tasks
from institutions.admin.findings import mark
from institutions.models import RecordFinding
from tests import factories
from tests.factories import FES, TETOUAN, YEAR, delegation

pytestmark = pytest.mark.django_db
LIST = "admin:institutions_recordfinding_changelist"


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


@pytest.fixture
def crowded():
    """One institution over its capacity, with its accounts."""
    round_ = factories.UpdateRoundFactory()
    heads = factories.HeadcountFactory(count=99)
    factories.AccountLineFactory(
        institution=heads.institution, year=round_.accounts_year
    )
    return heads


def shown(client, **query):
    page = client.get(reverse(LIST), query)
    assert page.status_code == 200
    return [row.pk for row in page.context["cl"].result_list]


def page_of(finding):
    return reverse("admin:institutions_recordfinding_change", args=[finding.pk])


def test_the_night_keeps_what_it_finds_without_the_name(crowded):
    assert tasks.find_every_night() == 1
    found = RecordFinding.objects.get()
    assert (found.association, found.institution, found.centre) == (
        crowded.institution.association,
        crowded.institution,
        None,
    )
    assert (found.code, found.year) == ("over_capacity", YEAR)
    assert found.evidence == {"count": 99, "capacity": 80}


def test_a_second_night_changes_nothing(crowded):
    tasks.find_every_night()
    followed.answer(
        RecordFinding.objects.get().pk, actor=factories.DelegateFactory(), reason="سبب"
    )
    tasks.find_every_night()
    assert RecordFinding.objects.get().reason == "سبب"


def test_other_figures_are_to_be_looked_at_again(crowded):
    tasks.find_every_night()
    followed.answer(
        RecordFinding.objects.get().pk, actor=factories.DelegateFactory(), reason="سبب"
    )
    crowded.count = 120
    crowded.save()
    tasks.find_every_night()
    found = RecordFinding.objects.get()
    assert (found.evidence["count"], found.reason, found.seen_at) == (120, "", None)


def test_what_is_mended_is_settled_and_comes_back_as_another(crowded):
    tasks.find_every_night()
    crowded.institution.headcounts.update(count=50)
    tasks.find_every_night()
    assert RecordFinding.objects.get().settled_on is not None
    crowded.institution.headcounts.update(count=99)
    tasks.find_every_night()
    assert RecordFinding.objects.count() == 2
    assert RecordFinding.objects.open().count() == 1


def test_no_round_no_check():
    factories.HeadcountFactory(count=99)
    assert tasks.find_every_night() == 0


def test_names_of_children_are_not_kept():
    factories.UpdateRoundFactory()
    row = factories.EnrolmentFactory(child__has_rsu=False, child__name="زعفران")
    tasks.find_every_night()
    found = RecordFinding.objects.get(code="rsu_missing")
    assert found.centre == row.centre
    assert found.evidence == {"count": 1, "codes": row.child.code}


# The list.


def test_a_delegate_sees_what_is_to_be_looked_at_in_its_territory(client, officer):
    mine = factories.RecordFindingFactory()
    factories.RecordFindingFactory(settled_on=mine.found_on)
    far = factories.AssociationFactory(delegation=delegation(FES))
    factories.RecordFindingFactory(institution__association=far)
    assert shown(client) == [mine.pk]
    assert shown(client, state="settled") != []
    assert shown(client, state="seen") == []


def test_each_delegate_sees_only_findings_of_its_own_units(client, officer):
    association = factories.AssociationFactory()
    away = delegation(TETOUAN)
    unit = factories.InstitutionFactory(association=association, delegation=away)
    of_unit = factories.RecordFindingFactory(institution=unit)
    of_whole = factories.RecordFindingFactory(
        institution=None, association=association, code="board_term_expired"
    )
    of_whole.evidence = {"on": "01/01/2026"}
    of_whole.save()
    near = factories.RecordFindingFactory(institution__association=association)
    assert shown(client) == [near.pk, of_whole.pk]
    client.force_login(factories.DelegateFactory(delegation=away))
    assert shown(client) == [of_whole.pk, of_unit.pk]
    assert client.get(page_of(near)).status_code == 404


def test_the_list_says_it_in_words_and_counts(client, officer, language):
    row = factories.RecordFindingFactory()
    page = client.get(reverse(LIST))
    text = page.content.decode()
    assert followed.sentence(row).replace("'", "&#x27;") in text
    assert [line["count"] for line in page.context["counts"]] == [1]
    data = reverse("admin:institutions_institution_change", args=[row.institution_id])
    assert f'href="{data}"' in text
    assert reverse("admin:institutions_recordfinding_look") in text


def test_an_association_is_found_by_a_variant_of_its_name(client, officer):
    found = factories.RecordFindingFactory(
        institution__association__name_ar="الجمعية الخيرية"
    )
    factories.RecordFindingFactory()
    assert shown(client, q="الخيريه") == [found.pk]
    assert shown(client, code="rsu_missing") == []


@pytest.mark.parametrize("count", [1, 6])
def test_queries_of_the_list_do_not_grow(client, officer, count):
    factories.RecordFindingFactory.create_batch(count)
    client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(LIST))
    assert len(captured) <= 12


# Answers.


def test_an_explanation_is_kept_with_who_and_when(client, officer):
    row = factories.RecordFindingFactory()
    data = {"shown": mark(row), "action": "explained", "reason": " زيارة مبرمجة "}
    assert client.post(page_of(row), data).status_code == 302
    row.refresh_from_db()
    assert (row.reason, row.seen_by) == ("زيارة مبرمجة", officer)
    assert shown(client) == []
    assert shown(client, state="explained") == [row.pk]


def test_an_explanation_is_not_empty_and_what_was_read_still_holds(client, officer):
    row = factories.RecordFindingFactory()
    empty = {"shown": mark(row), "action": "explained", "reason": " "}
    assert client.post(page_of(row), empty).status_code == 200
    stale = {"shown": "old", "action": "explained", "reason": "ما كتبته"}
    assert "ما كتبته</textarea>" in client.post(page_of(row), stale).content.decode()
    row.refresh_from_db()
    assert row.seen_at is None


def test_several_are_marked_as_seen_at_once(client, officer):
    rows = factories.RecordFindingFactory.create_batch(2)
    data = {"action": "mark_seen", "_selected_action": [row.pk for row in rows]}
    client.post(reverse(LIST), data)
    seen = RecordFinding.objects.filter(seen_by=officer)
    assert set(seen) == set(rows)


@pytest.mark.parametrize("make_user", ["InspectorFactory", "CentralFactory"])
def test_those_who_read_answer_nothing(client, make_user):
    row = factories.RecordFindingFactory()
    client.force_login(getattr(factories, make_user)())
    assert client.get(page_of(row)).status_code == 200
    data = {"shown": mark(row), "action": "seen"}
    assert client.post(page_of(row), data).status_code == 403
    row.refresh_from_db()
    assert row.seen_at is None


def test_a_neighbour_does_not_answer_for_the_seat(client):
    association = factories.AssociationFactory()
    away = delegation(TETOUAN)
    factories.InstitutionFactory(association=association, delegation=away)
    row = factories.RecordFindingFactory(
        institution=None,
        association=association,
        code="board_term_expired",
        evidence={"on": "01/01/2026"},
    )
    neighbour = factories.DelegateFactory(delegation=away)
    client.force_login(neighbour)
    assert client.post(page_of(row), {"shown": mark(row)}).status_code == 403
    assert followed.mark_seen(RecordFinding.objects.all(), actor=neighbour) == 0


def test_looking_again_is_one_job_for_the_territory(client, officer, crowded):
    far = factories.AssociationFactory(delegation=delegation(FES))
    factories.HeadcountFactory(institution__association=far, count=99)
    look = reverse("admin:institutions_recordfinding_look")
    assert client.get(look).status_code == 405
    client.post(look)
    client.post(look)
    job = Job.objects.get()
    tasks.find_findings(str(job.pk))
    assert [row.association for row in RecordFinding.objects.all()] == [
        crowded.institution.association
    ]
    job.refresh_from_db()
    assert (job.state, job.done_count) == ("done", 1)
