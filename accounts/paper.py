"""PDF from HTML, with our own type and nothing from elsewhere; only the worker loads
the engine."""

from pathlib import Path

from django.conf import settings
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

FONTS = Path(settings.BASE_DIR, "static", "fonts", "plex")


class OwnFiles(URLFetcher):
    """Our own type and the QR drawn in the page; nothing else, from nowhere else."""

    def fetch(self, url, headers=None):
        if url.startswith("data:image/svg+xml") or url in font_urls().values():
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"a letter may not read {url[:60]}")


def font_urls() -> dict[str, str]:
    names = {"regular": "400Regular", "bold": "700Bold"}
    return {
        weight: (FONTS / f"IBMPlexSansArabic_{name}.ttf").as_uri()
        for weight, name in names.items()
    }


def to_pdf(html: str) -> bytes:
    """PDF/UA-1, with the language and the title of the page."""
    document = HTML(string=html, url_fetcher=OwnFiles())
    return document.write_pdf(pdf_variant="pdf/ua-1")
