"""The yearly list: right columns, real types, only what one may see."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts import jobs
from accounts.enums import Access, JobState
from accounts.models import AccessLog, Job
from applications import exports, tasks
from applications.enums import State
from applications.models import Application, EpsFigures, SchoolingFigure
from institutions.enums import BoardRole, DisabilityType
from institutions.models import BoardMember
from territories.models import Delegation
from tests.factories import (
    ApplicationFactory,
    CentreFactory,
    CoordinatorFactory,
    DelegateFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db


def params(call, **changes):
    base = {"call": call.pk, "region": None, "delegation": None, "states": []}
    return {**base, "format": "xlsx", "language": "ar", **changes}


def sent_on(file):
    """The day in Morocco, which is ahead of the clock of the database."""
    return timezone.localdate(file.first_submitted_at)


@pytest.fixture
def file():
    file = ApplicationFactory(state=State.SUBMITTED)
    association = file.association
    association.name_ar = '=HYPERLINK("http://example.org")'
    association.rib = "999" + "0" * 19 + f"{97 - int('999' + '0' * 19) * 100 % 97:02}"
    association.save()
    BoardMember.objects.filter(association=association).delete()
    BoardMember.objects.create(
        association=association,
        role=BoardRole.PRESIDENT,
        name="سعيدة أمزيان",
        phone="+212600001234",
    )
    EpsFigures.objects.update_or_create(
        application=file,
        defaults={"capacity": 80, "female_count": 70, "male_count": 5},
    )
    return file


def exported(user, wanted):
    with exports.made(user, wanted) as export:
        return export.content.read(), export


def sheet_of(content):
    return load_workbook(io.BytesIO(content)).active


def line_of(sheet, rank=2):
    heads = [cell.value for cell in sheet[1]]
    return dict(zip(heads, sheet[rank], strict=True))


def test_the_sheet_reads_from_the_right_with_numbers_and_dates(file):
    officer = DelegateFactory(delegation=file.delegation)
    content, export = exported(officer, params(file.call))
    sheet = sheet_of(content)
    line = line_of(sheet)

    assert sheet.sheet_view.rightToLeft is True
    assert export.count == 1
    assert line["الطاقة الاستيعابية المرخصة"].value == 80
    assert line["مجموع المستفيدين"].value == 75
    assert line["المبلغ المطلوب (درهم)"].value == float(file.requested_amount)
    assert line["المبلغ المطلوب (درهم)"].number_format == "#,##0.00"
    assert line["تاريخ الطلب"].value.date() == sent_on(file)
    assert line["تاريخ الطلب"].number_format == "dd/mm/yyyy"
    assert line["اسم الرئيس(ة)"].value == "سعيدة أمزيان"
    assert line["هاتف الرئيس(ة)"].value == "0600001234"
    assert line["RIB"].value == file.association.rib


def test_a_name_is_never_run_as_a_formula(file):
    officer = DelegateFactory(delegation=file.delegation)
    content, _ = exported(officer, params(file.call))
    cell = line_of(sheet_of(content))["اسم الجمعية"]
    assert (cell.value, cell.data_type) == (file.association.name_ar, "s")
    content, _ = exported(officer, params(file.call, format="csv"))
    assert f"'{file.association.name_ar}".replace('"', '""') in content.decode()


def test_another_program_reads_the_sheet(file):
    officer = DelegateFactory(delegation=file.delegation)
    content, _ = exported(officer, params(file.call, language="fr"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = rows.to_python()
    assert rows[0] == exports.titles(file.programme, "fr")
    assert rows[1][0] == file.number
    assert isinstance(rows[1][rows[0].index("Date de la demande")], datetime.date)


def test_csv_has_points_and_iso_dates(file):
    officer = DelegateFactory(delegation=file.delegation)
    content, export = exported(officer, params(file.call, format="csv"))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert Decimal(line["المبلغ المطلوب (درهم)"]) == file.requested_amount
    assert line["تاريخ الطلب"] == f"{sent_on(file):%Y-%m-%d}"
    assert export.name.endswith(".csv")


def test_an_officer_exports_only_the_own_territory(file):
    elsewhere = ApplicationFactory(state=State.SUBMITTED, call=file.call)
    other = Delegation.objects.exclude(region=file.region).first()
    elsewhere.delegation, elsewhere.region = other, other.region
    elsewhere.save()
    for officer in [
        DelegateFactory(delegation=file.delegation),
        CoordinatorFactory(region=file.region),
    ]:
        numbers = exports.chosen(officer, params(file.call)).values_list("number")
        assert list(numbers) == [(file.number,)]
    foreign = params(file.call, delegation=elsewhere.delegation_id)
    officer = DelegateFactory(delegation=file.delegation)
    assert not exports.chosen(officer, foreign).exists()


def test_states_and_places_narrow_the_list(file):
    officer = DelegateFactory(delegation=file.delegation)
    wanted = params(file.call, states=[State.APPROVED])
    assert not exports.chosen(officer, wanted).exists()
    wanted = params(file.call, states=[State.SUBMITTED], region=file.region_id)
    assert exports.chosen(officer, wanted).get() == file


def test_an_export_is_written_down(file):
    officer = DelegateFactory(delegation=file.delegation)
    exported(officer, params(file.call))
    row = AccessLog.objects.get(action=Access.EXPORT)
    assert (row.user, row.count) == (officer, 1)
    assert row.detail == f"{file.programme} {file.year} xlsx"


@pytest.mark.parametrize("count", [1, 3])
def test_rows_come_from_one_query(count, django_assert_num_queries):
    first = ApplicationFactory(state=State.SUBMITTED)
    for _ in range(count - 1):
        ApplicationFactory(state=State.SUBMITTED, call=first.call)
    files = Application.objects.filter(call=first.call)
    with django_assert_num_queries(1):
        lines = list(exports.rows(files, programme=first.programme, language="fr"))
    assert len(lines) == count


def test_schooling_counts_children_by_key():
    file = ApplicationFactory(schooling=True, state=State.SUBMITTED)
    SchoolingFigure.objects.filter(application=file).delete()
    centre = CentreFactory(association=file.association)
    for sub_programme, sex, kind, count in [
        ("A", "f", "autism", 4),
        ("A", "m", "autism", 3),
        ("C", "m", "down", 2),
    ]:
        SchoolingFigure.objects.create(
            application=file,
            centre=centre,
            sub_programme=sub_programme,
            sex=sex,
            disability_type=kind,
            degree="mild",
            count=count,
        )
    heads = exports.titles("schooling", "fr")
    (line,) = exports.rows(
        Application.objects.filter(pk=file.pk), programme="schooling", language="fr"
    )
    found = dict(zip(heads, line, strict=True))
    assert [found[f"Enfants du sous-programme {code}"] for code in "ABC"] == [7, 0, 2]
    assert (found["Filles"], found["Garçons"], found["Total des enfants"]) == (4, 5, 9)
    with translation.override("fr"):
        labels = [
            capfirst(str(DisabilityType[name].label)) for name in ("AUTISM", "DOWN")
        ]
    assert [found[label] for label in labels] == [7, 2]
    assert found["Centres"] == 1


@pytest.mark.parametrize("programme", ["eps", "schooling"])
def test_titles_are_different_and_translated(programme, language):
    heads = exports.titles(programme, language)
    assert len(set(heads)) == len(heads)


def test_an_empty_list_still_has_its_titles(file):
    officer = DelegateFactory(delegation=file.delegation)
    wanted = params(file.call, states=[State.REFUSED])
    content, _ = exported(officer, wanted)
    assert [cell.value for cell in sheet_of(content)[1]] == exports.titles("eps", "ar")


def post(client, file, **changes):
    wanted = params(file.call, **changes)
    data = {key: value for key, value in wanted.items() if value}
    return client.post(reverse("admin:applications_application_export"), data)


def test_a_short_list_comes_at_once(client, file):
    client.force_login(DelegateFactory(delegation=file.delegation))
    response = post(client, file)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith('attachment; filename="eps-')
    assert line_of(sheet_of(response.content))["رقم الطلب"].value == file.number


def test_a_long_list_is_made_by_the_worker(client, file, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    officer = DelegateFactory(delegation=file.delegation)
    client.force_login(officer)
    response = post(client, file)
    job = Job.objects.get(owner=officer)
    assert response["Location"] == reverse("accounts:job", args=[job.pk])

    tasks.export_applications(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.total_count) == (JobState.DONE, 1)
    with job.file.open() as kept:
        sheet = sheet_of(kept.read())
    assert line_of(sheet)["رقم الطلب"].value == file.number
    assert jobs.claim(job.pk) is None


def test_without_a_call_the_page_says_so(client, file):
    client.force_login(DelegateFactory(delegation=file.delegation))
    url = reverse("admin:applications_application_export")
    response = client.post(url, {"format": "csv", "language": "ar"})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["call"]
    assert response.context["form"]["format"].value() == "csv"


def test_members_do_not_reach_the_export(client, file):
    client.force_login(MemberFactory())
    response = client.get(reverse("admin:applications_application_export"))
    assert response.status_code in {302, 403, 404}
