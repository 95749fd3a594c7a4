"""What every form of the portal has in common: directions, digits, hints, helper.

It stands in ``accounts`` because every room above may import from here, and none below
has a page.
"""

import re
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

NBSP = "\N{NO-BREAK SPACE}"
# Arabic-Indic and Persian digits, typed on many Arabic keyboards, and their separators.
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫\N{MINUS SIGN}", "01234567890123456789.-")
# Bidirectional controls travel with a paste from a PDF or a chat.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
SPACES = re.compile(r"[\s\u066c]+")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")

# Read from left to right whatever the language of the page.
LTR_NAMES = {
    "rib", "ice", "tax_id", "cnss_number", "phone", "email", "cnie", "massar_code",
    "card_number", "rsu", "receipt_number", "authorisation_number", "latitude",
    "longitude", "postal_code", "website",
}  # fmt: skip

INVALID_PHONE = _(
    "Type the ten digits of the phone number, for example 0661234567. A number abroad "
    "begins with 00 and the code of its country."
)

TEXTS = (
    forms.TextInput,
    forms.Textarea,
    forms.EmailInput,
    forms.URLInput,
    forms.PasswordInput,
)


def latin_digits(text):
    """٢٠٢٦ → 2026, without the invisible marks of a paste."""
    return INVISIBLE.sub("", text).translate(DIGITS)


def plain_number(text):
    """``1 250,50``, ``1.250,50`` or ``١٢٥٠`` as Python reads it; else as typed.

    With two kinds of separators the last one is decimal; one that repeats groups
    thousands; one alone is decimal, so that ``1,250`` is refused for its three decimals
    rather than silently read as a thousand.
    """
    compact = SPACES.sub("", latin_digits(text))
    marks = [mark for mark in ",." if mark in compact]
    if len(marks) == 2:
        grouping = min(marks, key=compact.rindex)
        compact = compact.replace(grouping, "")
    elif marks and compact.count(marks[0]) > 1:
        compact = compact.replace(marks[0], "")
    compact = compact.replace(",", ".")
    return compact if PLAIN_NUMBER.fullmatch(compact) else text


class NumberInput(forms.TextInput):
    """A figure as text: no spinner, no wheel that changes an amount, Arabic digits."""

    def __init__(self, attrs=None, *, groups=True):
        super().__init__(attrs)
        self.groups = groups

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return plain_number(value) if isinstance(value, str) else value

    def format_value(self, value):
        if value is None or value == "":
            return None
        text = plain_number(str(value))
        if not PLAIN_NUMBER.fullmatch(text):
            return text
        grouped = f"{Decimal(text):,}" if self.groups else text
        return grouped.replace(",", NBSP).replace(".", ",")


class CodeInput(forms.TextInput):
    """A reference, a phone, an RIB: left to right, in Latin digits."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return latin_digits(value).strip() if isinstance(value, str) else value


class DayInput(forms.DateInput):
    """A date as people write it here, 15/12/2026, whatever the browser's own format."""

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%d/%m/%Y")

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        if not isinstance(value, str):
            return value
        return SPACES.sub("", latin_digits(value))


class PortalForm:
    """Mixin, first among the bases: ``class ContactForm(PortalForm, forms.ModelForm)``.

    The page calls ``{% form_error_summary form %}`` itself, above the form.
    """

    # The server says what is missing, in the reader's language and beside the field.
    use_required_attribute = False
    # "(optional)" after the labels that need no answer; a draft asks for nothing yet.
    marks_optional = True
    fields: dict[str, forms.Field]
    ltr_fields: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self._prepare(name, field)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.include_media = False
        self.helper.summary_apart = True

    def _prepare(self, name, field):
        if isinstance(field, PhoneNumberField):
            field.error_messages["invalid"] = INVALID_PHONE
        if isinstance(field, forms.IntegerField) and not field.widget.is_hidden:
            self._prepare_number(field)
        elif isinstance(field, forms.DateField):
            self._swap(field, DayInput(), inputmode="numeric", dir="ltr")
            field.help_text = field.help_text or _(
                "Day/month/year, for example 15/12/2026"
            )
        elif isinstance(field, forms.ChoiceField):
            name_the_empty_choice(field)
        elif type(field.widget) is forms.ClearableFileInput:
            self._swap(field, forms.FileInput())
        elif isinstance(field.widget, TEXTS):
            self._prepare_text(name, field)

    def _prepare_number(self, field):
        is_decimal = isinstance(field, forms.DecimalField | forms.FloatField)
        mode = "decimal" if is_decimal else "numeric"
        self._swap(field, NumberInput(groups=is_decimal), inputmode=mode, dir="ltr")

    def _prepare_text(self, name, field):
        attrs = field.widget.attrs
        is_plain = type(field.widget) is forms.TextInput
        if name in LTR_NAMES or name in self.ltr_fields:
            attrs.setdefault("dir", "ltr")
            if is_plain:
                self._swap(field, CodeInput())
        elif not is_plain and not isinstance(field.widget, forms.Textarea):
            attrs.setdefault("dir", "ltr")  # e-mail, address, password
        elif name.endswith(("_ar", "_fr")):
            attrs.setdefault("lang", name[-2:])
            attrs.setdefault("dir", "rtl" if name.endswith("_ar") else "ltr")
        else:
            attrs.setdefault("dir", "auto")

    @staticmethod
    def _swap(field, widget, **attrs):
        """Replace a widget, keeping what the form asked of the first."""
        kept = {
            key: value
            for key, value in field.widget.attrs.items()
            if key not in {"step", "min", "max", "maxlength"}
        }
        widget.attrs = {**attrs, **kept}
        widget.is_required = field.required
        widget.is_localized = False
        field.widget = widget
        field.localize = False


def name_the_empty_choice(field):
    """ "Choose" instead of a row of dashes, which a screen reader spells out."""
    words = _("Choose")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = words
        return
    choices = list(field.choices)
    if choices and choices[0][0] in ("", None) and is_dashes(choices[0][1]):
        field.choices = [(choices[0][0], words), *choices[1:]]


def is_dashes(label: str | Promise) -> bool:
    return set(str(label)) <= {"-"}
