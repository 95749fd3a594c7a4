"""The front page as a small picture: drawn apart, never what may not be read."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from institutions import previews, tasks, vault
from institutions.models import Document, DocumentType
from institutions.picture_pdf import one_pdf
from tests import factories
from tests.files import pdfs, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep():
    manager = factories.MemberFactory()
    association = factories.AssociationFactory(manager=manager)

    def store(name, data):
        return vault.store(
            SimpleUploadedFile(name, data),
            association=association,
            type=DocumentType.objects.get(code="receipt"),
            actor=manager,
        )

    return store


def colours(picture):
    with Image.open(BytesIO(picture)) as image:
        return image.size, image.convert("RGB").getpixel((10, 10))


def red(size):
    return pictures.saved(Image.new("RGB", size, "red"), "JPEG")


def test_a_photograph_is_made_small(keep):
    size, dot = colours(previews.picture_of(keep("a.jpg", red((1500, 3000)))))
    assert size == (240, 480)
    assert dot[0] > 200 > 60 > dot[1]


def test_the_first_page_of_a_pdf_is_drawn(keep):
    document = keep("a.pdf", one_pdf([red((400, 600)), pictures.jpeg()]))
    size, dot = colours(previews.picture_of(document))
    assert max(size) == 480
    assert dot[0] > 200 > 60 > dot[1]


def test_it_is_made_once_by_the_worker(keep):
    document = keep("a.jpg", red((40, 60)))
    tasks.make_preview(document.pk)
    first = default_storage.get_modified_time(previews.path_of(document))
    assert not previews.make(document.pk)
    previews.picture_of(document)
    assert default_storage.get_modified_time(previews.path_of(document)) == first


def test_a_large_pdf_is_left_to_the_worker(keep, monkeypatch):
    monkeypatch.setattr(previews, "AT_ONCE", 10)
    document = keep("a.pdf", pdfs.good())
    assert previews.picture_of(document) is None
    tasks.make_preview(document.pk)
    assert previews.picture_of(document)[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "content", [b"no PDF at all", pdfs.user_password()], ids=["no-pdf", "locked"]
)
def test_what_cannot_be_drawn_is_a_blank_page(content):
    assert previews._of_pdf(content) == previews.blank()


@pytest.mark.parametrize(
    "program",
    ["import time; time.sleep(9)", "x = bytearray(2**34)", "raise SystemExit(7)"],
)
def test_only_the_drawing_process_is_lost(program, tmp_path, monkeypatch):
    path = tmp_path / "reader.py"
    path.write_text(program)
    monkeypatch.setattr(previews, "PROGRAM", path)
    monkeypatch.setattr(previews, "SECONDS", 1)
    assert previews._of_pdf(pdfs.good()) == previews.blank()


def test_the_drawing_process_knows_no_secret(tmp_path, monkeypatch):
    path = tmp_path / "reader.py"
    path.write_text("import os, sys; sys.stdout.write(str(sorted(os.environ)))")
    monkeypatch.setattr(previews, "PROGRAM", path)
    assert b"KEY" not in previews._of_pdf(b"")


def test_nothing_is_left_of_a_document_that_is_none(settings):
    assert not previews.make(987_654_321)
    document = factories.DocumentFactory()
    default_storage.delete(document.file.name)
    assert not previews.make(document.pk)
    assert not Path(settings.MEDIA_ROOT, "previews").exists()
    assert Document.objects.count() == 1
