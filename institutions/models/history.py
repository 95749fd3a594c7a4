"""Who changed which field of the record, and when: written by the database itself.

Triggers keep a row for each insert, change and removal, whatever made it: a page, an
import, a command. What identifies a person is left out (decision 22). The account
stands in ``pgh_context["user"]``, given by the middleware or by the job.
"""

from typing import Any

import pghistory
import pghistory.models
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from institutions.models.associations import Association, BoardMember, Membership
from institutions.models.diagnosis import FunctionCount, FundingLine, SeasonCount
from institutions.models.documents import Document
from institutions.models.figures import (
    AccountLine,
    Headcount,
    StaffCount,
    UnmetRequests,
)
from institutions.models.people import Child, Enrolment, StaffMember
from institutions.models.units import Centre, Institution


class HistoryQuerySet(pghistory.models.EventQuerySet):
    def visible_to(self, user: User) -> Any:
        """What happened to a row is seen by all who see its owner."""
        model: Any = self.model
        field = model.seen_through
        owner = model._meta.get_field(field).related_model
        rows = owner.objects.visible_to(user)
        return self.filter(**{f"{field}__in": rows.values("pk")})


def keep_history(
    model: type[models.Model],
    *,
    owner: str = "pgh_obj",
    exclude: tuple[str, ...] = (),
    indexes: tuple[models.Index, ...] = (),
    condition: pgtrigger.Condition | None = None,
) -> None:
    """Have the database keep every change of ``model``, ``exclude`` apart.

    ``owner``: the foreign key of the history that says who may read it. ``condition``:
    when a change is kept, where what is not kept counts as one.
    """
    name = f"{model.__name__}History"
    kept_when: dict[str, Any] = {"condition": condition} if condition else {}
    tracked = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(**kept_when),
        pghistory.DeleteEvent(),
        model_name=name,
        exclude=list(exclude),
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        attrs={"seen_through": owner, "objects": HistoryQuerySet.as_manager()},
        meta={"ordering": ["-pgh_id"], "indexes": list(indexes)},
        append_only=True,
    )
    tracked(model)


# A RIB that passes from one association to another is a finding.
OF_RIB = models.Index(name="rib_once_held", fields=["rib"], condition=~Q(rib=""))
keep_history(Association, exclude=("search_text",), indexes=(OF_RIB,))
keep_history(BoardMember, owner="association", exclude=("cnie",))
keep_history(Membership, owner="association")
keep_history(Institution, exclude=("search_text",))
keep_history(Centre, exclude=("search_text",))
# Encrypted anew each time they are written, and so never compared: their hashes are.
ENCRYPTED = ("name", "massar", "card_number")
HASHES = ("person_hash", "massar_hash", "card_hash")
keep_history(
    Child,
    exclude=(*ENCRYPTED, *HASHES),
    # Who changed a name, without the name: the next who saves is told.
    condition=pgtrigger.AnyChange(
        *(f.name for f in Child._meta.fields if f.name not in ENCRYPTED)
    ),
)
keep_history(Enrolment, owner="centre")
keep_history(StaffMember, owner="centre", exclude=("name",))
keep_history(Document, exclude=("original_name", "scan_state", "scanned_at"))
for figures in (
    Headcount,
    StaffCount,
    UnmetRequests,
    SeasonCount,
    FundingLine,
    FunctionCount,
):
    keep_history(figures, owner="institution")
keep_history(AccountLine, owner="association")
