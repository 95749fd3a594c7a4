"""Remarks by field, on both sides; entry on behalf, with both traces."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Outbox
from institutions import acting, update
from institutions.enums import Answer, UpdateState
from institutions.models import Enrolment, SectionAnswer, UpdateEvent, UpdateRemark
from tests import factories
from tests.factories import FES, TETOUAN, YEAR, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.DelegateFactory()


@pytest.fixture
def confirmed(association, manager):
    factories.UpdateRoundFactory()
    begun = update.begin(association.pk, actor=manager, year=YEAR)
    factories.answer_everything(begun, manager)
    return update.confirm(begun.pk, actor=manager, version=1)


@pytest.fixture
def sent_back(confirmed, officer):
    """One remark on the RIB, one on the board as a whole."""
    for section, field in (("bank", "rib"), ("board", "")):
        update.save_remark(
            confirmed.pk, section, 0, actor=officer, field=field, text=f"{section} X"
        )
    return update.send_back(confirmed.pk, actor=officer, version=2, reason="لم يكتمل")


# The delegation.


def test_a_remark_is_kept_changed_and_taken_away(confirmed, officer):
    for text in ("one", "two"):
        update.save_remark(confirmed.pk, "bank", 0, actor=officer, text=text)
    remark = UpdateRemark.objects.get()
    assert (remark.text, remark.event, remark.written_by) == ("two", None, officer)
    update.save_remark(confirmed.pk, "bank", 0, actor=officer, text=" ")
    assert not UpdateRemark.objects.exists()


def test_a_remark_too_long_is_refused(confirmed, officer):
    with pytest.raises(ValidationError):
        update.save_remark(confirmed.pk, "bank", 0, actor=officer, text="x" * 501)


def test_one_sending_carries_all_remarks_and_the_reason(sent_back, officer):
    event = UpdateEvent.objects.get(step="sent_back")
    assert (event.reason, event.actor) == ("لم يكتمل", officer)
    assert event.remarks.count() == 2
    told = Outbox.objects.get(kind="update_sent_back")
    assert (told.context["reason"], told.context["count"]) == ("لم يكتمل", 2)


def test_drafts_go_when_the_update_is_verified(confirmed, officer):
    update.save_remark(confirmed.pk, "bank", 0, actor=officer, text="draft")
    update.verify(confirmed.pk, actor=officer, version=2)
    assert not UpdateRemark.objects.exists()


# The association.


def test_each_remark_is_answered_at_its_section_before_confirming(sent_back, manager):
    left = update.remaining(sent_back)
    assert [(s.code, len(s.remarks)) for s in left] == [("bank", 1), ("board", 1)]
    with pytest.raises(update.NotComplete):
        update.confirm(sent_back.pk, actor=manager, version=3)
    update.save_section(
        sent_back.pk, "bank", 0,
        actor=manager, version=0, raw={}, cleaned={"bank_name": "بنك"},
    )  # fmt: skip
    update.answer_unchanged(sent_back.pk, "board", 0, actor=manager)
    assert UpdateRemark.objects.filter(answered_at=None).count() == 0
    done = update.confirm(sent_back.pk, actor=manager, version=3)
    assert done.state == UpdateState.CONFIRMED


@pytest.mark.parametrize(("language", "word"), [("ar", "bank X"), ("fr", "bank X")])
def test_a_remark_stands_at_its_section_and_at_its_field(
    sent_back, manager, client, language, word
):
    client.force_login(manager)
    page = client.get(f"/{language}/my/update/bank/0/").content.decode()
    assert page.count(word) == 1
    form = client.get(f"/{language}/my/update/bank/0/change/")
    assert form.context["said"] == []
    assert form.context["form"].fields["rib"].remark.text == word
    assert form.content.decode().count(word) == 1


def test_a_draft_is_never_shown_to_the_association(confirmed, officer, manager, client):
    update.save_remark(confirmed.pk, "bank", 0, actor=officer, text="unsent words")
    client.force_login(manager)
    for path in ("my/update/", "my/update/bank/0/", "my/update/bank/0/change/"):
        assert "unsent words" not in client.get(f"/fr/{path}").content.decode()


# Explanations on the pages.


def test_a_missing_explanation_is_an_error_at_its_field_and_nothing_is_lost(
    confirmed, association, manager, client
):
    home = factories.InstitutionFactory(association=association)
    factories.HeadcountFactory(institution=home, year=YEAR - 1, count=50)
    type(confirmed).objects.update(state=UpdateState.BEGUN)
    client.force_login(manager)
    url = reverse("institutions:update_change", args=["headcounts", home.pk])
    field = "headcounts-students-full-f"
    page = client.post(url, {field: "90", "version": "0"})
    assert page.status_code == 422
    assert page.context["explanation"].errors.keys() == {"explanation"}
    assert 'value="90"' in page.content.decode()
    assert 'value="90"' in client.get(url).content.decode()
    values = {field: "90", "version": "1", "explanation": "جناح جديد"}
    assert client.post(url, values).status_code == 302
    answer = SectionAnswer.objects.get(section="headcounts")
    assert (answer.answer, answer.explanation) == (Answer.CHANGED, "جناح جديد")


# On behalf.


@pytest.fixture
def begun(association, officer):
    factories.UpdateRoundFactory()
    return update.begin(association.pk, actor=officer, year=YEAR)


def test_both_traces_remain(begun, officer, manager):
    factories.BoardMemberFactory(association=begun.association)
    SectionAnswer.objects.all().delete()
    for section in ("bank", "identity", "board"):
        update.answer_unchanged(begun.pk, section, 0, actor=officer)
    update.answer_complete(begun.pk, "documents", 0, actor=officer)
    update.confirm(begun.pk, actor=manager, version=1)
    steps = UpdateEvent.objects.values_list("step", "actor")
    assert list(steps) == [
        ("begun", officer.pk),
        ("entered", officer.pk),
        ("confirmed", manager.pk),
    ]
    assert set(begun.answers.values_list("answered_by", flat=True)) == {officer.pk}
    told = Outbox.objects.get(kind="update_entered")
    assert told.recipient == manager


def test_who_entered_does_not_confirm(begun, officer):
    factories.answer_everything(begun, officer)
    with pytest.raises(PermissionDenied):
        update.confirm(begun.pk, actor=officer, version=1)


def test_who_entered_does_not_verify_alone(begun, officer, manager):
    coordinator = factories.CoordinatorFactory()
    update.answer_unchanged(begun.pk, "bank", 0, actor=officer)
    begun.answers.all().delete()
    factories.answer_everything(begun, officer)
    update.confirm(begun.pk, actor=manager, version=1)
    update.verify(begun.pk, actor=officer, version=2)
    told = Outbox.objects.get(kind="update_entered_and_verified")
    assert (told.recipient, told.context["officer"]) == (coordinator, str(officer))


def test_a_verifier_who_entered_nothing_is_not_reported(confirmed, officer):
    factories.CoordinatorFactory()
    update.verify(confirmed.pk, actor=officer, version=2)
    assert not Outbox.objects.filter(kind="update_entered_and_verified").exists()


@pytest.mark.parametrize(
    ("make", "may"),
    [
        (factories.DelegateFactory, True),
        (factories.CoordinatorFactory, True),
        (factories.CentralFactory, False),
        (factories.InspectorFactory, False),
        (factories.AdministratorFactory, False),
        (lambda: factories.DelegateFactory(delegation=delegation(TETOUAN)), False),
        (lambda: factories.DelegateFactory(is_active=False), False),
    ],
)
def test_the_one_rule_of_entry(association, make, may):
    assert acting.may_enter(make(), association) is may


def enter(client, association):
    return client.post(reverse("institutions:on_behalf", args=[association.pk]))


def test_an_officer_works_in_the_pages_of_the_association(client, association, officer):
    factories.UpdateRoundFactory()
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory(centre=centre, year=YEAR - 1)
    client.force_login(officer)
    assert client.get(reverse("institutions:update")).status_code == 403
    assert enter(client, association).status_code == 302
    page = client.get("/fr/my/update/").content.decode()
    assert association.name_fr in page
    assert "my/on-behalf/stop/" in page
    client.post(reverse("institutions:update_section", args=["bank", 0]),
                {"answer": "unchanged"})  # fmt: skip
    assert SectionAnswer.objects.get().answered_by == officer
    client.post(reverse("institutions:children", args=[centre.pk]))
    assert Enrolment.objects.filter(year=YEAR).count() == 1
    assert client.get(reverse("institutions:update_confirm")).status_code == 403
    client.post(reverse("institutions:on_behalf_stop"))
    assert client.get(reverse("institutions:update")).status_code == 403


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda: factories.DelegateFactory(delegation=delegation(FES)), 404),
        (factories.CentralFactory, 403),
        (factories.MemberFactory, 403),
    ],
)
def test_nobody_else_enters(client, association, make, status):
    client.force_login(make())
    assert enter(client, association).status_code == status


def test_the_delegation_of_a_unit_does_not_enter(client, association):
    factories.InstitutionFactory(
        association=association, delegation=delegation(TETOUAN)
    )
    client.force_login(factories.DelegateFactory(delegation=delegation(TETOUAN)))
    assert enter(client, association).status_code == 403
