"""Children and staff taken out by code: whose, without names, and who is told of it."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts import list_exports, tasks
from accounts.enums import Access, JobState
from accounts.models import AccessLog, Job
from institutions.models import StaffMember
from tests import factories
from tests.factories import FES, delegation

pytestmark = pytest.mark.django_db
SECRETS = ("سلمى السرية", "R987654321", "CARTE-77")
XLSX, CSV = "0", "1"


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


def enrolled(**values):
    name, massar, card = SECRETS
    child = factories.ChildFactory(
        name=name, massar=massar, card_number=card, has_rsu=True, **values
    )
    centre = factories.CentreFactory(association=child.association)
    return factories.EnrolmentFactory(child=child, centre=centre, services=["speech"])


def employed(**values):
    centre = factories.CentreFactory(**values)
    return factories.StaffMemberFactory(
        centre=centre, name=SECRETS[0], contract_remark=SECRETS[0], diploma="=1+1"
    )


LISTS = {"child": enrolled, "enrolment": enrolled, "staffmember": employed}


def take(client, name, kind=CSV, query=""):
    url = reverse(f"admin:institutions_{name}_export")
    fields = client.get(url).context["form"].fields
    data = {field: "on" for field in fields if "resource_" in field}
    return client.post(url + query, {**data, "resource": "0", "format": kind})


def lines(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("name", LISTS)
def test_one_territory_without_a_name_and_written_down(client, officer, name):
    LISTS[name]()
    away = factories.AssociationFactory(delegation=delegation(FES))
    LISTS[name](association=away)
    response = take(client, name)
    assert len(lines(response)) == 2
    text = response.content.decode()
    assert [secret for secret in SECRETS if secret in text] == []
    log = AccessLog.objects.get()
    assert (log.user, log.action, log.object_kind, log.count) == (
        officer,
        Access.EXPORT,
        f"institutions.{name}",
        1,
    )


def test_a_child_is_its_code_and_what_the_list_shows(client, officer, language):
    row = enrolled(disability_type="autism", degree="mild", sex="f")
    with translation.override(language):
        heads, line = lines(take(client, "child"))
        yes = {"ar": "نعم", "fr": "oui"}[language]
        found = dict(zip(heads, line, strict=True))
        assert len(found) == 10
        assert line[3:] == [
            row.child.code,
            str(row.child.born_on),
            row.child.get_sex_display(),
            row.child.get_disability_type_display(),
            row.child.get_degree_display(),
            "",
            yes,
        ]


def test_the_year_of_a_child_by_its_code(client, officer):
    row = enrolled()
    heads, line = lines(take(client, "enrolment"))
    assert len(heads) == 11
    assert line[5:7] == [row.child.code, str(row.year)]
    assert line[1] == row.centre.code
    assert "speech" not in line


@pytest.mark.parametrize(("language", "from_right"), [("ar", True), ("fr", False)])
def test_a_sheet_of_staff_keeps_amounts_and_holds_no_formula(
    client, officer, language, from_right
):
    employed()
    StaffMember.objects.update(monthly_salary_amount="4500.50")
    with translation.override(language):
        response = take(client, "staffmember", XLSX)
    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = next(iter(sheet.iter_rows(min_row=2)))
    assert bool(sheet.sheet_view.rightToLeft) is from_right
    assert ("s", "=1+1") in [(cell.data_type, cell.value) for cell in cells]
    assert 4500.5 in [cell.value for cell in cells]


@pytest.mark.parametrize("name", LISTS)
def test_an_export_asks_the_same_for_many_rows(client, officer, name):
    def queries():
        with CaptureQueriesContext(connection) as found:
            take(client, name)
        return len(found)

    LISTS[name]()
    few = queries()
    for _ in range(12):
        LISTS[name]()
    assert queries() == few


def test_the_list_is_taken_out_as_it_is_filtered(client, officer):
    enrolled(sex="f")
    boy = enrolled(sex="m")
    found = lines(take(client, "child", query="?sex__exact=m"))
    assert [line[3] for line in found[1:]] == [boy.child.code]
    assert AccessLog.objects.get().detail == "sex__exact=m"


@pytest.mark.parametrize("name", LISTS)
def test_the_portals_administrator_takes_nothing(client, name):
    client.force_login(factories.AdministratorFactory())
    url = reverse(f"admin:institutions_{name}_export")
    assert client.get(url).status_code == 403


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setattr(list_exports, "AT_ONCE", 2)


@pytest.mark.parametrize("kind", [XLSX, CSV])
def test_a_long_list_is_the_workers(client, officer, few_at_once, kind):
    """The same filters and territory; one line in the log."""
    mine = [enrolled(sex="f") for _ in range(4)]
    enrolled(sex="m")
    enrolled(association=factories.AssociationFactory(delegation=delegation(FES)))
    response = take(client, "child", kind, query="?sex__exact=f")
    job = Job.objects.get()
    assert response["Location"] == reverse("accounts:job", args=[job.pk])
    assert not AccessLog.objects.exists()
    tasks.export_list(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.total_count) == (JobState.DONE, 4)
    with job.file.open() as file:
        content = file.read()
    if kind == CSV:
        found = content.decode("utf-8-sig").splitlines()[1:]
        codes = [line.split(";")[3] for line in found]
    else:
        rows = load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)
        codes = [row[3].value for row in rows]
    assert sorted(codes) == sorted(row.child.code for row in mine)
    assert sum(log.count for log in AccessLog.objects.all()) == 4


def test_whoever_lost_the_right_meanwhile_gets_no_file(client, officer, few_at_once):
    for _ in range(3):
        enrolled()
    take(client, "child")
    type(officer).objects.filter(pk=officer.pk).update(is_active=False)
    job = Job.objects.get()
    tasks.export_list(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.file.name) == (JobState.FAILED, "")
    assert not AccessLog.objects.exists()
