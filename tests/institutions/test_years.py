"""Two certified years side by side, and the review that folds what was verified."""

import io

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from accounts import jobs
from accounts.models import Job
from institutions import comparison, snapshots, update
from institutions.enums import Sex, UpdateState
from institutions.models import Association, Enrolment, Snapshot
from institutions.tasks import print_years
from tests import factories
from tests.factories import FES, YEAR, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.DelegateFactory()


@pytest.fixture
def association(manager):
    row = factories.AssociationFactory(manager=manager, bank_name="Ancienne")
    centre = factories.CentreFactory(association=row)
    for year in (YEAR - 1, YEAR):
        for child in factories.ChildFactory.create_batch(3, association=row):
            factories.EnrolmentFactory(centre=centre, child=child, year=year)
    return row


def certify(association, manager, year):
    round_ = factories.UpdateRoundFactory(year=year)
    begun = update.begin(association.pk, actor=manager, year=year)
    factories.answer_everything(begun, manager)
    return update.confirm(begun.pk, actor=manager, version=1), round_


@pytest.fixture
def verifier():
    return factories.DelegateFactory(name="Nadia Verifie")


@pytest.fixture
def two_years(association, manager, verifier):
    """The bank changed, three children left and three came; the rest is the same."""
    before, _round = certify(association, manager, YEAR - 1)
    update.verify(before.pk, actor=verifier, version=2)
    Association.objects.filter(pk=association.pk).update(bank_name="Nouvelle")
    after, _round = certify(association, manager, YEAR)
    return after


def compared(association, user):
    found = comparison.certified_years(association, user)
    return comparison.of_snapshots(found[YEAR - 1], found[YEAR])


def test_only_what_changed_is_shown(two_years, association, manager):
    parts = compared(association, manager).changed
    assert [part.section.code for part in parts] == ["bank", "children"]
    (row,) = parts[0].section.rows
    assert (row.before.value, row.after.value) == ("Ancienne", "Nouvelle")
    moves = parts[1].children
    assert (moves.added, moves.left, moves.changed) == (3, 3, 0)


def test_a_child_who_stays_with_other_data_is_counted(association):
    enrolment = Enrolment.objects.filter(year=YEAR).first()
    before = snapshots.record_content(association, year=YEAR)
    enrolment.child.sex = Sex.MALE
    enrolment.child.save()
    after = snapshots.record_content(association, year=YEAR)
    (moves,) = comparison.children_changes(before, after).values()
    assert moves.rows == [(enrolment.child.code, comparison.CHANGED)]


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_association_compares_its_years(two_years, manager, client, language):
    client.force_login(manager)
    page = client.get(f"/{language}/my/update/years/").content.decode()
    assert "Ancienne" in page
    assert "Nouvelle" in page
    for row in Snapshot.objects.all():
        assert row.sha256 in page


def test_the_staff_compares_within_its_territory(
    two_years, association, officer, client
):
    url = reverse("admin:institutions_association_years", args=[association.pk])
    client.force_login(officer)
    assert "Nouvelle" in client.get(url).content.decode()
    client.force_login(factories.DelegateFactory(delegation=delegation(FES)))
    assert client.get(url).status_code == 404
    client.force_login(factories.AdministratorFactory())
    assert client.get(url).status_code == 403


@pytest.mark.parametrize(("language", "word"), [("ar", "معطيات"), ("fr", "données")])
def test_two_years_on_paper(two_years, association, manager, language, word):
    job = jobs.request(
        "institutions.tasks.print_years",
        owner=manager,
        subject=("association", association.pk),
        params={"before": YEAR - 1, "after": YEAR},
        language=language,
    )
    print_years(str(job.pk))
    job = Job.objects.get()
    with job.file.open("rb") as file:
        reader = PdfReader(io.BytesIO(file.read()))
    text = "".join(page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/Lang"] == language
    assert "1 / 1" in text
    for row in Snapshot.objects.all():
        assert row.sha256 in text.replace("\n", "")
    with translation.override(language):
        assert word in reader.metadata.title or word in text


def test_the_paper_is_asked_for_by_a_button(two_years, manager, client):
    client.force_login(manager)
    url = reverse("institutions:update_years_print")
    asked = {"before": YEAR - 1, "after": YEAR}
    assert client.post(url, asked).status_code == 302
    assert Job.objects.get().params == asked
    assert client.post(url, {"before": 1, "after": YEAR}).status_code == 404


# The review.


def review(client, officer, row, query=""):
    client.force_login(officer)
    url = reverse("admin:institutions_annualupdate_change", args=[row.pk])
    return client.get(f"{url}{query}")


def test_what_was_verified_and_did_not_change_is_folded(two_years, officer, client):
    page = review(client, officer, two_years)
    found = page.context["review"]
    assert [p.section.code for p in found.changed] == ["bank", "children"]
    assert {p.is_verified for p in found.same} == {True}
    assert {p.is_verified for p in found.changed} == {False}
    text = page.content.decode()
    assert text.count("Nadia Verifie") == len(found.same)


def test_children_are_paged_by_code(two_years, officer, client):
    centre = two_years.association.centres.get()
    page = review(client, officer, two_years, f"?children={centre.pk}")
    rows = page.context["review"].children_page["rows"]
    assert sorted(what for _code, what in rows) == ["added"] * 3 + ["left"] * 3
    text = page.content.decode()
    assert all(code in text for code, _what in rows)
    plain = review(client, officer, two_years).content.decode()
    assert not any(code in plain for code, _what in rows)


def test_after_a_sending_back_only_its_correction_is_shown(
    two_years, officer, manager, client
):
    update.send_back(two_years.pk, actor=officer, version=2, reason="IF")
    Association.objects.update(tax_id="12345678")
    update.confirm(two_years.pk, actor=manager, version=3)
    found = review(client, officer, two_years).context["review"]
    assert [p.section.code for p in found.changed] == ["identity"]
    found = review(client, officer, two_years, "?since=last").context["review"]
    codes = [p.section.code for p in found.changed]
    assert codes == ["identity", "bank", "children"]
    assert (found.sent_back_count, two_years.state) == (1, UpdateState.CONFIRMED)


def test_remarks_are_written_from_the_page_and_leave_together(
    two_years, officer, client
):
    client.force_login(officer)
    url = reverse("admin:institutions_annualupdate_change", args=[two_years.pk])
    form = client.get(f"{url}?remark=bank:0")
    keys = [line.key for line in form.context["review"].remark_place["fields"]]
    assert keys == ["bank_name", "rib"]
    place = {"section": "bank", "unit": "0", "field": "rib", "text": "RIB"}
    client.post(url, {"action": "remark", **place})
    assert len(client.get(url).context["review"].drafts) == 1
    client.post(url, {"action": "send_back", "version": "2", "reason": "RIB"})
    two_years.refresh_from_db()
    assert two_years.state == UpdateState.SENT_BACK
    assert two_years.remarks.get().event.reason == "RIB"


def test_a_remark_on_a_foreign_section_is_refused(two_years, officer, client):
    client.force_login(officer)
    url = reverse("admin:institutions_annualupdate_change", args=[two_years.pk])
    place = {"action": "remark", "section": "centre", "unit": "999999", "text": "X"}
    assert client.post(url, place).status_code == 404
