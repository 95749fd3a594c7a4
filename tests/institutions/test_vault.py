"""The vault: one row per content, all or nothing on the disk, orphans swept."""

import errno
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from institutions import stored_files, vault
from institutions.loading import load_document_types
from institutions.models import Document, DocumentType
from institutions.tasks import sweep_incoming
from tests import factories
from tests.factories import FES, TETOUAN, delegation
from tests.files import pdfs, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def statutes():
    return DocumentType.objects.get(code="statutes")


@pytest.fixture
def keep(association, statutes, manager):
    def store(data=None, name="a.pdf", **values):
        file = SimpleUploadedFile(name, pdfs.good() if data is None else data)
        values = {"association": association, "type": statutes, **values}
        return vault.store(file, actor=manager, **values)

    return store


def on_disk(settings):
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def test_a_file_is_written_apart_then_moved_once_committed(
    keep, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = keep()
        (before,) = on_disk(settings)
    assert before.startswith("incoming/")
    assert on_disk(settings) == [document.file.name]
    assert document.sha256 == hashlib.sha256(pdfs.good()).hexdigest()


def test_a_file_is_read_before_and_after_the_move(
    keep, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = keep()
        with stored_files.open_file(document) as early:
            assert early.read() == pdfs.good()
    with stored_files.open_file(document) as late:
        assert late.read() == pdfs.good()


def test_the_same_content_is_kept_once(keep, settings):
    assert keep() == keep(name="other name.pdf")
    assert len(on_disk(settings)) == 1


def test_the_same_content_of_two_associations_is_two_documents(keep):
    other = factories.AssociationFactory()
    assert keep() != keep(association=other)


def test_the_same_content_under_another_type_is_refused_by_name(keep, statutes):
    keep()
    receipt = DocumentType.objects.get(code="receipt")
    with pytest.raises(ValidationError) as refusal:
        keep(type=receipt)
    assert statutes.name in refusal.value.messages[0]
    assert Document.objects.get().type == statutes


def test_a_document_taken_back_comes_back_under_its_new_type(keep, manager):
    document = keep()
    vault.take_back(document.pk, actor=manager)
    receipt = DocumentType.objects.get(code="receipt")
    again = keep(type=receipt)
    assert (again.pk, again.type, again.is_withdrawn) == (document.pk, receipt, False)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", lambda: b""),
        ("a.pdf", lambda: b"hello"),
        ("a.pdf", pictures.office_with_macro),
        ("a.jpg", pdfs.good),
        ("a.pdf", lambda: bytes(10 * 1024 * 1024 + 1)),
    ],
)
def test_what_is_refused_leaves_neither_row_nor_file(keep, settings, name, data):
    with pytest.raises(ValidationError):
        keep(data(), name)
    assert not Document.objects.exists()
    assert on_disk(settings) == []


class FullDisk(FileSystemStorage):
    """Writes half of the file, then has no room left."""

    def _save(self, name, content):
        super()._save(name, type(content)(content.file, name=name))
        path = Path(self.path(name))
        path.write_bytes(path.read_bytes()[: content.size // 2])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_and_leaves_nothing(keep, settings, monkeypatch):
    monkeypatch.setattr(stored_files, "default_storage", FullDisk())
    with pytest.raises(ValidationError) as refusal:
        keep()
    assert refusal.value.code == "full"
    assert not Document.objects.exists()
    assert on_disk(settings) == []


def test_another_error_of_the_disk_is_not_hidden(keep, settings, monkeypatch):
    class Broken(FileSystemStorage):
        def _save(self, name, content):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(stored_files, "default_storage", Broken())
    with pytest.raises(OSError, match="Input/output"):
        keep()
    assert not Document.objects.exists()


def test_usable_are_those_that_are_good_on_that_day(association, statutes):
    today = timezone.localdate()
    good = factories.DocumentFactory(
        association=association, type=statutes, expires_on=today
    )
    factories.DocumentFactory(
        association=association, type=statutes, expires_on=today - timedelta(days=1)
    )
    factories.DocumentFactory(association=association, type=statutes, is_withdrawn=True)
    factories.DocumentFactory(type=statutes)
    assert list(vault.usable(association, statutes, on=today)) == [good]


def test_usable_of_an_institution_leaves_out_its_neighbours(association, statutes):
    one, other = factories.InstitutionFactory.create_batch(2, association=association)
    mine = factories.DocumentFactory(
        association=association, type=statutes, institution=one
    )
    factories.DocumentFactory(association=association, type=statutes, institution=other)
    day = timezone.localdate()
    assert list(vault.usable(association, statutes, institution=one, on=day)) == [mine]


def test_a_stranger_takes_nothing_back(keep):
    document = keep()
    stranger = factories.MemberFactory()
    factories.AssociationFactory(manager=stranger)
    with pytest.raises(Document.DoesNotExist):
        vault.take_back(document.pk, actor=stranger)
    with pytest.raises(PermissionDenied):
        vault.take_back(document.pk, actor=factories.CentralFactory())
    assert not Document.objects.get().is_withdrawn


# The sweep.


def test_an_upload_rolled_back_is_swept_after_a_day(keep, settings):
    with transaction.atomic():
        keep()
        transaction.set_rollback(True)
    assert not Document.objects.exists()
    assert len(on_disk(settings)) == 1
    assert stored_files.sweep() == 0
    later = timezone.now() + timedelta(hours=25)
    assert stored_files.sweep(later) == 1
    assert on_disk(settings) == []


def test_an_interrupted_move_is_finished_by_the_sweep(keep, settings):
    document = keep()
    assert stored_files.sweep(timezone.now() + timedelta(hours=25)) == 1
    assert on_disk(settings) == [document.file.name]


def test_the_nightly_task_is_the_one_that_is_scheduled(settings):
    names = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sweep_incoming.name in names
    assert sweep_incoming() == 0


def test_moving_twice_is_harmless(keep):
    document = keep()
    stored_files.put_in_place(document.file.name)
    stored_files.put_in_place(document.file.name)
    with default_storage.open(document.file.name) as content:
        assert content.read() == pdfs.good()


# Who sees a document (decision 12).


def test_documents_follow_their_unit():
    association = factories.AssociationFactory()
    home = factories.InstitutionFactory(
        association=association, delegation=delegation(TETOUAN)
    )
    own = factories.DocumentFactory(association=association)
    of_home = factories.DocumentFactory(association=association, institution=home)
    seat = factories.DelegateFactory()
    neighbour = factories.DelegateFactory(delegation=delegation(TETOUAN))
    stranger = factories.DelegateFactory(delegation=delegation(FES))
    assert list(Document.objects.visible_to(seat)) == [own]
    assert set(Document.objects.visible_to(neighbour)) == {own, of_home}
    assert not Document.objects.visible_to(stranger).exists()


def test_the_list_of_types_is_loaded_once(language):
    assert load_document_types() == (0, 0)
    DocumentType.objects.filter(code="statutes").update(name_fr="x", is_active=False)
    assert load_document_types() == (0, 1)
    again = DocumentType.objects.get(code="statutes")
    assert again.name_fr == "Statuts de l’association"
    assert not again.is_active
