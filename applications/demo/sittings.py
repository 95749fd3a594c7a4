"""The sittings of one call of the demonstration: opened, held, validated."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from applications import workflow
from applications.demo.chance import chance
from applications.demo.clock import Season
from applications.demo.fates import HELD_REGIONS, IN_SITTING, File, sits_on
from applications.enums import DECIDED, SittingState, State
from applications.models import Application, Call, Sitting
from territories.models import Region

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """One region in one call, with those who decide."""

    call: Call
    region: Region
    season: Season
    coordinator: User
    central: User

    @property
    def files(self):
        return Application.objects.filter(call=self.call, region=self.region)

    @property
    def sitting(self) -> Sitting | None:
        return Sitting.objects.filter(call=self.call, region=self.region).first()

    @property
    def days(self) -> list[tuple[datetime, str]]:
        """When this desk opens its sitting, closes it, and is published."""
        random = chance("sitting", self.call.programme, self.season.year, self.region)
        first = sits_on(self.season)
        # Before the first decision of that day.
        opened = self.season.moment(first, random) - timedelta(days=1)
        days = [(opened, "open")]
        if self.season.is_past:
            held, validated = Season.HELD + 4, Season.VALIDATED
            days.append((self.season.moment(held, random), "hold"))
            validated += random.randrange(12)
            days.append((self.season.moment(validated, random), "validate"))
        elif self.region.code in HELD_REGIONS:
            days.append((self.season.moment(first + 8, random), "hold"))
        return days


def desks(files: list[File], *, central: User) -> list[Desk]:
    """Of the regions in which something is decided."""
    found: dict[int, Desk] = {}
    for file in files:
        if not IN_SITTING.keys() & set(file.fate.steps):
            continue
        region = (file.institution or file.record.association).delegation.region
        found[region.pk] = Desk(
            file.call, region, file.season, file.coordinator, central
        )
    return list(found.values())


def open_sitting(desk: Desk) -> None:
    if desk.sitting is None and desk.files.filter(state=State.RECOMMENDED).exists():
        workflow.open_sitting(
            desk.call.pk,
            actor=desk.coordinator,
            sits_on=desk.season.day(sits_on(desk.season)),
        )


def hold(desk: Desk) -> None:
    sitting = desk.sitting
    if sitting is None or sitting.state != SittingState.OPEN:
        return
    if sitting.applications.filter(state__in=DECIDED).exists():
        workflow.hold_sitting(
            sitting.pk, actor=desk.coordinator, version=sitting.version
        )


def validate(desk: Desk) -> None:
    sitting = desk.sitting
    if sitting is not None and sitting.state == SittingState.HELD:
        workflow.validate_sitting(
            sitting.pk, actor=desk.central, version=sitting.version
        )


ACTS = {"open": open_sitting, "hold": hold, "validate": validate}
