"""Letters: what they say in both languages, tagged, reading nothing from elsewhere."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

from accounts.paper import OwnFiles
from applications.enums import LetterKind, State
from applications.models import CompletionRequest, Letter
from applications.pdf import content
from applications.pdf.render import direction, letter_html, render
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    AttachmentFactory,
    CallFactory,
    DelegateFactory,
    DocumentFactory,
    DocumentTypeFactory,
    InstitutionFactory,
    RemarkFactory,
)
from tests.factories.accounts import LARACHE, delegation

pytestmark = pytest.mark.django_db
RABAT = ZoneInfo("Africa/Casablanca")
TOKEN = "Qm3xY7aaBBccDDeeFFgghh"


def file_in(state, **fields):
    """The same words each time, so that the text of the letter can be compared."""
    association = AssociationFactory(
        name_ar="جمعية بسمة الأطلس",
        name_fr="Association Basmat Al Atlas",
        delegation=delegation(LARACHE),
    )
    institution = InstitutionFactory(
        association=association,
        name_ar="دار الطالبة الأرز",
        name_fr="Dar Taliba Al Arz",
    )
    return ApplicationFactory(
        association=association,
        institution=institution,
        call=CallFactory(name_ar="طلب الدعم", name_fr="Appel à demandes"),
        state=state,
        number="EPS-2027-01-00042",
        first_submitted_at=datetime(2026, 12, 1, 10, 42, tzinfo=RABAT),
        due_on=date(2027, 2, 1),
        **fields,
    )


def letter_of(file, kind, *, language="ar", rank=1):
    row = Letter(
        application=file,
        kind=kind,
        language=language,
        token=TOKEN,
        rank=rank,
        context=content(file, kind, rank=rank),
    )
    row.created_at = datetime(2026, 12, 1, 11, 0, tzinfo=RABAT)
    return row


def receipt(language="ar"):
    file = file_in(State.SUBMITTED)
    type_ = DocumentTypeFactory(name_ar="القانون الأساسي", name_fr="Statuts")
    document = DocumentFactory(
        association=file.association,
        type=type_,
        original_name="statuts.pdf",
        sha256="a3f09c11d2e4" + "0" * 52,
    )
    AttachmentFactory(application=file, document=document)
    return letter_of(file, LetterKind.RECEIPT, language=language)


def completion(language="ar"):
    file = file_in(State.RETURNED)
    request = CompletionRequest.objects.create(
        application=file, rank=1, sent_by=DelegateFactory(), due_on=date(2026, 12, 16)
    )
    RemarkFactory(application=file, request=request, text="Précisez les repas.")
    return letter_of(file, LetterKind.COMPLETION, language=language)


def decision(language="ar", *, state=State.APPROVED):
    file = file_in(state)
    file.sitting.sits_on = date(2027, 1, 20)
    return letter_of(file, LetterKind.DECISION, language=language)


def refusal(language="ar"):
    return decision(language, state=State.REFUSED)


MAKERS = [receipt, completion, decision, refusal]


def text_of(html):
    """What is read, line by line: tags gone, isolates kept as spaces."""
    tree = HTML(string=html, url_fetcher=OwnFiles()).etree_element
    words = (" ".join(part.split()) for part in tree.find("body").itertext())
    return "\n".join(word for word in words if word)


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("make", MAKERS)
def test_words_of_each_letter(make, language, snapshot):
    assert text_of(letter_html(make(language))) == snapshot


def test_receipt_is_bilingual_arabic_first_whatever_the_association_reads():
    html = letter_html(receipt("fr"))
    assert html.index("وصل إيداع") < html.index("Récépissé de dépôt")
    assert "a3f09c11d2e4" in html


@pytest.mark.parametrize(("language", "title"), [("ar", "قرار"), ("fr", "Décision")])
def test_pdf_is_tagged_with_language_and_title(language, title):
    reader = PdfReader(io.BytesIO(render(decision(language))))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert title in reader.metadata.title
    assert "pdfuaid" in reader.xmp_metadata.rdf_root.toxml()


def test_a_letter_reads_nothing_from_elsewhere():
    for address in ("http://127.0.0.1/x.png", "file:///etc/passwd"):
        with pytest.raises(FatalURLFetchingError):
            OwnFiles().fetch(address)


def test_what_people_typed_is_never_markup():
    row = completion()
    row.context["remarks"][0]["text"] = "<img src=http://127.0.0.1/x>"
    assert "<img src=http" not in letter_html(row)


def test_agreement_is_named_above_the_threshold_only():
    row = decision("fr")
    assert row.context["needs_agreement"] is False
    file = row.application
    file.granted_amount = file.call.convention_threshold_amount + 1
    assert content(file, LetterKind.DECISION)["needs_agreement"] is True


@pytest.mark.parametrize(
    ("typed", "expected"), [("12 فتاة", "rtl"), ("12 filles", "ltr"), ("", "ltr")]
)
def test_direction_is_that_of_the_first_letter(typed, expected):
    assert direction(typed) == expected
