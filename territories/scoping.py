"""Who may see which territory: the one place where that is decided.

It fails closed: no scope, an incomplete scope, or a model that does not say where its
rows belong, shows nothing.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from territories.enums import Level


@dataclass(frozen=True)
class Scope:
    """The part of the country that an account works on."""

    level: Level
    region_id: int | None = None
    delegation_id: int | None = None


class TerritoryQuerySet(models.QuerySet):
    """Rows that belong to delegations. Subclasses say by which paths.

    A row is within a scope when any of its paths is (decision 12: an association, by
    its seat or by one of its units). Paths through a reverse relation become
    subqueries, so that no row comes back twice.
    """

    delegation_lookups: tuple[str, ...] = ("delegation",)

    def within(self, scope: Scope | None) -> Any:
        match scope:
            case Scope(level=Level.NATIONAL):
                return self.all()
            case Scope(level=Level.REGION, region_id=int(region_id)):
                return self._where_any(self.region_lookups, region_id)
            case Scope(level=Level.DELEGATION, delegation_id=int(delegation_id)):
                return self._where_any(self.delegation_lookups, delegation_id)
            case _:
                return self.none()

    @property
    def region_lookups(self) -> tuple[str, ...]:
        return tuple(f"{lookup}__region" for lookup in self.delegation_lookups)

    def _where_any(self, lookups: tuple[str, ...], pk: int) -> Any:
        if not lookups:
            return self.none()
        found = Q()
        for lookup in lookups:
            if self._repeats_rows(lookup):
                rows = self.model._base_manager.filter(**{lookup: pk})
                found |= Q(pk__in=rows.values("pk"))
            else:
                found |= Q(**{lookup: pk})
        return self.filter(found)

    def _repeats_rows(self, lookup: str) -> bool:
        """Whether the path goes through a relation with several rows at its end."""
        model: Any = self.model
        for name in lookup.split("__"):
            if name == "pk":
                return False
            field = model._meta.get_field(name)
            if field.one_to_many or field.many_to_many:
                return True
            model = field.related_model
        return False
