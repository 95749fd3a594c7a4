"""Lists of the record read back from a sheet: shown first, then all or nothing."""

import csv
import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from institutions.models import Association, Centre, Institution
from tests import factories
from tests.factories import FES, TETOUAN, commune, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


def sheet(*rows, name="list.csv"):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"))


def book(*rows):
    workbook, content = Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)
    workbook.save(content)
    return SimpleUploadedFile("list.xlsx", content.getvalue())


def send(client, model, file):
    return client.post(reverse(f"admin:institutions_{model}_import"), {"file": file})


def confirm(client, model, page):
    url = reverse(f"admin:institutions_{model}_process_import")
    return client.post(url, {"token": page.context["token"]})


def problems(page):
    return [(p.row, p.column, p.message) for p in page.context["preview"].problems]


def new_association(**values):
    row = {
        "receipt_number": "77/2024",
        "name_ar": "جمعية جديدة",
        "receipt_kind": "final",
        "language": "ar",
        "working_year": "financial",
        "commune": commune().name_fr,
        **values,
    }
    return list(row), list(row.values())


def test_a_change_is_shown_before_it_is_written(client, officer):
    row = factories.AssociationFactory(bank_name="Ancienne")
    same = factories.AssociationFactory(bank_name="Même")
    file = sheet(
        ["receipt_number", "bank_name"],
        [row.receipt_number, "Nouvelle"],
        [same.receipt_number, "Même"],
    )
    page = send(client, "association", file)
    preview = page.context["preview"]
    assert preview.totals == [0, 1, 1]
    ((number, name, changes),) = preview.changed
    assert (number, name) == (2, row.name)
    assert [change[1:] for change in changes] == [("Ancienne", "Nouvelle")]
    row.refresh_from_db()
    assert row.bank_name == "Ancienne"
    assert confirm(client, "association", page).status_code == 302
    row.refresh_from_db()
    assert row.bank_name == "Nouvelle"


def test_a_new_association_is_of_the_delegation_of_the_officer(client, officer):
    heads, values = new_association(rib=factories.made_up_rib(5))
    page = send(client, "association", sheet(heads, values))
    assert problems(page) == []
    assert confirm(client, "association", page).status_code == 302
    found = Association.objects.get()
    assert (found.delegation, found.status) == (officer.delegation, "to_verify")
    assert found.rib == factories.made_up_rib(5)


def test_pasted_spaces_arabic_digits_and_days_are_read(client, officer):
    row = factories.AssociationFactory(receipt_number="12/2019", ice="")
    file = sheet(
        ["رقم الوصل", "receipt_on", "board_term_months", "phone"],
        ["١٢/٢٠١٩", "٠٥/١١/٢٠٢٤", "٤٨", "٠٦ ٦١ ٠٠ ٠٠ ٠١"],
    )
    page = send(client, "association", file)
    assert problems(page) == []
    confirm(client, "association", page)
    row.refresh_from_db()
    assert row.receipt_on == datetime.date(2024, 11, 5)
    assert row.phone.as_e164 == "+212661000001"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("rib", "123"),
        ("receipt_on", "31/02/2024"),
        ("email", "rien"),
        ("receipt_kind", "bizarre"),
        ("board_term_months", "beaucoup"),
    ],
)
def test_what_a_form_refuses_is_refused_at_its_cell(client, officer, column, value):
    heads, values = new_association(**{column: value})
    page = send(client, "association", sheet(heads, values))
    ((row, title, message),) = problems(page)
    assert (row, bool(title), bool(message)) == (2, True, True)
    assert page.context["token"] is None
    assert not Association.objects.exists()


def test_a_constraint_is_a_sentence_at_the_row(client, officer):
    other = factories.AssociationFactory()
    heads, values = new_association(rib=other.rib)
    page = send(client, "association", sheet(heads, values))
    ((row, _title, message),) = problems(page)
    assert row == 2
    assert "association_rib_is_unique" not in message
    assert Association.objects.count() == 1


def test_one_bad_row_keeps_all_from_being_written(client, officer):
    row = factories.AssociationFactory(bank_name="A")
    heads = ["receipt_number", "bank_name", "phone"]
    good = [row.receipt_number, "B", ""]
    bad = [factories.AssociationFactory().receipt_number, "B", "12"]
    page = send(client, "association", sheet(heads, good, bad))
    assert [p[0] for p in problems(page)] == [3]
    assert page.context["token"] is None
    row.refresh_from_db()
    assert row.bank_name == "A"


def test_another_territory_is_refused_in_the_same_words_whatever_is_there(
    client, officer
):
    away = delegation(FES)
    there = factories.AssociationFactory(delegation=away, bank_name="A")
    heads = ["delegation", "receipt_number", "bank_name"]
    real = [away.name_ar, there.receipt_number, "B"]
    none = [away.name_ar, "999/1999", "B"]
    page = send(client, "association", sheet(heads, real, none))
    first, second = problems(page)
    assert first[1:] == second[1:]
    assert there.name not in page.content.decode()
    there.refresh_from_db()
    assert there.bank_name == "A"


def test_a_seat_does_not_leave_its_delegation(client, officer):
    away = commune(delegation(TETOUAN))
    heads, values = new_association(commune=away.name_fr)
    page = send(client, "association", sheet(heads, values))
    ((_row, _title, message),) = problems(page)
    assert message
    assert not Association.objects.exists()


