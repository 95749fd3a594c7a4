"""Identities at rest: an encrypted text field, and hashes to compare without reading.

Decision 22. Values are encrypted with the keys of ``settings.FIELD_KEYS``, the newest
first; comparing goes through hashes made with ``settings.HASH_KEY``. Both keys stand
outside the database and its backups. Nothing here shows a value in an error message.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models, transaction
from django.db.models.lookups import IsNull
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

# What a rotation reads at once.
BYTES_AT_ONCE = 4 * 1024 * 1024


class UnreadableValueError(Exception):
    """A stored value that none of the keys opens: a lost key, or a damaged row."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty: identities need a key.")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured(
            "FIELD_KEYS holds a key that is not 32 bytes in base64."
        ) from None


def encrypt(text: str) -> str:
    """``text`` under the newest key."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of ``encrypt``. Raises ``UnreadableValueError``, without the value."""
    try:
        return _box(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken:
        raise UnreadableValueError("No key of FIELD_KEYS opens this value.") from None


def is_current(token: str) -> bool:
    """Whether ``token`` was made with the newest key."""
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


class EncryptedTextField(models.TextField):
    """Text that the database only holds encrypted; empty stays empty.

    It cannot be searched, ordered by meaning or indexed: keep a ``keyed_hash`` beside
    it to find equal values. Only ``isnull`` is a lookup.
    """

    description = _("encrypted text")

    def check(self, **kwargs: Any) -> list[Any]:
        """An index or a unique constraint on what differs each time means nothing."""
        errors = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            hint = "Put the constraint on a keyed hash beside it."
            errors.append(
                checks.Error(
                    "An encrypted field cannot be unique or indexed.",
                    hint=hint,
                    obj=self,
                    id="accounts.E001",
                )
            )
        return errors

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"widget": forms.TextInput, **kwargs})

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return IsNull
        raise FieldError(
            f"{self.name} is encrypted and cannot be looked up by {lookup_name}: "
            "compare its keyed hash."
        )

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted and has no {lookup_name}.")


def keyed_hash(kind: str, value: str) -> str:
    """64 hexadecimal digits that are equal when kind and normalised value are.

    ``kind`` (``"massar"``, ``"card"``, ``"person"``) keeps two kinds of number from
    meeting. An empty value has no hash: ``""``, so that unknown equals nothing.
    """
    folded = _folded_code(value) if kind != "person" else value
    if not folded:
        return ""
    if not settings.HASH_KEY:
        raise ImproperlyConfigured("HASH_KEY is empty: hashes need a key.")
    message = f"{kind}\x1f{folded}".encode()
    return hmac.new(settings.HASH_KEY.encode(), message, hashlib.sha256).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Compare two hashes; two unknown values are not the same."""
    return bool(one) and constant_time_compare(one, other)


def person_hash(name: str, *, born_on: date | None, sex: str) -> str:
    """The hash by which the same child is met again in another association.

    Same letters of the name whatever their spelling and order, same birth date, same
    sex. Without a name or a birth date there is nothing to compare: ``""``.
    """
    words = folded_name(name)
    if not words or born_on is None:
        return ""
    return keyed_hash("person", f"{words}\x1f{born_on.isoformat()}\x1f{sex}")


_ARABIC = str.maketrans(
    "أإآٱؤئىیةکگڭڤ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ااااويييهكككف01234567890123456789", "ءـ"
)
_ARTICLES = re.compile(r"\b(?:ال(?=\w{2})|(?:al|el)(?:[ -]+)(?=\w))")
_SERVANT = re.compile(r"\bعبد(?:ال| )(?=\w{2})")


def folded_name(name: str) -> str:
    """A person's name without the accidents of writing, its words in order.

    The rules of the SQL function ``search_key``, in Python because the name must not
    travel to the database in clear; words are sorted, since lists write the family
    name now first, now last.
    """
    text = unicodedata.normalize("NFKC", name).translate(_ARABIC).casefold()
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Cf"})
    text = re.sub(r"['’ʼ`]", "", text)
    text = re.sub(r"[\W_]+", " ", text).strip()
    text = _ARTICLES.sub("", text)
    text = _SERVANT.sub("عبد", text)
    return " ".join(sorted(text.split()))


def _folded_code(value: str) -> str:
    """A number or code as compared: no spaces or signs, capitals, Latin digits."""
    text = unicodedata.normalize("NFKC", value or "").translate(_ARABIC).upper()
    return "".join(c for c in text if c.isalnum())


def encrypted_fields(model: type[models.Model]) -> list[EncryptedTextField]:
    """The encrypted fields that ``model`` stores."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def rotate(rows: models.QuerySet, *, batch_size: int = 500) -> Iterator[int]:
    """Write the values of ``rows`` again under the newest key; yields rows written.

    Values under the newest key already are left alone, so that it may be stopped and
    started again. Raises ``UnreadableValueError`` before writing the batch concerned.
    """
    names = [field.attname for field in encrypted_fields(rows.model)]
    for stale in _stale_batches(rows, names, batch_size):
        yield _rewrite(rows.model, stale, names)


def count_stale(rows: models.QuerySet, *, batch_size: int = 500) -> int:
    """How many rows hold a value under an older key."""
    names = [field.attname for field in encrypted_fields(rows.model)]
    return sum(len(stale) for stale in _stale_batches(rows, names, batch_size))


def _stale_batches(
    rows: models.QuerySet, names: list[str], size: int
) -> Iterator[list[Any]]:
    """Of each batch, the keys of the rows to write again."""
    raw = {f"raw_{name}": _stored(name) for name in names}
    for batch in _batches(rows.order_by("pk"), names, size):
        stored = rows.model._base_manager.filter(pk__in=batch).annotate(**raw)
        yield [
            pk
            for pk, *tokens in stored.values_list("pk", *raw)
            if any(token and not is_current(token) for token in tokens)
        ]


def _stored(name: str) -> models.expressions.Combinable:
    """The column as the database holds it."""
    return models.functions.Cast(models.F(name), models.TextField())


class _Octets(models.Func):
    """The size of a text as stored, known without reading it."""

    function = "octet_length"
    output_field = models.IntegerField()


def _batches(rows: models.QuerySet, names: list[str], size: int) -> Iterable[list[Any]]:
    """Keys, ``size`` at most and no more bytes than memory bears: a row of a child
    has hundreds, a spreadsheet being read millions."""
    bytes_held: Any = models.Value(0)
    for name in names:
        empty = models.Value(0)
        bytes_held += models.functions.Coalesce(_Octets(_stored(name)), empty)
    rows = rows.annotate(bytes_held=bytes_held)
    last: Any = None
    while True:
        following = rows if last is None else rows.filter(pk__gt=last)
        found = list(following.values_list("pk", "bytes_held")[:size])
        if not found:
            return
        batch = _light(found)
        last = batch[-1]
        yield batch


def _light(found: list[tuple[Any, int]]) -> list[Any]:
    """The first keys whose values are together light enough; one in any case."""
    batch: list[Any] = []
    weight = 0
    for pk, size in found:
        weight += size
        if batch and weight > BYTES_AT_ONCE:
            break
        batch.append(pk)
    return batch


def _rewrite(model: type[models.Model], pks: list[Any], names: list[str]) -> int:
    """Read and write again, locked, so that no edit made meanwhile is undone."""
    manager = model._base_manager
    with transaction.atomic():
        locked = manager.select_for_update().filter(pk__in=pks).only("pk", *names)
        return manager.bulk_update(list(locked), names) if pks else 0
