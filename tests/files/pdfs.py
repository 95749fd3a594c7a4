"""PDF files, whole and spoilt."""

import zlib
from io import BytesIO

from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)


def written(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return writer


def names(**values) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{k}"): v for k, v in values.items()})


def action(kind: str, **values) -> DictionaryObject:
    return names(S=NameObject(f"/{kind}"), **values)


def script() -> DictionaryObject:
    return action("JavaScript", JS=TextStringObject("app.alert(1)"))


def good(pages: int = 2) -> bytes:
    return written(blank(pages))


def with_link() -> bytes:
    """A link to a page on the web and one inside the document harm nobody."""
    writer = blank(2)
    rect = (0, 0, 50, 50)
    writer.add_annotation(0, Link(rect=rect, url="https://example.ma/"))
    writer.add_annotation(0, Link(rect=rect, target_page_index=1))
    return written(writer)


def with_empty_names() -> bytes:
    """What many programs write: trees of scripts and of files that hold nothing."""
    writer = blank()
    empty = names(Names=ArrayObject())
    writer._root_object[NameObject("/Names")] = names(
        EmbeddedFiles=empty, JavaScript=empty
    )
    return written(writer)


def owner_password() -> bytes:
    writer = blank(3)
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    return written(writer)


def user_password() -> bytes:
    writer = blank()
    writer.encrypt(user_password="secret", algorithm="AES-256")
    return written(writer)


def javascript_at_opening() -> bytes:
    writer = blank()
    writer._root_object[NameObject("/OpenAction")] = script()
    return written(writer)


def javascript_by_name() -> bytes:
    writer = blank()
    tree = names(Names=ArrayObject([TextStringObject("start"), script()]))
    writer._root_object[NameObject("/Names")] = names(JavaScript=tree)
    return written(writer)


def javascript_on_a_page() -> bytes:
    writer = blank()
    writer.pages[0][NameObject("/AA")] = names(O=script())
    return written(writer)


def javascript_on_an_annotation() -> bytes:
    writer = blank()
    annotation = names(
        Type=NameObject("/Annot"), Subtype=NameObject("/Widget"), A=script()
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([annotation])
    return written(writer)


def javascript_in_a_field() -> bytes:
    writer = blank()
    field = names(FT=NameObject("/Tx"), AA=names(K=script()))
    writer._root_object[NameObject("/AcroForm")] = names(Fields=ArrayObject([field]))
    return written(writer)


def javascript_after_another_action() -> bytes:
    writer = blank()
    chain = action("Named", N=NameObject("/NextPage"), Next=ArrayObject([script()]))
    writer._root_object[NameObject("/OpenAction")] = chain
    return written(writer)


def javascript_behind_a_reference() -> bytes:
    """The kind of the action is an object of its own."""
    writer = blank()
    kind = writer._add_object(NameObject("/JavaScript"))
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): kind}
    )
    return written(writer)


def javascript_no_page_reaches() -> bytes:
    writer = blank()
    writer._add_object(script())
    return written(writer)


def javascript_spelt_in_hexadecimal() -> bytes:
    return javascript_at_opening().replace(b"/JavaScript", b"/J#61vaScript")


def javascript_in_an_object_stream() -> bytes:
    """Compressed, so that the word does not stand in the bytes."""
    body = b"<</S/JavaScript/JS(app.alert(1))>>"
    return _with_object_stream(b"5 0 ", body, action_number=5)


def javascript_of_an_earlier_revision() -> bytes:
    """Replaced by a later one, but still there for who looks."""
    first = javascript_at_opening()
    return first + good()


def javascript_as_a_web_address() -> bytes:
    writer = blank()
    uri = action("URI", URI=TextStringObject("JavaScript:alert(1)"))
    writer._root_object[NameObject("/OpenAction")] = uri
    return written(writer)


def javascript_under_an_owner_password() -> bytes:
    writer = blank()
    writer._root_object[NameObject("/OpenAction")] = script()
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-128")
    return written(writer)


def launch() -> bytes:
    writer = blank()
    writer._root_object[NameObject("/OpenAction")] = action(
        "Launch", F=TextStringObject("cmd.exe")
    )
    return written(writer)


def attachment() -> bytes:
    writer = blank()
    writer.add_attachment("hidden.exe", b"MZ")
    return written(writer)


def attachment_on_a_page() -> bytes:
    writer = blank()
    stream = StreamObject()
    stream.set_data(b"MZ")
    inside = writer._add_object(stream)
    note = names(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/FileAttachment"),
        FS=names(Type=NameObject("/Filespec"), EF=names(F=inside)),
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([note])
    return written(writer)


def xfa() -> bytes:
    writer = blank()
    stream = StreamObject()
    stream.set_data(b"<xdp/>")
    form = writer._add_object(stream)
    writer._root_object[NameObject("/AcroForm")] = names(Fields=ArrayObject(), XFA=form)
    return written(writer)


def truncated() -> bytes:
    data = good()
    return data[: len(data) // 2]


def without_pages() -> bytes:
    return written(PdfWriter())


def only_a_header() -> bytes:
    return b"%PDF-1.7\n%%EOF\n"


def noise() -> bytes:
    return b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"


def nested_too_deep() -> bytes:
    return good().replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"[" * 50_000)


def pages_in_a_circle() -> bytes:
    writer = blank()
    tree = writer._root_object["/Pages"]
    tree[NameObject("/Kids")] = ArrayObject([writer._root_object.raw_get("/Pages")])
    return written(writer)


def too_many_pages(limit: int) -> bytes:
    """One page, met again and again."""
    writer = blank()
    tree = writer._root_object["/Pages"]
    page = list.__getitem__(tree["/Kids"], 0)
    tree[NameObject("/Kids")] = ArrayObject([page] * (limit + 1))
    tree[NameObject("/Count")] = NumberObject(limit + 1)
    return written(writer)


def bomb() -> bytes:
    """An object stream of a few kilobytes that unpacks to gigabytes."""
    packed = zlib.compress(b"0" * 60_000_000, 9)
    return _with_object_stream(b"5 0 ", b"", action_number=5, packed=packed)


def _with_object_stream(
    index: bytes, body: bytes, *, action_number: int, packed: bytes | None = None
) -> bytes:
    """A PDF whose opening action stands in a compressed object stream."""
    packed = packed or zlib.compress(index + body)
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction %d 0 R>>endobj\n"
        % action_number,
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        b"4 0 obj<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>stream\n"
        % (len(index), len(packed))
        + packed
        + b"\nendstream endobj\n",
    ]
    data, offsets = b"%PDF-1.7\n", []
    for part in parts:
        offsets.append(len(data))
        data += part
    rows = [(0, 0, 255), *((1, offset, 0) for offset in offsets), (2, 4, 0)]
    rows.append((1, len(data), 0))
    table = b"".join(
        bytes([kind]) + where.to_bytes(4, "big") + bytes([last])
        for kind, where, last in rows
    )
    return data + (
        b"6 0 obj<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>stream\n"
        % len(table)
        + table
        + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(data)
    )
