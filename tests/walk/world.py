"""One object of every kind in one territory, all bearing the same mark; and people.

Whoever must not see them must not read the mark anywhere.
"""

import datetime

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import access, jobs
from accounts.enums import Access, Role
from accounts.models import Mail, Outbox
from applications.enums import State
from applications.models import Holiday
from institutions.enums import DocumentLevel
from tests import factories as make

MARK = "zaafrane"
NUMBER = "EPS-2027-01-77777"
MARKS = (MARK, NUMBER.lower())
NAMES = {"name_ar": "زعفران Zaafrane", "name_fr": "Zaafrane"}
# The same for all officers: settings and the division of the country.
SHARED = {
    "territories.region",
    "territories.delegation",
    "territories.commune",
    "institutions.documenttype",
    "institutions.updateround",
    "applications.call",
    "applications.holiday",
}


def build():
    """The objects, by the label of their model, and the people, by name."""
    people = make_people()
    record = make_record(people)
    process = make_process(record, people)
    own = make_own(people["manager"])
    return {**record, **process, **own}, people


def make_people():
    """Near: of the territory of the objects, or of the country. Far: of another."""
    here, next_door, far = (
        make.delegation(code) for code in (make.LARACHE, make.TETOUAN, make.FES)
    )
    return {
        "manager": make.MemberFactory(email=f"manager@{MARK}.ma", name="Zaafrane"),
        "editor": make.MemberFactory(email=f"editor@{MARK}.ma"),
        "delegate": make.DelegateFactory(delegation=here),
        "coordinator": make.CoordinatorFactory(region=here.region),
        "central": make.CentralFactory(),
        "inspector": make.InspectorFactory(),
        "administrator": make.AdministratorFactory(),
        "member elsewhere": make.MemberFactory(),
        "delegate next door": make.DelegateFactory(delegation=next_door),
        "delegate elsewhere": make.DelegateFactory(delegation=far),
        "coordinator elsewhere": make.CoordinatorFactory(region=far.region),
    }


def make_record(people):
    association = make.AssociationFactory(
        **NAMES, manager=people["manager"], editor=people["editor"]
    )
    make.AssociationFactory(
        delegation=make.delegation(make.FES), manager=people["member elsewhere"]
    )
    institution = make.InstitutionFactory(association=association, **NAMES)
    centre = make.CentreFactory(association=association, **NAMES)
    child = make.ChildFactory(association=association, name="Zaafrane")
    kind = make.DocumentTypeFactory(
        code="authorisation-of-the-walk", level=DocumentLevel.INSTITUTION
    )
    document = make.DocumentFactory(
        association=association, type=kind, original_name="Zaafrane.pdf"
    )
    update = make.AnnualUpdateFactory(association=association, verified=True)
    return {
        "institutions.association": association,
        "institutions.membership": association.memberships.first(),
        "institutions.invitation": make.InvitationFactory(
            association=association, email=f"invited@{MARK}.ma"
        ),
        "institutions.joinrequest": make.JoinRequestFactory(
            access=True, association=association, contact_name="Zaafrane"
        ),
        "institutions.institution": institution,
        "institutions.centre": centre,
        "institutions.child": child,
        "institutions.enrolment": make.EnrolmentFactory(centre=centre, child=child),
        "institutions.staffmember": make.StaffMemberFactory(
            centre=centre, name="Zaafrane"
        ),
        "institutions.sheetimport": make.SheetImportFactory(
            centre=centre, created_by=people["manager"], file_name="Zaafrane.xlsx"
        ),
        "institutions.documenttype": kind,
        "institutions.document": document,
        "institutions.annualupdate": update,
        **make_figures(institution),
        "institutions.recordfinding": make.RecordFindingFactory(
            institution=institution
        ),
        "institutions.updateround": update.round,
        "territories.region": association.delegation.region,
        "territories.delegation": association.delegation,
        "territories.commune": association.commune,
    }


def make_figures(institution):
    row = {"institution": institution}
    return {
        "institutions.headcount": make.HeadcountFactory(**row, year=2020),
        "institutions.staffcount": make.StaffCountFactory(**row),
        "institutions.accountline": make.AccountLineFactory(**row),
        "institutions.unmetrequests": make.UnmetRequestsFactory(**row),
        "institutions.seasoncount": make.SeasonCountFactory(**row),
        "institutions.fundingline": make.FundingLineFactory(**row),
        "institutions.functioncount": make.FunctionCountFactory(**row),
    }


def make_process(record, people):
    call = make.CallFactory(with_document=True)
    file = make.ApplicationFactory(
        call=call,
        association=record["institutions.association"],
        institution=record["institutions.institution"],
        update=record["institutions.annualupdate"],
        state=State.SUBMITTED,
        number=NUMBER,
        subject="Zaafrane",
    )
    attachment = make.AttachmentFactory(
        application=file, document=record["institutions.document"]
    )
    award = make.AwardFactory(
        application__association=record["institutions.association"],
        application__institution__name_fr="Zaafrane",
        application__institution__name_ar="Zaafrane",
        application__update=record["institutions.annualupdate"],
        application__call=call,
    )
    instalment = make.InstalmentFactory(award=award)
    return {
        "applications.call": call,
        "applications.application": file,
        "applications.attachment": attachment,
        "applications.remark": make.RemarkFactory(application=file, text="Zaafrane"),
        "applications.letter": make.LetterFactory(application=file),
        "applications.award": award,
        "applications.instalment": instalment,
        "applications.settlement": make.SettlementFactory(award=award),
        "applications.sitting": award.application.sitting,
        "applications.envelope": make.EnvelopeFactory(call=call, region=file.region),
        "applications.latecode": make.LateCodeFactory(
            call=call,
            association=record["institutions.association"],
            code="ZAAFRANE",
            reason="Zaafrane",
        ),
        "applications.holiday": Holiday.objects.create(
            day=timezone.localdate() + datetime.timedelta(days=9), label="عيد"
        ),
    }


def make_own(manager):
    """What one person was told, asked for, was mailed, and looked at."""
    job = jobs.request("some.task", owner=manager)
    with jobs.run(job.pk) as run:
        run.finish(ContentFile(b"Zaafrane"), name="Zaafrane.csv")
    access.log(
        manager, Access.READ, subject=("institutions.document", 1), detail="Zaafrane"
    )
    notice = Outbox.objects.get(recipient=manager)
    mail = Mail.objects.create(
        message_id=MARK, to=manager.email, subject="Zaafrane", text="Zaafrane"
    )
    return {
        "accounts.job": job,
        "accounts.outbox": notice,
        "accounts.mail": mail,
        "accounts.accesslog": manager.accesslog_set.get(),
        "accounts.user": manager,
    }


def sees(role, label):
    """Whether a far or unlike role may read such an object all the same."""
    if role == Role.ADMINISTRATOR:
        return label in {"accounts.user", "accounts.accesslog", "accounts.mail"}
    return False
