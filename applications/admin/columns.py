"""Amounts in the stock lists, as written in Morocco."""

from django.contrib import admin
from django.utils.html import format_html

NBSP = "\N{NO-BREAK SPACE}"


def grouped(amount) -> str:
    """50000 → 50 000,00, left to right inside Arabic text."""
    if amount is None:
        return "\N{EM DASH}"
    text = f"{amount:,.2f}".replace(",", NBSP).replace(".", ",")
    return format_html('<bdi dir="ltr">{}</bdi>', text)


def amount_column(name, label):
    """A column of the list for the amount ``name`` of its rows, in MAD."""

    @admin.display(description=label, ordering=name)
    def column(model_admin, row):
        return grouped(getattr(row, name))

    return column
