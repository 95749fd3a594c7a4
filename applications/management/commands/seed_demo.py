"""Fills an empty portal with the demonstration."""

from time import monotonic
from typing import Any

import pghistory
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from applications.demo import accounts, seed
from applications.models import Application
from institutions.models import Association, Centre, Child, Document, Institution

COUNTED = (User, Association, Institution, Centre, Child, Document, Application)


class Command(BaseCommand):
    """Reproducible: the same seed, scale and day give the same demonstration."""

    help = (
        "Makes the demo data; does nothing where it stands, and continues where it "
        "was interrupted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=float, default=1.0, help="1 makes 300 associations"
        )
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError(
                "Demo data are only made with PORTAL_DEMO=1: never on a real portal."
            )
        if options["scale"] <= 0:
            raise CommandError("--scale is above zero.")
        if accounts.is_complete():
            self.stdout.write("The demo data stand already: nothing was changed.")
            return
        began = monotonic()
        for name in ("load_territories", "load_reference"):
            call_command(name, stdout=self.stdout)
        with pghistory.context(command="seed_demo"):
            seed.make(
                scale=options["scale"], seed=options["seed"], say=self.stdout.write
            )
        counts = ", ".join(
            f"{model.objects.count()} {model._meta.verbose_name_plural}"
            for model in COUNTED
        )
        self.stdout.write(f"{counts}, in {monotonic() - began:.0f} s.")
