"""Two certified years of an association on paper, in the reader's language."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from accounts.paper import font_urls, to_pdf
from institutions.comparison import Comparison
from institutions.models import Association


def years(association: Association, comparison: Comparison, *, language: str) -> bytes:
    with override(language):
        return to_pdf(years_html(association, comparison))


def years_html(association: Association, comparison: Comparison) -> str:
    context = {
        "association": association,
        "comparison": comparison,
        "printed_at": timezone.now(),
        "fonts": font_urls(),
    }
    return render_to_string("pdf/years.html", context)
