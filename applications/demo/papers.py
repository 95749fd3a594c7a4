"""Documents of the demonstration: real one-page PDFs, each with its own words."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from institutions.models import Association, Document, DocumentType, Institution
from institutions.models.documents import document_path
from institutions.uploads import PDF

NOTICE = "Pièce de démonstration, sans valeur."


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document to be kept as the vault would have kept it."""

    association: Association
    type: DocumentType
    added_at: datetime
    actor_pk: int
    institution: Institution | None = None
    expires_on: date | None = None

    @property
    def lines(self) -> list[str]:
        named = self.institution or self.association
        return [
            self.type.name_fr,
            named.name_fr,
            f"{self.association.receipt_number} / {named.pk}",
            f"{self.added_at:%d/%m/%Y}",
            NOTICE,
        ]


def keep(papers: Iterable[Paper]) -> list[Document]:
    """Many at once, with the columns that ``institutions.vault.store`` fills."""
    return Document.objects.bulk_create([_row(paper) for paper in papers])


def _row(paper: Paper) -> Document:
    content = pdf(paper.lines)
    path = default_storage.save(document_path(None, ""), ContentFile(content))
    return Document(
        association=paper.association,
        institution=paper.institution,
        type=paper.type,
        file=path,
        original_name=f"{paper.type.name_fr} {paper.added_at.year}.pdf"[:150],
        mime=PDF,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        page_count=1,
        issued_on=paper.added_at.date(),
        expires_on=paper.expires_on,
        uploaded_by_id=paper.actor_pk,
        uploaded_at=paper.added_at,
    )


def pdf(lines: list[str]) -> bytes:
    """One page of text, with a table of references that is right."""
    text = b"".join(b"(%s) Tj 0 -28 Td\n" % _escaped(line) for line in lines)
    page = b"BT /F1 14 Tf 72 760 Td\n%sET" % text
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
        b" /Encoding /WinAnsiEncoding >>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(file))
    )


def _escaped(line: str) -> bytes:
    text = line.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        text = text.replace(sign, b"\\" + sign)
    return text
