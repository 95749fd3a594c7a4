"""Until when a document is good: by its type, the board and the association's year."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from institutions import shelves, validity, vault
from institutions.enums import DocumentLevel, Validity, WorkingYear
from institutions.models import Document, DocumentType
from tests import factories
from tests.files import pdfs, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def association(manager):
    return factories.AssociationFactory(
        manager=manager,
        last_assembly_on=date(2026, 3, 15),
        board_term_months=36,
        working_year=WorkingYear.FINANCIAL,
    )


def kind(code):
    return DocumentType.objects.get(code=code)


def noon(day):
    return timezone.localtime().replace(
        year=day.year, month=day.month, day=day.day, hour=12
    )


@pytest.mark.parametrize(
    ("year", "on", "end"),
    [
        (WorkingYear.FINANCIAL, date(2026, 1, 1), date(2026, 12, 31)),
        (WorkingYear.FINANCIAL, date(2026, 12, 31), date(2026, 12, 31)),
        (WorkingYear.SCHOOL, date(2026, 8, 31), date(2026, 8, 31)),
        (WorkingYear.SCHOOL, date(2026, 9, 1), date(2027, 8, 31)),
        (WorkingYear.OTHER, date(2026, 9, 1), date(2027, 9, 1)),
    ],
)
def test_a_year_ends_as_the_association_works(association, year, on, end):
    association.working_year = year
    assert validity.end_of(association, kind("activity_report"), on=on) == end


def test_other_rules(association):
    on = date(2026, 5, 1)
    ends = [
        validity.end_of(association, kind(code), on=on)
        for code in ("statutes", "authorisation", "board_list")
    ]
    assert ends == [None, None, date(2029, 3, 15)]
    association.board_term_months = None
    assert validity.end_of(association, kind("board_list"), on=on) is None


def test_a_paper_of_the_board_before_ended_with_it(association):
    before = validity.end_of(association, kind("board_list"), on=date(2026, 3, 14))
    assert before == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("language", "rule"),
    [
        ("ar", "صالحة إلى نهاية ولاية المكتب، في 15/03/2029."),
        ("fr", "Valable jusqu’à la fin du mandat du bureau, le 15/03/2029."),
    ],
    indirect=["language"],
)
def test_the_rule_is_said_in_words(association, language, rule):
    assert validity.rule(association, kind("board_list")) == rule


def test_every_rule_has_words_of_its_own(association):
    said = {
        validity.rule(association, DocumentType(validity=value)) for value in Validity
    }
    for year in (WorkingYear.SCHOOL, WorkingYear.OTHER):
        association.working_year = year
        said.add(validity.rule(association, kind("activity_report")))
    association.last_assembly_on = None
    said.add(validity.rule(association, kind("board_list")))
    assert len(said) == 7


def test_a_new_term_moves_the_ends(association):
    paper = factories.DocumentFactory(
        association=association,
        type=kind("board_list"),
        uploaded_at=noon(date(2026, 4, 1)),
        expires_on=date(2029, 3, 15),
    )
    old = factories.DocumentFactory(
        association=association,
        type=kind("assembly_minutes"),
        uploaded_at=noon(date(2025, 4, 1)),
        expires_on=date(2030, 1, 1),
    )
    association.board_term_months = 24
    assert validity.refresh(association) == 2
    assert validity.refresh(association) == 0
    ends = Document.objects.in_bulk([paper.pk, old.pk])
    assert ends[paper.pk].expires_on == date(2028, 3, 15)
    assert ends[old.pk].expires_on == date(2026, 3, 15)


def test_a_paper_of_the_board_before_holds_where_somebody_says_so(association, manager):
    paper = factories.DocumentFactory(
        association=association,
        type=kind("president_cnie"),
        uploaded_at=noon(date(2025, 4, 1)),
        expires_on=date(2026, 3, 15),
    )
    said = vault.still_valid(paper.pk, actor=manager)
    assert said.expires_on == date(2029, 3, 15)
    validity.refresh(association)
    assert Document.objects.get().expires_on == date(2029, 3, 15)


@pytest.mark.parametrize(("age", "asked"), [(179, False), (181, True)])
def test_what_holds_until_it_changes_is_asked_about_now_and_then(
    association, manager, age, asked
):
    old = timezone.now() - timedelta(days=age)
    document = factories.DocumentFactory(
        association=association, type=kind("statutes"), uploaded_at=old
    )
    assert validity.may_be_prolonged(document) is asked
    if asked:
        vault.still_valid(document.pk, actor=manager)
        document.refresh_from_db()
        assert not validity.may_be_prolonged(document)


@pytest.mark.parametrize("code", ["activity_report", "insurance"])
def test_neither_a_year_nor_a_date_is_prolonged(association, manager, code):
    document = factories.DocumentFactory(
        association=association, type=kind(code), expires_on=date(2020, 1, 1)
    )
    with pytest.raises(ValidationError) as refusal:
        vault.still_valid(document.pk, actor=manager)
    assert refusal.value.code == "not_prolonged"


def test_strangers_prolong_nothing(association):
    document = factories.DocumentFactory(association=association, type=kind("statutes"))
    stranger = factories.MemberFactory()
    factories.AssociationFactory(manager=stranger)
    with pytest.raises(Document.DoesNotExist):
        vault.still_valid(document.pk, actor=stranger)
    with pytest.raises(PermissionDenied):
        vault.still_valid(document.pk, actor=factories.CentralFactory())


# Versions and numbers.


@pytest.fixture
def keep(association, manager):
    def store(width, code="rib_certificate", **about):
        file = SimpleUploadedFile("a.jpg", pictures.jpeg((width, 40)))
        return vault.store(
            file, association=association, type=kind(code), actor=manager, **about
        )

    return store


def test_a_type_of_one_file_replaces_by_itself(keep):
    first, second = keep(60), keep(61)
    first.refresh_from_db()
    assert (second.replaces, first.is_withdrawn) == (first, True)
    assert list(Document.objects.current()) == [second]


def test_a_version_that_comes_back_replaces_the_one_that_took_its_place(keep):
    first, second = keep(60), keep(61)
    again = keep(60)
    second.refresh_from_db()
    assert (again, second.is_withdrawn) == (first, True)
    assert list(Document.objects.current()) == [first]


def test_files_of_a_type_have_a_number(keep):
    keep(60, "statutes")
    keep(61, "statutes")
    with pytest.raises(ValidationError) as refusal:
        keep(62, "statutes")
    assert refusal.value.code == "too_many_files"
    assert Document.objects.count() == 2


def test_a_file_may_replace_the_one_that_is_named(keep):
    first, second = keep(60, "statutes"), keep(61, "statutes")
    third = keep(62, "statutes", replaces=first)
    assert third.replaces == first
    assert set(Document.objects.current()) == {second, third}


def test_a_new_file_takes_the_place_of_those_that_have_expired(keep):
    first, second = keep(60, "financial_report"), keep(61, "financial_report")
    Document.objects.update(expires_on=date(2020, 1, 1))
    third = keep(62, "financial_report")
    assert list(Document.objects.current()) == [third]
    assert third.replaces in (first, second)


def test_the_number_counts_for_each_unit(keep, association):
    homes = factories.InstitutionFactory.create_batch(2, association=association)
    for number, home in enumerate(homes):
        keep(60 + number, "specifications", institution=home)
    assert Document.objects.current().count() == 2


def test_earlier_versions_stand_on_the_shelf(keep, association, manager):
    first, second = keep(60), keep(61)
    shelf = shelves.one(association, manager, DocumentLevel.ASSOCIATION)
    place = next(slot for slot in shelf.slots if slot.type.code == "rib_certificate")
    assert (place.documents, place.earlier) == ([second], [first])
    assert shelf.earlier == [first]


def test_the_shelf_of_a_person_holds_theirs_alone(association, manager):
    children = factories.ChildFactory.create_batch(2, association=association)
    mine, _other = [
        vault.store(
            SimpleUploadedFile("a.pdf", pdfs.good(pages)),
            association=association,
            type=kind("rsu_certificate"),
            actor=manager,
            child=child,
        )
        for pages, child in enumerate(children, 1)
    ]
    shelf = shelves.of_person(manager, child=children[0])
    kept = [document for place in shelf.slots for document in place.documents]
    assert (kept, shelf.name) == ([mine], children[0].code)
