"""What becomes of each kind of row when two associations are merged.

One rule for each foreign key to ``Association``. Rooms above declare those of their own
models when they are loaded; a test fails when a relation has none. No model is imported
here, so that rules can be declared before models are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from institutions.enums import BoardRole, JoinState

Rows = Any
# (rows that would move, the association that stays) → keys of those that cannot.
Collisions = Callable[[Rows, Any], Iterable[Any]]
Effect = Callable[[Rows, Any], None]


@dataclass(frozen=True)
class Rule:
    """``moves`` false: the rows are frozen, and stay readable where they are.

    ``collides`` names those that the association which stays has already: they stay
    with the merged row. ``settle`` is called with the rows that stayed, ``follow``
    with those that moved, once both associations are written.
    """

    moves: bool = True
    collides: Collisions | None = None
    settle: Effect | None = None
    follow: Effect | None = None


RULES: dict[str, Rule] = {}


def register(label: str, rule: Rule) -> None:
    """``label``: app, model and field, such as ``institutions.centre.association``."""
    RULES[label] = rule


def same(*columns: str, where: Q | None = None) -> Collisions:
    """Rows like one of the association that stays, among those ``where`` says."""
    only = where if where is not None else Q()

    def collisions(rows: Rows, kept: Any) -> Iterable[Any]:
        match = {column: OuterRef(column) for column in columns}
        there = rows.model._base_manager.filter(only, association=kept, **match)
        return rows.filter(only).filter(Exists(there)).values_list("pk", flat=True)

    return collisions


def same_address(rows: Rows, kept: Any) -> Iterable[Any]:
    """Pending invitations of one person by both."""
    open_ = Q(accepted_at=None, revoked_at=None)
    there = rows.model._base_manager.filter(open_, association=kept)
    there = there.annotate(who=Lower("email")).filter(who=Lower(OuterRef("email")))
    return rows.filter(open_).filter(Exists(there)).values_list("pk", flat=True)


def on_the_board(rows: Rows, kept: Any) -> Iterable[Any]:
    """One president each; and nobody twice in one role."""
    there = rows.model._base_manager.filter(association=kept, role=OuterRef("role"))
    alike = Q(role=BoardRole.PRESIDENT) | Q(name=OuterRef("name"))
    return rows.filter(Exists(there.filter(alike))).values_list("pk", flat=True)


def same_accounts(rows: Rows, kept: Any) -> Iterable[Any]:
    """Accounts of one year are one document: lines of two are not mixed. Those of an
    institution go with it."""
    there = rows.model._base_manager.filter(
        association=kept, institution=None, year=OuterRef("year")
    )
    own = rows.filter(institution=None)
    return own.filter(Exists(there)).values_list("pk", flat=True)


def end_access(rows: Rows, kept: Any) -> None:
    """Whoever works for both works for the one that stays, in the role held there."""
    rows.filter(ended_at=None).update(ended_at=timezone.now())


def revoke(rows: Rows, kept: Any) -> None:
    rows.update(revoked_at=timezone.now())


def found_there(rows: Rows, kept: Any) -> None:
    """The one that stays is checked by itself; what was merged no longer is."""
    rows.update(settled_on=timezone.localdate())


def same_desk(rows: Rows, kept: Any) -> None:
    """What was merged before follows the seat of the one that stays."""
    rows.update(delegation=kept.delegation_id)


def waiting_at_same_desk(rows: Rows, kept: Any) -> None:
    """Requests not decided go to the delegation that now decides of the association,
    save where the same person asked the same there."""
    there = rows.model._base_manager.annotate(who=Lower("email")).filter(
        state=JoinState.WAITING,
        delegation=kept.delegation_id,
        who=Lower(OuterRef("email")),
        receipt_number=OuterRef("receipt_number"),
        kind=OuterRef("kind"),
    )
    moving = rows.filter(state=JoinState.WAITING).exclude(Exists(there))
    moving.update(delegation=kept.delegation_id, version=F("version") + 1)


for label, rule in {
    "association.merged_into": Rule(follow=same_desk),
    "boardmember.association": Rule(collides=on_the_board),
    "membership.association": Rule(
        collides=same("user", where=Q(ended_at=None)), settle=end_access
    ),
    "invitation.association": Rule(collides=same_address, settle=revoke),
    "joinrequest.association": Rule(follow=waiting_at_same_desk),
    "document.association": Rule(collides=same("sha256")),
    "accountline.association": Rule(collides=same_accounts),
    "child.association": Rule(),
    "institution.association": Rule(),
    "centre.association": Rule(),
    "annualupdate.association": Rule(collides=same("round")),
    "recordfinding.association": Rule(
        collides=same(
            "code",
            "subject",
            where=Q(settled_on=None, institution=None, centre=None),
        ),
        settle=found_there,
    ),
    "snapshot.association": Rule(moves=False),
}.items():
    register(f"institutions.{label}", rule)
