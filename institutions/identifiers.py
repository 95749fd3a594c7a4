"""Moroccan identifiers: how they are tidied, checked and shown (domain.md §5.2).

For each one ``normalise_x`` tidies what a person typed or pasted (spaces, dashes,
Arabic digits), ``check_x`` raises ``ValidationError`` with what is wrong and what to
do, and ``validate_x`` is the validator of a model field, which takes tidy values only.
``FORM_FIELDS`` are the form fields that tidy before they check. What is only doubtful
is a warning: ``warn_x`` returns a sentence or ``None``.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum
from stdnum.ma import ice as stdnum_ice

RIB_GROUPS = (3, 3, 16, 2)
CNIE = re.compile(r"[A-Z]{1,2}\d{1,7}", re.ASCII)
TAX_ID = re.compile(r"[1-9]\d{0,7}", re.ASCII)
MASSAR = re.compile(r"[A-Z]\d{9}", re.ASCII)
NOT_TIDY = _("Type it without spaces, dashes or other signs.")


def _tidy(value: Any) -> str:
    """Latin digits and capitals, without spaces, punctuation and invisible marks."""
    text = unicodedata.normalize("NFKC", str(value or "")).upper()
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() else c for c in text if c.isalnum()
    )


def _is_digits(value: str, count: int) -> bool:
    return len(value) == count and value.isascii() and value.isdigit()


# The bank account.


def normalise_rib(value: Any) -> str:
    """The 24 digits; of a Moroccan IBAN, the part that is the RIB."""
    text = _tidy(value).removeprefix("RIB")
    return text[4:] if re.fullmatch(r"MA\d{26}", text) else text


def rib_key(account: str) -> str:
    """The two digits that close an account of 22 digits: 01 to 97."""
    return f"{97 - int(account) * 100 % 97:02d}"


def check_rib(value: str) -> None:
    if not value.isascii() or not value.isdigit():
        raise ValidationError(
            _("The RIB is made of digits only. Copy it from the bank’s certificate."),
            code="rib_not_digits",
        )
    if len(value) != 24:
        raise ValidationError(
            _(
                "The RIB has 24 digits; %(count)s were typed. "
                "Copy it from the bank’s certificate."
            ),
            code="rib_length",
            params={"count": len(value)},
        )
    if value[-2:] != rib_key(value[:22]):
        raise ValidationError(
            _(
                "This RIB contains a typing error: its last two digits do not match "
                "the others. Compare it with the bank’s certificate."
            ),
            code="rib_key",
        )


def format_rib(value: str) -> str:
    """Bank, city, account and key apart: 230 810 1234567890123456 97."""
    if len(value or "") != sum(RIB_GROUPS):
        return value or ""
    groups, start = [], 0
    for length in RIB_GROUPS:
        groups.append(value[start : start + length])
        start += length
    return " ".join(groups)


# The company identifier, the tax number and the social-security number.


def normalise_ice(value: Any) -> str:
    return _tidy(value).removeprefix("ICE")


def check_ice(value: str) -> None:
    if not _is_digits(value, 15):
        raise ValidationError(
            _("The ICE has 15 digits, zeros at its beginning included."), code="ice"
        )


def warn_ice(value: str) -> Any | None:
    """The key of the ICE is not published officially: doubt warns, never blocks."""
    try:
        stdnum_ice.validate(value)
    except InvalidChecksum:
        return _(
            "The last two digits of this ICE do not match the others. "
            "Compare it with its certificate."
        )
    return None


def normalise_tax_id(value: Any) -> str:
    return _tidy(value).removeprefix("IF")


def check_tax_id(value: str) -> None:
    if not TAX_ID.fullmatch(value):
        raise ValidationError(
            _("The tax number (IF) has at most 8 digits and does not begin with 0."),
            code="tax_id",
        )


def normalise_cnss(value: Any) -> str:
    return _tidy(value).removeprefix("CNSS")


def check_cnss(value: str) -> None:
    if not _is_digits(value, 7):
        raise ValidationError(_("The CNSS number has 7 digits."), code="cnss")


# Persons.


def normalise_cnie(value: Any) -> str:
    return _tidy(value)


def check_cnie(value: str) -> None:
    if not CNIE.fullmatch(value):
        raise ValidationError(
            _(
                "The number of the national card (CNIE) is one or two Latin letters "
                "followed by digits, for example AB12345."
            ),
            code="cnie",
        )


def normalise_massar(value: Any) -> str:
    return _tidy(value)


def warn_massar(value: str) -> Any | None:
    """The form of the Massar code is a warning only (decision 22)."""
    if MASSAR.fullmatch(value):
        return None
    return _(
        "A Massar code is one Latin letter followed by 9 digits. "
        "Compare it with the school certificate."
    )


def normalise_phone(value: Any) -> str:
    """``+212…`` when it can be read as a number, else what was typed, tidied."""
    text = unicodedata.normalize("NFKC", str(value or "")).strip()
    try:
        number = phonenumbers.parse(text, "MA")
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def check_phone(value: str) -> None:
    """A Moroccan number on which a person can be called: fixed or mobile."""
    if not re.fullmatch(r"\+212[567]\d{8}", value, re.ASCII):
        raise ValidationError(
            _("Type a Moroccan number of ten digits that begins with 05, 06 or 07."),
            code="phone",
        )


# Model fields and form fields.


def _validate(value: Any, normalise: Callable, check: Callable) -> None:
    text = str(value)
    tidy = normalise(text)
    check(tidy)
    if tidy != text:
        raise ValidationError(NOT_TIDY, code="not_tidy")


def validate_rib(value: Any) -> None:
    _validate(value, normalise_rib, check_rib)


def validate_ice(value: Any) -> None:
    _validate(value, normalise_ice, check_ice)


def validate_tax_id(value: Any) -> None:
    _validate(value, normalise_tax_id, check_tax_id)


def validate_cnss(value: Any) -> None:
    _validate(value, normalise_cnss, check_cnss)


def validate_cnie(value: Any) -> None:
    _validate(value, normalise_cnie, check_cnie)


def validate_phone(value: Any) -> None:
    """For ``PhoneNumberField``, whose own check also takes foreign numbers."""
    check_phone(normalise_phone(value))


class IdentifierFormField(forms.CharField):
    """Tidies before it checks, so that spaces never count against the length."""

    normalise: Callable[[Any], str] = staticmethod(_tidy)
    input_mode = "numeric"

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return self.normalise(super().to_python(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        return {
            **attrs,
            "dir": "ltr",
            "inputmode": self.input_mode,
            "autocomplete": "off",
        }


class RibFormField(IdentifierFormField):
    normalise = staticmethod(normalise_rib)


class IceFormField(IdentifierFormField):
    normalise = staticmethod(normalise_ice)


class TaxIdFormField(IdentifierFormField):
    normalise = staticmethod(normalise_tax_id)


class CnssFormField(IdentifierFormField):
    normalise = staticmethod(normalise_cnss)


class CnieFormField(IdentifierFormField):
    normalise = staticmethod(normalise_cnie)
    input_mode = "text"


class MassarFormField(IdentifierFormField):
    normalise = staticmethod(normalise_massar)
    input_mode = "text"


FORM_FIELDS = {
    "rib": RibFormField,
    "ice": IceFormField,
    "tax_id": TaxIdFormField,
    "cnss_number": CnssFormField,
    "cnie": CnieFormField,
    "massar": MassarFormField,
}
