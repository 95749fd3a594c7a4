"""Virus scan: pending blocks nobody, a virus closes a file, failures come again."""

import io
import logging
import socketserver
import struct
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Outbox
from entraide import health
from institutions import scanning, tasks, vault
from institutions.enums import ScanState
from institutions.models import Document, DocumentType
from tests import factories
from tests.files import pdfs, pictures

pytestmark = pytest.mark.django_db
# The string that every scanner reports as a virus, in two so that this file is none.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PENDING, CLEAN, FAILED = ScanState.PENDING, ScanState.CLEAN, ScanState.FAILED
INFECTED, OFF = ScanState.INFECTED, ScanState.OFF


class Clamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM: chunks with their length, an empty one, then the verdict."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        sent = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            sent += self.rfile.read(size)
        verdict = b"Eicar-Test-Signature FOUND" if EICAR in sent else b"OK"
        answer = self.server.answer or b"stream: " + verdict
        self.wfile.write(answer + b"\0")


@pytest.fixture
def clamd(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        server.answer = b""
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV_HOST, settings.CLAMAV_PORT = server.server_address
        yield server
        server.shutdown()


@pytest.fixture
def keep(association, manager):
    def store(data=None, name="a.pdf"):
        return vault.store(
            SimpleUploadedFile(name, data or pdfs.good()),
            association=association,
            type=DocumentType.objects.get(code="statutes"),
            actor=manager,
        )

    return store


def infected():
    """A PDF is kept as it came, with some bytes after its end."""
    return pdfs.good() + b"%" + EICAR + b"\n"


def state(document):
    document.refresh_from_db()
    return document.scan_state


def test_without_a_scanner_nothing_waits(keep):
    assert keep().scan_state == OFF


def test_a_file_waits_then_is_clean(clamd, keep):
    document = keep()
    assert document.scan_state == PENDING
    tasks.scan_document(document.pk)
    assert state(document) == CLEAN
    assert document.scanned_at is not None


def test_a_virus_closes_the_file_and_is_told(clamd, keep, association, manager):
    officer = factories.DelegateFactory(delegation=association.delegation)
    document = keep(infected())
    tasks.scan_document(document.pk)
    tasks.scan_document(document.pk)
    assert state(document) == INFECTED
    told = Outbox.objects.order_by("kind").values_list("kind", "recipient")
    assert list(told) == [
        ("document_infected", manager.pk),
        ("document_infected_staff", officer.pk),
    ]
    assert not vault.may_read(document, manager)


def test_a_file_with_a_virus_is_not_used_and_not_taken_again(clamd, keep, association):
    document = keep(infected())
    scanning.scan(document.pk)
    day = timezone.localdate()
    assert not vault.usable(association, document.type, on=day).exists()
    with pytest.raises(ValidationError) as refusal:
        keep(infected())
    assert refusal.value.code == "infected"


def test_a_pending_file_is_used_meanwhile(clamd, keep, association):
    document = keep()
    day = timezone.localdate()
    assert list(vault.usable(association, document.type, on=day)) == [document]


def test_a_picture_carries_nothing_that_hid_in_it(clamd, keep):
    document = keep(pictures.jpeg_with_comment(EICAR), "a.jpg")
    scanning.scan(document.pk)
    assert state(document) == CLEAN


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"x"])
def test_an_answer_that_is_no_verdict_is_a_failure(clamd, keep, answer):
    clamd.answer = answer
    document = keep()
    scanning.scan(document.pk)
    assert state(document) == FAILED


def test_a_scanner_that_is_away_is_a_failure(settings, keep):
    settings.CLAMAV_HOST, settings.CLAMAV_PORT = "127.0.0.1", 9
    document = keep()
    scanning.scan(document.pk)
    assert state(document) == FAILED


def test_a_local_socket_that_is_away_is_a_failure(settings, keep, tmp_path):
    settings.CLAMAV_SOCKET = str(tmp_path / "none")
    document = keep()
    scanning.scan(document.pk)
    assert state(document) == FAILED


def test_a_failure_is_tried_again_once_the_scanner_is_back(clamd, keep):
    document = keep()
    long_ago = timezone.now() - timedelta(hours=2)
    Document.objects.update(scan_state=FAILED, uploaded_at=long_ago)
    assert tasks.sweep_scans() == 1
    assert state(document) == CLEAN
    assert tasks.sweep_scans() == 0


@pytest.mark.parametrize(
    ("age", "tried", "is_due"),
    [(0, None, False), (2, None, True), (10, 6, False), (10, 5, True), (200, 61, True)],
)
def test_each_wait_doubles_up_to_an_hour(clamd, keep, age, tried, is_due):
    """Minutes: sent ``age`` ago, tried once when it was ``tried`` old or ago."""
    document, now = keep(), timezone.now()
    sent = now - timedelta(minutes=age)
    last = None
    if tried is not None:
        last = now - timedelta(minutes=tried) if age > 100 else sent
        last = last if age > 100 else sent + timedelta(minutes=tried)
    Document.objects.update(uploaded_at=sent, scanned_at=last)
    assert scanning.due(now) == ([document.pk] if is_due else [])


def test_where_no_scanner_is_left_what_waited_counts_as_not_scanned(keep, settings):
    document = keep()
    Document.objects.update(scan_state=PENDING)
    assert scanning.sweep() == 1
    assert state(document) == OFF


def stored_before(keep, settings):
    """One with a virus and one without, kept while no scanner was set."""
    host, settings.CLAMAV_HOST = settings.CLAMAV_HOST, ""
    documents = [keep(infected()), keep(pdfs.good(pages=3), "b.pdf")]
    settings.CLAMAV_HOST = host
    return documents


def scan_all(*words):
    out = io.StringIO()
    call_command("scan_documents", *words, stdout=out)
    return out.getvalue().strip()


def test_what_came_before_the_scanner_is_scanned_by_a_command(
    clamd, keep, settings, manager
):
    bad, good = stored_before(keep, settings)
    assert (state(bad), state(good)) == (OFF, OFF)
    assert scan_all("--dry-run") == "2 documents to scan"
    assert state(bad) == OFF
    assert scan_all() == "1 clean, 1 with a virus"
    assert (state(bad), state(good)) == (INFECTED, CLEAN)
    assert Outbox.objects.filter(kind="document_infected").count() == 1
    assert scan_all() == "0 clean, 0 with a virus"


def test_without_a_verdict_what_came_before_stays_as_it_was(clamd, keep, settings):
    documents = stored_before(keep, settings)
    clamd.answer = b"no"
    with pytest.raises(CommandError):
        scan_all()
    assert [state(document) for document in documents] == [OFF, OFF]
    settings.CLAMAV_HOST = ""
    with pytest.raises(CommandError):
        scan_all()


def test_what_waits_too_long_is_an_alarm(clamd, keep, settings, caplog, client):
    cache.set(health.HEARTBEAT, 9e9, 600)
    clamd.answer = b"no"
    keep()
    assert client.get("/readyz").json()["scanner"] == "ok"
    Document.objects.update(uploaded_at=timezone.now() - timedelta(minutes=31))
    with caplog.at_level(logging.ERROR):
        scanning.sweep()
    assert "1 documents wait" in caplog.text
    assert client.get("/readyz").json()["scanner"] == "late"
