"""The bench's data: ten years' worth of rows, copied in SQL from one row per table.

Full scale: 100,000 applications over five years, 10,000 associations, 20,000
institutions and centres, 1,000,000 enrolments. ``scale`` 0.01 makes a hundredth.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.enums import Programme, Role
from accounts.models import User
from applications.enums import Opinion, SittingState, State
from applications.models import (
    Application,
    Call,
    Envelope,
    EpsFigures,
    SchoolingFigure,
    Sitting,
)
from bench import updates, whole
from institutions.enums import (
    BoardRole,
    Degree,
    DisabilityType,
    InstitutionClass,
    LegalBasis,
    MembershipRole,
    Milieu,
    ReceiptKind,
    Setting,
    Sex,
    SubProgramme,
    UpdateState,
)
from institutions.models import (
    AnnualUpdate,
    Association,
    BoardMember,
    Centre,
    Child,
    Enrolment,
    Institution,
    Membership,
    UpdateRound,
)
from territories.models import Commune, Delegation, Region

YEARS = range(2022, 2027)
STATES = (State.SUBMITTED, State.RETURNED, State.RECOMMENDED, State.APPROVED)


@dataclass(frozen=True)
class Size:
    """Head-counts of rows; ``associations`` × years × 2 applications."""

    associations: int
    children: int

    @classmethod
    def at(cls, scale: float) -> "Size":
        return cls(max(int(10_000 * scale), 20), max(int(200_000 * scale), 2_000))


def copies(row, count: int, *, source: str = "", where: str = "", **columns) -> None:
    """``count`` copies of ``row``; ``columns``: SQL expressions over ``g``, 1 to count.

    The row itself stays, as number 0. ``source`` adds tables to read from.
    """
    fields = [
        f.column
        for f in row._meta.local_concrete_fields
        if not f.generated and not (f.primary_key and f.remote_field is None)
    ]
    values = [str(columns.get(name, f't."{name}"')) for name in fields]
    quoted = ", ".join(f'"{name}"' for name in fields)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({quoted}) SELECT {", ".join(values)} '
            f'FROM "{table}" t, generate_series(1, %s) g {source} '
            f'WHERE t."{row._meta.pk.column}" = %s {where}',
            [count, row.pk],
        )
        # Knowing nothing of a table just filled, the database joins it row by row.
        cursor.execute(f'ANALYZE "{table}"')


def ids(queryset) -> str:
    """A SQL array of keys, to be picked from by ``pick``."""
    keys = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True))
    return f"(ARRAY[{keys}]::bigint[])"


def pick(array: str, by: str = "g") -> str:
    return f"{array}[1 + ({by}) %% cardinality({array})]"


def generate(scale: float) -> None:
    """Fill an empty, migrated database."""
    size = Size.at(scale)
    call_command("load_territories", verbosity=0)
    people()
    first = the_record(size)
    the_process(size, first)
    updates.fill(first["association"], copies)
    member = User.objects.get(role=Role.MEMBER)
    whole.complete(first, year=UpdateRound.objects.latest("year").year, user=member)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def people() -> None:
    delegation = Delegation.objects.select_related("region").order_by("pk").first()
    for role, place in [
        (Role.DELEGATE, {"delegation": delegation}),
        (Role.COORDINATOR, {"region": delegation.region}),
        (Role.CENTRAL, {}),
        (Role.MEMBER, {}),
    ]:
        User.objects.create_user(f"{role}@bench.ma", "bench", role=role, **place)


def the_record(size: Size) -> dict:
    """Associations with their board, units, children and enrolments."""
    delegations = ids(Delegation.objects.order_by("pk"))
    place = {"delegation_id": pick(delegations)}
    commune = Commune.objects.selectable().order_by("pk").first()
    association = Association.objects.create(
        name_ar="جمعية الوفاء للتضامن",
        name_fr="Association Al Wafae",
        receipt_number="0",
        receipt_kind=ReceiptKind.FINAL,
        commune=commune,
        delegation=Delegation.objects.order_by("pk").first(),
    )
    copies(
        association,
        size.associations - 1,
        name_ar="'جمعية رقم ' || g",
        name_fr="'Association ' || g",
        receipt_number="g::text",
        **place,
    )
    member = User.objects.get(role=Role.MEMBER)
    Membership.objects.create(
        association=association, user=member, role=MembershipRole.MANAGER
    )
    president = BoardMember.objects.create(
        association=association, role=BoardRole.PRESIDENT, name="رئيسة الجمعية"
    )
    later = "SELECT id, row_number() OVER (ORDER BY id) AS n FROM"
    each = f", ({later} institutions_association) a"
    match = "AND a.n = g + 1"
    owner = {"association_id": "a.id"}
    count = size.associations - 1
    copies(president, count, source=each, where=match, **owner)
    institution = Institution.objects.create(
        association=association,
        name_ar="دار الطالبة الأرز",
        name_fr="Dar Taliba Al Arz",
        institution_class=InstitutionClass.STUDENTS,
        categories=["students"],
        legal_basis=LegalBasis.LAW_65_15,
        authorisation_number="0",
        capacity_female=80,
        commune=commune,
        delegation=association.delegation,
        milieu=Milieu.RURAL,
    )
    copies(
        institution,
        count,
        source=each,
        where=match,
        name_ar="'دار الطالبة رقم ' || g",
        authorisation_number="g::text",
        **owner,
        **place,
    )
    centre = Centre.objects.create(
        code="C0",
        association=association,
        name_ar="مركز الأمل",
        name_fr="Centre Al Amal",
        setting=Setting.SPECIALISED,
        delegation=association.delegation,
        commune=commune,
        own_capacity=100,
    )
    copies(centre, count, source=each, where=match, code="'C' || g", **owner, **place)
    children(size, association, centre)
    return {"association": association, "institution": institution}


def children(size: Size, association, centre) -> None:
    """The first association has 2,000 children; the others share the rest."""
    big = min(2_000, size.children // 2)
    child = Child.objects.create(
        code="E0",
        association=association,
        name="طفل(ة)",
        person_hash="0",
        born_on="2015-05-05",
        sex=Sex.FEMALE,
        disability_type=DisabilityType.AUTISM,
        degree=Degree.MODERATE,
    )
    spread = (
        f"AND a.n = CASE WHEN g <= {big} THEN 1 ELSE 1 + g %% {size.associations} END"
    )
    numbered = (
        ", (SELECT id, row_number() OVER (ORDER BY id) AS n"
        " FROM institutions_association) a"
    )
    copies(
        child,
        size.children - 1,
        source=numbered,
        where=spread,
        code="'E' || g",
        association_id="a.id",
        person_hash="g::text",
        sex="CASE g %% 5 WHEN 0 THEN 'f' ELSE 'm' END",
        has_rsu="g %% 20 <> 0",
    )
    enrolment = Enrolment.objects.create(
        child=child, year=YEARS[0], centre=centre, sub_programme=SubProgramme.A
    )
    with connection.cursor() as cursor:
        # The history of a million rows is not under measure, and costs as much again.
        cursor.execute("ALTER TABLE institutions_enrolment DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO institutions_enrolment (child_id, year, centre_id,"
            " sub_programme, services, certificates, months) "
            "SELECT c.id, y, ce.id, chr(65 + (c.id %% 3)::int), '{speech}',"
            " CASE c.id %% 25 WHEN 0 THEN '{}' ELSE '{disability,school}' END::text[],"
            " 10 "
            "FROM institutions_child c "
            "JOIN institutions_centre ce ON ce.association_id = c.association_id, "
            "generate_series(%s::int, %s::int) y "
            "WHERE NOT (c.id = %s AND y = %s)",
            [YEARS[0], YEARS[-1], enrolment.child_id, enrolment.year],
        )
        cursor.execute("ALTER TABLE institutions_enrolment ENABLE TRIGGER USER")


def the_process(size: Size, first: dict) -> None:
    central = User.objects.get(role=Role.CENTRAL)
    for year in YEARS:
        opens = timezone.now().replace(year=year, month=9, day=1)
        round_ = UpdateRound.objects.create(
            year=year,
            opens_on=opens.date() - timedelta(60),
            due_on=opens.date(),
            headcount_on=opens.date(),
            school_year=year - 1,
            accounts_year=year - 1,
        )
        update = AnnualUpdate.objects.create(
            association=first["association"],
            round=round_,
            state=UpdateState.VERIFIED,
            confirmed_at=opens,
            confirmed_by=central,
            verified_at=opens,
            verified_by=central,
        )
        copies(
            update,
            size.associations - 1,
            source=", (SELECT id, row_number() OVER (ORDER BY id) AS n"
            " FROM institutions_association) a",
            where="AND a.n = g + 1",
            association_id="a.id",
        )
        for programme in Programme:
            files(size, first, year=year, programme=programme, update=update)


def files(size: Size, first: dict, *, year, programme, update) -> None:
    """One call with a file per institution or per association, in all states."""
    opens = update.confirmed_at
    call = Call.objects.create(
        programme=programme,
        year=year,
        name_ar=f"دعم برسم سنة {year}",
        name_fr=f"Soutien au titre de {year}",
        is_published=True,
        opens_at=opens,
        closes_at=opens + timedelta(90),
    )
    central = update.confirmed_by
    is_past = year != YEARS[-1]
    for region in Region.objects.all():
        Envelope.objects.create(call=call, region=region, amount=500_000_000)
        Sitting.objects.create(
            call=call,
            region=region,
            rank=1,
            state=SittingState.VALIDATED if is_past else SittingState.OPEN,
            sits_on=opens.date(),
            opened_by=central,
            validated_at=opens if is_past else None,
            validated_by=central if is_past else None,
            published_at=opens if is_past else None,
        )
    is_eps = programme == Programme.EPS
    association = first["association"]
    file = Application.objects.create(
        call=call,
        programme=programme,
        year=year,
        association=association,
        institution=first["institution"] if is_eps else None,
        update=update,
        delegation=association.delegation,
        region=association.delegation.region,
        number=f"{programme[:3].upper()}-{year}-00-00000",
        state=State.APPROVED,
        opinion=Opinion.FAVOURABLE,
        opinion_reason="ملف مكتمل",
        requested_amount=120_000,
        computed_amount=120_000,
        proposed_amount=110_000,
        granted_amount=100_000,
        first_submitted_at=opens,
        submitted_at=opens,
        clock_on=opens.date(),
        due_on=opens.date() + timedelta(60),
        sitting=Sitting.objects.filter(call=call).first(),
        published_at=opens if is_past else None,
        created_by=central,
    )
    table = "institutions_institution" if is_eps else "institutions_association"
    owner = "association_id" if is_eps else "id"
    state = "'approved'"
    if not is_past:
        array = "ARRAY[" + ",".join(f"'{state.value}'" for state in STATES) + "]"
        state = f"({array})[1 + g %% {len(STATES)}]"
    copies(
        file,
        size.associations - 1,
        source=(
            f", (SELECT id, {owner} AS owner, delegation_id,"
            f" row_number() OVER (ORDER BY id) AS n FROM {table}) u,"
            " territories_delegation d, applications_sitting s,"
            " (SELECT id, association_id, round_id FROM institutions_annualupdate) up"
        ),
        where=(
            f"AND u.n = g + 1 AND d.id = u.delegation_id AND s.call_id = {call.pk}"
            f" AND s.region_id = d.region_id AND up.association_id = u.owner"
            f" AND up.round_id = {update.round_id}"
        ),
        association_id="u.owner",
        institution_id="u.id" if is_eps else "NULL",
        update_id="up.id",
        delegation_id="u.delegation_id",
        region_id="d.region_id",
        sitting_id="s.id",
        state=state,
        number=f"'{programme[:3].upper()}-{year}-10-' || g",
        due_on="t.due_on + (g %% 40)::int",
        requested_amount="100000 + g",
    )
    figures(call, file, is_eps=is_eps)


def figures(call: Call, file: Application, *, is_eps: bool) -> None:
    """The typed figures that exports and reports read."""
    model = EpsFigures if is_eps else SchoolingFigure
    if is_eps:
        EpsFigures.objects.create(application=file, capacity=80, female_count=70)
        fields = [f.column for f in EpsFigures._meta.local_concrete_fields]
    else:
        SchoolingFigure.objects.create(
            application=file,
            centre=Centre.objects.order_by("pk").first(),
            sub_programme=SubProgramme.A,
            sex=Sex.FEMALE,
            disability_type=DisabilityType.AUTISM,
            degree=Degree.MODERATE,
            count=20,
        )
        fields = [f.column for f in model._meta.local_concrete_fields if f.name != "id"]
    rest = [name for name in fields if name != "application_id"]
    columns = ", ".join(f'"{name}"' for name in rest)
    taken = ", ".join(f't."{name}"' for name in rest)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ("application_id", {columns}) '
            f'SELECT a.id, {taken} FROM "{model._meta.db_table}" t, '
            "applications_application a WHERE t.application_id = %s "
            "AND a.call_id = %s AND a.id <> %s",
            [file.pk, call.pk, file.pk],
        )
