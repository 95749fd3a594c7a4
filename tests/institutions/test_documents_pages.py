"""The pages of the vault: what is asked, sent, dated, prolonged, read."""

import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from institutions import previews, shelves, vault
from institutions.enums import DocumentLevel, ScanState
from institutions.models import Document, DocumentType
from tests import factories
from tests.factories import TETOUAN, delegation
from tests.files import pdfs, pictures

pytestmark = pytest.mark.django_db
KIB = 1024


@pytest.fixture
def child(association):
    return factories.ChildFactory(association=association)


@pytest.fixture
def home(association):
    return factories.InstitutionFactory(association=association)


def at(name, *args):
    return reverse(f"institutions:{name}", args=args)


def content(response):
    """What was sent; reading it to its end closes the file."""
    return b"".join(response.streaming_content)


def sent(name="a.pdf", data=None):
    return SimpleUploadedFile(name, pdfs.good() if data is None else data)


def upload(portal, code="statutes", unit=0, *, files=None, **extra):
    data = {"file": files or sent(), **extra}
    return portal.post(at("document_upload", code, unit), data)


def stored_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# Pages.


def test_every_page_of_the_vault_opens(association, portal, home, child, language):
    member = factories.StaffMemberFactory(centre__association=association)
    document = factories.DocumentFactory(association=association)
    for url in [
        at("documents"),
        at("documents_of", "association", 0),
        at("documents_of", "institution", home.pk),
        at("documents_of", "centre", member.centre_id),
        at("documents_of", "child", child.pk),
        at("documents_of", "staff", member.pk),
        at("documents_people", "child"),
        at("documents_people", "staff"),
        at("document_take_back", document.pk),
    ]:
        assert portal.get(url).status_code == 200, url


@pytest.mark.parametrize(
    ("level", "unit"), [("association", 1), ("planet", 1), ("child", 0), ("staff", 0)]
)
def test_a_shelf_that_is_none_does_not_exist(portal, association, level, unit):
    assert portal.get(at("documents_of", level, unit)).status_code == 404


def test_the_people_are_children_or_staff(portal, association):
    assert portal.get(at("documents_people", "centre")).status_code == 404


def test_the_pages_are_for_members(association, client, child):
    client.force_login(factories.DelegateFactory())
    document = factories.DocumentFactory(association=association)
    pages = [at("documents"), at("documents_people", "child")]
    pages.append(at("documents_of", "child", child.pk))
    assert [client.get(url).status_code for url in pages] == [403, 403, 403]
    for name in ("document_dates", "document_still_valid"):
        assert client.post(at(name, document.pk)).status_code == 403


def test_what_is_of_others_does_not_exist(portal, association):
    child = factories.ChildFactory()
    document = factories.DocumentFactory(child=child, association=child.association)
    for url in [
        at("documents_of", "child", child.pk),
        at("document", document.pk),
        at("document_preview", document.pk),
        at("document_take_back", document.pk),
    ]:
        assert portal.get(url).status_code == 404, url
    posts = ["document_dates", "document_still_valid", "document_take_back"]
    for url in [at(name, document.pk) for name in posts]:
        assert portal.post(url).status_code == 404, url
    assert upload(portal, "rsu_certificate", child.pk).status_code == 404


def test_limits_and_rules_are_said_before_choosing(portal, association, language):
    page = portal.get(at("documents")).content.decode()
    shelf = shelves.of(association, factories.MemberFactory())[0]
    assert shelves.limits()["limits"] in page
    assert all(slot.rule in page for slot in shelf.slots)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["documents", "documents_of", "documents_people"])
def test_queries_do_not_grow(
    association, portal, child, django_assert_max_num_queries, count, name
):
    factories.ChildFactory.create_batch(count, association=association)
    factories.InstitutionFactory.create_batch(count, association=association)
    about = {"association": association, "type": DocumentType.objects.first()}
    factories.DocumentFactory.create_batch(count, **about)
    factories.DocumentFactory.create_batch(count, **about, child=child)
    places = {"documents_of": ("child", child.pk), "documents_people": ("child",)}
    url = at(name, *places.get(name, ()))
    portal.get(url)
    with django_assert_max_num_queries(12):
        portal.get(url)


