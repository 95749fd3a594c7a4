"""Who looked at personal data: one row for each reading, download or export."""

from typing import Any

from accounts.enums import Access
from accounts.models import AccessLog, User


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


def of_association(association_id: int) -> Any:
    """Who looked at the data of one association, for its own members: latest first."""
    rows = AccessLog.objects.filter(association_id=association_id)
    return rows.select_related("user__delegation", "user__region").order_by("-pk")
