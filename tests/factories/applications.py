"""The process: a call with all its parts, and a file in any state."""

import datetime
from decimal import Decimal

import factory
from django.utils import timezone

from accounts.enums import Programme
from applications.enums import (
    DECIDED,
    BudgetHead,
    Opinion,
    SettlementState,
    SittingState,
    State,
)
from applications.models import (
    Application,
    Attachment,
    Award,
    BudgetLine,
    Call,
    CallDocument,
    Criterion,
    CriterionScore,
    Envelope,
    EpsRate,
    Instalment,
    InstalmentShare,
    LateCode,
    Letter,
    Remark,
    SchoolingRate,
    Settlement,
    Sitting,
)
from applications.programmes import get_rules
from institutions.enums import SubProgramme
from tests.factories.accounts import CentralFactory, CoordinatorFactory, DelegateFactory
from tests.factories.institutions import (
    YEAR,
    AnnualUpdateFactory,
    AssociationFactory,
    DocumentFactory,
    DocumentTypeFactory,
    InstitutionFactory,
)
from tests.factories.yearly import HeadcountFactory

# 50 girls at this rate a year.
FULL_RATE = Decimal("1200.00")
NUMBERED = set(State) - {State.DRAFT}
JUDGED = {State.RECOMMENDED, State.APPROVED, State.REFUSED}


class CallFactory(factory.django.DjangoModelFactory):
    """An open EPS call with a rate, a criterion and two instalments.

    Traits: ``schooling``, ``closed``. ``with_document`` adds a required document.
    """

    class Meta:
        model = Call
        django_get_or_create = ["programme", "year"]
        skip_postgeneration_save = True

    class Params:
        schooling = factory.Trait(programme=Programme.SCHOOLING)
        closed = factory.Trait(
            closes_at=factory.LazyFunction(
                lambda: timezone.now() - datetime.timedelta(days=1)
            )
        )

    programme = Programme.EPS
    year = YEAR
    name_ar = "طلب الدعم"
    name_fr = "Appel à demandes"
    is_published = True
    opens_at = factory.LazyFunction(
        lambda: timezone.now() - datetime.timedelta(days=20)
    )
    closes_at = factory.LazyFunction(
        lambda: timezone.now() + datetime.timedelta(days=20)
    )

    @factory.post_generation
    def parts(self, create, extracted, **kwargs):
        if not create or self.criteria.exists():
            return
        Criterion.objects.create(call=self, name_ar="الأثر", name_fr="Impact")
        EpsRate.objects.create(
            call=self, category="students", level="full", amount=FULL_RATE
        )
        for sub_programme in SubProgramme:
            SchoolingRate.objects.create(
                call=self, sub_programme=sub_programme, amount=1000
            )
        for rank, percent in [(1, 60), (2, 40)]:
            InstalmentShare.objects.create(call=self, rank=rank, percent=percent)

    @factory.post_generation
    def with_document(self, create, extracted, **kwargs):
        if extracted:
            CallDocumentFactory(call=self)


class CallDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CallDocument

    call = factory.SubFactory(CallFactory)
    type = factory.SubFactory(DocumentTypeFactory)


class EnvelopeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Envelope
        django_get_or_create = ["call", "region"]

    call = factory.SubFactory(CallFactory)
    region = factory.LazyFunction(lambda: CoordinatorFactory.build().region)
    amount = Decimal("100000.00")


