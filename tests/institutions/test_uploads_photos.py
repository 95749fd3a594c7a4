"""Photographs sent together: one light PDF; what is announced and what is contained."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from institutions import uploads
from institutions.pdf_inspection import inspect_pdf
from institutions.uploads import bundles, check_upload, prepare_upload
from tests.files import pdfs, pictures


def file(name, data, kind="application/octet-stream"):
    return SimpleUploadedFile(name, data, content_type=kind)


def photos(*sizes):
    return [file(f"{rank}.jpg", pictures.jpeg(size)) for rank, size in enumerate(sizes)]


def code_of(call, *given):
    with pytest.raises(ValidationError) as caught:
        call(*given)
    (error,) = caught.value.error_list
    return error.code


def read(content):
    return PdfReader(BytesIO(content.read())).pages


def test_photographs_are_the_pages_in_the_order_chosen():
    sizes = [(300, 400), (400, 300), (310, 400)]
    checked, stored = prepare_upload(photos(*sizes))
    pages = read(stored)
    assert [page.images[0].image.size for page in pages] == sizes
    assert [page.mediabox.width < page.mediabox.height for page in pages] == [
        True,
        False,
        True,
    ]
    assert (checked.mime, checked.page_count, checked.clean_name) == (
        uploads.PDF,
        3,
        "0.pdf",
    )


def test_the_pdf_of_photographs_passes_its_own_inspection():
    _checked, stored = prepare_upload(photos((30, 40), (40, 30)))
    assert inspect_pdf(stored.read()) == 2


def test_photographs_are_upright_small_and_tell_nothing():
    original = pictures.photograph(orientation=6)
    two = [file("a.jpg", original), file("b.png", pictures.png())]
    _checked, stored = prepare_upload(two)
    data = stored.read()
    first = PdfReader(BytesIO(data)).pages[0].images[0].image
    assert first.size == (1000, 2000)
    assert b"TelephoneMaker" not in data
    assert len(data) < len(original)


def test_the_same_photographs_are_the_same_file():
    one, _stored = prepare_upload(photos((30, 40), (40, 30)))
    other, _stored = prepare_upload(photos((30, 40), (40, 30)))
    assert one.sha256 == other.sha256


def test_a_single_photograph_stays_one():
    checked, _stored = prepare_upload(photos((30, 40)))
    assert (checked.mime, checked.clean_name) == (uploads.JPEG, "0.jpg")


def test_a_pdf_among_photographs_is_refused():
    mixed = [*photos((30, 40)), file("a.pdf", pdfs.good())]
    assert code_of(prepare_upload, mixed) == "mixed"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.jpg", b"", "empty"),
        ("a.jpg", b"MZ program", "type"),
        ("a.svg", pictures.SVG, "type"),
        ("a.png", pictures.huge_png(7150), "too_many_pixels"),
        ("a.jpg", pictures.pdf_inside_jpeg(), "hidden"),
        ("a.jpg", pictures.jpeg((600, 400))[:-900], "damaged"),
        ("a\u202egpj.exe", pictures.jpeg(), "type"),
    ],
)
def test_one_bad_photograph_refuses_all(name, data, code):
    assert code_of(prepare_upload, [*photos((30, 40)), file(name, data)]) == code


def test_photographs_have_a_number_and_a_weight(settings):
    settings.UPLOAD_MAX_PHOTOS = 2
    three = photos((30, 40), (40, 30), (31, 40))
    assert code_of(prepare_upload, three) == "too_many"
    settings.UPLOAD_MAX_PHOTOS = 3
    settings.UPLOAD_MAX_TOGETHER = 10
    assert code_of(prepare_upload, three) == "too_large_together"


def test_the_pdf_made_of_them_has_the_limit_of_every_file(settings):
    three = photos((30, 40), (40, 30), (31, 40))
    settings.UPLOAD_MAX_BYTES = max(one.size for one in three) + 10
    assert code_of(prepare_upload, three) == "too_large_together"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", pdfs.good(), "image/jpeg"),
        ("a.jpg", pictures.jpeg(), "application/pdf"),
        ("a.png", pictures.png(), "image/jpg"),
        ("a.jpg", pictures.jpeg(), "IMAGE/PNG"),
    ],
)
def test_what_was_announced_is_what_it_contains(name, data, kind):
    assert code_of(check_upload, file(name, data, kind)) == "declared"


@pytest.mark.parametrize("kind", ["", "text/plain", "image/jpg", "image/pjpeg"])
def test_what_says_nothing_or_says_right_is_taken(kind):
    assert check_upload(file("a.jpg", pictures.jpeg(), kind)).mime == uploads.JPEG


def test_files_chosen_at_once_are_documents():
    paper, other = file("a.pdf", pdfs.good()), file("b.docx", b"x")
    one, two = photos((30, 40), (40, 30))
    assert bundles([one, paper, two, other]) == [[one, two], [paper], [other]]
    assert bundles([paper]) == [[paper]]
    assert bundles([]) == []


class Reddening:
    def on_picture(self, picture):
        return Image.new("RGB", picture.size, "red")

    def on_pdf(self, data):
        return data + b"%\n"


def test_only_what_is_marked_comes_back():
    mark = Reddening()
    _checked, photo = prepare_upload(photos((30, 40)), mark=mark)
    _checked, several = prepare_upload(photos((30, 40), (40, 30)), mark=mark)
    checked, paper = prepare_upload(file("a.pdf", pdfs.good()), mark=mark)
    found = [page.images[0].image for page in read(several)]
    reds = [image.getpixel((5, 5)) for image in (Image.open(photo), *found)]
    assert all(red > 250 and blue < 5 for red, _green, blue in reds)
    assert paper.read() == pdfs.good() + b"%\n"
    assert checked.size == len(pdfs.good()) + 2
