"""Small rules of the two languages: addresses, and how words follow one another."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import translate_url
from django.utils.translation import get_language_from_path, override, pgettext


def in_language(url: str, language: str) -> str:
    """``/fr/my/`` becomes ``/ar/my/``; an address without language stays as it is."""
    current = get_language_from_path(url)
    if current is None or current == language:
        return url
    with override(current):
        translated = translate_url(url, language)
    prefix = f"/{current}/"
    if translated == url and url.startswith(prefix):
        return f"/{language}/{url.removeprefix(prefix)}"
    return translated


def is_known(language: str | None) -> bool:
    return language in dict(settings.LANGUAGES)


def enumerated(words: Iterable[object]) -> str:
    """One after another, with the comma of the language being read."""
    return pgettext("between the items of a list", ", ").join(map(str, words))
