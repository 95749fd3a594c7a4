"""The front page of a document, as a small picture beside its name.

Made by the worker once the document is kept, or when it is first asked for. It stands
in private storage like the document, and is shown under the same conditions.
"""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from institutions import stored_files
from institutions.models import Document
from institutions.uploads import PDF

FOLDER = "previews"
MIME = "image/webp"
SIDE, QUALITY = 480, 70
# A PDF larger than this is left to the worker.
AT_ONCE = 2 * 1024 * 1024
PROGRAM = Path(__file__).with_name("front_page.py")
SECONDS = 20
PAGE = (170, 240)


def path_of(document: Document) -> str:
    return f"{FOLDER}/{os.path.basename(str(document.file.name))}.webp"


def make(document_pk: int) -> bool:
    """Whether a picture was made now; a second run finds it there."""
    document = Document.objects.filter(pk=document_pk).first()
    if document is None or default_storage.exists(path_of(document)):
        return False
    try:
        _make(document)
    except FileNotFoundError:
        return False
    return True


def picture_of(document: Document) -> bytes | None:
    """The picture, made now where that is quick; None where it is left to the worker.

    Raises ``FileNotFoundError`` where the document itself is lost.
    """
    try:
        with default_storage.open(path_of(document)) as picture:
            return picture.read()
    except FileNotFoundError:
        if document.mime == PDF and document.size > AT_ONCE:
            return None
    return _make(document)


def blank() -> bytes:
    """A page with nothing to read: what may not be seen, or cannot be drawn."""
    page = Image.new("RGB", PAGE, "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, PAGE[0] - 1, PAGE[1] - 1), outline=(213, 218, 228), width=2)
    for top in range(60, 200, 22):
        pen.line((30, top, PAGE[0] - 30, top), fill=(231, 235, 243), width=6)
    return _webp(page)


def _make(document: Document) -> bytes:
    with stored_files.open_file(document) as content:
        data = content.read()
    picture = _of_pdf(data) if document.mime == PDF else _of_photo(data)
    path = path_of(document)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(picture))
    return picture


def _of_photo(data: bytes) -> bytes:
    """Ours: the vault made this JPEG itself."""
    with Image.open(BytesIO(data), formats=["JPEG"]) as photo:
        photo.draft("RGB", (SIDE, SIDE))
        photo.thumbnail((SIDE, SIDE))
        return _webp(photo.convert("RGB"))


def _of_pdf(data: bytes) -> bytes:
    """By an expendable process, which is given no variable and no file of ours."""
    try:
        done = subprocess.run(  # noqa: S603 -- a program of ours, no argument given
            [sys.executable, "-I", str(PROGRAM)],
            input=data,
            capture_output=True,
            check=True,
            env={},
            timeout=SECONDS,
        )
    except subprocess.SubprocessError:
        return blank()
    return done.stdout or blank()


def _webp(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()
