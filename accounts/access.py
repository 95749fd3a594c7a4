"""Who looked at personal data: one row for each reading, download or export."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.enums import Access
from accounts.models import AccessLog, User

# Lists of more associations than this are logged once, for the territory.
FEW = 20
RECORD = Q(object_kind__startswith="institutions.") | Q(
    object_kind__startswith="applications."
)


def log(  # noqa: PLR0913 -- what the law asks to be known, all by name
    user: User,
    action: Access,
    *,
    subject: tuple[str, int | None],
    association_id: int | None = None,
    count: int = 1,
    detail: str = "",
) -> AccessLog:
    """Write it down (law 09-08; quality.md §3).

    ``subject`` is (kind, id) of what was seen, without id for a list; ``count`` is a
    number of persons or rows; ``detail`` is a filter or a kind of file, never a name.
    """
    object_kind, object_id = subject
    return AccessLog.objects.create(
        user=user,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        association_id=association_id,
        count=count,
        detail=detail[:300],
    )


def log_list(
    user: User, rows: QuerySet, *, subject: str, count: int, detail: str
) -> None:
    """A list taken out: one line for each association where there are few, so that
    each finds it among who looked at its data; else one line for the territory.

    ``rows`` says by ``association_lookup`` how it reaches them.
    """
    found = _counts(rows)
    if not 0 < len(found) <= FEW:
        found = [(None, count)]
    AccessLog.objects.bulk_create(
        AccessLog(
            user=user,
            action=Access.EXPORT,
            object_kind=subject,
            association_id=association_id,
            count=of_it,
            detail=detail[:300],
        )
        for association_id, of_it in found
    )


def _counts(rows: QuerySet) -> list[tuple[int | None, int]]:
    """(association, rows of it), one more than ``FEW`` at most."""
    lookup = getattr(rows, "association_lookup", None)
    if lookup is None:
        return []
    whole = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
    counts = whole.order_by().values_list(lookup).annotate(n=Count("pk"))
    return list(counts[: FEW + 1])


def of_association(
    association_id: int, *, since: datetime, territory: Q, last: int
) -> list[AccessLog]:
    """Who looked at the data of one association, for its own members: latest first.

    With them, the lists of a whole territory that were taken out since it is on
    record; ``territory`` says of which officers. No more than ``last`` rows.
    """
    rows = AccessLog.objects.select_related("user__delegation", "user__region")
    own = rows.filter(association_id=association_id).order_by("-pk")[:last]
    wide = rows.filter(territory, association_id=None, action=Access.EXPORT)
    wide = wide.filter(at__gte=since).filter(RECORD).order_by("-pk")[:last]
    return sorted([*own, *wide], key=lambda row: row.pk, reverse=True)[:last]
