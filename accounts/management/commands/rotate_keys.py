"""``rotate_keys``: write every encrypted value again under the newest key.

Put the new key first in ``FIELD_KEYS``, keep the old one after it, run this, then drop
the old one. May be stopped and started again.
"""

from django.apps import apps
from django.core.management.base import BaseCommand

from accounts.encryption import count_stale, encrypted_fields, rotate


class Command(BaseCommand):
    help = "Write every encrypted value again under the newest key of FIELD_KEYS."

    def add_arguments(self, parser):
        parser.add_argument("--batch-size", type=int, default=500)
        parser.add_argument(
            "--dry-run", action="store_true", help="count, and write nothing"
        )

    def handle(self, *, batch_size, dry_run, **options):
        total = 0
        for model in apps.get_models():
            if encrypted_fields(model):
                total += self._do(model, batch_size=batch_size, dry_run=dry_run)
        self.stdout.write(f"{total} rows {'to rewrite' if dry_run else 'rewritten'}")

    def _do(self, model, *, batch_size, dry_run):
        rows = model._base_manager.all()
        if dry_run:
            count = count_stale(rows)
            self.stdout.write(f"{model._meta.label}: {count} rows to rewrite")
            return count
        count = 0
        for written in rotate(rows, batch_size=batch_size):
            count += written
            self.stderr.write(f"{model._meta.label}: {count} rows so far")
        self.stdout.write(f"{model._meta.label}: {count} rows rewritten")
        return count
