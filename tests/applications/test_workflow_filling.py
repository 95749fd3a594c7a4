"""A file being filled: started, prefilled, saved by sections, by whom and on behalf."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Outbox
from applications import workflow
from applications.documents import checklist
from applications.enums import State
from applications.models import (
    Application,
    Call,
    Event,
)
from applications.programmes import get_rules
from applications.workflow import Capacity
from institutions.drafts import StaleSection
from institutions.enums import MembershipRole
from institutions.models import Association, Institution
from tests.applications.acting import move, person, ready
from tests.factories import (
    FES,
    TETOUAN,
    AnnualUpdateFactory,
    ApplicationFactory,
    AssociationFactory,
    CallDocumentFactory,
    CallFactory,
    CoordinatorFactory,
    DelegateFactory,
    DocumentFactory,
    HeadcountFactory,
    InstitutionFactory,
    LateCodeFactory,
    MembershipFactory,
    delegation,
)

pytestmark = pytest.mark.django_db


def institution(**fields):
    """With its head-counts and a confirmed update."""
    row = InstitutionFactory(**fields)
    HeadcountFactory(institution=row)
    AnnualUpdateFactory(association=row.association, confirmed=True)
    return row


def member_of(row, role=MembershipRole.MANAGER):
    return MembershipFactory(association=row.association, role=role).user


def start(row, actor, call=None):
    return workflow.start(
        (call or CallFactory()).pk,
        actor=actor,
        association_pk=row.association_id,
        institution_pk=row.pk,
    )


def save(application, section, actor, cleaned, version=0):
    return workflow.save_section(
        application.pk, section, actor=actor, version=version, raw={}, cleaned=cleaned
    )


def test_a_new_file_is_prefilled_with_the_figures_of_the_update():
    row = institution()
    application = start(row, member_of(row))
    (line,) = application.lines.all()
    assert (line.key, line.declared_count, line.eligible_count, line.amount) == (
        "students-full",
        50,
        50,
        60_000,
    )
    assert application.computed_amount == 60_000
    assert (application.state, application.number) == (State.DRAFT, None)
    assert Event.objects.get().transition == "start"


def test_a_new_file_takes_last_years_words_and_the_documents_still_good():
    row = institution()
    last = ApplicationFactory(
        call=CallFactory(year=2026),
        association=row.association,
        institution=row,
        state=State.SUBMITTED,
        subject="السنة الماضية",
    )
    call = CallFactory()
    good, expired = (CallDocumentFactory(call=call).type for _n in range(2))
    document = DocumentFactory(association=row.association, type=good)
    DocumentFactory(
        association=row.association,
        type=expired,
        expires_on=timezone.localdate() - timedelta(days=1),
    )
    application = start(row, member_of(row), call)
    assert application.subject == last.subject
    budget = application.budget_lines.values_list("head", "amount")
    assert list(budget) == list(last.budget_lines.values_list("head", "amount"))
    assert [a.document for a in application.attachments.all()] == [document]
    assert [wanted.is_missing for wanted in checklist(application)] == [False, True]


def test_without_a_confirmed_update_nothing_is_started():
    row = InstitutionFactory()
    AnnualUpdateFactory(association=row.association)
    with pytest.raises(ValidationError) as refused:
        start(row, member_of(row))
    assert refused.value.code == "update"


def test_a_closed_call_starts_nothing_without_a_late_code():
    row, call = institution(), CallFactory(closed=True)
    with pytest.raises(ValidationError) as refused:
        start(row, member_of(row), call)
    assert refused.value.code == "call"
    LateCodeFactory(call=call, association=row.association)
    assert start(row, member_of(row), call).state == State.DRAFT


@pytest.mark.parametrize("status", ["refused", "suspended"])
def test_an_association_that_is_not_accepted_does_not_apply(status):
    row = institution(
        association=AssociationFactory(status=status, status_reason="ملف ناقص")
    )
    with pytest.raises(ValidationError, match="ملف ناقص"):
        start(row, member_of(row))


def test_an_unpublished_call_does_not_exist():
    row = institution()
    with pytest.raises(Call.DoesNotExist):
        start(row, member_of(row), CallFactory(is_published=False))


def test_an_institution_has_one_live_file_per_call():
    row = institution()
    first = start(row, member_of(row))
    with pytest.raises(ValidationError):
        start(row, member_of(row))
    move("withdraw", first, member_of(row))
    assert start(row, member_of(row)).pk != first.pk


def test_eligible_units_leave_out_those_that_applied():
    row = institution()
    other = InstitutionFactory(association=row.association)
    rules, call = get_rules("eps"), CallFactory()
    start(row, member_of(row), call)
    assert rules.eligible_units(row.association, call) == [other]


def test_a_member_of_another_association_sees_neither_association_nor_file():
    row = institution()
    stranger = member_of(InstitutionFactory())
    with pytest.raises(Association.DoesNotExist):
        start(row, stranger)
    application = start(row, member_of(row))
    with pytest.raises(Application.DoesNotExist):
        save(application, "request", stranger, {})


def test_an_institution_of_another_association_is_not_taken():
    row, foreign = institution(), InstitutionFactory()
    with pytest.raises(Institution.DoesNotExist):
        workflow.start(
            CallFactory().pk,
            actor=member_of(row),
            association_pk=row.association_id,
            institution_pk=foreign.pk,
        )


def test_an_editor_fills_and_does_not_submit():
    application = ApplicationFactory()
    editor = person(Capacity.EDITOR, application)
    save(application, "request", editor, {"subject": "موضوع"})
    application.refresh_from_db()
    assert application.subject == "موضوع"
    with pytest.raises(PermissionDenied):
        move("submit", application, editor)


def test_a_section_that_does_not_validate_is_kept_and_changes_no_column():
    application = ApplicationFactory()
    manager = person(Capacity.MANAGER, application)
    draft = workflow.save_section(
        application.pk,
        "budget",
        actor=manager,
        version=0,
        raw={"meals": ["abc"]},
        cleaned=None,
    )
    assert draft.raw == {"meals": ["abc"]}
    assert application.budget_lines.get().amount == 60_000
    version = application.version
    application.refresh_from_db()
    assert application.version == version


def test_two_members_on_one_section_do_not_overwrite_each_other():
    application = ApplicationFactory()
    one, other = (person(Capacity.EDITOR, application) for _n in range(2))
    save(application, "request", one, {"subject": "الأول"})
    with pytest.raises(StaleSection):
        save(application, "request", other, {"subject": "الثاني"})
    application.refresh_from_db()
    assert application.subject == "الأول"


def test_a_saved_section_makes_the_page_of_the_certification_stale():
    application = ApplicationFactory()
    read = application.version
    save(application, "budget", person(Capacity.EDITOR, application), {"rent": 7})
    with pytest.raises(workflow.StalePage):
        move("submit", application, person(Capacity.MANAGER, application), read)


def test_nobody_declares_more_than_the_update_confirms():
    application = ApplicationFactory()
    manager = person(Capacity.MANAGER, application)
    with pytest.raises(ValidationError) as refused:
        save(application, "beneficiaries", manager, {"students-full": 51})
    assert refused.value.code == "students-full"
    save(application, "beneficiaries", manager, {"students-full": 49})
    application.refresh_from_db()
    assert application.computed_amount == 49 * 1200


def test_over_capacity_only_the_places_are_counted():
    row = InstitutionFactory(capacity_female=30, capacity_male=10)
    application = ApplicationFactory(association=row.association, institution=row)
    line = application.lines.get()
    assert (line.declared_count, line.eligible_count, line.amount) == (50, 40, 48_000)


def test_a_document_taken_off_stays_in_the_vault():
    application = ApplicationFactory()
    manager = person(Capacity.MANAGER, application)
    document = DocumentFactory(association=application.association)
    attachment = workflow.attach(application.pk, document.pk, actor=manager)
    assert workflow.attach(application.pk, document.pk, actor=manager) == attachment
    workflow.detach(attachment.pk, actor=manager)
    assert not application.attachments.exists()
    document.refresh_from_db()


def test_a_document_of_another_association_is_not_attached():
    application, foreign = ApplicationFactory(), DocumentFactory()
    with pytest.raises(foreign.DoesNotExist):
        workflow.attach(
            application.pk, foreign.pk, actor=person(Capacity.MANAGER, application)
        )


def test_a_submitted_file_is_not_filled_any_more():
    application = ready(State.SUBMITTED)
    manager = person(Capacity.MANAGER, application)
    with pytest.raises(ValidationError):
        save(application, "request", manager, {"subject": "آخر"})
    assert workflow.unlocked(application).sections == frozenset()


def test_the_delegation_starts_a_file_and_its_members_are_told():
    row = institution()
    member, delegate = member_of(row), DelegateFactory()
    application = start(row, delegate)
    event = Event.objects.get()
    assert (event.actor, event.is_on_behalf) == (delegate, True)
    assert application.is_on_behalf
    assert list(Outbox.objects.values_list("kind", "recipient")) == [
        ("application_started_on_behalf", member.pk)
    ]


def test_a_delegation_starts_nothing_outside_its_territory():
    row = institution()
    with pytest.raises(Association.DoesNotExist):
        start(row, DelegateFactory(delegation=delegation(FES)))


def test_a_delegation_does_not_start_the_file_of_a_unit_that_it_does_not_receive():
    """The association is seen for one unit here; its other unit is elsewhere."""
    here = institution()
    away = InstitutionFactory(
        association=here.association, delegation=delegation(TETOUAN)
    )
    with pytest.raises((Association.DoesNotExist, Institution.DoesNotExist)):
        start(away, DelegateFactory())


@pytest.mark.parametrize("factory", [CoordinatorFactory])
def test_other_officers_start_nothing(factory):
    with pytest.raises(PermissionDenied):
        start(institution(), factory())


def test_a_file_filled_on_behalf_needs_the_signed_summary_or_the_manager():
    application = ApplicationFactory(is_on_behalf=True)
    delegate = DelegateFactory()
    with pytest.raises(ValidationError) as refused:
        move("submit", application, delegate)
    assert refused.value.code == "certified"
    signed = DocumentFactory(
        association=application.association, type__code="signed_certification"
    )
    workflow.attach(application.pk, signed.pk, actor=delegate)
    application.refresh_from_db()
    submitted = move("submit", application, delegate)
    assert Event.objects.get(transition="submit").is_on_behalf
    assert submitted.state == State.SUBMITTED


def test_a_delegation_does_not_submit_what_the_association_fills_itself():
    application = ApplicationFactory()
    with pytest.raises(PermissionDenied):
        move("submit", application, DelegateFactory())


def test_the_coordination_is_told_when_one_officer_entered_and_reviewed():
    application = ready(State.DRAFT)
    officer, coordinator = DelegateFactory(), CoordinatorFactory()
    save(application, "request", officer, {"subject": "موضوع", "purpose": "تغذية"})
    Application.objects.update(contact_name="خديجة", contact_phone="0661000000")
    application.refresh_from_db()
    submitted = move("submit", application, person(Capacity.MANAGER, application))
    move("recommend", submitted, officer)
    kinds = Outbox.objects.filter(recipient=coordinator).values_list("kind", flat=True)
    assert "application_entered_and_reviewed" in kinds