class SittingFactory(factory.django.DjangoModelFactory):
    """Open, held (``state=``), of the region of the test."""

    class Meta:
        model = Sitting

    call = factory.SubFactory(CallFactory)
    opened_by = factory.SubFactory(CoordinatorFactory)
    region = factory.SelfAttribute("opened_by.region")
    rank = factory.Sequence(lambda n: n + 1)
    sits_on = factory.LazyFunction(timezone.localdate)
    state = SittingState.OPEN

    class Params:
        validated = factory.Trait(
            state=SittingState.VALIDATED,
            validated_at=factory.LazyFunction(timezone.now),
            published_at=factory.LazyFunction(timezone.now),
            validated_by=factory.SubFactory(CentralFactory),
        )


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A file of 50 girls in the state asked for, complete but for its documents.

    ``schooling=True`` makes a file of the other programme, without children. A decided
    file stands in the open sitting of its region.
    """

    class Meta:
        model = Application
        skip_postgeneration_save = True

    class Params:
        schooling = factory.Trait(
            call=factory.SubFactory(CallFactory, schooling=True), institution=None
        )
        is_numbered = factory.LazyAttribute(lambda o: o.state in NUMBERED)
        is_judged = factory.LazyAttribute(lambda o: o.state in JUDGED)

    call = factory.SubFactory(CallFactory)
    programme = factory.SelfAttribute("call.programme")
    year = factory.SelfAttribute("call.year")
    association = factory.SubFactory(AssociationFactory)
    institution = factory.SubFactory(
        InstitutionFactory, association=factory.SelfAttribute("..association")
    )
    update = factory.SubFactory(
        AnnualUpdateFactory,
        association=factory.SelfAttribute("..association"),
        round__year=factory.SelfAttribute("...year"),
        verified=True,
    )
    delegation = factory.LazyAttribute(
        lambda o: (o.institution or o.association).delegation
    )
    region = factory.SelfAttribute("delegation.region")
    state = State.DRAFT
    subject = "دعم التسيير"
    purpose = "مصاريف التغذية"
    contact_name = "خديجة"
    contact_phone = "0661000000"
    number = factory.Maybe(
        "is_numbered", factory.Sequence(lambda n: f"EPS-2027-01-{n:05d}"), None
    )
    first_submitted_at = factory.Maybe(
        "is_numbered", factory.LazyFunction(timezone.now), None
    )
    submitted_at = factory.SelfAttribute("first_submitted_at")
    clock_on = factory.Maybe(
        "is_numbered", factory.LazyFunction(timezone.localdate), None
    )
    due_on = factory.Maybe(
        "is_numbered",
        factory.LazyFunction(
            lambda: timezone.localdate() + datetime.timedelta(days=60)
        ),
        None,
    )
    return_count = factory.LazyAttribute(lambda o: int(o.state == State.RETURNED))
    suspended_on = factory.LazyAttribute(
        lambda o: timezone.localdate() if o.state == State.RETURNED else None
    )
    opinion = factory.Maybe("is_judged", Opinion.FAVOURABLE, "")
    opinion_reason = factory.Maybe("is_judged", "ملف جيد", "")
    computed_amount = 60 * FULL_RATE
    requested_amount = factory.Maybe("is_numbered", 50 * FULL_RATE, 0)
    proposed_amount = factory.Maybe("is_judged", 40 * FULL_RATE, None)
    granted_amount = factory.LazyAttribute(
        lambda o: 40 * FULL_RATE if o.state == State.APPROVED else None
    )
    refusal_reason = factory.LazyAttribute(
        lambda o: "خارج الأولويات" if o.state == State.REFUSED else ""
    )
    sitting = factory.LazyAttribute(
        lambda o: open_sitting_of(o.call, o.region) if o.state in DECIDED else None
    )
    created_by = factory.SubFactory(DelegateFactory)

    @factory.post_generation
    def lines(self, create, extracted, **kwargs):
        """Head-counts of the institution, and the lines computed from them."""
        if not create or extracted is False or self.institution is None:
            return
        HeadcountFactory(institution=self.institution, year=self.year)
        fill(self)


def open_sitting_of(call, region):
    """The one open sitting of that call and region."""
    found = Sitting.objects.filter(call=call, region=region, state=SittingState.OPEN)
    return found.first() or SittingFactory(
        call=call, opened_by=CoordinatorFactory(region=region)
    )


def fill(application):
    """Lines from the record, and a budget of the same amount."""
    rules = get_rules(application.programme)
    rules.take_lines(application)
    rules.recalculate(application)
    BudgetLine.objects.create(
        application=application,
        head=BudgetHead.MEALS,
        amount=application.computed_amount,
    )


def attach_required(application):
    """Every required document of the call, attached and good."""
    for row in application.call.documents.filter(is_required=True):
        document = DocumentFactory(association=application.association, type=row.type)
        Attachment.objects.create(application=application, document=document)


def score_everything(application, points=15):
    for criterion in application.call.criteria.all():
        CriterionScore.objects.create(
            application=application, criterion=criterion, points=points
        )


class AttachmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attachment

    application = factory.SubFactory(ApplicationFactory)
    document = factory.SubFactory(
        DocumentFactory, association=factory.SelfAttribute("..application.association")
    )


class RemarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Remark

    application = factory.SubFactory(ApplicationFactory, state=State.SUBMITTED)
    section = "budget"
    text = "فصلوا مصاريف التغذية"
    written_by = factory.SubFactory(DelegateFactory)


class LetterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Letter

    application = factory.SubFactory(ApplicationFactory, state=State.SUBMITTED)
    kind = "receipt"
    language = "ar"


class LateCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LateCode

    call = factory.SubFactory(CallFactory, closed=True)
    association = factory.SubFactory(AssociationFactory)
    code = factory.Sequence(lambda n: f"LATE{n}")
    expires_at = factory.LazyFunction(
        lambda: timezone.now() + datetime.timedelta(days=2)
    )
    reason = "عطب تقني"


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    application = factory.SubFactory(
        ApplicationFactory,
        state=State.APPROVED,
        published_at=factory.LazyFunction(timezone.now),
        sitting=factory.SubFactory(
            SittingFactory, call=factory.SelfAttribute("..call"), validated=True
        ),
    )
    amount = factory.SelfAttribute("application.granted_amount")
    granted_on = factory.LazyFunction(timezone.localdate)


class InstalmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Instalment

    award = factory.SubFactory(AwardFactory)
    rank = 1
    percent = 60
    amount = factory.LazyAttribute(lambda o: o.award.amount * 60 / 100)


class SettlementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Settlement

    award = factory.SubFactory(AwardFactory)
    year = factory.SelfAttribute("award.application.year")
    state = SettlementState.OPEN
