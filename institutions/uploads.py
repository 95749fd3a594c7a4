"""Files that applicants send: what is taken in, and in which form it is kept.

PDF, JPEG and PNG, known by their content (decision 44). ``prepare_upload`` is the one
door: it refuses with a sentence in plain words, and gives back what is to be stored.
"""

import hashlib
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps

from institutions.pdf_inspection import inspect_pdf
from institutions.picture_pdf import one_pdf

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
EXTENSIONS = {PDF: ("pdf",), JPEG: ("jpg", "jpeg"), PNG: ("png",)}
# What browsers say besides of a picture's kind.
SAID = {"image/jpg": JPEG, "image/pjpeg": JPEG, "image/x-png": PNG}
PICTURES = EXTENSIONS[JPEG] + EXTENSIONS[PNG]
HEADERS = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
PNG_END = b"IEND\xaeB`\x82"
MAX_STEM = 100
PHOTO_SIDE = 2000
PHOTO_QUALITY = 85
# A page or another document inside a picture: the bytes that a browser or a reader
# would recognise wherever they stand.
HIDDEN = re.compile(rb"<(?:html|script|svg|!doctype|\?php)|%PDF-\d", re.IGNORECASE)
UNREADABLE = (
    ArithmeticError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
MESSAGES = {
    "empty": _("This file is empty. Choose the document again."),
    "too_large": _(
        "This file is larger than %(limit)s MB. Reduce it, or send it in several parts."
    ),
    "type": _(
        "Only PDF, JPEG and PNG files are accepted, and this is none of them. "
        "Print the document to a PDF, or take a photograph of it."
    ),
    "mismatch": _(
        "The name of this file says %(said)s, but it contains %(found)s. "
        "Send the original document."
    ),
    "declared": _(
        "This file was announced as %(said)s, but it contains %(found)s. "
        "Send the original document."
    ),
    "too_many": _(
        "At most %(limit)s photographs at once. Send the others as another file."
    ),
    "too_large_together": _(
        "These photographs are larger than %(limit)s MB together. "
        "Send fewer of them at once."
    ),
    "mixed": _(
        "Choose either one PDF, or one or more photographs of the same document."
    ),
    "damaged": _("This picture is damaged or incomplete. Take it or scan it again."),
    "too_many_pixels": _(
        "This picture has more than %(limit)s million pixels. "
        "Reduce its size and send it again."
    ),
    "hidden": _(
        "This file contains something else besides the document. "
        "Print it to a new PDF and send that one."
    ),
}


@dataclass(frozen=True)
class CheckedUpload:
    """What is known of a file that was accepted."""

    mime: str
    extension: str
    size: int
    sha256: str
    page_count: int
    clean_name: str


class Marking(Protocol):
    """What is drawn across a paper before it is kept."""

    def on_picture(self, picture: Image.Image) -> Image.Image: ...

    def on_pdf(self, data: bytes) -> bytes: ...


def prepare_upload(
    file: Any, *, mark: Marking | None = None
) -> tuple[CheckedUpload, ContentFile]:
    """Check ``file`` and give it back as it is to be stored.

    A PDF is kept as it came; a picture is turned upright, reduced and rid of what the
    camera wrote in it; several pictures become one PDF, in their order. With ``mark``,
    only what is marked comes back. The hash is that of what is stored; the same picture
    sent twice has the same. Raises ``ValidationError``.
    """
    files = file if isinstance(file, list | tuple) else [file]
    if len(files) > 1:
        return _prepare_photos(files, mark)
    checked = check_upload(files[0])
    stem = checked.clean_name.rpartition(".")[0]
    if checked.mime != PDF:
        return _kept(reduce_photo(files[0], mark=mark).read(), JPEG, stem)
    data = _content(files[0])
    return _kept(mark.on_pdf(data) if mark else data, PDF, stem, checked.page_count)


def bundles(files: Sequence[Any]) -> list[list[Any]]:
    """Files chosen at once, as documents: all pictures together, each other alone."""
    pictures = [file for file in files if _name_parts(file.name)[1] in PICTURES]
    others = [[file] for file in files if file not in pictures]
    return [pictures, *others] if pictures else others


def _prepare_photos(
    files: Sequence[Any], mark: Marking | None
) -> tuple[CheckedUpload, ContentFile]:
    """One light PDF of all; each is checked first, whatever the others are."""
    if len(files) > settings.UPLOAD_MAX_PHOTOS:
        raise _refusal("too_many", limit=settings.UPLOAD_MAX_PHOTOS)
    together = settings.UPLOAD_MAX_TOGETHER
    if sum(file.size for file in files) > together:
        raise _refusal("too_large_together", limit=together // 1024**2)
    checked = [check_upload(file) for file in files]
    if PDF in {one.mime for one in checked}:
        raise _refusal("mixed")
    data = one_pdf(reduce_photo(file, mark=mark).read() for file in files)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024**2
        raise _refusal("too_large_together", limit=limit)
    return _kept(data, PDF, checked[0].clean_name.rpartition(".")[0], len(files))


def _kept(
    data: bytes, mime: str, stem: str, page_count: int = 1
) -> tuple[CheckedUpload, ContentFile]:
    name = f"{stem}.{EXTENSIONS[mime][0]}"
    checked = _checked(data, mime=mime, page_count=page_count, clean_name=name)
    return checked, ContentFile(data, name=name)


def check_upload(
    file: Any, *, max_bytes: int | None = None, max_pixels: int | None = None
) -> CheckedUpload:
    """Read ``file`` through, in the order of what costs least, and rewind it.

    Raises ``ValidationError`` with a code and a sentence that says what to do.
    """
    max_bytes = max_bytes or settings.UPLOAD_MAX_BYTES
    max_pixels = max_pixels or settings.UPLOAD_MAX_PIXELS
    data = _content(file, at_most=max_bytes)
    stem, extension = _name_parts(file.name)
    mime = _mime_of(data)
    if mime is None or extension not in sum(EXTENSIONS.values(), ()):
        raise _refusal("type")
    if extension not in EXTENSIONS[mime]:
        found = EXTENSIONS[mime][0].upper()
        raise _refusal("mismatch", said=extension.upper(), found=found)
    _refuse_other_kind(file, mime)
    _refuse_hidden(data, mime)
    if mime == PDF:
        page_count = inspect_pdf(data)
    else:
        page_count = 1
        _check_picture(data, mime=mime, max_pixels=max_pixels)
    name = f"{stem}.{EXTENSIONS[mime][0]}"
    return _checked(data, mime=mime, page_count=page_count, clean_name=name)


def reduce_photo(file: Any, *, mark: Marking | None = None) -> ContentFile:
    """A JPEG of at most 2000 pixels a side, upright, without place, date or camera.

    ``file`` has passed ``check_upload``. What was transparent becomes white.
    """
    with Image.open(BytesIO(_content(file)), formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
        small = _in_full_colour(image)
        small.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(small)
    flat = Image.new("RGB", upright.size, "white")
    if upright.mode == "RGBA":
        flat.paste(upright, mask=upright.getchannel("A"))
    else:
        flat.paste(upright)
    if mark is not None:
        flat = mark.on_picture(flat)
    reduced = BytesIO()
    flat.save(reduced, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return ContentFile(reduced.getvalue(), name="photo.jpg")


def _in_full_colour(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent; 16 bits keep their greys."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda grey: grey / 256).convert("L")
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def clean_name(name: str | None) -> str:
    """The name to show and to download under, without what a name can hide.

    No folder, no control or invisible character, no turned writing direction, no sign
    that a file system refuses; at most 100 characters before the extension.
    """
    stem, extension = _name_parts(name)
    return f"{stem}.{extension}" if extension else stem


def _name_parts(name: str | None) -> tuple[str, str]:
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    text = re.split(r"[/\\]", text)[-1]
    text = re.sub(r'[<>:"|?*\s]+', " ", text).rstrip(" .")
    stem, dot, extension = text.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,5}", extension):
        stem, extension = text, ""
    return stem.strip(" .")[:MAX_STEM].strip() or "document", extension.lower()


def _content(file: Any, at_most: int | None = None) -> bytes:
    """All of ``file``, which is rewound; never more than the limit in memory."""
    file.seek(0)
    data = file.read() if at_most is None else file.read(at_most + 1)
    file.seek(0)
    if not data:
        raise _refusal("empty")
    if at_most is not None and len(data) > at_most:
        raise _refusal("too_large", limit=at_most // 1024**2)
    return data


def _mime_of(data: bytes) -> str | None:
    """The kind of file by its content, from the first byte on."""
    for mime, header in HEADERS.items():
        if data.startswith(header):
            return mime
    return None


def _refuse_other_kind(file: Any, mime: str) -> None:
    """What the browser announced, where it announced one of the kinds we take."""
    said = (getattr(file, "content_type", None) or "").lower()
    said = SAID.get(said, said)
    if said in HEADERS and said != mime:
        names = {kind: EXTENSIONS[kind][0].upper() for kind in (said, mime)}
        raise _refusal("declared", said=names[said], found=names[mime])


def _refuse_hidden(data: bytes, mime: str) -> None:
    """A file that is also an archive, a page or another document."""
    if zipfile.is_zipfile(BytesIO(data)):
        raise _refusal("hidden")
    if mime == PNG and not data.rstrip(b"\0\r\n").endswith(PNG_END):
        raise _refusal("hidden" if PNG_END in data else "damaged")
    if mime != PDF and HIDDEN.search(data):
        raise _refusal("hidden")


def _check_picture(data: bytes, *, mime: str, max_pixels: int) -> None:
    """Size first, from the header alone; only then is the picture decoded."""
    format_name = "JPEG" if mime == JPEG else "PNG"
    too_many = _refusal("too_many_pixels", limit=max_pixels // 1_000_000)
    # WeasyPrint makes Pillow lenient for the whole process when it is imported.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(BytesIO(data), formats=[format_name]) as image:
            if image.width * image.height > max_pixels:
                raise too_many
            image.verify()
        with Image.open(BytesIO(data), formats=[format_name]) as image:
            image.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many from None
    except UNREADABLE:
        raise _refusal("damaged") from None


def _checked(
    data: bytes, *, mime: str, page_count: int, clean_name: str
) -> CheckedUpload:
    return CheckedUpload(
        mime=mime,
        extension=EXTENSIONS[mime][0],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        page_count=page_count,
        clean_name=clean_name,
    )


def _refusal(code: str, **params: Any) -> ValidationError:
    return ValidationError(MESSAGES[code], code=code, params=params)
