"""Prints the demonstration's accounts, for whoever has just started it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.models import User


class Command(BaseCommand):
    help = "Prints the demo accounts and their password."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("There are demo accounts only with PORTAL_DEMO=1.")
        present = set(
            User.objects.filter(email__in=DEMO_ACCOUNTS).values_list("email", flat=True)
        )
        with translation.override(None):
            for email, (_role, _language, purpose) in DEMO_ACCOUNTS.items():
                if email in present:
                    self.stdout.write(f"  {email:<26} {purpose}")
        self.stdout.write(f"  password of all: {DEMO_PASSWORD}")
