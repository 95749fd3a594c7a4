"""Asking for an account on a telephone, without one, and without script."""

import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Outbox, User
from institutions.enums import JoinKind, JoinState
from institutions.models import Invitation, JoinRequest, Membership
from tests import factories
from tests.factories import commune, delegation, made_up_rib
from tests.files import pdfs

pytestmark = pytest.mark.django_db


def paper(content=None, name="receipt.pdf"):
    content = pdfs.good() if content is None else content
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def step(client, name, **data):
    return client.post(reverse(f"joining:{name}"), data)


def association(**values):
    return {
        "receipt_number": "77 / 2024",
        "receipt_kind": "final",
        "receipt_on": "01/03/2024",
        "name_ar": "جمعية الفجر",
        "name_fr": "",
        "commune": commune().pk,
        "ice": "",
        "rib": "",
        **values,
    }


def person(**values):
    return {
        "contact_name": "سعاد الفاسي",
        "email": "Asker@Example.ma",
        "phone": "0661000001",
        **values,
    }


def begin(client, **values):
    step(client, "start", delegation=delegation().pk)
    return step(client, "association", **association(**values))


def test_a_new_association_asks_in_three_steps(client, language):
    assert step(client, "start", delegation=delegation().pk).url == reverse(
        "joining:association"
    )
    assert begin(client).url == reverse("joining:person")
    answer = step(client, "person", **person(), file=paper())
    assert answer.url == reverse("joining:sent")
    row = JoinRequest.objects.get()
    assert (row.kind, row.delegation) == (JoinKind.REGISTRATION, delegation())
    assert (row.receipt_number, row.email) == ("77 / 2024", "asker@example.ma")
    assert (row.language, row.email_confirmed_at) == (language, None)
    page = client.get(answer.url).content.decode()
    assert "asker@example.ma" in page
    assert str(row.email_token) not in page


def test_possible_duplicates_are_offered_with_public_facts_only(client):
    known = factories.AssociationFactory(
        name_ar="جمعية الفجر", receipt_number="045/2018", rib=made_up_rib(5)
    )
    factories.BoardMemberFactory(association=known, name="رئيس سري")
    assert begin(client).url == reverse("joining:same")
    page = client.get(reverse("joining:same")).content.decode()
    assert "جمعية الفجر" in page
    assert "018" in page
    assert known.commune.name_ar in page
    for secret in (known.receipt_number, known.rib, "رئيس سري"):
        assert secret not in page


@pytest.mark.parametrize("kind", ["access", "succession"])
def test_it_is_one_of_these(client, kind):
    known = factories.AssociationFactory(name_ar="جمعية الفجر")
    begin(client)
    step(client, "same", choice=f"{kind}-{known.pk}")
    more = {"cnie": "K123456", "assembly_on": "12/09/2026", "board_term_months": "48"}
    extra = more if kind == "succession" else {}
    step(client, "person", **person(), **extra, file=paper())
    row = JoinRequest.objects.get()
    assert (row.kind, row.association) == (kind, known)
    assert row.cnie == extra.get("cnie", "")


def test_none_of_these_is_a_registration(client):
    factories.AssociationFactory(name_ar="جمعية الفجر")
    begin(client)
    step(client, "same", choice="none")
    step(client, "person", **person(), file=paper())
    assert JoinRequest.objects.get().kind == JoinKind.REGISTRATION


@pytest.mark.parametrize("choice", ["access-{}", "registration-{}", "x", "access-x"])
def test_what_was_not_offered_is_not_chosen(client, choice):
    factories.AssociationFactory(name_ar="جمعية الفجر")
    other = factories.AssociationFactory(name_ar="جمعية أخرى")
    begin(client)
    assert step(client, "same", choice=choice.format(other.pk)).status_code == 404


@pytest.mark.parametrize("name", ["association", "same", "person", "sent"])
def test_a_step_out_of_turn_leads_to_the_one_that_is_missing(client, name):
    answer = client.get(reverse(f"joining:{name}"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("joining:start")


def test_a_file_survives_an_error_of_the_form(client):
    begin(client)
    answer = step(client, "person", **person(phone="12"), file=paper())
    assert answer.status_code == 200
    assert "receipt.pdf" in answer.content.decode()
    step(client, "person", **person())
    row = JoinRequest.objects.get()
    assert row.evidence_name == "receipt.pdf"
    assert default_storage.exists(row.evidence.name)


PHONE_ADVICE = {"ar": "بعشرة أرقام", "fr": "dix chiffres"}


def test_a_phone_that_is_none_is_said_in_our_own_words(client, language):
    begin(client)
    answer = step(client, "person", **person(phone="12"), file=paper())
    (text,) = answer.context["form"].errors["phone"]
    assert PHONE_ADVICE[language] in text


@pytest.mark.parametrize(
    "content", [b"", b"nothing", b"%PDF-1.7 broken", b"<script>alert(1)</script>"]
)
def test_a_bad_file_is_refused_with_its_reason(client, content):
    begin(client)
    answer = step(client, "person", **person(), file=paper(content))
    assert list(answer.context["form"].errors) == ["file"]
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("receipt_number", ""),
        ("name_ar", ""),
        ("receipt_on", "01/01/2999"),
        ("ice", "123"),
        ("rib", "1" * 24),
        ("commune", "0"),
    ],
)
def test_what_the_receipt_says_is_checked(client, field, value):
    answer = begin(client, **{field: value})
    assert list(answer.context["form"].errors) == [field]


