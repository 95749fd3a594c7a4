"""Pictures inside PDF pages, put there as they are: nothing is encoded twice."""

from collections.abc import Iterable
from io import BytesIO

from PIL import Image
from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

# A4 in points; the picture's long side along the page's.
SHORT, LONG = 595, 842


def one_pdf(photos: Iterable[bytes]) -> bytes:
    """A page for each JPEG, in their order; the same photographs, the same bytes."""
    writer = PdfWriter()
    for data in photos:
        with Image.open(BytesIO(data), formats=["JPEG"]) as photo:
            size = photo.size
        picture = image(size, b"/DeviceRGB", data, encoded="/DCTDecode")
        page = (SHORT, LONG) if size[1] >= size[0] else (LONG, SHORT)
        scale = min(page[0] / size[0], page[1] / size[1])
        writer.add_page(page_with(writer, picture, size[0] * scale, size[1] * scale))
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def page_with(
    writer: PdfWriter, picture: StreamObject, width: float, height: float
) -> PageObject:
    """A page of this size (in points), which the picture fills.

    The picture becomes an object of ``writer``: a stream never stands inside another
    object.
    """
    page = PageObject.create_blank_page(width=width, height=height)
    held = DictionaryObject({NameObject("/Picture"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): held})
    drawing = DecodedStreamObject()
    drawing.set_data(b"q %f 0 0 %f 0 0 cm /Picture Do Q" % (width, height))
    page[NameObject("/Contents")] = writer._add_object(drawing)
    return page


def image(
    size: tuple[int, int], colours: bytes, data: bytes, *, encoded: str
) -> StreamObject:
    """``data`` are its pixels, ``encoded`` says how."""
    picture = StreamObject()
    picture._data = data
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(size[0]),
            NameObject("/Height"): NumberObject(size[1]),
            NameObject("/ColorSpace"): NameObject(colours.decode()),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject(encoded),
        }
    )
    return picture
