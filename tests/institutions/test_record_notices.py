"""The words of every mail about the record and its update, in both languages."""

import pytest

from accounts.models import Outbox
from accounts.notifications import compose
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
SAMPLE = {
    "association_ar": "جمعية الأمل",
    "association_fr": "Association Espoir",
    "type_ar": "النظام الأساسي",
    "type_fr": "Statuts",
    "year": 2027,
    "due_on": "2026-12-31",
    "officer": "Samir",
    "reason": "كشف التعريف البنكي غير مقروء",
}
LINES = {
    f"lines_{code}": [[name, unit, "2027-01-15"], [name, "", "2027-01-20"]]
    for code, name, unit in [
        ("ar", "شهادة التأمين", "دار الطالبة"),
        ("fr", "Attestation d’assurance", "Dar Taliba"),
    ]
}
KINDS = [
    ("document_infected", {}),
    ("document_infected_staff", {}),
    *[("documents_expiring", {"count": count, **LINES}) for count in (1, 2, 3)],
    *[
        ("update_reminder", {"state": state})
        for state in ("not_begun", "begun", "sent_back")
    ],
    *[("update_sent_back", {"count": count}) for count in (0, 1, 3)],
    *[
        (f"update_{step}", {})
        for step in ("confirmed", "verified", "entered", "entered_and_verified")
    ],
    *[(f"association_{state}", {}) for state in ("verified", "refused", "suspended")],
]


def name_of(value):
    if isinstance(value, dict):
        return "-".join(str(v) for k, v in value.items() if not k.startswith("lines"))
    return value


@pytest.mark.parametrize("code", ["ar", "fr"])
@pytest.mark.parametrize(("kind", "more"), KINDS, ids=name_of)
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
