"""Identity papers: the purpose of the copy is written across, nothing else is kept."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageChops, ImageDraw, ImageFont, features
from pypdf import PdfReader

from institutions import checks, stored_files, vault, watermark
from institutions.models import DocumentType
from institutions.pdf_inspection import inspect_pdf
from tests import factories
from tests.files import pdfs, pictures

ARABIC, FRENCH = "نسخة خاصة بملف جمعية الأمل", "Copie réservée au dossier"
MARK = watermark.Mark(ARABIC, FRENCH)


def rendered(data, number=0):
    document = pypdfium2.PdfDocument(data)
    try:
        return document[number].render(scale=1).to_pil().convert("L")
    finally:
        document.close()


def darkened(picture):
    """Share of dots that are no longer white."""
    histogram = picture.convert("L").histogram()
    return sum(histogram[:240]) / sum(histogram)


def test_arabic_is_shaped_here():
    assert checks.arabic_is_shaped() == []


def test_a_machine_that_cannot_shape_arabic_is_told(monkeypatch):
    monkeypatch.setattr(features, "check", lambda _name: False)
    assert [error.id for error in checks.arabic_is_shaped()] == ["institutions.E001"]


def test_letters_are_joined_and_run_from_right_to_left():
    """The word as the layer draws it is not the row of its letters on their own."""
    font = ImageFont.truetype(
        str(watermark.FONT), 40, layout_engine=ImageFont.Layout.RAQM
    )
    pen = ImageDraw.Draw(Image.new("L", (10, 10)))
    how = {"font": font, "direction": "rtl", "language": "ar"}
    joined = pen.textlength("نسخة", **how)
    apart = sum(pen.textlength(letter, **how) for letter in "نسخة")
    assert joined < apart * 0.9


@pytest.mark.parametrize("size", [(1200, 800), (60, 40), (800, 2000)])
def test_a_picture_is_marked_across(size):
    marked = MARK.on_picture(Image.new("RGB", size, "white"))
    assert marked.size == size
    halves = [(0, 0, size[0] // 2, size[1]), (size[0] // 2, 0, *size)]
    assert all(0.01 < darkened(marked.crop(half)) < 0.4 for half in halves)


def test_the_words_are_read_on_black_too():
    marked = MARK.on_picture(Image.new("RGB", (1200, 800), "black"))
    assert marked.convert("L").getextrema()[1] > 60


def test_both_languages_are_written():
    white = Image.new("RGB", (1600, 1000), "white")
    pictures = [
        watermark.Mark(*words).on_picture(white)
        for words in [(ARABIC, FRENCH), (ARABIC, " "), (" ", FRENCH)]
    ]
    both, arabic, french = (darkened(picture) for picture in pictures)
    assert both > arabic > 0.01
    assert both > french > 0.01


@pytest.mark.parametrize("build", [pdfs.good, pdfs.owner_password])
def test_every_page_of_a_pdf_is_marked(build):
    marked = MARK.on_pdf(build())
    pages = inspect_pdf(marked)
    assert pages == inspect_pdf(build())
    assert all(darkened(rendered(marked, number)) > 0.005 for number in range(pages))


def test_a_turned_page_is_marked_too():
    writer = pdfs.blank()
    writer.pages[0].rotate(90)
    marked = MARK.on_pdf(pdfs.written(writer))
    assert PdfReader(BytesIO(marked)).pages[0].rotation == 0
    assert darkened(rendered(marked)) > 0.005


def test_a_pdf_forgets_who_wrote_it():
    writer = pdfs.blank()
    writer.add_metadata({"/Author": "Zaafrane"})
    assert b"Zaafrane" not in MARK.on_pdf(pdfs.written(writer))


def test_an_identity_paper_is_no_book():
    with pytest.raises(ValidationError) as refusal:
        MARK.on_pdf(pdfs.good(21))
    assert refusal.value.code == "too_many_pages"


@pytest.mark.django_db
def test_the_words_name_the_file_the_establishment_and_the_day(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 22))
    association = factories.AssociationFactory(name_ar="جمعية", name_fr="Amal")
    assert watermark.of(association) == watermark.Mark(
        "نسخة خاصة بملف جمعية، التعاون الوطني، 22/11/2026",
        "Copie réservée au dossier de Amal, Entraide Nationale, 22/11/2026",
    )


def kept(code, name, data, settings):
    manager = factories.MemberFactory()
    association = factories.AssociationFactory(manager=manager)
    document = vault.store(
        [SimpleUploadedFile(name, part) for part in data],
        association=association,
        type=DocumentType.objects.get(code=code),
        actor=manager,
    )
    with stored_files.open_file(document) as content:
        files = [
            path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()
        ]
        assert len(files) == 1
        return content.read()


@pytest.mark.django_db
def test_only_the_marked_photograph_is_kept(settings):
    photo = pictures.saved(Image.new("RGB", (600, 400), "white"), "JPEG")
    stored = kept("president_cnie", "a.jpg", [photo], settings)
    assert darkened(Image.open(BytesIO(stored))) > 0.01


@pytest.mark.django_db
def test_both_faces_of_a_card_are_marked_in_one_pdf(settings):
    faces = [
        pictures.saved(Image.new("RGB", (600, 400 + n), "white"), "JPEG")
        for n in range(2)
    ]
    stored = kept("president_cnie", "a.jpg", faces, settings)
    assert [darkened(rendered(stored, n)) > 0.01 for n in range(2)] == [True, True]


@pytest.mark.django_db
def test_other_papers_are_not_marked(settings):
    photo = pictures.saved(Image.new("RGB", (600, 400), "white"), "JPEG")
    stored = kept("statutes", "a.jpg", [photo], settings)
    difference = ImageChops.difference(
        Image.open(BytesIO(stored)).convert("RGB"),
        Image.new("RGB", (600, 400), "white"),
    )
    assert difference.getbbox() is None


@pytest.mark.django_db
def test_the_papers_of_children_and_of_the_president_are_identity_papers():
    marked = DocumentType.objects.filter(is_identity=True).values_list("code", "level")
    assert {level for code, level in marked if code != "president_cnie"} == {"child"}
    assert "president_cnie" in dict(marked)
