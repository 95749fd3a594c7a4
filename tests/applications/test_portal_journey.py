"""From the call to the receipt, as an association goes, without scripts."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from applications.enums import State
from applications.models import Application
from tests.factories import (
    AnnualUpdateFactory,
    AssociationFactory,
    BoardMemberFactory,
    CallDocumentFactory,
    CallFactory,
    CentreFactory,
    EnrolmentFactory,
    HeadcountFactory,
    InstitutionFactory,
)
from tests.files import pdfs

pytestmark = pytest.mark.django_db


def photograph(name="photo.png", size=(40, 40)):
    sent = io.BytesIO()
    Image.new("RGB", size, "white").save(sent, "PNG")
    return SimpleUploadedFile(name, sent.getvalue(), "image/png")


def eps_call(manager):
    association = AssociationFactory(manager=manager)
    BoardMemberFactory(association=association)
    institution = InstitutionFactory(association=association)
    HeadcountFactory(institution=institution)
    AnnualUpdateFactory(association=association, confirmed=True)
    return CallFactory(with_document=True), institution


def schooling_call(manager):
    association = AssociationFactory(manager=manager)
    BoardMemberFactory(association=association)
    centre = CentreFactory(association=association)
    EnrolmentFactory.create_batch(3, centre=centre)
    AnnualUpdateFactory(association=association, confirmed=True)
    return CallFactory(schooling=True, with_document=True), None


def section(file, code):
    return reverse("applications:section", args=[file.pk, code])


def counts_section(file):
    return "beneficiaries" if file.institution_id else "children"


@pytest.mark.parametrize("prepare", [eps_call, schooling_call])
def test_from_the_call_to_the_receipt(client, manager, prepare, language):
    call, institution = prepare(manager)
    start = reverse("applications:start", args=[call.pk])
    assert client.get(start).status_code == 200
    posted = {"institution": institution.pk} if institution else {}
    overview = client.post(start, posted, follow=True)
    assert overview.status_code == 200
    file = Application.objects.get()
    words = {
        "subject": "دعم التسيير",
        "purpose": "التغذية",
        "contact_name": "خديجة",
        "contact_phone": "0661 00 00 00",
        "version": 0,
    }
    after = client.post(section(file, "request"), words)
    assert after.url == section(file, counts_section(file))
    counts = client.get(after.url).context["form"]
    typed = {line.key: line.update_count for line in counts.lines}
    after = client.post(after.url, {**typed, "version": 0})
    assert after.url == section(file, "budget")
    after = client.post(after.url, {"meals": "1 250,50", "version": 0})
    assert after.url == section(file, "documents")
    line = call.documents.get()
    upload = reverse("applications:upload", args=[file.pk])
    sent = client.post(upload, {"call_document": line.pk, "file": photograph()})
    assert sent.status_code == 302
    check = client.get(reverse("applications:check_answers", args=[file.pk]))
    assert check.context["missing"] == []
    assert [f.code for f in check.context["findings"] if f.level == "blocking"] == []
    file.refresh_from_db()
    response = client.post(
        reverse("applications:submit", args=[file.pk]),
        {"version": file.version, "certified": "on"},
    )
    assert response.url == reverse("applications:receipt", args=[file.pk])
    file.refresh_from_db()
    assert file.state == State.SUBMITTED
    assert file.number in client.get(response.url).content.decode()
    assert client.get(file.get_absolute_url()).status_code == 200


def test_a_second_start_continues_the_first(client, manager):
    call, institution = eps_call(manager)
    start = reverse("applications:start", args=[call.pk])
    first = client.post(start, {"institution": institution.pk})
    second = client.post(start, {"institution": institution.pk})
    assert first.url == second.url
    assert Application.objects.count() == 1
    assert client.get(start).context["units"] == []


def test_photographs_chosen_together_are_one_document(client, manager):
    call, institution = eps_call(manager)
    start = reverse("applications:start", args=[call.pk])
    client.post(start, {"institution": institution.pk})
    file = Application.objects.get()
    upload = reverse("applications:upload", args=[file.pk])
    files = [photograph("one.png"), photograph("two.png", size=(41, 40))]
    client.post(upload, {"call_document": call.documents.get().pk, "file": files})
    document = file.attachments.get().document
    assert (document.mime, document.page_count) == ("application/pdf", 2)


def test_several_files_for_one_document(client, manager):
    call, institution = eps_call(manager)
    start = reverse("applications:start", args=[call.pk])
    client.post(start, {"institution": institution.pk})
    file = Application.objects.get()
    upload = reverse("applications:upload", args=[file.pk])
    files = [
        SimpleUploadedFile("one.pdf", pdfs.good(), "application/pdf"),
        photograph("two.png"),
    ]
    client.post(upload, {"call_document": call.documents.get().pk, "file": files})
    assert file.attachments.count() == 2


@pytest.mark.parametrize(
    ("sent", "count"),
    [
        (SimpleUploadedFile("x.pdf", b"", "application/pdf"), 0),
        (SimpleUploadedFile("x.pdf", b"not a pdf", "application/pdf"), 0),
        (None, 0),
    ],
)
def test_a_refused_file_says_why_at_its_line(client, manager, sent, count):
    call, institution = eps_call(manager)
    row = CallDocumentFactory(call=call, rank=2)
    start = reverse("applications:start", args=[call.pk])
    client.post(start, {"institution": institution.pk})
    file = Application.objects.get()
    data = {"call_document": row.pk} | ({"file": sent} if sent else {})
    response = client.post(reverse("applications:upload", args=[file.pk]), data)
    assert response.status_code == 422
    errors = [row.error for row in response.context["rows"]]
    assert [bool(error) for error in errors] == [False, True]
    assert file.attachments.count() == count
