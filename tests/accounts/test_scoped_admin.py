"""Each door of Django's admin shows one's own territory, and lets do one's own work."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts.enums import Access, Role
from accounts.models import AccessLog
from accounts.policies import POLICIES, may
from institutions.models import Association
from tests.factories import (
    FES,
    LARACHE,
    TETOUAN,
    AdministratorFactory,
    AssociationFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    InspectorFactory,
    InstitutionFactory,
    MemberFactory,
    delegation,
    region,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.scoped_site")]

FORM = {
    "name_ar": "اسم جديد",
    "name_fr": "Nouveau nom",
    "address": "",
    "receipt_number": "1/2026",
    "institutions-TOTAL_FORMS": "0",
    "institutions-INITIAL_FORMS": "0",
}


def page(name, *args, model="institutions_association"):
    return reverse(f"admin:{model}_{name}", args=args)


@pytest.fixture
def near():
    return AssociationFactory(name_fr="Près", delegation=delegation(LARACHE))


@pytest.fixture
def far():
    return AssociationFactory(name_fr="Loin", delegation=delegation(FES))


@pytest.fixture
def officer(client):
    """Of Larache, signed in."""
    person = DelegateFactory(delegation=delegation(LARACHE))
    client.force_login(person)
    return person


def names_in(response):
    return [row.name_fr for row in response.context["cl"].result_list]


def test_a_list_shows_the_territory_only(client, officer, near, far):
    response = client.get(page("changelist"))
    assert names_in(response) == ["Près"]
    assert "Loin" not in response.content.decode()


@pytest.mark.parametrize("name", ["change", "history", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_object_out_of_scope_does_not_exist(client, officer, far, name, method):
    response = getattr(client, method)(page(name, far.pk))
    assert response.status_code == 404
    assert "Loin" not in response.content.decode()


@pytest.mark.parametrize("name", ["change", "history", "delete"])
def test_neither_does_one_that_never_was(client, officer, name):
    assert client.get(page(name, 999_999_999)).status_code == 404
    assert client.get(page(name, "x")).status_code == 404


def test_an_officer_changes_what_is_in_scope(client, officer, near):
    assert client.get(page("change", near.pk)).status_code == 200
    assert client.post(page("change", near.pk), FORM).status_code == 302
    near.refresh_from_db()
    assert near.name_fr == "Nouveau nom"
    history = client.get(page("history", near.pk))
    assert len(history.context["action_list"]) == 1


@pytest.mark.parametrize(
    ("factory", "opens"),
    [
        (CoordinatorFactory, 200),
        (InspectorFactory, 200),
        (AdministratorFactory, 404),
    ],
)
def test_another_role_reads_or_not_but_does_not_change(client, near, factory, opens):
    client.force_login(factory())
    assert client.get(page("change", near.pk)).status_code == opens
    refused = client.post(page("change", near.pk), FORM)
    assert refused.status_code == (403 if opens == 200 else 404)
    assert client.get(page("add")).status_code == 403
    near.refresh_from_db()
    assert near.name_fr == "Près"


def test_the_administrator_has_no_list_of_the_record(client, near):
    client.force_login(AdministratorFactory())
    assert client.get(page("changelist")).status_code == 403


@pytest.mark.parametrize(
    "factory",
    [DelegateFactory, CoordinatorFactory, CentralFactory, InspectorFactory],
)
def test_nobody_deletes(client, near, factory):
    client.force_login(factory())
    assert client.post(page("delete", near.pk), {"post": "yes"}).status_code == 403
    actions = client.get(page("changelist")).context["action_form"]
    assert actions is None or "delete_selected" not in str(actions)
    client.post(
        page("changelist"),
        {"action": "delete_selected", "_selected_action": [near.pk], "post": "yes"},
    )
    assert Association.objects.filter(pk=near.pk).exists()


@pytest.mark.parametrize("factory", [MemberFactory, DelegateFactory])
def test_members_and_closed_accounts_do_not_enter(client, near, factory):
    person = factory()
    client.force_login(person)
    person.is_active = factory is MemberFactory
    person.save()
    for name, args in [("changelist", ()), ("change", (near.pk,)), ("export", ())]:
        response = client.get(page(name, *args))
        assert response.status_code == 302
        assert "login" in response["Location"]


def completions(client, field, model, term=""):
    response = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "institutions",
            "model_name": model,
            "field_name": field,
            "term": term,
        },
    )
    assert response.status_code == 200
    return [int(row["id"]) for row in response.json()["results"]]


def test_completions_stay_in_the_territory(client, officer, near, far):
    assert completions(client, "association", "institution") == [near.pk]
    assert completions(client, "association", "institution", "Loin") == []


def test_completions_forgive_the_spelling(client, officer, near):
    near.name_ar = "جمعية الأمل"
    near.save()
    found = completions(client, "association", "institution", "جمعيه الامل")
    assert found == [near.pk]


def test_a_filter_offers_the_territory_only(client, officer, near, far):
    also = AssociationFactory(delegation=delegation(LARACHE))
    response = client.get(page("changelist", model="institutions_institution"))
    [association] = response.context["cl"].filter_specs
    assert {pk for pk, _ in association.lookup_choices} == {near.pk, also.pk}


def test_a_coordinator_is_offered_the_delegations_of_the_region(client):
    client.force_login(CoordinatorFactory(region=region("01")))
    response = client.get(page("changelist"))
    [place, _status] = response.context["cl"].filter_specs
    offered = {pk for pk, _ in place.lookup_choices}
    assert offered == set(region("01").delegations.values_list("pk", flat=True))


def test_a_filter_forged_shows_nothing_more(client, near, far):
    client.force_login(CoordinatorFactory(region=region("01")))
    forged = {"delegation__id__exact": far.delegation_id}
    assert names_in(client.get(page("changelist"), forged)) == []


def test_a_choice_out_of_scope_is_refused(client, officer, near, far):
    unit = InstitutionFactory(association=near, delegation=delegation(LARACHE))
    address = page("change", unit.pk, model="institutions_institution")
    response = client.post(address, {"association": far.pk, "name_ar": "x"})
    assert "association" in response.context["adminform"].form.errors
    unit.refresh_from_db()
    assert unit.association == near


def test_rows_inside_a_page_stay_in_the_territory(client, officer, far):
    """An association of another place, seen for its unit here (decision 12)."""
    here = InstitutionFactory(association=far, delegation=delegation(LARACHE))
    there = InstitutionFactory(association=far, delegation=delegation(FES))
    response = client.get(page("change", far.pk))
    assert response.status_code == 200
    [inline] = response.context["inline_admin_formsets"]
    assert [form.instance for form in inline.formset.initial_forms] == [here]
    assert there.name_ar not in response.content.decode()


def test_the_search_box_forgives_the_spelling(client, officer, near):
    near.name_ar = "جمعية الأمل"
    near.save()
    assert names_in(client.get(page("changelist"), {"q": "جمعيه الامل"})) == ["Près"]
    assert names_in(client.get(page("changelist"), {"q": "autre"})) == []


def test_a_list_costs_the_same_for_one_and_for_three(
    client, officer, near, django_assert_max_num_queries
):
    client.get(page("changelist"))
    with django_assert_max_num_queries(20) as first:
        client.get(page("changelist"))
    AssociationFactory.create_batch(2, delegation=delegation(LARACHE))
    with django_assert_max_num_queries(len(first)):
        client.get(page("changelist"))


def export(client, file_format):
    return client.post(
        page("export"),
        {
            "format": file_format,
            "resource": "",
            "associationresource_name_fr": "on",
            "associationresource_created_at": "on",
            "associationresource_version": "on",
            "associationresource_address": "on",
        },
    )


def sheet_of(response):
    return load_workbook(BytesIO(response.content)).active


def test_an_export_holds_the_territory_only_and_is_logged(client, officer, near, far):
    sheet = sheet_of(export(client, 0))
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Près"]
    entry = AccessLog.objects.get()
    assert (entry.user, entry.action, entry.count, entry.object_kind) == (
        officer,
        Access.EXPORT,
        1,
        "institutions.association",
    )


@pytest.mark.parametrize(("language", "from_right"), [("ar", True), ("fr", False)])
def test_a_sheet_reads_from_the_side_of_its_language(
    client, officer, near, language, from_right
):
    with translation.override(language):
        sheet = sheet_of(export(client, 0))
    assert bool(sheet.sheet_view.rightToLeft) is from_right


def test_a_sheet_keeps_numbers_and_dates(client, officer, near):
    row = next(sheet_of(export(client, 0)).iter_rows(min_row=2))
    assert [cell.data_type for cell in row[:3]] == ["s", "d", "n"]


@pytest.mark.parametrize(
    "typed", ["=1+1", "+212 5", "-1", "@x", "\t=1", "=HYPERLINK(1)"]
)
def test_text_never_becomes_a_formula(client, officer, near, typed):
    Association.objects.update(address=typed)
    cell = next(sheet_of(export(client, 0)).iter_rows(min_row=2))[3]
    assert (cell.data_type, cell.value) == ("s", typed)
    lines = export(client, 1).content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[3].lstrip('"').startswith("'")


def test_whoever_may_not_export_is_refused(client, near):
    client.force_login(AdministratorFactory())
    assert client.get(page("export")).status_code == 403
    assert export(client, 0).status_code == 403
    assert AccessLog.objects.count() == 0


def test_whoever_may_not_import_is_refused(client, near):
    client.force_login(CoordinatorFactory())
    assert client.get(page("import")).status_code == 403


def test_the_table_lets_nobody_delete():
    for label in POLICIES:
        for role in Role:
            assert not may(role, "delete", label)


def test_the_table_gives_members_nothing():
    granted = [label for label in POLICIES if may(Role.MEMBER, "view", label)]
    assert granted == []


def test_the_administrator_reaches_no_beneficiary():
    reached = {label for label in POLICIES if may(Role.ADMINISTRATOR, "view", label)}
    assert reached == {
        "territories.region",
        "territories.delegation",
        "territories.commune",
        "accounts.user",
        "accounts.accesslog",
    }


def test_another_delegation_of_the_region_is_another_territory(client, near):
    client.force_login(DelegateFactory(delegation=delegation(TETOUAN)))
    assert client.get(page("change", near.pk)).status_code == 404
