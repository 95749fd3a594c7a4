"""``load_territories``: regions, delegations and communes, as often as one likes."""

from django.core.management.base import BaseCommand

from territories.loading import load_territories


class Command(BaseCommand):
    help = (
        "Create or correct the regions, delegations and communes. "
        "Names and codes: Haut-Commissariat au Plan, RGPH 2024 (CC BY 4.0)."
    )

    def handle(self, **options):
        for model, change in load_territories().items():
            self.stdout.write(
                f"{model._meta.model_name}: {change.total} in the source, "
                f"{change.created} created, {change.updated} corrected"
            )
