"""Pictures, whole and spoilt, and files that are something else."""

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

from tests.files import pdfs

HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def saved(image: Image.Image, kind: str, **options) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scene(size=(60, 40), mode="RGB") -> Image.Image:
    """Red on the left, blue on the right, so that turning it shows."""
    image = Image.new("RGB", size, "red")
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, *size), fill="blue")
    return image.convert(mode)


def jpeg(size=(60, 40), **options) -> bytes:
    return saved(scene(size), "JPEG", **options)


def png(size=(60, 40), mode="RGB") -> bytes:
    return saved(scene(size, mode), "PNG")


def transparent_png() -> bytes:
    return saved(Image.new("RGBA", (30, 30), (0, 0, 0, 0)), "PNG")


def photograph(orientation: int = 6) -> bytes:
    """As a telephone writes it: lying on its side, with place and make."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "TelephoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    return saved(scene((3000, 1500)), "JPEG", exif=exif)


def archive(name: str = "a.txt", content: bytes = b"a") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(name, content)
    return buffer.getvalue()


def office() -> bytes:
    return archive("word/document.xml", b"<w:document/>")


def office_with_macro() -> bytes:
    return archive("word/vbaProject.bin", b"macro")


def old_office() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def jpeg_with_comment(comment: bytes) -> bytes:
    segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    data = jpeg()
    return data[:2] + segment + data[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def huge_png(side: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def png_with_a_text_bomb() -> bytes:
    packed = zlib.compress(bytes(50_000_000), 9)
    data = png()
    text = chunk(b"zTXt", b"comment\0\0" + packed)
    return data[:33] + text + data[33:]


def png_with_a_wrong_sum() -> bytes:
    data = bytearray(png())
    data[data.index(b"IDAT") + 6] ^= 0xFF
    return bytes(data)


def pdf_inside_jpeg() -> bytes:
    return jpeg_with_comment(pdfs.good())
