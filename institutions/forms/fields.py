"""Small fields that the sections of the record share."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import latin_digits
from institutions.models.units import LATITUDES, LONGITUDES

DEGREES = re.compile(r"[+-]?\d{1,2}[.,]\d+")
# Five decimals are one metre.
METRE = Decimal("0.00001")


class YesNoField(forms.NullBooleanField):
    """Yes, no, or not said yet."""

    widget = forms.Select

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.widget.choices = [
            ("", _("Choose")),
            ("True", _("yes")),
            ("False", _("no")),
        ]


class PositionField(forms.CharField):
    """Latitude and longitude in one field, as a map gives them to be copied.

    The value is a pair of decimals, or ``None``. The whole country lies west of
    Greenwich: a longitude written without its sign is one that lost it.
    """

    default_error_messages = {
        "invalid": _(
            "Copy the latitude and the longitude as the map shows them, for example "
            "33.57311, -7.58984."
        ),
        "abroad": _("This position is not in the country."),
    }

    def to_python(self, value):
        text = latin_digits(super().to_python(value))
        if not text:
            return None
        found = [Decimal(part.replace(",", ".")) for part in DEGREES.findall(text)]
        if len(found) != 2:
            raise self._refused("invalid")
        latitude, longitude = found[0], -abs(found[1])
        if not (is_within(latitude, LATITUDES) and is_within(longitude, LONGITUDES)):
            raise self._refused("abroad")
        return latitude.quantize(METRE), longitude.quantize(METRE)

    def _refused(self, code):
        return forms.ValidationError(self.error_messages[code], code=code)


def is_within(degrees, limits):
    return limits[0] <= degrees <= limits[1]


def position_text(unit):
    """A position as the field takes it back."""
    if unit.latitude is None or unit.longitude is None:
        return ""
    return f"{unit.latitude}, {unit.longitude}"
