"""The record: associations with their members, units, persons and documents."""

import datetime
import hashlib

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.encryption import keyed_hash, person_hash
from institutions import enums, identifiers
from institutions.codes import new_centre_code, new_child_code
from institutions.models import (
    AnnualUpdate,
    Association,
    BoardMember,
    Centre,
    Child,
    Document,
    DocumentType,
    Enrolment,
    Institution,
    Invitation,
    JoinRequest,
    Membership,
    RecordFinding,
    SectionAnswer,
    SheetImport,
    StaffMember,
    UpdateRound,
)
from institutions.sections import keys_of
from tests.factories.accounts import MemberFactory, commune, delegation

YEAR = 2027
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def made_up_rib(number: int) -> str:
    """A RIB whose key is right and which belongs to nobody."""
    account = f"999780{number:016d}"
    return account + identifiers.rib_key(account)


class AssociationFactory(factory.django.DjangoModelFactory):
    """``manager=user`` or ``editor=user`` makes that person a member."""

    class Meta:
        model = Association
        skip_postgeneration_save = True

    delegation = factory.LazyFunction(delegation)
    commune = factory.LazyAttribute(lambda o: commune(o.delegation))
    name_ar = factory.Sequence(lambda n: f"جمعية الأمل {n}")
    name_fr = factory.Sequence(lambda n: f"Association Espoir {n}")
    status = enums.AssociationStatus.VERIFIED
    receipt_number = factory.Sequence(lambda n: f"{n:03d}/2019")
    receipt_kind = enums.ReceiptKind.FINAL
    bank_name = "Banque d’essai"
    rib = factory.Sequence(made_up_rib)
    address = "شارع الحسن الثاني"
    last_assembly_on = factory.LazyFunction(
        lambda: timezone.localdate() - datetime.timedelta(days=365)
    )
    board_term_months = 48

    @factory.post_generation
    def manager(self, create, extracted, **kwargs):
        if extracted:
            MembershipFactory(association=self, user=extracted)

    @factory.post_generation
    def editor(self, create, extracted, **kwargs):
        if extracted:
            MembershipFactory(
                association=self, user=extracted, role=enums.MembershipRole.EDITOR
            )


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    association = factory.SubFactory(AssociationFactory)
    user = factory.SubFactory(MemberFactory)
    role = enums.MembershipRole.MANAGER


class BoardMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BoardMember

    association = factory.SubFactory(AssociationFactory)
    role = enums.BoardRole.PRESIDENT
    name = "فاطمة الزهراء بنعلي"
    phone = "+212661000000"


