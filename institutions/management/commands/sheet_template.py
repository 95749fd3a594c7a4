"""``manage.py sheet_template --kind children|staff [--centre CODE] --out FILE``."""

import logging
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions import update
from institutions.enums import SheetKind
from institutions.models import Centre
from institutions.sheets import lists, template

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Write the protected spreadsheet of a centre's children or staff, filled with "
        "this year's list or else last year's. Without --centre: a blank one. A name "
        "that ends with .csv makes a CSV file."
    )

    def add_arguments(self, parser):
        parser.add_argument("--kind", choices=SheetKind.values, required=True)
        parser.add_argument("--centre", default="", help="code of the centre")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--language", choices=["ar", "fr"], default="")
        parser.add_argument(
            "--with-names",
            action="store_true",
            help="names and numbers of the people already on the list too",
        )

    def handle(self, *args, **options):
        kind, out = options["kind"], options["out"]
        round_ = update.current_round()
        year = round_.year if round_ else timezone.localdate().year
        filled = template.Filled(
            kind,
            list_=self._list(options["centre"], kind, year),
            year=year,
            with_names=options["with_names"],
        )
        language = options["language"] or settings.LANGUAGE_CODE
        try:
            out.write_bytes(content(filled, out, language))
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}") from error
        if filled.with_names:
            logger.warning("sheet_template with names, rows: %s", filled.count)
        self.stdout.write(f"{out}: {filled.count} rows")

    def _list(self, code, kind, year):
        if not code:
            return None
        centre = Centre.objects.filter(code=code).first()
        if centre is None:
            raise CommandError(f"No centre has the code {code}.")
        return lists.current(centre, kind, year)


def content(filled, out, language):
    if out.suffix.lower() == ".csv":
        return template.csv_text(filled, language=language).encode()
    return template.xlsx(filled, language=language)
