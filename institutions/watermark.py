"""The purpose of a copy, written across identity papers before they are kept.

A photograph is changed for good; a PDF receives the same words on each page. The bytes
without them are not kept anywhere. Arabic is set by Raqm, which Pillow finds wherever
Pango is: both need FriBiDi (``institutions.checks`` says so when it is missing).
"""

import math
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageDraw, ImageFont
from pypdf import PageObject, PdfReader, PdfWriter, Transformation, apply_configuration
from pypdf.generic import NameObject, StreamObject

from institutions.models import Association
from institutions.pdf_inspection import LIMITS, UNREADABLE, refusal
from institutions.picture_pdf import image, page_with

FONT = settings.BASE_DIR / "static/fonts/plex/IBMPlexSansArabic_700Bold.ttf"
ANGLE = 30
INK = (22, 32, 58)
INK_OPACITY, HALO_OPACITY = 120, 90
MAX_PAGES = 20
# Points of a page to pixels of the words laid over it.
DETAIL = 1.5


@dataclass(frozen=True)
class Mark:
    """What is written, one line in each language."""

    arabic: str
    french: str

    def on_picture(self, picture: Image.Image) -> Image.Image:
        """A copy in full colour with the words drawn across it."""
        ink = self._layer(picture.size)
        halo = ink.point(lambda value: value * HALO_OPACITY // 255)
        drawn = picture.convert("RGB")
        shifted = Image.new("L", picture.size)
        shifted.paste(halo, (2, 2))
        drawn.paste((255, 255, 255), mask=shifted)
        drawn.paste(INK, mask=ink.point(lambda value: value * INK_OPACITY // 255))
        return drawn

    def on_pdf(self, data: bytes) -> bytes:
        """The PDF with the words over each page, without its notes on its author.

        ``data`` has passed ``inspect_pdf``. Raises ``ValidationError``.
        """
        try:
            with apply_configuration(**LIMITS):
                return self._over_pages(data)
        except UNREADABLE:
            raise refusal("damaged") from None

    def _over_pages(self, data: bytes) -> bytes:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        if len(reader.pages) > MAX_PAGES:
            raise ValidationError(
                gettext_lazy(
                    "An identity paper has at most %(limit)s pages. "
                    "Send its own pages only."
                ),
                code="too_many_pages",
                params={"limit": MAX_PAGES},
            )
        writer = PdfWriter()
        for page in reader.pages:
            self._over(writer, writer.add_page(page))
        written = BytesIO()
        writer.write(written)
        return written.getvalue()

    def _over(self, writer: PdfWriter, page: PageObject) -> None:
        if page.rotation:
            page.transfer_rotation_to_content()
        box = page.cropbox
        width, height = float(box.width), float(box.height)
        scale = min(DETAIL, 2000 / max(width, height, 1))
        layer = self._layer((max(int(width * scale), 1), max(int(height * scale), 1)))
        over = page_with(writer, _ink(writer, layer), width, height)
        place = Transformation().translate(float(box.left), float(box.bottom))
        page.merge_transformed_page(over, place)

    def _layer(self, size: tuple[int, int]) -> Image.Image:
        """The words in rows across ``size``: a mask, 255 where there is ink."""
        side = math.ceil(math.hypot(*size))
        height = max(round(min(size) / 26), 9)
        font = ImageFont.truetype(
            str(FONT), height, layout_engine=ImageFont.Layout.RAQM
        )
        turned = Image.new("L", (side, side))
        pen = ImageDraw.Draw(turned)
        lines = ((self.arabic, "rtl", "ar"), (self.french, "ltr", "fr"))
        for row, top in enumerate(range(0, side, height * 5)):
            text, direction, language = lines[row % 2]
            how: dict[str, Any] = {
                "font": font,
                "direction": direction,
                "language": language,
            }
            step = max(round(pen.textlength(text, **how)), 1) + 3 * height
            for start in range(-(row * step // 3) % step - step, side, step):
                pen.text((start, top), text, fill=255, **how)
        turned = turned.rotate(ANGLE, Image.Resampling.BILINEAR)
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        return turned.crop((left, top, left + size[0], top + size[1]))


def of(association: Association) -> Mark:
    """For the file of this association, today."""
    words = {}
    for language in ("ar", "fr"):
        with translation.override(language):
            words[language] = _(
                "Copy reserved for the file of %(association)s, "
                "Entraide Nationale, %(on)s"
            ) % {
                "association": association.name_in(language),
                "on": date_format(timezone.localdate(), "d/m/Y"),
            }
    return Mark(words["ar"], words["fr"])


def _ink(writer: PdfWriter, layer: Image.Image) -> StreamObject:
    """One dot of ink, seen through the layer."""
    dot = image(
        (1, 1), b"/DeviceRGB", zlib.compress(bytes(INK)), encoded="/FlateDecode"
    )
    opacity = layer.point(lambda value: value * INK_OPACITY // 255).tobytes()
    mask = image(
        layer.size, b"/DeviceGray", zlib.compress(opacity), encoded="/FlateDecode"
    )
    dot[NameObject("/SMask")] = writer._add_object(mask)
    return dot