def test_a_shelf_full_to_its_limits_is_a_light_page(portal, association, language):
    soon = timezone.localdate() + datetime.timedelta(days=50)
    name = f"{'محضر الجمع العام ' * 3}.pdf"
    about = {"association": association, "expires_on": soon, "original_name": name}
    kinds = DocumentType.objects.filter(level="association")
    for kind in kinds:
        factories.DocumentFactory.create_batch(kind.max_files, type=kind, **about)
    for home in factories.InstitutionFactory.create_batch(5, association=association):
        kind = DocumentType.objects.get(code="tenure")
        factories.DocumentFactory.create_batch(6, type=kind, institution=home, **about)
    assert Document.objects.count() > 60
    page = portal.get(at("documents"))
    files = sum(kind.max_files for kind in kinds)
    assert page.content.count(b"en-kept__page") == files
    assert len(page.content) <= 60 * KIB


# A file more.


def test_a_document_is_kept_and_read_back(association, portal):
    assert upload(portal).status_code == 302
    document = Document.objects.get()
    response = portal.get(at("document", document.pk))
    assert content(response) == pdfs.good()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert "inline" in response["Content-Disposition"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    taken = portal.get(at("document", document.pk), {"download": "1"})
    content(taken)
    assert "attachment" in taken["Content-Disposition"]


def test_the_answer_holds_the_row_that_was_sent(association, portal, home):
    answer = upload(portal, "authorisation", home.pk)
    assert answer.url == f"{at('documents_of', 'institution', home.pk)}#{slot(home)}"
    page = portal.get(answer.url).content.decode()
    assert f'id="{slot(home)}"' in page


def slot(home):
    return f"doc-authorisation-{home.pk}"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b""),
        ("a.pdf", b"%PDF-1.4 broken"),
        ("a.pdf", b"MZ program"),
        ("a.jpg", pdfs.good()),
        ("a.exe", pdfs.good()),
    ],
)
def test_a_bad_file_is_refused_in_its_row_and_nothing_is_stored(
    association, portal, settings, name, data
):
    answer = upload(portal, files=sent(name, data))
    assert answer.status_code == 422
    assert 'id="doc-statutes-0-error"' in answer.content.decode()
    assert not Document.objects.exists()
    assert stored_files(settings) == []


def test_a_refusal_about_a_person_stands_on_their_shelf(portal, association, child):
    answer = upload(portal, "rsu_certificate", child.pk, files=sent("a.exe"))
    assert answer.status_code == 422
    assert f'id="doc-rsu_certificate-{child.pk}-error"' in answer.content.decode()


def test_several_photographs_become_one_document(portal, association):
    photos = [sent(f"{n}.jpg", pictures.jpeg((60 + n, 40))) for n in range(3)]
    upload(portal, files=photos)
    document = Document.objects.get()
    assert (document.mime, document.page_count) == ("application/pdf", 3)
    assert document.original_name == "0.pdf"


def test_opening_the_address_of_an_upload_leads_to_the_shelf(portal, association):
    answer = portal.get(at("document_upload", "statutes", 0))
    assert answer.url == f"{at('documents')}#doc-statutes-0"


def test_a_type_of_another_level_does_not_exist_here(portal, home):
    assert upload(portal, "statutes", home.pk).status_code == 404
    assert upload(portal, "authorisation", 0).status_code == 404


# Its dates: a wrong one loses no file.


def test_the_date_is_asked_once_the_file_is_kept(portal, home):
    upload(portal, "authorisation", home.pk)
    document = Document.objects.get()
    assert (document.expires_on, document.institution) == (None, home)
    page = portal.get(at("documents_of", "institution", home.pk)).content.decode()
    assert f'action="{at("document_dates", document.pk)}"' in page


@pytest.mark.parametrize("typed", ["", "soon", "01/01/2020"])
def test_a_wrong_date_keeps_the_file(portal, home, typed):
    upload(portal, "authorisation", home.pk)
    document = Document.objects.get()
    answer = portal.post(at("document_dates", document.pk), {"expires_on": typed})
    assert answer.status_code == 422
    assert f'id="{slot(home)}-error"' in answer.content.decode()
    assert Document.objects.get().expires_on is None


