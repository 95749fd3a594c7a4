"""What kind of file it is, by its content, and whether its packing is harmless."""

import io
import zipfile

from institutions.sheets.parser.limits import (
    MAX_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED,
    RATIO_FROM,
    Refused,
)

ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Signatures of what is often renamed: PDF, programs, pictures, archives, RTF.
OTHERS = (
    b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!",
    b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"{\\rtf", b"<svg", b"<?xml", b"<!DOCTYPE",
    b"<html", b"RIFF", b"SQLite",
)  # fmt: skip
OPENS_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(content: bytes) -> str:
    """``xlsx``, ``ods`` or ``csv``. Raises ``Refused``."""
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise Refused("empty")
    if len(content) > MAX_BYTES:
        raise Refused("too_big", megabytes=MAX_BYTES // 1024 // 1024)
    if content.startswith(OLE):
        raise Refused(_inside_ole(content))
    if content.startswith(b"PK"):
        return _kind_of_package(content)
    if content.lstrip().lower().startswith(tuple(sign.lower() for sign in OTHERS)):
        raise Refused("not_a_sheet")
    if b"\x00" in content and not content.startswith(OPENS_UTF16):
        raise Refused("not_a_sheet")
    return "csv"


def _inside_ole(content: bytes) -> str:
    """Excel puts a workbook under a password into the container of old formats."""
    if _utf16("EncryptedPackage") in content:
        return "password"
    if _utf16("Workbook") in content or _utf16("Book") in content:
        return "old_format"
    return "not_a_sheet"


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _kind_of_package(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            _check_members(members, len(content))
            kind = _declared(package, {member.filename for member in members})
            if any(member.flag_bits & 1 for member in members):
                raise Refused("password")
            return kind
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise Refused("damaged") from error


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    """Declared sizes only: reading stops by itself where a member is longer."""
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or packed > size:
        raise Refused("bomb")
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > RATIO_FROM and ratio > MAX_RATIO:
            raise Refused("bomb")


def _declared(package: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("macros")
    if "mimetype" in names:
        if package.read("mimetype")[:100].strip() != ODS_TYPE:
            raise Refused("not_a_sheet")
        manifest = "META-INF/manifest.xml"
        if manifest in names and b"encryption-data" in package.read(manifest):
            raise Refused("password")
        return "ods"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Refused("old_format")
    raise Refused("not_a_sheet")
