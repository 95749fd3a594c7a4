"""Mails to people who have no account yet."""

import pytest
from django.core import mail
from django.db import IntegrityError

from accounts import outbox
from accounts.models import Addressee, Outbox
from accounts.tasks import deliver_one
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def tell(address, language="fr"):
    reader = outbox.reader_of(address, language=language)
    what = {"subject": ("job", 1), "context": {"file_name": "a.csv"}}
    outbox.tell([reader], "job_done", **what)
    return reader


def test_an_address_without_account_is_mailed_once_in_its_language():
    assert tell(" New@Example.ma") == Addressee("new@example.ma", "fr")
    tell("new@example.ma")
    assert deliver_one()
    assert not deliver_one()
    (sent,) = mail.outbox
    assert sent.to == ["new@example.ma"]
    assert sent.extra_headers["Content-Language"] == "fr"


def test_an_address_with_an_account_is_that_account():
    person = MemberFactory(email="known@example.ma", language="ar")
    assert tell("KNOWN@example.ma") == person
    assert Outbox.objects.get().recipient == person
    assert list(Outbox.objects.visible_to(person)) == [Outbox.objects.get()]


@pytest.mark.parametrize("fields", [{}, {"address": "a@example.ma", "member": True}])
def test_a_notice_is_to_an_account_or_to_an_address(fields):
    person = MemberFactory() if fields.pop("member", False) else None
    with pytest.raises(IntegrityError):
        Outbox.objects.create(
            kind="job_done", object_id=1, key="k", recipient=person, **fields
        )
