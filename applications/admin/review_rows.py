"""A file with all the small things that its review page shows, in one question."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from applications import differences, findings
from applications.enums import SittingState
from applications.models import Criterion, CriterionScore, Sitting

PAGE_RELATIONS = (
    "call",
    "association__commune",
    "institution__commune",
    "delegation",
    "region",
    "sitting",
    "update__round",
    "eps",
)
CRITERION = ("id", "name_ar", "name_fr", "max_score")


def with_all(rows: Any) -> Any:
    """Files as their page needs them.

    ``open_sitting_pk`` is the sitting open for their call and region; ``scored`` the
    criteria of the call, with the points given if any.
    """
    sitting = Sitting.objects.filter(
        call=OuterRef("call"), region=OuterRef("region"), state=SittingState.OPEN
    )
    points = CriterionScore.objects.filter(
        application=OuterRef(OuterRef("pk")), criterion=OuterRef("pk")
    )
    criteria = Criterion.objects.filter(call=OuterRef("call")).order_by("rank", "pk")
    scored = JSONObject(
        **{name: name for name in CRITERION}, points=Subquery(points.values("points"))
    )
    rows = rows.select_related(*PAGE_RELATIONS).annotate(
        open_sitting_pk=Subquery(sitting.values("pk")[:1]),
        scored=ArraySubquery(criteria.values(scored=scored)),
    )
    return differences.with_versions(findings.with_levels(rows))


def criterion(row: dict[str, Any]) -> Criterion:
    """One of the ``scored``, without its points."""
    return Criterion(**{name: row[name] for name in CRITERION})