class InvitationFactory(factory.django.DjangoModelFactory):
    """Pending, good for another fortnight."""

    class Meta:
        model = Invitation

    association = factory.SubFactory(AssociationFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.ma")
    role = enums.MembershipRole.EDITOR
    invited_by = factory.SubFactory(MemberFactory)
    expires_at = factory.LazyFunction(
        lambda: timezone.now() + datetime.timedelta(days=14)
    )


class JoinRequestFactory(factory.django.DjangoModelFactory):
    """A registration whose address is confirmed. Traits: ``access``, ``succession``."""

    class Meta:
        model = JoinRequest

    kind = enums.JoinKind.REGISTRATION
    delegation = factory.LazyFunction(delegation)
    commune = factory.LazyAttribute(lambda o: commune(o.delegation))
    name_ar = factory.Sequence(lambda n: f"جمعية الفجر {n}")
    receipt_number = factory.Sequence(lambda n: f"{n:03d}/2024")
    receipt_kind = enums.ReceiptKind.FINAL
    contact_name = "سعاد الفاسي"
    email = factory.Sequence(lambda n: f"asker{n}@example.ma")
    phone = "+212661000001"
    email_confirmed_at = factory.LazyFunction(timezone.now)

    class Params:
        access = factory.Trait(
            kind=enums.JoinKind.ACCESS,
            association=factory.SubFactory(AssociationFactory),
            delegation=factory.SelfAttribute("association.delegation"),
        )
        succession = factory.Trait(
            access=True,
            kind=enums.JoinKind.SUCCESSION,
            assembly_on=datetime.date(2026, 9, 12),
            board_term_months=48,
            cnie="K123456",
        )


class InstitutionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Institution

    association = factory.SubFactory(AssociationFactory)
    name_ar = factory.Sequence(lambda n: f"دار الطالبة {n}")
    name_fr = factory.Sequence(lambda n: f"Dar Taliba {n}")
    institution_class = enums.InstitutionClass.STUDENTS
    categories = [enums.Category.STUDENTS]
    services = [enums.CareService.HOUSING, enums.CareService.MEALS]
    authorisation_number = factory.Sequence(lambda n: f"{n:04d}/20")
    capacity_female = 60
    capacity_male = 20
    commune = factory.SelfAttribute("association.commune")
    delegation = factory.SelfAttribute("association.delegation")
    milieu = enums.Milieu.RURAL
    director_name = "خديجة العلوي"
    house_kind = enums.HouseKind.BOTH


class CentreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Centre

    code = factory.LazyFunction(new_centre_code)
    association = factory.SubFactory(AssociationFactory)
    name_ar = factory.Sequence(lambda n: f"مركز الأمل {n}")
    name_fr = factory.Sequence(lambda n: f"Centre Espoir {n}")
    setting = enums.Setting.SPECIALISED
    commune = factory.SelfAttribute("association.commune")
    delegation = factory.SelfAttribute("association.delegation")
    own_capacity = 40


class ChildFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Child

    code = factory.LazyFunction(new_child_code)
    association = factory.SubFactory(AssociationFactory)
    name = factory.Sequence(lambda n: f"طفل {n}")
    massar = factory.Sequence(lambda n: f"R{n:09d}")
    born_on = datetime.date(2016, 5, 12)
    sex = enums.Sex.FEMALE
    disability_type = enums.DisabilityType.AUTISM
    degree = enums.Degree.MODERATE
    has_rsu = True
    person_hash = factory.LazyAttribute(
        lambda o: person_hash(o.name, born_on=o.born_on, sex=o.sex)
    )
    massar_hash = factory.LazyAttribute(lambda o: keyed_hash("massar", o.massar))


class EnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrolment

    centre = factory.SubFactory(CentreFactory)
    child = factory.SubFactory(
        ChildFactory, association=factory.SelfAttribute("..centre.association")
    )
    year = YEAR
    sub_programme = enums.SubProgramme.A
    services = [enums.ChildService.SPEECH]
    certificates = [enums.Certificate.DISABILITY, enums.Certificate.SCHOOL]
    months = 10


class StaffMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StaffMember

    centre = factory.SubFactory(CentreFactory)
    year = YEAR
    name = factory.Sequence(lambda n: f"مستخدم {n}")
    sex = enums.Sex.FEMALE
    speciality = enums.Speciality.SPEECH
    contract = enums.ContractForm.FULL_WEEK
    is_cnss_declared = True


class SheetImportFactory(factory.django.DjangoModelFactory):
    """A sheet that was sent back with errors; its file stands in the storage."""

    class Meta:
        model = SheetImport

    centre = factory.SubFactory(CentreFactory)
    kind = enums.SheetKind.CHILDREN
    year = YEAR
    state = enums.SheetState.REFUSED
    file_name = "children.xlsx"
    file = factory.LazyFunction(
        lambda: default_storage.save("sheets/sheet", ContentFile(b"sealed"))
    )
    errors = [{"cell": "C2", "code": "day", "message": "?"}]
    error_count = 1
    created_by = factory.SubFactory(MemberFactory)


class DocumentTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentType
        django_get_or_create = ["code"]

    code = factory.Sequence(lambda n: f"type-{n}")
    name_ar = factory.Sequence(lambda n: f"وثيقة {n}")
    name_fr = factory.Sequence(lambda n: f"Document {n}")
    level = enums.DocumentLevel.ASSOCIATION
    validity = enums.Validity.UNTIL_CHANGED


class DocumentFactory(factory.django.DjangoModelFactory):
    """A document whose file stands in the storage."""

    class Meta:
        model = Document

    association = factory.SubFactory(AssociationFactory)
    type = factory.SubFactory(DocumentTypeFactory)
    original_name = "document.pdf"
    mime = "application/pdf"
    size = len(PDF)
    sha256 = factory.Sequence(lambda n: hashlib.sha256(f"{n}".encode()).hexdigest())
    page_count = 1
    uploaded_by = factory.SubFactory(MemberFactory)
    file = factory.LazyAttribute(
        lambda o: default_storage.save(f"documents/{o.sha256}", ContentFile(PDF))
    )


class RecordFindingFactory(factory.django.DjangoModelFactory):
    """About an institution, over its capacity."""

    class Meta:
        model = RecordFinding

    institution = factory.SubFactory(InstitutionFactory)
    association = factory.SelfAttribute("institution.association")
    code = "over_capacity"
    year = YEAR
    evidence = factory.LazyFunction(lambda: {"count": 99, "capacity": 80})
    found_on = factory.LazyFunction(timezone.localdate)


class UpdateRoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UpdateRound
        django_get_or_create = ["year"]

    year = YEAR
    opens_on = factory.LazyFunction(
        lambda: timezone.localdate() - datetime.timedelta(days=30)
    )
    due_on = factory.LazyFunction(
        lambda: timezone.localdate() + datetime.timedelta(days=30)
    )
    headcount_on = factory.LazyFunction(timezone.localdate)
    school_year = factory.LazyAttribute(lambda o: o.year - 1)
    accounts_year = factory.LazyAttribute(lambda o: o.year - 2)


class AnnualUpdateFactory(factory.django.DjangoModelFactory):
    """Traits: ``confirmed``, ``verified``."""

    class Meta:
        model = AnnualUpdate
        django_get_or_create = ["association", "round"]

    association = factory.SubFactory(AssociationFactory)
    round = factory.SubFactory(UpdateRoundFactory)

    class Params:
        confirmed = factory.Trait(
            state=enums.UpdateState.CONFIRMED,
            confirmed_at=factory.LazyFunction(timezone.now),
            confirmed_by=factory.SubFactory(MemberFactory),
        )
        verified = factory.Trait(
            confirmed=True,
            state=enums.UpdateState.VERIFIED,
            verified_at=factory.LazyFunction(timezone.now),
            verified_by=factory.SubFactory(MemberFactory),
        )


def answer_everything(update, actor):
    """Every section of the update answered, as if it had been gone through."""
    SectionAnswer.objects.bulk_create(
        SectionAnswer(
            update=update,
            section=key.code,
            unit=key.unit_id,
            answer=enums.Answer.UNCHANGED,
            answered_by=actor,
        )
        for key in keys_of(update.association)
    )
