"""Annual updates under measure: 3,000 associations followed in one delegation, and the
review of one with 2,000 children."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from institutions import snapshots
from institutions.enums import UpdateState
from institutions.models import AnnualUpdate, Association, UpdateRound

FOLLOWED = 3_000


def fill(association: Association, copies) -> None:
    """After the other data. A round of which a third has not begun."""
    gather(association)
    freeze(association)
    last = UpdateRound.objects.order_by("-year").first()
    today = timezone.localdate()
    last.pk, last.year = None, last.year + 1
    last.opens_on, last.due_on = today - timedelta(30), today + timedelta(30)
    last.save(force_insert=True)
    row = AnnualUpdate.objects.filter(association=association).order_by("pk").first()
    row.pk, row.round, row.state = None, last, UpdateState.BEGUN
    row.save(force_insert=True)
    copies(
        row,
        Association.objects.count() - 1,
        source=", (SELECT id, row_number() OVER (ORDER BY id) AS n"
        " FROM institutions_association) a",
        where="AND a.n = g + 1 AND g %% 3 <> 0",
        association_id="a.id",
        state="CASE g %% 4 WHEN 0 THEN 'begun' WHEN 1 THEN 'confirmed'"
        " ELSE 'verified' END",
    )


def gather(association: Association) -> None:
    """The first 3,000 have their seat in one delegation."""
    rows = Association.objects.order_by("pk").values("pk")[:FOLLOWED]
    Association.objects.filter(pk__in=rows).update(delegation=association.delegation)


def freeze(association: Association) -> None:
    """What was certified in the last two years."""
    rows = AnnualUpdate.objects.filter(association=association).select_related("round")
    for update in list(rows.order_by("-round__year")[:2])[::-1]:
        association.bank_name = f"البنك {update.round.year}"
        association.save(update_fields=["bank_name"])
        year = update.round.year
        snapshots.freeze(
            snapshots.UPDATE,
            update.pk,
            association=association,
            year=year,
            content=snapshots.record_content(association, year=year),
        )


def pages(page, signed_in) -> list:
    """``page`` makes one page under measure, ``signed_in`` a session."""
    delegate = User.objects.get(role=Role.DELEGATE)
    followed = Association.objects.filter(delegation=delegate.delegation).count()
    who = {"session": signed_in(delegate), "user": delegate}
    follow_up = reverse("admin:institutions_annualupdate_follow_up")
    frozen = snapshots.Snapshot.objects.filter(kind=snapshots.UPDATE).latest("year")
    review = reverse("admin:institutions_annualupdate_change", args=[frozen.object_id])
    near_list = {"against": "floor list", "times": 5, "queries": 15}
    near_row = {"against": "floor row", "times": 6, "queries": 25}
    return [
        page(f"follow-up, {followed:,} associations", follow_up, **who, **near_list),
        page(
            "follow-up, not begun", f"{follow_up}?state=not_begun", **who, **near_list
        ),
        page("review of an update, 2,000 children", review, **who, **near_row),
    ]
