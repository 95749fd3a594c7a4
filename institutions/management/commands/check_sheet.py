"""``manage.py check_sheet FILE``: one JSON object, status 1 where there are errors."""

import json
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from institutions import update
from institutions.sheets.examining import Verdict, examine_alone, refused
from institutions.sheets.parser.limits import MAX_BYTES
from institutions.sheets.reading import SheetRefused


class Command(BaseCommand):
    help = (
        "Check a spreadsheet of children or of staff as the portal would. Which list, "
        "which centre and which year it is for is read in the file; nothing is saved."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--language", choices=["ar", "fr"], default="")

    def handle(self, *args, **options):
        language = options["language"] or settings.LANGUAGE_CODE
        with translation.override(language):
            verdict = self._verdict(options["file"])
            answer = shown(verdict)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if verdict.error_count:
            sys.exit(1)

    def _verdict(self, path):
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError:
            return refused(SheetRefused("missing_file"))
        round_ = update.current_round()
        year = round_.year if round_ else timezone.localdate().year
        return examine_alone(content, year=year)


def shown(verdict: Verdict) -> dict:
    return {
        "errors": verdict.errors,
        "error_count": verdict.error_count,
        "warnings": verdict.warnings,
        "rows": len(verdict.plan.lines) if verdict.plan else 0,
    }
