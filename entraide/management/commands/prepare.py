"""Brings the database up to the code: what a start does before it serves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

LOADS = ("load_territories", "load_reference")
SEEDING = "seeding"


class Command(BaseCommand):
    """Migrations, then the reference data; both only change what differs."""

    help = "Migrates and loads the reference data; with --demo, the demo data too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="seed an empty database"
        )

    def handle(self, *_args: Any, demo: bool, **_options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        for name in LOADS:
            call_command(name)
        mark = Path(settings.VAR_DIR) / SEEDING
        if demo and (mark.exists() or not get_user_model().objects.exists()):
            self.seed(mark)

    def seed(self, mark: Path) -> None:
        """Leaves a mark while it runs: an interrupted one is continued."""
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        self.stdout.write("Making the demo data (once, a few minutes) …")
        call_command("seed_demo")
        mark.unlink()