def test_the_centre_changes_and_does_not_add(client):
    client.force_login(factories.CentralFactory())
    row = factories.AssociationFactory(bank_name="A")
    heads = ["delegation", "receipt_number", "bank_name"]
    known = [row.delegation.name_fr, row.receipt_number, "B"]
    page = send(client, "association", sheet(heads, known))
    assert page.context["preview"].totals == [0, 1, 0]
    heads, values = new_association(delegation=row.delegation.name_fr)
    page = send(client, "association", sheet(heads, values))
    assert len(problems(page)) == 1


@pytest.mark.parametrize("make_user", ["CoordinatorFactory", "InspectorFactory"])
def test_others_import_nothing(client, make_user):
    client.force_login(getattr(factories, make_user)())
    for action in ("import", "process_import"):
        url = reverse(f"admin:institutions_association_{action}")
        assert client.post(url).status_code == 403


def test_an_institution_is_known_by_its_authorisation(client, officer):
    unit = factories.InstitutionFactory(capacity_male=20)
    heads = ["authorisation_number", "name_ar", "association_receipt", "capacity_male"]
    receipt = unit.association.receipt_number
    page = send(
        client,
        "institution",
        book(heads, [unit.authorisation_number, unit.name_ar, receipt, 30]),
    )
    assert page.context["preview"].totals == [0, 1, 0]
    confirm(client, "institution", page)
    unit.refresh_from_db()
    assert unit.capacity_male == 30
    far = factories.InstitutionFactory(
        association__delegation=delegation(FES), authorisation_number="far"
    )
    row = ["far", far.name_ar, far.association.receipt_number, 30]
    ((_row, title, _message),) = problems(send(client, "institution", book(heads, row)))
    assert title
    assert Institution.objects.get(pk=far.pk).capacity_male == 20


def test_a_centre_without_a_code_is_new_and_an_unknown_code_is_not(client, officer):
    association = factories.AssociationFactory()
    row = {
        "code": "",
        "association_receipt": association.receipt_number,
        "name_ar": "مركز",
        "setting": "specialised",
        "commune": commune().name_fr,
        "own_capacity": "30",
        "is_structure_compliant": "oui",
        "is_operation_compliant": "نعم",
        "is_active": "oui",
    }
    page = send(client, "centre", sheet(list(row), list(row.values())))
    assert problems(page) == []
    confirm(client, "centre", page)
    assert Centre.objects.get().code.startswith("C-")
    far = factories.CentreFactory(association__delegation=delegation(FES))
    for code in (far.code, "C-NOTHING"):
        row["code"] = code
        page = send(client, "centre", sheet(list(row), list(row.values())))
        assert len(problems(page)) == 1
    assert far.name not in page.content.decode()


def test_out_then_in_changes_nothing(client, officer):
    factories.AssociationFactory(phone="+212661000001", is_public_utility=True)
    unit = factories.InstitutionFactory()
    factories.CentreFactory(association=unit.association)
    for model in ("association", "institution", "centre"):
        url = reverse(f"admin:institutions_{model}_export")
        fields = client.get(url).context["form"].fields
        data = {name: "on" for name in fields if name.startswith(model)}
        taken = client.post(url, {**data, "resource": "0", "format": "0"})
        file = SimpleUploadedFile("list.xlsx", taken.content)
        preview = send(client, model, file).context["preview"]
        assert (preview.problems, preview.totals[:2]) == ([], [0, 0])
        assert preview.unchanged > 0


# Files that are not what they should be.


def test_a_formula_is_never_computed(client, officer):
    file = book(["receipt_number", "bank_name"], ["1/2020", "=1+1"])
    page = send(client, "association", file)
    assert page.context["form"].errors["file"]
    assert page.context["preview"] is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rien", b"\x00\x01\x02" * 50])
def test_a_damaged_file_is_refused_in_a_sentence(client, officer, content):
    file = SimpleUploadedFile("list.xlsx", content)
    page = send(client, "association", file)
    assert page.status_code == 200
    assert page.context["form"].errors["file"]


def test_limits_of_size_and_rows(client, officer):
    big = SimpleUploadedFile("list.csv", b"x" * (2 * 1024 * 1024 + 1))
    assert send(client, "association", big).context["form"].errors["file"]
    rows = [[f"{rank}/2020", "B"] for rank in range(1001)]
    page = send(client, "association", sheet(["receipt_number", "bank_name"], *rows))
    assert len(problems(page)) == 1


def test_columns_missing_or_doubled_are_said(client, officer):
    for heads in (["name_ar"], ["receipt_number", "receipt_number"]):
        page = send(client, "association", sheet(heads, ["x"] * len(heads)))
        assert len(problems(page)) == 1


def test_the_same_row_twice_is_refused(client, officer):
    row = factories.AssociationFactory()
    twice = [[row.receipt_number, "B"]] * 2
    page = send(client, "association", sheet(["receipt_number", "bank_name"], *twice))
    assert [p[0] for p in problems(page)] == [3]


# The preview is confirmed by whoever saw it, while it holds.


def test_a_record_that_changed_meanwhile_is_shown_again(client, officer):
    row = factories.AssociationFactory(bank_name="A")
    file = sheet(["receipt_number", "bank_name"], [row.receipt_number, "B"])
    page = send(client, "association", file)
    Association.objects.update(bank_name="B")
    again = confirm(client, "association", page)
    assert again.status_code == 200
    assert again.context["preview"].totals == [0, 0, 1]


def test_nobody_confirms_the_file_of_another(client, officer):
    row = factories.AssociationFactory(bank_name="A")
    file = sheet(["receipt_number", "bank_name"], [row.receipt_number, "B"])
    page = send(client, "association", file)
    client.force_login(factories.DelegateFactory())
    assert confirm(client, "association", page).status_code == 302
    row.refresh_from_db()
    assert row.bank_name == "A"