def test_the_date_is_kept(portal, home):
    upload(portal, "authorisation", home.pk)
    document = Document.objects.get()
    portal.post(
        at("document_dates", document.pk),
        {"issued_on": "01/02/2026", "expires_on": "٠١/٠١/2035"},
    )
    document.refresh_from_db()
    assert document.expires_on == datetime.date(2035, 1, 1)
    assert document.issued_on == datetime.date(2026, 2, 1)


def test_it_cannot_end_before_its_date(portal, home):
    upload(portal, "authorisation", home.pk)
    document = Document.objects.get()
    days = {"issued_on": "02/01/2035", "expires_on": "01/01/2035"}
    assert portal.post(at("document_dates", document.pk), days).status_code == 422


# Still valid, taken away, earlier versions.


def test_still_valid_is_one_tap(portal, association, manager):
    old = timezone.now() - datetime.timedelta(days=400)
    document = factories.DocumentFactory(
        association=association,
        type=DocumentType.objects.get(code="statutes"),
        uploaded_at=old,
    )
    address = at("document_still_valid", document.pk)
    assert address in portal.get(at("documents")).content.decode()
    portal.post(address)
    document.refresh_from_db()
    assert document.still_valid_by == manager
    assert timezone.localdate(document.still_valid_at) == timezone.localdate()
    assert address not in portal.get(at("documents")).content.decode()


def test_a_report_of_the_year_is_not_prolonged(portal, association):
    report = DocumentType.objects.get(code="activity_report")
    document = factories.DocumentFactory(association=association, type=report)
    assert portal.post(at("document_still_valid", document.pk)).status_code == 422
    document.refresh_from_db()
    assert document.still_valid_at is None


def test_a_document_taken_away_leaves_the_vault_and_stays_readable(portal, association):
    upload(portal)
    document = Document.objects.get()
    portal.post(at("document_take_back", document.pk))
    assert not Document.objects.current().exists()
    page = portal.get(at("documents_of", "association", 0)).content.decode()
    assert at("document", document.pk) in page
    upload(portal)
    assert Document.objects.current().get() == document


# Who reads.


def test_reading_a_document_about_a_child_is_logged(association, client, child):
    document = factories.DocumentFactory(association=association, child=child)
    officer = factories.DelegateFactory()
    client.force_login(officer)
    response = client.get(at("document", document.pk))
    assert content(response) == factories.PDF
    client.get(at("document_preview", document.pk))
    found = AccessLog.objects.order_by("pk").values_list("user", "action")
    assert list(found) == [(officer.pk, "download"), (officer.pk, "read")]


def test_a_foreign_officer_finds_no_document(association, client):
    document = factories.DocumentFactory(association=association)
    for user in [
        factories.DelegateFactory(delegation=delegation(TETOUAN)),
        factories.AdministratorFactory(),
    ]:
        client.force_login(user)
        assert client.get(at("document", document.pk)).status_code == 404
        assert client.get(at("document_preview", document.pk)).status_code == 404


@pytest.mark.parametrize(
    ("state", "member", "officer"),
    [
        (ScanState.OFF, 200, 200),
        (ScanState.CLEAN, 200, 200),
        (ScanState.PENDING, 200, 403),
        (ScanState.FAILED, 200, 403),
        (ScanState.INFECTED, 403, 403),
    ],
)
def test_a_scan_that_is_not_over_holds_back_others_only(
    client, association, manager, state, member, officer
):
    photo, kind = sent("a.jpg", pictures.jpeg()), DocumentType.objects.first()
    document = vault.store(photo, association=association, type=kind, actor=manager)
    Document.objects.update(scan_state=state)
    asked = [(manager, member), (factories.DelegateFactory(), officer)]
    for user, status in asked:
        client.force_login(user)
        answer = client.get(at("document", document.pk))
        assert answer.status_code == status
        picture = client.get(at("document_preview", document.pk)).content
        assert (picture == previews.blank()) == (status == 403)
        assert b"".join(answer)


def test_an_infected_file_asks_for_another(portal, association, language):
    factories.DocumentFactory(
        association=association,
        type=DocumentType.objects.get(code="receipt"),
        scan_state=ScanState.INFECTED,
    )
    shelf = shelves.one(association, portal_user(portal), DocumentLevel.ASSOCIATION)
    place = next(slot for slot in shelf.slots if slot.type.code == "receipt")
    assert (place.tone, place.good, place.has_room) == ("stop", [], True)


def portal_user(portal):
    return portal.get(at("documents")).wsgi_request.user
