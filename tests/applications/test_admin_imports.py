"""The treasury's file: instalments and settlements changed by import, never added."""

import html
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook

from applications.admin.resources import InstalmentResource
from applications.enums import InstalmentState
from applications.models import Instalment
from tests.factories import (
    AwardFactory,
    CentralFactory,
    CoordinatorFactory,
    InstalmentFactory,
    SettlementFactory,
)
from tests.institutions import test_sheets_bad_files as bad

pytestmark = pytest.mark.django_db
HEADS = ["number", "rank", "state", "paid_on", "reference"]
MONEY = {
    "award": AwardFactory,
    "instalment": InstalmentFactory,
    "settlement": SettlementFactory,
}
URL = "admin:applications_instalment_import"


def sheet(*rows):
    book = Workbook()
    book.active.append(HEADS)
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("treasury.xlsx", target.getvalue())


def preview_of(client, file):
    return client.post(reverse(URL), {"file": file})


def send(client, *rows):
    """The preview; then its confirmation when nothing is wrong."""
    page = preview_of(client, sheet(*rows))
    if page.context["token"] is None:
        return page
    url = reverse("admin:applications_instalment_process_import")
    return client.post(url, {"token": page.context["token"]})


@pytest.fixture
def row():
    return InstalmentFactory(state=InstalmentState.DUE)


def number(row):
    return row.award.application.number


def test_payment_is_taken_from_the_file(client, row):
    client.force_login(CentralFactory())
    send(client, [number(row), 1, "paid", "2027-03-10", "OP-12"])
    row.refresh_from_db()
    assert (row.state, row.reference, f"{row.paid_on}") == (
        InstalmentState.PAID,
        "OP-12",
        "2027-03-10",
    )


@pytest.mark.parametrize(
    "values",
    [
        ["{}", 1, "paid", "2027-03-10", ""],
        ["EPS-2027-01-99999", 1, "paid", "2027-03-10", "OP-12"],
        ["{}", 2, "paid", "2027-03-10", "OP-12"],
    ],
)
def test_wrong_line_stops_the_whole_file(client, row, values):
    other = InstalmentFactory(state=InstalmentState.DUE)
    client.force_login(CentralFactory())
    wrong = [str(values[0]).format(number(row)), *values[1:]]
    send(client, [number(other), 1, "paid", "2027-03-10", "OP-1"], wrong)
    other.refresh_from_db()
    row.refresh_from_db()
    assert {other.state, row.state} == {InstalmentState.DUE}
    assert Instalment.objects.count() == 2


def test_only_the_centre_imports(client, row):
    client.force_login(CoordinatorFactory())
    assert client.get(reverse(URL)).status_code == 403


def test_rows_out_of_scope_are_not_found(row):
    resource = InstalmentResource(user=None)
    assert list(resource.get_queryset()) == []


def test_the_words_of_the_list_are_read_and_shown_before(client, row, language):
    client.force_login(CentralFactory())
    with translation.override(language):
        paid = str(InstalmentState.PAID.label)
        line = [number(row), 1, paid, "10/03/2027", "OP-12"]
        preview = preview_of(client, sheet(line)).context["preview"]
    ((_row, _name, changes),) = preview.changed
    due = {"ar": "مستحق", "fr": "due"}[language]
    assert (len(changes), due in changes[0][1].lower()) == (3, True)
    row.refresh_from_db()
    assert row.state == InstalmentState.DUE


def test_the_amount_of_a_share_is_never_read_from_a_file(client, row):
    client.force_login(CentralFactory())
    book = Workbook()
    book.active.append(["number", "rank", "amount", "reference"])
    book.active.append([number(row), 1, 1, "OP-12"])
    target = io.BytesIO()
    book.save(target)
    page = preview_of(client, SimpleUploadedFile("t.xlsx", target.getvalue()))
    ((_row, _name, changes),) = page.context["preview"].changed
    assert [after for _label, _before, after in changes] == ["OP-12"]


@pytest.mark.parametrize("name", MONEY)
def test_out_then_in_changes_nothing(client, name):
    MONEY[name]()
    client.force_login(CentralFactory())
    url = reverse(f"admin:applications_{name}_export")
    fields = client.get(url).context["form"].fields
    data = {field: "on" for field in fields if "resource_" in field}
    taken = client.post(url, {**data, "resource": "0", "format": "0"})
    file = SimpleUploadedFile("list.xlsx", taken.content)
    url = reverse(f"admin:applications_{name}_import")
    preview = client.post(url, {"file": file}).context["preview"]
    assert (preview.problems, preview.totals) == ([], [0, 0, 1])


HOSTILE = {
    "zip bomb": bad.zip_bomb,
    "200,000 rows": lambda: b"number;rank\n" + b"a;b\n" * 200_000,
    "rows repeated in ODS": bad.ods_repeats,
    "the last corner": bad.far_cell,
    "entities": bad.laughs,
    "damaged": lambda: b"PK\x03\x04rien",
    "empty": lambda: b"",
    "formula": lambda: formula(),
}


def formula():
    book = Workbook()
    book.active.append(HEADS)
    book.active.append(["EPS-2026-01-00001", 1, "=1+1", None, None])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("model", ["award", "instalment", "settlement"])
def test_a_hostile_file_has_a_clear_answer(client, row, name, model, language):
    client.force_login(CentralFactory())
    url = reverse(f"admin:applications_{model}_import")
    file = SimpleUploadedFile("t.xlsx", HOSTILE[name]())
    with translation.override(language):
        page = client.post(url, {"file": file})
    assert (page.status_code, page.context["preview"]) == (200, None)
    (text,) = page.context["form"].errors["file"]
    assert text in html.unescape(page.content.decode())
    row.refresh_from_db()
    assert row.state == InstalmentState.DUE
