"""Expiry notices: one mail for an association, each document once a threshold."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Outbox
from accounts.notifications import compose
from institutions import expiry, tasks
from institutions.models import Document, DocumentType
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def manager():
    return factories.MemberFactory(language="fr")


@pytest.fixture
def association(manager):
    return factories.AssociationFactory(
        manager=manager,
        editor=factories.MemberFactory(),
        name_ar="جمعية الأمل",
        name_fr="Association Amal",
        last_assembly_on=None,
    )


@pytest.fixture
def ends(association):
    def make(days, code="insurance", **about):
        return factories.DocumentFactory(
            association=association,
            type=DocumentType.objects.get(code=code),
            expires_on=TODAY + timedelta(days=days),
            **about,
        )

    return make


def told():
    """What each notice was about: documents and thresholds."""
    notices = Outbox.objects.order_by("pk").values_list("context__told", flat=True)
    return [[mark.split(":")[::2] for mark in marks] for marks in notices]


@pytest.mark.parametrize(
    ("days", "threshold"),
    [(-1, None), (0, "30"), (30, "30"), (31, "60"), (60, "60"), (61, None)],
)
def test_managers_are_told_within_sixty_and_thirty_days(ends, manager, days, threshold):
    document = ends(days)
    expiry.mind(TODAY)
    expected = [[[str(document.pk), threshold]]] if threshold else []
    assert told() == expected
    assert [row.recipient for row in Outbox.objects.all()] == [manager] * len(expected)


def test_ten_documents_are_one_mail(ends):
    for _number in range(10):
        ends(20)
    assert expiry.mind(TODAY) == 1
    assert Outbox.objects.get().context["count"] == 10


def test_each_is_told_once_a_threshold(ends):
    document = ends(60)
    for day in range(62):
        expiry.mind(TODAY + timedelta(days=day))
    assert told() == [[[str(document.pk), "60"]], [[str(document.pk), "30"]]]


def test_a_day_without_the_worker_loses_nothing(ends):
    ends(60)
    assert expiry.mind(TODAY + timedelta(days=7)) == 1


def test_a_new_end_is_told_again(ends):
    document = ends(60)
    expiry.mind(TODAY)
    Document.objects.update(expires_on=TODAY + timedelta(days=400))
    assert expiry.mind(TODAY + timedelta(days=350)) == 1
    assert told() == [[[str(document.pk), "60"]]] * 2


def test_only_what_is_new_is_in_the_next_mail(ends):
    ends(60)
    expiry.mind(TODAY)
    second = ends(59)
    expiry.mind(TODAY)
    assert told()[1:] == [[[str(second.pk), "60"]]]


def die(_task):
    """After the rows are written, before the transaction ends."""
    assert Outbox.objects.exists()
    raise SystemExit


def test_a_run_stopped_half_way_doubles_and_loses_nothing(ends, monkeypatch):
    ends(50)
    other = factories.AssociationFactory(manager=factories.MemberFactory())
    factories.DocumentFactory(association=other, expires_on=TODAY)
    first = min(Document.objects.values_list("association", flat=True))
    with monkeypatch.context() as stopped:
        stopped.setattr(expiry.notifications.outbox, "wake", die)
        with pytest.raises(SystemExit):
            expiry.tell(first, today=TODAY)
    assert not Outbox.objects.exists()
    assert expiry.tell(first, today=TODAY)
    assert expiry.mind(TODAY) == 1
    assert Outbox.objects.count() == 2


def test_what_is_not_in_use_is_not_told(ends, association):
    ends(20, is_withdrawn=True)
    DocumentType.objects.filter(code="tenure").update(is_active=False)
    ends(20, code="tenure")
    assert expiry.mind(TODAY) == 0


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        (
            "ar",
            "وثيقتان من وثائقكم تقترب نهاية صلاحيتهما",
            "- عقد التأمين – دار الطالب – \u206612/12/2026\u2069",
        ),
        (
            "fr",
            "2 documents de votre fiche arrivent bientôt à échéance",
            "- Contrat d’assurance – Dar Talib – \u206612/12/2026\u2069",
        ),
    ],
)
def test_the_mail_lists_them_in_the_language_of_its_reader(
    ends, association, manager, language, subject, line
):
    manager.language = language
    manager.save()
    home = factories.InstitutionFactory(
        association=association, name_ar="دار الطالب", name_fr="Dar Talib"
    )
    ends(20, institution=home)
    ends(25, "receipt")
    expiry.mind(TODAY)
    message = compose(Outbox.objects.get())
    assert message.subject == subject
    assert line in message.text


def test_papers_of_people_are_counted_without_a_name(ends, association):
    children = factories.ChildFactory.create_batch(3, association=association)
    for child in children:
        ends(20, "disability_certificate", child=child)
    expiry.mind(TODAY)
    with translation.override("fr"):
        text = compose(Outbox.objects.get()).text
    assert "Certificat ou carte de handicap × 3" in text
    assert not [child for child in children if child.code in text]


def test_the_daily_task_brings_the_ends_to_the_term_of_the_board(association, settings):
    association.last_assembly_on = timezone.localdate() - timedelta(days=10)
    association.board_term_months = 12
    association.save()
    paper = factories.DocumentFactory(
        association=association,
        type=DocumentType.objects.get(code="board_list"),
        expires_on=date(2040, 1, 1),
    )
    assert tasks.mind_validity() == 0
    paper.refresh_from_db()
    assert paper.expires_on == association.board_ends_on
    names = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.mind_validity.name, tasks.sweep_scans.name} <= names
