"""What the worker does for files: once, and one file at a time."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from applications import tasks
from applications.enums import LetterKind, State
from applications.models import Letter
from applications.pdf import content
from tests.applications.acting import returned
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    LetterFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db


def letter():
    file = ApplicationFactory(state=State.SUBMITTED)
    context = content(file, LetterKind.RECEIPT)
    return LetterFactory(application=file, context=context)


def test_a_letter_is_made_once_and_its_print_kept():
    row = letter()
    tasks.make_letter(row.pk)
    row.refresh_from_db()
    with default_storage.open(row.file.name) as kept:
        assert hashlib.sha256(kept.read()).hexdigest() == row.sha256
    made_at = row.made_at
    tasks.make_letter(row.pk)
    row.refresh_from_db()
    assert row.made_at == made_at
    assert default_storage.listdir("letters")[1] == [f"{row.token}.pdf"]


def test_a_run_cut_short_leaves_no_second_file(monkeypatch):
    row = letter()

    def broken(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Letter, "save", broken)
        with pytest.raises(RuntimeError):
            tasks.make_letter(row.pk)
    tasks.make_letter(row.pk)
    assert default_storage.listdir("letters")[1] == [f"{row.token}.pdf"]


def test_letters_left_behind_are_asked_for_again(monkeypatch):
    late, young = LetterFactory(), LetterFactory()
    made = LetterFactory(made_at=timezone.now())
    Letter.objects.filter(pk__in=[late.pk, made.pk]).update(
        created_at=timezone.now() - tasks.LEFT_BEHIND - timedelta(seconds=1)
    )
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda name, pk: woken.append((name, pk)))
    tasks.sweep_letters()
    assert woken == [("applications.tasks.make_letter", late.pk)]
    assert young.made_at is None


def test_only_files_past_their_day_go_back_as_they_are():
    late = ApplicationFactory(state=State.RETURNED)
    returned(late)
    in_time = ApplicationFactory(state=State.RETURNED)
    returned(in_time, due_on=timezone.localdate())
    tasks.pass_deadlines()
    late.refresh_from_db()
    in_time.refresh_from_db()
    assert (late.state, late.is_incomplete) == (State.SUBMITTED, True)
    assert in_time.state == State.RETURNED


def test_one_file_that_moved_stops_none_of_the_others(monkeypatch):
    files = [ApplicationFactory(state=State.RETURNED) for _ in range(2)]
    for file in files:
        returned(file)
    real = tasks.workflow.resubmit_as_is

    def moved_meanwhile(pk):
        if pk == files[0].pk:
            raise tasks.ValidationError("moved")
        return real(pk)

    monkeypatch.setattr(tasks.workflow, "resubmit_as_is", moved_meanwhile)
    tasks.pass_deadlines()
    states = [type(f).objects.get(pk=f.pk).state for f in files]
    assert states == [State.RETURNED, State.SUBMITTED]


def test_a_letter_is_downloaded_by_those_who_see_the_file_only(client):
    row = letter()
    address = reverse("applications:letter", args=[row.pk])
    client.force_login(MemberFactory())
    assert client.get(address).status_code == 404
    member = MemberFactory()
    AssociationFactory(manager=member)
    row.application.association.memberships.create(user=member, role="editor")
    client.force_login(member)
    assert client.get(address).status_code == 404
    tasks.make_letter(row.pk)
    response = client.get(address)
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"%PDF")
