"""Uploads: good files come in reduced and clean, bad files stay out with a reason."""

import hashlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image, ImageFile

from institutions import pdf_inspection, uploads
from institutions.uploads import check_upload, clean_name, prepare_upload, reduce_photo
from tests.files import pdfs, pictures

MAX_BYTES = 10 * 1024 * 1024


def file(name, data):
    return SimpleUploadedFile(name, data)


def reason(name, data, **limits):
    """The code of the refusal, which always has its sentence."""
    with pytest.raises(ValidationError) as caught:
        check_upload(file(name, data), **limits)
    (error,) = caught.value.error_list
    assert str(error.messages[0]).endswith(".")
    return error.code


BAD = {
    "nothing at all": ("a.pdf", lambda: b"", "empty"),
    "larger than allowed": ("a.pdf", lambda: bytes(MAX_BYTES + 1), "too_large"),
    "text as a PDF": ("a.pdf", lambda: b"hello", "type"),
    "page as a PDF": ("a.pdf", lambda: pictures.HTML, "type"),
    "drawing with a script": ("a.svg", lambda: pictures.SVG, "type"),
    "drawing as a PNG": ("a.png", lambda: pictures.SVG, "type"),
    "word processor": ("a.docx", pictures.office, "type"),
    "word processor as a PDF": ("a.pdf", pictures.office, "type"),
    "macro": ("a.docm", pictures.office_with_macro, "type"),
    "macro as a PDF": ("a.pdf", pictures.office_with_macro, "type"),
    "old word processor": ("a.doc", pictures.old_office, "type"),
    "archive": ("a.zip", pictures.archive, "type"),
    "program": ("a.exe", lambda: b"MZ" + bytes(100), "type"),
    "program as a JPEG": ("a.jpg", lambda: b"MZ" + bytes(100), "type"),
    "animation": (
        "a.gif",
        lambda: pictures.saved(pictures.scene(), "GIF"),
        "type",
    ),
    "no extension": ("a", pdfs.good, "type"),
    "PDF under another extension": ("a.exe", pdfs.good, "type"),
    "extension hidden by direction": ("a\u202efdp.exe", pdfs.good, "type"),
    "PDF as a JPEG": ("a.jpg", pdfs.good, "mismatch"),
    "JPEG as a PDF": ("a.pdf", pictures.jpeg, "mismatch"),
    "JPEG as a PNG": ("a.png", pictures.jpeg, "mismatch"),
    "PNG as a JPEG": ("a.jpeg", pictures.png, "mismatch"),
    "page before a PDF": ("a.pdf", lambda: pictures.HTML + pdfs.good(), "type"),
    "one byte before a PDF": ("a.pdf", lambda: b"\n" + pdfs.good(), "type"),
    "archive after a PDF": (
        "a.pdf",
        lambda: pdfs.good() + pictures.archive(),
        "hidden",
    ),
    "page after a PDF": ("a.pdf", lambda: pdfs.good() + pictures.HTML, "appended"),
    "much after a PDF": ("a.pdf", lambda: pdfs.good() + b"x" * 2000, "appended"),
    "archive after a JPEG": (
        "a.jpg",
        lambda: pictures.jpeg() + pictures.archive(),
        "hidden",
    ),
    "page in a JPEG": (
        "a.jpg",
        lambda: pictures.jpeg_with_comment(pictures.HTML),
        "hidden",
    ),
    "PDF in a JPEG": ("a.jpg", pictures.pdf_inside_jpeg, "hidden"),
    "something after a PNG": ("a.png", lambda: pictures.png() + b"more", "hidden"),
    "half a PDF": ("a.pdf", pdfs.truncated, "damaged"),
    "PDF without pages": ("a.pdf", pdfs.without_pages, "damaged"),
    "PDF that is only a header": ("a.pdf", pdfs.only_a_header, "damaged"),
    "PDF of noise": ("a.pdf", pdfs.noise, "damaged"),
    "PDF nested too deep": ("a.pdf", pdfs.nested_too_deep, "damaged"),
    "PDF bomb": ("a.pdf", pdfs.bomb, "complex"),
    "half a JPEG": (
        "a.jpg",
        lambda: pictures.jpeg((600, 400))[:-900],
        "damaged",
    ),
    "JPEG that is only a header": ("a.jpg", lambda: b"\xff\xd8\xff\xe0", "damaged"),
    "half a PNG": ("a.png", lambda: pictures.png()[:-40], "damaged"),
    "PNG with a wrong sum": ("a.png", pictures.png_with_a_wrong_sum, "damaged"),
    "PNG with a text bomb": ("a.png", pictures.png_with_a_text_bomb, "damaged"),
    "PNG of 51 million pixels": (
        "a.png",
        lambda: pictures.huge_png(7150),
        "too_many_pixels",
    ),
    "PNG of 100 million pixels": (
        "a.png",
        lambda: pictures.huge_png(10_000),
        "too_many_pixels",
    ),
    "PNG of 10 thousand million pixels": (
        "a.png",
        lambda: pictures.huge_png(100_000),
        "too_many_pixels",
    ),
    "PDF with a password": ("a.pdf", pdfs.user_password, "password"),
    "program at opening": ("a.pdf", pdfs.javascript_at_opening, "javascript"),
    "program by name": ("a.pdf", pdfs.javascript_by_name, "javascript"),
    "program on a page": ("a.pdf", pdfs.javascript_on_a_page, "javascript"),
    "program on a note": ("a.pdf", pdfs.javascript_on_an_annotation, "javascript"),
    "program in a field": ("a.pdf", pdfs.javascript_in_a_field, "javascript"),
    "program after another action": (
        "a.pdf",
        pdfs.javascript_after_another_action,
        "javascript",
    ),
    "program behind a reference": (
        "a.pdf",
        pdfs.javascript_behind_a_reference,
        "javascript",
    ),
    "program no page reaches": (
        "a.pdf",
        pdfs.javascript_no_page_reaches,
        "javascript",
    ),
    "program in hexadecimal": (
        "a.pdf",
        pdfs.javascript_spelt_in_hexadecimal,
        "javascript",
    ),
    "program in an object stream": (
        "a.pdf",
        pdfs.javascript_in_an_object_stream,
        "javascript",
    ),
    "program of an earlier revision": (
        "a.pdf",
        pdfs.javascript_of_an_earlier_revision,
        "javascript",
    ),
    "program as an address": (
        "a.pdf",
        pdfs.javascript_as_a_web_address,
        "javascript",
    ),
    "program under an owner password": (
        "a.pdf",
        pdfs.javascript_under_an_owner_password,
        "javascript",
    ),
    "program to start": ("a.pdf", pdfs.launch, "launch"),
    "attached file": ("a.pdf", pdfs.attachment, "attachment"),
    "file attached to a page": ("a.pdf", pdfs.attachment_on_a_page, "attachment"),
    "dynamic form": ("a.pdf", pdfs.xfa, "xfa"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_for_its_own_reason(name):
    filename, build, code = BAD[name]
    assert reason(filename, build()) == code


@pytest.mark.parametrize("name", ["half a JPEG", "PNG with a text bomb"])
def test_a_process_that_makes_letters_is_as_strict(name, monkeypatch):
    """WeasyPrint, imported, makes Pillow take damaged pictures."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    filename, build, code = BAD[name]

    assert reason(filename, build()) == code


def test_pages_in_a_circle_end():
    assert reason("a.pdf", pdfs.pages_in_a_circle()) in {"damaged", "complex"}


def test_too_many_pages_are_too_complex(monkeypatch):
    monkeypatch.setitem(pdf_inspection.LIMITS, "page_tree_maximum_entries", 20)
    assert reason("a.pdf", pdfs.too_many_pages(20)) == "complex"


def test_inspection_has_a_time_limit(monkeypatch):
    monkeypatch.setattr(pdf_inspection, "MAX_SECONDS", -1)
    assert reason("a.pdf", pdfs.good()) == "complex"


def test_inspection_has_an_object_limit(monkeypatch):
    monkeypatch.setattr(pdf_inspection, "MAX_OBJECTS", 2)
    assert reason("a.pdf", pdfs.good()) == "complex"


@pytest.mark.parametrize(
    ("name", "build", "mime", "extension", "pages"),
    [
        ("statuts.pdf", pdfs.good, uploads.PDF, "pdf", 2),
        ("STATUTS.PDF", pdfs.good, uploads.PDF, "pdf", 2),
        ("links.pdf", pdfs.with_link, uploads.PDF, "pdf", 2),
        ("empty names.pdf", pdfs.with_empty_names, uploads.PDF, "pdf", 1),
        ("owner.pdf", pdfs.owner_password, uploads.PDF, "pdf", 3),
        ("blanks.pdf", lambda: pdfs.good() + b"\r\n\0\0\n", uploads.PDF, "pdf", 2),
        ("a.jpg", pictures.jpeg, uploads.JPEG, "jpg", 1),
        ("a.jpeg", pictures.jpeg, uploads.JPEG, "jpg", 1),
        ("a.JPG", pictures.photograph, uploads.JPEG, "jpg", 1),
        ("a.png", pictures.png, uploads.PNG, "png", 1),
        ("a.png", pictures.transparent_png, uploads.PNG, "png", 1),
    ],
)
def test_good_file_is_known_by_its_content(name, build, mime, extension, pages):
    data = build()
    upload = file(name, data)
    checked = check_upload(upload)
    assert (checked.mime, checked.extension, checked.page_count) == (
        mime,
        extension,
        pages,
    )
    assert (checked.size, checked.sha256) == (
        len(data),
        hashlib.sha256(data).hexdigest(),
    )
    assert upload.read() == data


def test_limits_are_those_of_the_settings_unless_given(settings):
    settings.UPLOAD_MAX_BYTES = 100
    assert reason("a.pdf", pdfs.good()) == "too_large"
    settings.UPLOAD_MAX_BYTES = MAX_BYTES
    settings.UPLOAD_MAX_PIXELS = 2399
    assert reason("a.jpg", pictures.jpeg()) == "too_many_pixels"
    assert check_upload(file("a.jpg", pictures.jpeg()), max_pixels=2400).page_count == 1
    data = pdfs.good()
    assert reason("a.pdf", data, max_bytes=len(data) - 1) == "too_large"
    assert check_upload(file("a.pdf", data), max_bytes=len(data)).size == len(data)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("القانون الأساسي.pdf", "القانون الأساسي.pdf"),
        ("Procès-verbal 2026.PDF", "Procès-verbal 2026.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Documents\\rib.pdf", "rib.pdf"),
        ("/absolute/rib.pdf", "rib.pdf"),
        ("rib\u202efdp.pdf", "ribfdp.pdf"),
        ("rib\u2066\u200f\u200b.pdf", "rib.pdf"),
        ("rib\x00\r\n\x1b[31m.pdf", "rib[31m.pdf"),
        ('r<i>b:"|?*.pdf', "r i b.pdf"),
        ("...rib...pdf", "rib.pdf"),
        (".pdf", "document.pdf"),
        ("\u202e.pdf", "document.pdf"),
        ("rib.pdf. ", "rib.pdf"),
        (f"{'a' * 300}.pdf", f"{'a' * 100}.pdf"),
        ("e\u0301tat.pdf", "\u00e9tat.pdf"),
        ("", "document"),
        (None, "document"),
    ],
)
def test_name_keeps_nothing_that_could_deceive(given, kept):
    assert clean_name(given) == kept


def test_checked_name_ends_as_the_content_does():
    checked = check_upload(file("صورة.JPEG", pictures.jpeg()))
    assert checked.clean_name == "صورة.jpg"


def test_photograph_is_upright_small_and_tells_nothing():
    original = pictures.photograph(orientation=6)
    assert b"TelephoneMaker" in original
    reduced = reduce_photo(file("a.jpg", original)).read()
    with Image.open(BytesIO(reduced)) as image:
        assert image.format == "JPEG"
        assert image.size == (1000, 2000)
        assert dict(image.getexif()) == {}
        top, bottom = image.getpixel((500, 300)), image.getpixel((500, 1700))
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]
    assert b"TelephoneMaker" not in reduced
    assert len(reduced) < len(original)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_png_becomes_a_jpeg(mode):
    image = pictures.scene((40, 40), "L").convert(mode)
    if mode == "I;16":
        image = Image.new("I;16", (40, 40), 40_000)
    reduced = reduce_photo(file("a.png", pictures.saved(image, "PNG")))
    with Image.open(reduced) as image:
        assert (image.mode, image.size) == ("RGB", (40, 40))
        if mode == "I;16":
            assert abs(image.getpixel((5, 5))[0] - 40_000 // 256) <= 2


def test_what_was_transparent_becomes_white():
    reduced = reduce_photo(file("a.png", pictures.transparent_png()))
    with Image.open(reduced) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_small_picture_is_not_enlarged():
    with Image.open(reduce_photo(file("a.jpg", pictures.jpeg()))) as image:
        assert image.size == (60, 40)


def test_pdf_is_stored_as_it_came():
    data = pdfs.good()
    checked, stored = prepare_upload(file("الوصل.pdf", data))
    assert stored.read() == data
    assert (checked.mime, checked.clean_name, stored.name) == (
        uploads.PDF,
        "الوصل.pdf",
        "الوصل.pdf",
    )


def test_picture_is_described_as_it_is_stored():
    checked, stored = prepare_upload(file("rib.png", pictures.png()))
    data = stored.read()
    assert (checked.mime, checked.extension) == (uploads.JPEG, "jpg")
    assert (checked.clean_name, stored.name) == ("rib.jpg", "rib.jpg")
    assert (checked.size, checked.sha256) == (
        len(data),
        hashlib.sha256(data).hexdigest(),
    )


def test_picture_sent_twice_is_the_same_file():
    first, _ = prepare_upload(file("one.jpg", pictures.photograph()))
    second, _ = prepare_upload(file("two.jpg", pictures.photograph()))
    assert first.sha256 == second.sha256


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "ar",
            "يتجاوز حجم هذا الملف 10 ميغابايت. المرجو تقليصه أو إرساله في عدة أجزاء.",
        ),
        (
            "fr",
            "Ce fichier dépasse 10 Mo. Réduisez-le ou envoyez-le en plusieurs parties.",
        ),
    ],
)
def test_refusal_is_a_sentence_in_the_language_of_the_reader(language, sentence):
    with pytest.raises(ValidationError) as caught:
        check_upload(file("a.pdf", bytes(MAX_BYTES + 1)))
    with translation.override(language):
        assert caught.value.messages == [sentence]
