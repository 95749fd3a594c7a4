"""Virus scan by ClamAV, where one is configured (product.md, section 4).

A file that waits for it blocks nobody's submission; it is only not read by others than
the association. Each file is sent to ``clamd`` by the worker, as one INSTREAM.
"""

import logging
import socket
import struct
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from institutions import notifications, stored_files
from institutions.enums import ScanState
from institutions.models import Document

logger = logging.getLogger(__name__)

TIMEOUT = 60
ANSWER = 4096
BATCH = 50
# What has just come is left to its own task; later each wait doubles the one before.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
UNSCANNED = (ScanState.PENDING, ScanState.FAILED)


class ScanError(Exception):
    """The scanner is away, or gave no verdict."""


def is_configured() -> bool:
    return bool(settings.CLAMAV_HOST or settings.CLAMAV_SOCKET)


def examine(chunks: Iterable[bytes]) -> str:
    """The name of the virus, empty for a clean file. Raises ``ScanError``."""
    try:
        with _connected() as scanner:
            scanner.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                scanner.sendall(struct.pack("!L", len(chunk)) + chunk)
            scanner.sendall(struct.pack("!L", 0))
            answer = _answer(scanner)
    except OSError as error:
        raise ScanError(type(error).__name__) from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScanError(answer or "no answer")


def scan(document_pk: int) -> ScanState | None:
    """Scan one document that waits; None where another worker does, or nobody need.

    A second run of the same task finds nothing to do.
    """
    return _scan(document_pk, UNSCANNED)


def scan_stored(document_pk: int) -> ScanState | None:
    """Scan one that came while no scanner was set. Until there is a verdict it is read
    as before: an archive is not closed while it is gone through."""
    return _scan(document_pk, (ScanState.OFF,))


def stored() -> Any:
    """Documents that came while no scanner was set."""
    return Document.objects.filter(scan_state=ScanState.OFF)


def _scan(document_pk: int, states: Iterable[ScanState]) -> ScanState | None:
    with transaction.atomic():
        waiting = Document.objects.filter(scan_state__in=states)
        rows = waiting.select_for_update(of=("self",), skip_locked=True)
        document = rows.select_related("type", "association").filter(pk=document_pk)
        found = document.first()
        if found is None:
            return None
        verdict = _verdict(found)
        if verdict == ScanState.FAILED and found.scan_state == ScanState.OFF:
            return verdict
        found.scan_state = verdict
        found.scanned_at = timezone.now()
        found.save(update_fields=["scan_state", "scanned_at"])
        if found.scan_state == ScanState.INFECTED:
            notifications.document_infected(found)
    return ScanState(found.scan_state)


def due(now: datetime | None = None) -> list[int]:
    """Those whose turn has come again: as long after as they have waited already."""
    now = now or timezone.now()
    rows = Document.objects.filter(scan_state__in=UNSCANNED).order_by("pk")
    rows = rows.filter(uploaded_at__lt=now - FIRST_WAIT)
    tried = rows.values_list("pk", "uploaded_at", "scanned_at")
    return [
        pk
        for pk, uploaded_at, scanned_at in tried.iterator()
        if scanned_at is None
        or now - scanned_at >= min(scanned_at - uploaded_at, LONGEST_WAIT)
    ][:BATCH]


def sweep() -> int:
    """Try again what waits; say loudly what has waited too long.

    Once no scanner is configured any more, what waited counts as not scanned.
    """
    if not is_configured():
        waiting = Document.objects.filter(scan_state__in=UNSCANNED)
        return waiting.update(scan_state=ScanState.OFF)
    done = sum(scan(pk) is not None for pk in due())
    late = overdue().count()
    if late:
        logger.error("virus scan: %s documents wait since long", late)
    return done


def overdue() -> Any:
    """Documents that nobody could scan for longer than the operator accepts."""
    limit = timezone.now() - timedelta(minutes=settings.CLAMAV_ALARM_MINUTES)
    rows = Document.objects.filter(scan_state__in=UNSCANNED)
    return rows.filter(uploaded_at__lt=limit)


def _verdict(document: Document) -> ScanState:
    try:
        with stored_files.open_file(document) as content:
            virus = examine(content.chunks())
    except (ScanError, FileNotFoundError) as error:
        logger.warning("virus scan of document %s failed: %s", document.pk, error)
        return ScanState.FAILED
    if virus:
        logger.error("virus scan of document %s: %s", document.pk, virus)
        return ScanState.INFECTED
    return ScanState.CLEAN


def _connected() -> socket.socket:
    if settings.CLAMAV_SOCKET:
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(TIMEOUT)
        try:
            scanner.connect(settings.CLAMAV_SOCKET)
        except OSError:
            scanner.close()
            raise
        return scanner
    address = (settings.CLAMAV_HOST, settings.CLAMAV_PORT)
    return socket.create_connection(address, timeout=TIMEOUT)


def _answer(scanner: socket.socket) -> str:
    """Up to its zero byte, or the end."""
    answer = b""
    while len(answer) < ANSWER and b"\0" not in answer:
        part = scanner.recv(ANSWER)
        if not part:
            break
        answer += part
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()
