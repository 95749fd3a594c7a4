"""Reading, checking and comparing a sheet of 5,000 children, beside import-export.

The yardstick is django-import-export as it comes: its XLSX format opens the same sheet,
then a ``ModelResource`` of each of the two tables makes a dry run over its rows, with
one instance and its queries for each. The dry run is measured on fewer rows and brought
to 5,000, for it grows as they do.
"""

import datetime
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from import_export import resources
from import_export.formats.base_formats import XLSX

from accounts.encryption import keyed_hash, person_hash
from institutions.codes import new_centre_code
from institutions.enums import (
    Degree,
    DisabilityType,
    Setting,
    Sex,
    SheetKind,
    SubProgramme,
)
from institutions.models import Association, Centre, Child, Enrolment
from institutions.sheets import lists, template
from institutions.sheets.examining import examine_for

ROWS = 5_000
YARDSTICK_ROWS = 250
YEAR = 2031
CODE = "BENCH"
TIMES = 1 / 12
MAX_QUERIES = 40
MAX_SECONDS = 10


class ChildResource(resources.ModelResource):
    """As it comes."""

    class Meta:
        model = Child
        import_id_fields = ["code"]
        fields = (
            "code", "association", "name", "massar", "card_number", "born_on", "sex",
            "disability_type", "degree", "card_expires_on", "has_rsu",
        )  # fmt: skip


class EnrolmentResource(resources.ModelResource):
    class Meta:
        model = Enrolment
        exclude = ("services", "certificates")


@dataclass(frozen=True)
class Spent:
    """Seconds of processor, as everywhere in the bench: a busy machine changes less."""

    seconds: float
    queries: int


@dataclass(frozen=True)
class Figures:
    name: str
    seconds: float
    queries: int
    ratio: float | None = None
    limit: str = ""
    holds: bool | None = None

    def line(self) -> str:
        ratio = f"{self.ratio:.4f}" if self.ratio is not None else ""
        verdict = {True: "pass", False: "FAIL", None: ""}[self.holds]
        return (
            f"{self.name:<48}  {self.seconds:8.2f} s  {self.queries:>6} queries  "
            f"{ratio:>7}  {self.limit:<44}  {verdict}"
        ).rstrip()


def measure(rounds: int = 3) -> list[Figures]:
    """The median of some rounds, ours and the yardstick one after the other."""
    translation.activate("ar")
    centre = prepared()
    list_ = lists.current(centre, SheetKind.CHILDREN, YEAR)
    filled = template.Filled(
        SheetKind.CHILDREN, list_=list_, year=YEAR, with_names=True
    )
    content = template.xlsx(filled, language="ar")
    datasets = datasets_of(centre)
    ours, theirs, opening = [], [], []
    for _ in range(rounds):
        opening.append(timed(lambda: XLSX().create_dataset(content)))
        theirs.append(timed(lambda: dry_run(datasets)))
        ours.append(timed(lambda: read(centre, content)))
    return shown(median(ours), median(theirs), median(opening))


def shown(ours: Spent, theirs: Spent, opening: Spent) -> list[Figures]:
    factor = ROWS / YARDSTICK_ROWS
    yardstick = Figures(
        f"import-export default, {ROWS} rows (from {YARDSTICK_ROWS})",
        opening.seconds + theirs.seconds * factor,
        int(theirs.queries * factor),
    )
    ratio = ours.seconds / yardstick.seconds
    holds = (
        ratio <= TIMES and ours.queries <= MAX_QUERIES and ours.seconds <= MAX_SECONDS
    )
    limit = f"1/12 of import-export, {MAX_QUERIES} queries, {MAX_SECONDS} s"
    name = f"sheet of {ROWS} children: read, checked, compared"
    return [yardstick, Figures(name, ours.seconds, ours.queries, ratio, limit, holds)]


def median(found: list[Spent]) -> Spent:
    return sorted(found, key=lambda spent: spent.seconds)[len(found) // 2]


def timed(work: Callable[[], None]) -> Spent:
    """By this process and by those it waited for."""
    with CaptureQueriesContext(connection) as queries:
        started = processor()
        work()
        return Spent(processor() - started, len(queries))


def processor() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + spent.ru_utime + spent.ru_stime


def read(centre: Centre, content: bytes) -> None:
    verdict = examine_for(centre, SheetKind.CHILDREN, YEAR, content)
    if verdict.plan is None or len(verdict.plan.lines) != ROWS:
        raise RuntimeError(f"The sheet was not read: {verdict.errors[:3]}")
    verdict.plan.dumps()


def dry_run(datasets: list[tuple[Any, tablib.Dataset]]) -> None:
    """The child and its year, row by row."""
    for made, dataset in datasets:
        result = made.import_data(dataset, dry_run=True)
        if result.has_errors() or result.has_validation_errors():
            raise RuntimeError("The yardstick could not read its rows.")


def datasets_of(centre: Centre) -> list[tuple[Any, tablib.Dataset]]:
    children = Child.objects.filter(enrolments__centre=centre).order_by("pk")
    rows = Enrolment.objects.filter(centre=centre).order_by("pk")
    return [
        (ChildResource(), ChildResource().export(children[:YARDSTICK_ROWS])),
        (EnrolmentResource(), EnrolmentResource().export(rows[:YARDSTICK_ROWS])),
    ]


def prepared() -> Centre:
    """A centre of an association of its own, with its list: made once."""
    found = Centre.objects.filter(name_fr=CODE).first()
    if found is not None:
        return found
    association = Association.objects.order_by("pk").last()
    centre = Centre.objects.create(
        code=new_centre_code(),
        association=association,
        name_ar=CODE,
        name_fr=CODE,
        setting=Setting.SPECIALISED,
        commune=association.commune,
        delegation=association.delegation,
        own_capacity=ROWS,
    )
    children = [child(association, number) for number in range(ROWS)]
    Child.objects.bulk_create(children)
    Enrolment.objects.bulk_create(
        Enrolment(
            child=row,
            centre=centre,
            year=YEAR,
            sub_programme=SubProgramme.A,
            services=["speech", "psychomotor"],
            certificates=["disability"],
        )
        for row in children
    )
    return centre


def child(association: Association, number: int) -> Child:
    name, massar = f"تلميذ رقم {number}", f"B{number:09d}"
    born_on = datetime.date(2012, 1, 1) + datetime.timedelta(days=number % 3000)
    return Child(
        code=f"BS-{number:07d}",
        association=association,
        name=name,
        massar=massar,
        born_on=born_on,
        sex=Sex.FEMALE,
        disability_type=DisabilityType.AUTISM,
        degree=Degree.MILD,
        has_rsu=True,
        person_hash=person_hash(name, born_on=born_on, sex=Sex.FEMALE),
        massar_hash=keyed_hash("massar", massar),
    )


def show(figures: list[Figures]) -> bool:
    """Print them; whether the limits hold."""
    print(
        "spreadsheets; processor time of this process and of the one that opens files"
    )
    for row in figures:
        print(row.line())
    return all(row.holds is not False for row in figures)
