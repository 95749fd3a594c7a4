"""From a letter's frozen words to a tagged PDF; only the worker loads the engine."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from accounts.paper import font_urls, to_pdf
from applications.enums import LetterKind

TEMPLATES = {
    LetterKind.RECEIPT: "pdf/receipt.html",
    LetterKind.COMPLETION: "pdf/completion.html",
    LetterKind.DECISION: "pdf/decision.html",
}
# The receipt is for the counter of any office: both languages, Arabic first (32).
BILINGUAL = (LetterKind.RECEIPT,)
# What officers typed, in whichever language they write.
FREE_TEXTS = {"text", "reason"}


def render(letter) -> bytes:
    """The PDF of one letter, produced as PDF/UA-1 with its language and title."""
    return to_pdf(letter_html(letter))


def letter_html(letter) -> str:
    kind = LetterKind(letter.kind)
    languages = ["ar", "fr"] if kind in BILINGUAL else [letter.language]
    url = check_url(letter, languages[0])
    context = {
        "letter": letter,
        "halves": [in_language(letter.context, code) for code in languages],
        "check_url": url,
        "qr": segno.make(url, error="m").svg_data_uri(border=0),
        "fonts": font_urls(),
    }
    with override(languages[0]):
        return render_to_string(TEMPLATES[kind], context)


def check_url(letter, language: str) -> str:
    with override(language):
        path = reverse("applications:check", args=[letter.token])
    return settings.PORTAL_URL.rstrip("/") + path


def in_language(content: dict[str, Any], language: str) -> dict[str, Any]:
    """The same words for one reader: ``unit_ar`` / ``unit_fr`` read as ``unit``."""
    words = {key: _read(key, value, language) for key, value in content.items()}
    for key in list(words):
        if key.endswith("_ar"):
            name = key.removesuffix("_ar")
            words[name] = words.get(f"{name}_{language}") or words[key]
    for key in FREE_TEXTS & words.keys():
        words[f"{key}_dir"] = direction(words[key])
    return {**words, "language": language}


def direction(text: str) -> str:
    """That of its first letter: the engine does not know ``dir="auto"``."""
    for letter in text:
        if unicodedata.bidirectional(letter) in ("R", "AL"):
            return "rtl"
        if unicodedata.bidirectional(letter) == "L":
            return "ltr"
    return "ltr"


def _read(key: str, value: Any, language: str) -> Any:
    if isinstance(value, str) and key.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and key.endswith("_on"):
        return date.fromisoformat(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [in_language(row, language) for row in value]
    return value
