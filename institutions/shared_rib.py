"""Who else had a RIB, or asks to join with it: a finding never says which one."""

from typing import Any

from django.db.models import BigIntegerField, CharField, IntegerField, Q, Value

from institutions.enums import JoinState
from institutions.models import Association, JoinRequest

SAME_RIB = "same_rib"
NOTHING = Value("", output_field=CharField())
NO_UNIT = Value(None, output_field=BigIntegerField())
ONE = Value(1, output_field=IntegerField())


def held_elsewhere(association: Association) -> list[Any]:
    """Questions to put in the union of the figures: a row means yes."""
    rib = association.rib
    if not rib:
        return []
    history = Association.history.rel.related_model  # type: ignore[attr-defined]
    before = history.objects.filter(rib=rib).exclude(
        Q(pgh_obj=association) | Q(pgh_obj__merged_into=association)
    )
    asking = JoinRequest.objects.filter(rib=rib, state=JoinState.WAITING).exclude(
        association=association
    )
    label = Value(SAME_RIB, output_field=CharField())
    columns = (label, NO_UNIT, ONE, NOTHING, NOTHING, NOTHING, ONE)
    return [rows.order_by().values_list(*columns) for rows in (before, asking)]
