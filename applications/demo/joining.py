"""People at the door of the demonstration: one of each kind, at the same delegation."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts import demo
from accounts.models import User
from applications.demo import papers
from institutions import evidence, joining, members
from institutions.enums import JoinKind, MembershipRole, ReceiptKind
from institutions.models import Association, JoinRequest

PEOPLE = (
    ("سعاد الإدريسي", "souad.idrissi", JoinKind.REGISTRATION),
    ("عبد الحق الزروالي", "abdelhak.zerouali", JoinKind.ACCESS),
    ("نعيمة البقالي", "naima.bakkali", JoinKind.SUCCESSION),
)


@transaction.atomic
def make() -> None:
    """Three requests that wait, and an invitation of the first association."""
    officer = User.objects.get(email=demo.DELEGATION)
    known = Association.objects.current().filter(delegation=officer.delegation)
    association = known.order_by("pk").first()
    if association is None or JoinRequest.objects.exists():
        return
    for name, mailbox, kind in PEOPLE:
        _ask(name, mailbox, kind, association=association)
    manager = User.objects.get(email=demo.ASSOCIATION)
    membership = manager.memberships.active().order_by("pk").first()
    if membership is not None:
        members.invite(
            membership.association_id,
            actor=manager,
            email=f"tresoriere@{demo.DEMO_DOMAIN}",
            role=MembershipRole.EDITOR,
        )


def _ask(name: str, mailbox: str, kind: str, *, association: Association) -> None:
    """A registration resembles an association that is here: a case for the desk."""
    is_new = kind == JoinKind.REGISTRATION
    values: dict[str, Any] = {
        "kind": kind,
        "association": None if is_new else association,
        "delegation": association.delegation,
        "commune": association.commune,
        "name_ar": association.name_ar,
        "receipt_number": "118/2025" if is_new else association.receipt_number,
        "receipt_kind": ReceiptKind.FINAL,
        "receipt_on": timezone.localdate().replace(month=1, day=15),
        "contact_name": name,
        "email": f"{mailbox}@{demo.DEMO_DOMAIN}",
        "phone": "+212661234567",
        "language": "ar",
    }
    if kind == JoinKind.SUCCESSION:
        values |= {
            "assembly_on": timezone.localdate().replace(month=1, day=20),
            "board_term_months": 48,
            "cnie": "K654321",
        }
    paper = ContentFile(papers.pdf(["Specimen"]), name="specimen.pdf")
    joining.ask(values, file=evidence.keep(paper))
    row = JoinRequest.objects.get(email=values["email"])
    joining.confirm(row.email_token)
