"""``rehash_children``: make the hashes of children again from what is encrypted.

Only for a ``HASH_KEY`` that had to change. Until it has ended, a child written before
is not met again by one written after; no other work depends on it.
"""

from django.core.management.base import BaseCommand
from django.db import transaction

from institutions import people
from institutions.models import Child

HASHES = ("person_hash", "massar_hash", "card_hash")


class Command(BaseCommand):
    help = "Make the hashes of children again, after HASH_KEY changed."

    def add_arguments(self, parser):
        parser.add_argument("--batch-size", type=int, default=500)
        parser.add_argument(
            "--dry-run", action="store_true", help="count, and write nothing"
        )

    def handle(self, *, batch_size, dry_run, **options):
        last = total = 0
        while keys := self._keys(last, batch_size):
            last = keys[-1]
            total += self._rehash(keys, dry_run=dry_run)
            self.stderr.write(f"children: {total} so far")
        self.stdout.write(f"{total} rows {'to rewrite' if dry_run else 'rewritten'}")

    def _keys(self, last, size):
        rows = Child.objects.filter(pk__gt=last).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:size])

    @transaction.atomic
    def _rehash(self, keys, *, dry_run):
        """Locked, so that no edit made meanwhile is undone."""
        changed = []
        for child in Child.objects.select_for_update().filter(pk__in=keys):
            before = [getattr(child, name) for name in HASHES]
            people.set_hashes(child)
            if [getattr(child, name) for name in HASHES] != before:
                changed.append(child)
        if changed and not dry_run:
            Child.objects.bulk_update(changed, HASHES)
        return len(changed)