def test_the_answer_is_the_same_whoever_the_address_belongs_to(client):
    """Nobody learns here who has an account."""
    pages = []
    addresses = [
        "unknown@example.ma",
        factories.MemberFactory().email,
        factories.DelegateFactory().email,
    ]
    for address in addresses:
        begin(client)
        answer = step(client, "person", **person(email=address), file=paper())
        page = client.get(answer.url).content.decode().replace(address, "")
        pages.append(re.sub(r'csrf[^>]*value="[^"]*"', "", page))
    assert pages[0] == pages[1] == pages[2]
    assert JoinRequest.objects.count() == 2


def test_too_many_requests_for_one_address_are_stopped(client):
    answers = []
    for _rank in range(6):
        begin(client)
        answers.append(step(client, "person", **person(), file=paper()).status_code)
    assert answers == [302] * 5 + [429]


# The page that the link of the mail opens.


def test_opening_the_link_confirms_nothing_until_the_button(client):
    row = factories.JoinRequestFactory(email_confirmed_at=None)
    url = reverse("joining:status", args=[row.email_token])
    client.get(url)
    row.refresh_from_db()
    assert row.email_confirmed_at is None
    client.post(url)
    client.post(url)
    row.refresh_from_db()
    assert row.email_confirmed_at is not None


def test_the_status_page_says_what_happens(client, language):
    row = factories.JoinRequestFactory()
    url = reverse("joining:status", args=[row.email_token])
    assert row.delegation.office_name in client.get(url).content.decode()
    JoinRequest.objects.update(
        state=JoinState.REFUSED,
        reason="وصل غير مقروء",
        decided_by=factories.DelegateFactory(name="Officer Secret"),
        decided_at=timezone.now(),
    )
    page = client.get(url).content.decode()
    assert "وصل غير مقروء" in page
    assert "Officer Secret" not in page


def test_an_unknown_token_is_nothing(client):
    url = reverse("joining:status", args=["00000000-0000-4000-8000-000000000000"])
    assert client.get(url).status_code == 404


# Invitations.


@pytest.fixture
def invitation():
    return factories.InvitationFactory(email="new@example.ma", role="manager")


def link(row):
    return reverse("joining:invitation", args=[row.token])


def passwords(first="a long enough one", again="a long enough one"):
    return {"name": "Nadia", "password": first, "password_again": again}


def test_a_new_person_chooses_a_password_and_is_inside(client, invitation, language):
    assert client.get(link(invitation)).status_code == 200
    client.post(link(invitation), passwords())
    membership = Membership.objects.get(user__email="new@example.ma")
    assert (membership.role, membership.user.language) == ("manager", language)
    assert client.session["_auth_user_id"] == str(membership.user.pk)
    assert client.get(link(invitation)).status_code == 410


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (passwords("short", "short"), "password"),
        (passwords("1234567890123", "1234567890123"), "password"),
        (passwords(again="another one here"), "password_again"),
        ({**passwords(), "name": ""}, "name"),
    ],
)
def test_a_password_that_will_not_do(client, invitation, typed, field):
    answer = client.post(link(invitation), typed)
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.filter(email="new@example.ma").exists()


def test_an_account_that_exists_signs_in_first(client, invitation):
    person = factories.MemberFactory(email="new@example.ma")
    page = client.get(link(invitation)).content.decode()
    assert f"?next={link(invitation)}" in page
    client.post(link(invitation))
    assert not Membership.objects.filter(user=person).exists()
    client.force_login(person)
    client.post(link(invitation))
    assert Membership.objects.get(user=person).role == "manager"


def test_somebody_else_s_session_does_not_accept(client, invitation):
    factories.MemberFactory(email="new@example.ma")
    other = factories.MemberFactory()
    client.force_login(other)
    client.post(link(invitation))
    assert Invitation.objects.get().accepted_at is None


def test_a_link_that_has_run_out_says_what_to_do(client, invitation, language):
    Invitation.objects.update(expires_at=timezone.now())
    answer = client.post(link(invitation), passwords())
    assert answer.status_code == 410
    assert not User.objects.filter(email="new@example.ma").exists()
    assert not Outbox.objects.exists()
