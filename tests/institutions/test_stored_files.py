"""Files in a bucket of S3-compatible storage, as on a disk: private, moved, swept."""

from datetime import timedelta

import boto3
import pytest
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer

from entraide.storage import private_storage
from institutions import evidence, previews, stored_files, vault
from institutions.models import Document, DocumentType
from tests import factories
from tests.files import pdfs, pictures

pytestmark = pytest.mark.django_db
BUCKET = "portal"
KEYS = {"access_key": "made-up", "secret_key": "made-up-too"}


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, settings):
    """An empty bucket, which is the storage of private files during the test."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )
    client.create_bucket(Bucket=BUCKET)
    place = private_storage(BUCKET, endpoint=endpoint, region="us-east-1", **KEYS)
    settings.STORAGES = {**settings.STORAGES, "default": place}
    yield client
    storages["default"].connection.meta.client.close()
    for name in names(client):
        client.delete_object(Bucket=BUCKET, Key=name)
    client.delete_bucket(Bucket=BUCKET)
    client.close()


def names(client):
    listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [row["Key"] for row in listed]


@pytest.fixture
def keep(manager):
    association = factories.AssociationFactory(manager=manager)

    def store(name="a.pdf", data=None):
        return vault.store(
            SimpleUploadedFile(name, data or pdfs.good()),
            association=association,
            type=DocumentType.objects.get(code="receipt"),
            actor=manager,
        )

    return store


def test_without_a_bucket_files_stand_in_a_folder():
    backend = private_storage("")["BACKEND"]
    assert backend == "django.core.files.storage.FileSystemStorage"


def test_a_file_is_written_apart_then_moved_once_committed(
    bucket, keep, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = keep()
        assert names(bucket) == [stored_files.incoming(document.file.name)]
    assert names(bucket) == [document.file.name]
    stored_files.put_in_place(document.file.name)
    assert names(bucket) == [document.file.name]


def test_a_file_of_a_bucket_is_read_through_the_portal(bucket, keep, client, manager):
    document = keep()
    client.force_login(manager)
    answer = client.get(reverse("institutions:document", args=[document.pk]))
    assert b"".join(answer.streaming_content) == pdfs.good()
    stored_files.put_in_place(document.file.name)
    answer = client.get(reverse("institutions:document", args=[document.pk]))
    assert b"".join(answer.streaming_content) == pdfs.good()


def test_a_file_that_is_lost_is_not_found(bucket, keep, client, manager):
    document = keep()
    for name in names(bucket):
        bucket.delete_object(Bucket=BUCKET, Key=name)
    client.force_login(manager)
    answer = client.get(reverse("institutions:document", args=[document.pk]))
    assert answer.status_code == 404


def test_files_of_a_bucket_are_private(bucket, keep):
    document = keep()
    (name,) = names(bucket)
    grants = bucket.get_object_acl(Bucket=BUCKET, Key=name)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    assert "Signature" in default_storage.url(document.file.name)


def test_the_sweep_finishes_moves_and_removes_orphans(bucket, keep):
    document = keep()
    with transaction.atomic():
        keep("b.jpg", pictures.jpeg())
        transaction.set_rollback(True)
    assert len(names(bucket)) == 2
    assert stored_files.sweep() == 0
    assert stored_files.sweep(timezone.now() + timedelta(hours=25)) == 2
    assert names(bucket) == [document.file.name]
    assert Document.objects.get() == document


def test_nothing_to_sweep_in_an_empty_bucket(bucket):
    assert stored_files.sweep() == 0


def test_what_requests_left_in_a_bucket_is_swept(bucket):
    evidence.keep(SimpleUploadedFile("minutes.pdf", pdfs.good()))
    assert evidence.sweep() == 0
    assert evidence.sweep(timezone.now() + timedelta(hours=25)) == 1
    assert names(bucket) == []


def test_a_front_page_is_kept_in_the_bucket(bucket, keep):
    document = keep("b.jpg", pictures.jpeg())
    assert previews.make(document.pk)
    assert previews.path_of(document) in names(bucket)
    assert previews.picture_of(document)[8:12] == b"WEBP"
    assert not previews.make(document.pk)
