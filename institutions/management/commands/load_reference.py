"""Load the lists of the record that staff may then edit."""

from django.core.management.base import BaseCommand

from institutions.loading import load_document_types


class Command(BaseCommand):
    help = "Load the types of documents. A second run changes nothing."

    def handle(self, **options):
        created, changed = load_document_types()
        self.stdout.write(f"Document types: {created} created, {changed} corrected.")
