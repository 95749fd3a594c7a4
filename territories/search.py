"""Search that forgives Arabic and French spelling (product.md §4, decision 13).

The folding itself is the SQL function ``search_key`` of the first migration: stored
columns and what people type both pass through it, so the two can never disagree.
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce

MAX_WORDS = 8


class SearchKey(Func):
    """``search_key`` of several text columns, empty ones left out.

    Written with ``||`` because PostgreSQL does not accept ``CONCAT``, which is only
    stable, in a generated column.
    """

    function = "search_key"
    arg_joiner = " || ' ' || "
    output_field = TextField()

    def __init__(self, *fields: str, **extra: Any) -> None:
        super().__init__(*(Coalesce(F(f), Value("")) for f in fields), **extra)


class SearchWord(Func):
    """One word of what was typed, folded. Empty when there are fewer words.

    A constant for the planner, so that the trigram index serves it.
    """

    template = "split_part(search_key(%(expressions)s), ' ', %(rank)s)"
    output_field = TextField()

    def __init__(self, typed: str, *, rank: int) -> None:
        super().__init__(Value(typed), rank=rank)


def search_column(*fields: str) -> models.GeneratedField:
    """The stored column to search, made of the text fields of the same row."""
    return models.GeneratedField(
        expression=SearchKey(*fields), output_field=TextField(), db_persist=True
    )


def search_index(name: str, field: str = "search_text") -> GinIndex:
    """The trigram index of a ``search_column``."""
    return GinIndex(fields=[field], name=name, opclasses=["gin_trgm_ops"])


class SearchQuerySetMixin:
    """``search(typed)``: each word typed stands somewhere in the search column.

    ``search_lookups`` may name columns of related rows; a word then stands in any of
    them. Only forward relations: a reverse one would repeat rows.
    """

    search_lookups: tuple[str, ...] = ("search_text",)

    def search(self, typed: str | None) -> Any:
        """Nothing typed filters nothing; only punctuation typed finds nothing."""
        typed = (typed or "").replace("\x00", "").strip()
        if not typed:
            return self
        words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", typed))[:MAX_WORDS]
        if not words:
            return self.none()  # type: ignore[attr-defined]
        found = Q()
        for rank in range(1, len(words) + 1):
            found &= self._word_somewhere(SearchWord(typed, rank=rank))
        return self.filter(found)  # type: ignore[attr-defined]

    def _word_somewhere(self, word: SearchWord) -> Q:
        somewhere = Q()
        for lookup in self.search_lookups:
            somewhere |= Q(**{f"{lookup}__contains": word})
        return somewhere
