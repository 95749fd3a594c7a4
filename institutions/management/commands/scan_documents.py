"""``scan_documents``: what came while no scanner was set is scanned now.

May be stopped and run again: it goes on with what is left.
"""

from django.core.management.base import BaseCommand, CommandError

from institutions import scanning
from institutions.enums import ScanState

# So many in a row, and the scanner is away: the rest would fail as well.
MOST_FAILURES = 5


class Command(BaseCommand):
    help = "Scan the documents that came before a scanner was configured."

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="count, and scan nothing"
        )

    def handle(self, *, dry_run, **options):
        waiting = list(scanning.stored().order_by("pk").values_list("pk", flat=True))
        if dry_run:
            self.stdout.write(f"{len(waiting)} documents to scan")
            return
        if not scanning.is_configured():
            raise CommandError("No scanner: set CLAMAV_HOST or CLAMAV_SOCKET.")
        found = dict.fromkeys(ScanState, 0)
        in_a_row = 0
        for rank, pk in enumerate(waiting, start=1):
            state = scanning.scan_stored(pk)
            if state is not None:
                found[state] += 1
            in_a_row = in_a_row + 1 if state == ScanState.FAILED else 0
            if in_a_row == MOST_FAILURES:
                break
            if rank % 100 == 0:
                self.stderr.write(f"{rank} of {len(waiting)}")
        self._report(found)

    def _report(self, found):
        clean, infected = found[ScanState.CLEAN], found[ScanState.INFECTED]
        self.stdout.write(f"{clean} clean, {infected} with a virus")
        failed = found[ScanState.FAILED]
        if failed:
            raise CommandError(f"{failed} without a verdict: see the log, run again.")
