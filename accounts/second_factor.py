"""Secrets of the second factor, which django-allauth keeps in a table of its own.

They are encrypted with the keys of the identities (``accounts.adapters``) and have to
follow them to a new key.
"""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.encryption import decrypt, encrypt, is_current

# The names under which allauth stores what it gives to its adapter to encrypt.
SECRETS = ("secret", "seed", "migrated_codes")


def count_stale_secrets() -> int:
    """How many devices and lists of recovery codes stand under an older key."""
    data = Authenticator.objects.values_list("data", flat=True)
    return sum(_is_stale(row) for row in data.iterator())


def rotate_secrets(*, batch_size: int = 500) -> Iterator[int]:
    """Write them again under the newest key; yields rows written, batch by batch.

    May be stopped and started again. Raises ``UnreadableValueError`` before writing
    the batch concerned.
    """
    last = 0
    while batch := list(
        Authenticator.objects.filter(pk__gt=last).order_by("pk")[:batch_size]
    ):
        last = batch[-1].pk
        yield _rewrite([row.pk for row in batch if _is_stale(row.data)])


@transaction.atomic
def _rewrite(pks: list[int]) -> int:
    """Read again, locked: a recovery code used meanwhile stays used."""
    rows = list(Authenticator.objects.select_for_update().filter(pk__in=pks))
    for row in rows:
        row.data = {
            name: _again(value) if name in SECRETS else value
            for name, value in row.data.items()
        }
    return Authenticator.objects.bulk_update(rows, ["data"]) if rows else 0


def _again(value: Any) -> Any:
    if isinstance(value, list):
        return [encrypt(decrypt(token)) for token in value]
    return encrypt(decrypt(value))


def _is_stale(data: dict[str, Any]) -> bool:
    return any(not is_current(token) for token in _tokens(data))


def _tokens(data: dict[str, Any]) -> Iterator[str]:
    for name in SECRETS:
        value = data.get(name, [])
        yield from value if isinstance(value, list) else [value]
