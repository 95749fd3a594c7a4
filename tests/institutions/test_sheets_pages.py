"""The pages of a spreadsheet: whose they are, what they show, what they write down."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from accounts.enums import Access, JobState
from accounts.models import AccessLog, Job
from institutions import tasks
from institutions.enums import SheetState
from institutions.models import Enrolment, SheetImport
from institutions.sheets import saving
from tests import factories
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    user = factories.MemberFactory()
    client.force_login(user)
    return user


@pytest.fixture
def centre(member):
    factories.UpdateRoundFactory()
    association = factories.AssociationFactory(manager=member)
    return factories.CentreFactory(association=association)


def page(name, *args):
    return reverse(f"institutions:{name}", args=args)


def upload(client, centre, content, kind="children"):
    """Sent by the form, read by the worker."""
    file = SimpleUploadedFile("liste.xlsx", content)
    client.post(page("sheet", centre.pk, kind), {"file": file})
    sheet = SheetImport.objects.latest("pk")
    tasks.read_sheet(str(sheet.job_id))
    sheet.refresh_from_db()
    return sheet


def save(client, sheet, **data):
    """The same for what was looked at."""
    response = client.post(page("sheet_save", sheet.pk), data)
    sheet.refresh_from_db()
    tasks.save_sheet(str(sheet.job_id))
    sheet.refresh_from_db()
    return response


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["child", "staff"])
def test_the_lists_lead_to_their_spreadsheet(name, client, centre):
    kind = "children" if name == "child" else "staff"
    body = text_of(client.get(page(kind, centre.pk)))
    assert page("sheet", centre.pk, kind) in body


@pytest.mark.parametrize("kind", ["children", "staff"])
def test_the_page_of_a_spreadsheet(kind, client, centre, language):
    body = text_of(client.get(page("sheet", centre.pk, kind)))
    assert page("sheet_template", centre.pk, kind) in body


def test_another_kind_of_list_is_no_page(client, centre):
    assert client.get(page("sheet", centre.pk, "parents")).status_code == 404


def test_the_centre_of_another_association_is_not_there(client, centre):
    other = factories.CentreFactory()
    sheet = factories.SheetImportFactory(centre=other)
    assert client.get(page("sheet", other.pk, "staff")).status_code == 404
    for name in ("sheet_import", "sheet_marked"):
        assert client.get(page(name, sheet.pk)).status_code == 404
    for name in ("sheet_save", "sheet_cancel", "sheet_again"):
        assert client.post(page(name, sheet.pk)).status_code == 404


@pytest.mark.parametrize(
    "factory", [factories.InspectorFactory, factories.CentralFactory]
)
def test_officers_send_no_spreadsheet(factory, client, centre):
    sheet = factories.SheetImportFactory(centre=centre)
    client.force_login(factory())
    for name, key in (("sheet_import", sheet.pk), ("sheet_marked", sheet.pk)):
        assert client.get(page(name, key)).status_code == 403
    assert client.get(page("sheet", centre.pk, "staff")).status_code == 403


def take_out(client, centre, **data):
    url = page("sheet_template", centre.pk, "children")
    return client.post(url, {"format": "xlsx", **data})


def test_taking_the_names_out_is_written_down(client, centre, member):
    row = factories.EnrolmentFactory(centre=centre)
    response = take_out(client, centre, with_names="on")
    _book, sheet = make.opened(response.content)
    assert sheet["B2"].value == row.child.name
    log = AccessLog.objects.get()
    assert (log.user, log.action, log.count, log.detail) == (
        member,
        Access.EXPORT,
        1,
        "children names",
    )
    assert log.association_id == centre.association_id


def test_without_the_tick_the_sheet_has_no_names(client, centre):
    factories.EnrolmentFactory(centre=centre)
    _book, sheet = make.opened(take_out(client, centre).content)
    assert (sheet["B2"].value, sheet["C2"].value is None) == (None, False)
    assert AccessLog.objects.get().detail == "children codes"


def test_as_csv(client, centre):
    row = factories.EnrolmentFactory(centre=centre)
    response = take_out(client, centre, format="csv", with_names="on")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[:2] == [row.child.code, row.child.name]
    assert response["Content-Disposition"].endswith(f'{centre.code}-{YEAR}.csv"')


def test_nothing_chosen_is_told_in_the_page(client, centre):
    body = text_of(client.post(page("sheet", centre.pk, "staff"), {}))
    assert "id_file_error" in body
    assert not SheetImport.objects.exists()


def test_while_it_is_read_the_page_comes_again(client, centre):
    file = SimpleUploadedFile("l.xlsx", make.sheet())
    response = client.post(page("sheet", centre.pk, "children"), {"file": file})
    body = text_of(client.get(response["Location"]))
    assert '<meta http-equiv="refresh"' in body
    assert "data-poll" in body
    Job.objects.update(state=JobState.FAILED)
    sheet = SheetImport.objects.get()
    assert page("sheet_again", sheet.pk) in text_of(client.get(response["Location"]))
    client.post(page("sheet_again", sheet.pk))
    assert Job.objects.filter(state=JobState.WAITING).count() == 1


def test_errors_cell_by_cell_in_the_language_read(client, centre, language):
    sheet = upload(client, centre, make.sheet(months=0, born_on="mai"))
    body = text_of(client.get(page("sheet_import", sheet.pk)))
    for error in sheet.errors:
        assert error["cell"] in body
        assert error["message"] in body
    days = {"ar": "يوم/شهر/سنة", "fr": "jour/mois/année"}
    assert days[language] in sheet.errors[0]["message"]


def test_the_marked_copy_can_be_mended_and_sent_back(client, centre):
    factories.EnrolmentFactory(centre=centre)
    cell = make.cell("children", "months")
    content = make.edited(
        make.taken_out(centre), lambda sheet: sheet.__setitem__(cell, 0)
    )
    sheet = upload(client, centre, content)
    copy = client.get(page("sheet_marked", sheet.pk)).content
    book, first = make.opened(copy)
    assert first[cell].comment.text == sheet.errors[0]["message"]
    first[cell] = 8
    again = upload(client, centre, make.saved(book))
    assert (again.state, again.changed_count) == (SheetState.READY, 1)


def test_only_a_sheet_with_errors_has_a_marked_copy(client, centre):
    sheet = upload(client, centre, make.csv())
    assert client.get(page("sheet_marked", sheet.pk)).status_code == 404


def changed(centre):
    """Saved, the name and the months of the first child change."""

    def change(sheet):
        sheet["B2"] = "زعفران"
        sheet[make.cell("children", "months")] = 7

    return make.edited(make.taken_out(centre), change)


def test_the_preview_shows_names_on_need(client, centre, member):
    factories.EnrolmentFactory(centre=centre)
    sheet = upload(client, centre, changed(centre))
    body = text_of(client.get(page("sheet_import", sheet.pk)))
    assert "زعفران" not in body
    assert "<bdi>10</bdi></del>" in body
    assert AccessLog.objects.count() == 0
    body = text_of(client.post(page("sheet_import", sheet.pk), {"show": "names"}))
    assert "زعفران" in body
    log = AccessLog.objects.get()
    assert (log.user, log.action, log.detail) == (member, Access.READ, "names")


def test_saving_by_the_page(client, centre):
    kept, _gone = factories.EnrolmentFactory.create_batch(2, centre=centre)
    content = make.edited(make.taken_out(centre), lambda sheet: sheet.delete_rows(3))
    sheet = upload(client, centre, content)
    save(client, sheet, missing="remove")
    assert list(Enrolment.objects.all()) == [kept]
    body = text_of(client.get(page("sheet_import", sheet.pk)))
    assert page("update_section", "children", centre.pk) in body


def test_a_stale_list_is_read_again_and_said(client, centre):
    row = factories.EnrolmentFactory(centre=centre)
    sheet = upload(client, centre, changed(centre))
    Enrolment.objects.filter(pk=row.pk).update(months=2)
    response = save(client, sheet)
    assert sheet.state == SheetState.READING
    assert "en-note--wait" in text_of(client.get(response["Location"]))
    tasks.read_sheet(str(sheet.job_id))
    assert "en-note--wait" in text_of(client.get(response["Location"]))
    row.refresh_from_db()
    assert row.months == 2


def test_while_it_is_saved_the_page_comes_again(client, centre):
    factories.EnrolmentFactory(centre=centre)
    sheet = upload(client, centre, changed(centre))
    url = client.post(page("sheet_save", sheet.pk))["Location"]
    body = text_of(client.get(url))
    assert ('<meta http-equiv="refresh"' in body, "data-poll" in body) == (True, True)
    client.post(page("sheet_cancel", sheet.pk))
    sheet.refresh_from_db()
    assert (sheet.state, Job.objects.get(pk=sheet.job_id).state) == (
        SheetState.READY,
        JobState.CANCELLED,
    )
    assert page("sheet_save", sheet.pk) in text_of(client.get(url))


def test_a_saving_that_failed_is_asked_for_again(client, centre):
    factories.EnrolmentFactory(centre=centre)
    sheet = upload(client, centre, changed(centre))
    url = client.post(page("sheet_save", sheet.pk), {"missing": "remove"})["Location"]
    Job.objects.update(state=JobState.FAILED)
    assert page("sheet_again", sheet.pk) in text_of(client.get(url))
    for _ in range(2):
        client.post(page("sheet_again", sheet.pk))
    job = Job.objects.get(state=JobState.WAITING)
    assert (job.task, job.params) == (saving.SAVE, {"removes": True})
    tasks.save_sheet(str(job.pk))
    assert Enrolment.objects.get().months == 7


@pytest.mark.parametrize("tab", ["added", "same"])
def test_the_preview_costs_the_same_for_many_rows(
    tab, client, centre, django_assert_max_num_queries
):
    rows = [
        {"name": f"تلميذ {n}", "massar": f"R{n:09d}", "services:special_education": "x"}
        for n in range(80)
    ]
    factories.EnrolmentFactory.create_batch(40, centre=centre)
    with translation.override("ar"):
        sheet = upload(client, centre, make.csv("children", *rows))
    assert sheet.added_count == 80
    with django_assert_max_num_queries(12):
        body = client.get(page("sheet_import", sheet.pk) + f"?show={tab}").content
    assert len(body) <= 60 * 1024
    with django_assert_max_num_queries(12):
        client.get(page("sheet", centre.pk, "children"))
