"""The treasury's file: instalments and settlements changed by import, never added."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from applications.admin.resources import InstalmentResource
from applications.enums import InstalmentState
from applications.models import Instalment
from tests.factories import CentralFactory, CoordinatorFactory, InstalmentFactory

pytestmark = pytest.mark.django_db
HEADS = ["number", "rank", "state", "paid_on", "reference"]
URL = "admin:applications_instalment_import"


def sheet(*rows):
    book = Workbook()
    book.active.append(HEADS)
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("treasury.xlsx", target.getvalue())


def send(client, *rows):
    """The preview; then its confirmation when nothing is wrong."""
    preview = client.post(
        reverse(URL), {"import_file": sheet(*rows), "format": "0", "resource": ""}
    )
    confirm = preview.context.get("confirm_form") if preview.context else None
    if confirm is None:
        return preview
    url = reverse("admin:applications_instalment_process_import")
    return client.post(url, confirm.initial)


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
