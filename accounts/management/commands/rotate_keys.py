"""``rotate_keys``: write every encrypted value again under the newest key.

Put the new key first in ``FIELD_KEYS``, keep the old one after it, run this, then drop
the old one. May be stopped and started again.
"""

import pghistory
from django.apps import apps
from django.core.management.base import BaseCommand

from accounts.encryption import count_stale, encrypted_fields, rotate
from accounts.second_factor import count_stale_secrets, rotate_secrets


class Command(BaseCommand):
    help = "Write every encrypted value again under the newest key of FIELD_KEYS."

    def add_arguments(self, parser):
        parser.add_argument("--batch-size", type=int, default=500)
        parser.add_argument(
            "--dry-run", action="store_true", help="count, and write nothing"
        )

    def handle(self, *, batch_size, dry_run, **options):
        total = 0
        with pghistory.context(command="rotate_keys"):
            for model in apps.get_models():
                if encrypted_fields(model):
                    total += self._do(model, batch_size=batch_size, dry_run=dry_run)
        total += self._do_second_factor(batch_size=batch_size, dry_run=dry_run)
        self.stdout.write(f"{total} rows {'to rewrite' if dry_run else 'rewritten'}")

    def _do(self, model, *, batch_size, dry_run):
        rows = model._base_manager.all()
        label = model._meta.label
        if dry_run:
            return self._told(label, count_stale(rows))
        return self._rewrite(label, rotate(rows, batch_size=batch_size))

    def _do_second_factor(self, *, batch_size, dry_run):
        if dry_run:
            return self._told("second factor", count_stale_secrets())
        return self._rewrite("second factor", rotate_secrets(batch_size=batch_size))

    def _told(self, label, count):
        self.stdout.write(f"{label}: {count} rows to rewrite")
        return count

    def _rewrite(self, label, batches):
        count = 0
        for written in batches:
            count += written
            self.stderr.write(f"{label}: {count} rows so far")
        self.stdout.write(f"{label}: {count} rows rewritten")
        return count
