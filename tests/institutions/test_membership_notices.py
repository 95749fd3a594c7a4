"""The words of every mail about joining, in both languages."""

import datetime

import pytest

from accounts.models import Outbox
from accounts.notifications import compose
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
SAMPLE = {
    "association_ar": "جمعية الأمل",
    "association_fr": "Association Espoir",
    "gone_ar": "جمعية الأمل 2",
    "gone_fr": "Association Espoir 2",
    "person": "Nadia",
    "reason": "الوصل غير مقروء",
    "until_at": datetime.datetime(2026, 12, 6, 10, 0, tzinfo=datetime.UTC).isoformat(),
}
ROLES = ("editor", "manager")
WITH_ROLE = ("member_invited", "member_joined", "member_role_changed")
KINDS = [
    *[(kind, {"role": role}) for kind in WITH_ROLE for role in ROLES],
    *[
        ("join_received", {"kind": kind})
        for kind in ("registration", "access", "succession")
    ],
    *[
        (kind, {})
        for kind in (
            "association_merged",
            "invitation_revoked",
            "join_accepted",
            "join_accepted_member",
            "join_confirm",
            "join_refused",
            "join_staff_address",
            "member_ended",
            "succession_asked",
            "succession_ended",
            "succession_refused",
        )
    ],
]


@pytest.mark.parametrize("code", ["ar", "fr"])
@pytest.mark.parametrize(("kind", "more"), KINDS, ids=str)
def test_the_words_of_every_mail(kind, more, code, snapshot, settings):
    settings.PORTAL_URL = "https://portal.example"
    notice = Outbox(
        kind=kind,
        object_kind="association",
        object_id=1,
        recipient=MemberFactory(language=code, name="Nadia"),
        key="k",
        context={**SAMPLE, **more},
        path="/my/record/",
    )
    message = compose(notice)
    assert f"{message.subject}\n\n{message.text}" == snapshot
    assert "{" not in message.text
