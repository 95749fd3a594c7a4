"""What identifies a person: keys that change, names on need, twins on each side."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.encryption import count_stale
from accounts.models import AccessLog
from institutions import drafts, findings
from institutions.models import Child, SectionDraft, SheetImport, StaffMember
from tests import factories
from tests.factories import FES, TETOUAN, YEAR, delegation
from tests.institutions.lists import at

pytestmark = pytest.mark.django_db
NEW = Fernet.generate_key().decode()


# Keys.


@pytest.fixture
def written():
    """One row of each kind that holds an identity."""
    person = factories.MemberFactory()
    child = factories.EnrolmentFactory(child__card_number="AB 12").child
    member = factories.StaffMemberFactory()
    typed = {"name": ["سلمى"]}
    drafts.keep("update", 1, "board:0", actor=person, version=0, raw=typed)
    sheet = SheetImport.objects.create(
        centre=member.centre,
        kind="children",
        year=YEAR,
        file="sheets/x",
        file_name="x.xlsx",
        rows='[{"name": "سلمى"}]',
        created_by=person,
    )
    return child, member, sheet


def stored(model, column):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM {model._meta.db_table} ORDER BY id')
        return [value for (value,) in cursor.fetchall()]


def test_a_new_key_rewrites_rows_drafts_and_sheets(written, settings):
    child, member, sheet = written
    hashes = stored(Child, "person_hash")
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    models = (Child, StaffMember, SectionDraft, SheetImport)
    assert [count_stale(model.objects.all()) for model in models] == [1, 1, 1, 1]
    told = StringIO()
    call_command("rotate_keys", dry_run=True, stdout=told)
    assert told.getvalue().splitlines()[-1] == "4 rows to rewrite"
    call_command("rotate_keys", batch_size=1, stdout=told, stderr=StringIO())
    assert told.getvalue().splitlines()[-1] == "4 rows rewritten"
    settings.FIELD_KEYS = [NEW]
    for row, field in [(child, "card_number"), (member, "name"), (sheet, "rows")]:
        before = getattr(row, field)
        row.refresh_from_db()
        assert getattr(row, field) == before
    assert drafts.read("update", 1, "board:0").raw == {"name": ["سلمى"]}
    assert stored(Child, "person_hash") == hashes


@pytest.mark.usefixtures("written")
def test_nothing_of_an_identity_is_stored_in_clear():
    values = [
        *stored(Child, "name"),
        *stored(Child, "massar"),
        *stored(Child, "card_number"),
        *stored(StaffMember, "name"),
        *stored(SectionDraft, "values"),
        *stored(SheetImport, "rows"),
    ]
    assert [value[:5] for value in values] == ["gAAAA"] * 6


def test_history_holds_no_identity(written):
    child, member, _sheet = written
    child.name = "آدم"
    child.degree = "mild"
    child.save()
    kept = {field.name for field in child.history.model._meta.get_fields()}
    assert not kept & {"name", "massar", "card_number", "person_hash", "massar_hash"}
    assert child.history.first().degree == "mild"
    staff = {field.name for field in member.history.model._meta.get_fields()}
    assert "name" not in staff


def test_hashes_are_made_again_when_their_key_changes(settings):
    one, other = factories.ChildFactory.create_batch(2, massar="R123456789")
    before = (one.massar_hash, one.person_hash)
    settings.HASH_KEY = "another key of hashes"
    told = StringIO()
    call_command("rehash_children", dry_run=True, stdout=told, stderr=StringIO())
    one.refresh_from_db()
    assert (one.massar_hash, one.person_hash) == before
    call_command("rehash_children", batch_size=1, stdout=told, stderr=StringIO())
    again = StringIO()
    call_command("rehash_children", stdout=again, stderr=StringIO())
    assert told.getvalue().splitlines() == ["2 rows to rewrite", "2 rows rewritten"]
    assert again.getvalue().splitlines() == ["0 rows rewritten"]
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.massar_hash == other.massar_hash != before[0]


# A child in two associations.

MET_BY = ["name", "massar", "card_number"]


SAME = {"name": "سلمى بنعيسى", "massar": "R123456789", "card_number": "AB 12345"}


def twins(met_by):
    """The same child on both sides of a limit between two delegations."""
    values = {f"child__{met_by}": SAME[met_by]}
    rows = []
    for place, names in [
        (TETOUAN, ("الأولى", "Première")),
        (FES, ("الثانية", "Autre")),
    ]:
        centre = factories.CentreFactory(
            association__delegation=delegation(place),
            association__name_ar=f"جمعية {names[0]}",
            association__name_fr=names[1],
            association__manager=factories.MemberFactory(),
            name_ar=f"مركز {names[0]}",
        )
        rows.append(factories.EnrolmentFactory(centre=centre, **values))
    call_command("rehash_children", stdout=StringIO(), stderr=StringIO())
    return rows


def traces(row):
    """What would tell of the other side."""
    association = row.centre.association
    names = (association.name_ar, association.name_fr)
    return [row.child.code, row.centre.code, row.centre.name_ar, *names]


@pytest.mark.parametrize("met_by", MET_BY)
def test_each_side_has_the_finding_of_its_own_child(met_by, language):
    here, there = twins(met_by)
    for mine, theirs in [(here, there), (there, here)]:
        found = findings.check_record(mine.centre.association, year=YEAR)
        (twice,) = [finding for finding in found if finding.code == "child_twice"]
        assert twice.evidence["codes"] == mine.child.code
        told = f"{twice.message} {twice.evidence} {twice.url}"
        assert [trace for trace in traces(theirs) if trace in told] == []


@pytest.mark.parametrize("met_by", MET_BY)
def test_each_delegate_sees_its_own_side_only(client, met_by):
    here, there = twins(met_by)
    for mine, theirs, place in [(here, there, TETOUAN), (there, here, FES)]:
        client.force_login(factories.DelegateFactory(delegation=delegation(place)))
        pages = [
            client.get(admin("association_change", mine.centre.association_id)),
            client.get(admin("child_changelist")),
            client.get(admin("child_change", mine.child_id)),
            client.get(admin("enrolment_changelist")),
            client.post(admin("child_name", mine.child_id)),
        ]
        for page in pages:
            assert page.status_code == 200
            text = page.content.decode()
            assert [trace for trace in traces(theirs) if trace in text] == []
        foreign = admin("child_change", theirs.child_id)
        assert client.get(foreign).status_code == 404


@pytest.mark.parametrize("met_by", MET_BY)
def test_each_association_sees_its_own_side_only(client, met_by):
    factories.UpdateRoundFactory()
    here, there = twins(met_by)
    for mine, theirs in [(here, there), (there, here)]:
        client.force_login(mine.centre.association.memberships.get().user)
        pages = [at("record"), at("children", mine.centre_id)]
        pages += [at("child", mine.centre_id, mine.pk), at("readings")]
        for url in pages:
            text = client.get(url).content.decode()
            assert [trace for trace in traces(theirs) if trace in text] == []


# Names in the staff site.


def admin(name, *args):
    return reverse(f"admin:institutions_{name}", args=args)


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (factories.DelegateFactory, 200),
        (factories.CoordinatorFactory, 200),
        (factories.CentralFactory, 200),
        (factories.InspectorFactory, 200),
        (factories.AdministratorFactory, 403),
    ],
)
@pytest.mark.parametrize("kind", ["child", "staffmember"])
def test_who_may_show_a_name(client, make, status, kind):
    row = factories.EnrolmentFactory()
    member = factories.StaffMemberFactory(centre=row.centre)
    found = row.child if kind == "child" else member
    officer = make()
    client.force_login(officer)
    answer = client.post(admin(f"{kind}_name", found.pk))
    assert answer.status_code == status
    assert (found.name in answer.content.decode()) is (status == 200)
    logged = AccessLog.objects.values_list("user", "object_kind", "object_id", "detail")
    expected = (officer.pk, f"institutions.{kind}", found.pk, "name")
    assert list(logged) == ([expected] if status == 200 else [])


@pytest.mark.parametrize("kind", ["child", "staffmember"])
def test_a_page_shows_no_name_and_its_reading_is_logged(client, kind, language):
    row = factories.EnrolmentFactory()
    member = factories.StaffMemberFactory(centre=row.centre)
    found = row.child if kind == "child" else member
    client.force_login(factories.DelegateFactory())
    for url in [admin(f"{kind}_changelist"), admin(f"{kind}_change", found.pk)]:
        assert found.name not in client.get(url).content.decode()
    assert [entry.detail for entry in AccessLog.objects.all()] == ["record"]
    assert client.get(admin(f"{kind}_name", found.pk)).status_code == 403
    client.force_login(factories.DelegateFactory(delegation=delegation(FES)))
    assert client.post(admin(f"{kind}_name", found.pk)).status_code == 404


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({}, True),
        ({"year": YEAR}, True),
        ({"year": YEAR - 1}, False),
        ({"year": "x"}, True),
        ({"sub_programme": "A"}, True),
        ({"sub_programme": "C"}, False),
        ({"degree__exact": "mild"}, False),
        ({"q": "E-NOBODY"}, False),
    ],
)
def test_children_are_filtered_by_their_enrolments(client, query, is_found):
    row = factories.EnrolmentFactory()
    factories.EnrolmentFactory(child=row.child, year=YEAR + 1, centre=row.centre)
    client.force_login(factories.DelegateFactory())
    page = client.get(admin("child_changelist"), query).content.decode()
    assert page.count(f">{row.child.code}<") == int(is_found)


@pytest.mark.parametrize("kind", ["child", "enrolment", "staffmember"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_people_cost_the_same(
    client, django_assert_max_num_queries, kind, count
):
    rows = factories.EnrolmentFactory.create_batch(count)
    for row in rows:
        factories.StaffMemberFactory(centre=row.centre)
    client.force_login(factories.DelegateFactory())
    client.get(admin(f"{kind}_changelist"))
    with django_assert_max_num_queries(12):
        client.get(admin(f"{kind}_changelist"))
