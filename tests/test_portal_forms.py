"""What is typed in Morocco is understood; what is doubtful is refused, not guessed."""

import datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from accounts.portal_forms import PortalForm, latin_digits, plain_number


class Sample(PortalForm, forms.Form):
    amount = forms.DecimalField(max_digits=10, decimal_places=2)
    count = forms.IntegerField(min_value=0)
    opened_on = forms.DateField()
    rib = forms.CharField()
    name = forms.CharField(max_length=50)
    name_ar = forms.CharField(required=False)
    name_fr = forms.CharField(required=False)
    email = forms.EmailField(required=False)
    kind = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], required=False)
    file = forms.FileField(widget=forms.ClearableFileInput, required=False)


TYPED = {
    "amount": "1 250,50",
    "count": "١٢",
    "opened_on": "١٥/١٢/٢٠٢٦",
    "rib": "٠١١ ٧٨٠",
    "name": "دار 5",
}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1250", "1250"),
        ("1 250,50", "1250.50"),
        ("1\N{NO-BREAK SPACE}250\N{NARROW NO-BREAK SPACE}000,5", "1250000.5"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1.250.000", "1250000"),
        ("1,250,000", "1250000"),
        ("١٢٥٠", "1250"),
        ("١٬٢٥٠٫٥٠", "1250.50"),
        ("۱۲۵۰", "1250"),
        ("\N{MINUS SIGN}12,5", "-12.5"),
        ("\u200f12\u2069", "12"),
    ],
)
def test_numbers_are_read_as_written_in_morocco(typed, read):
    assert plain_number(typed) == read


@pytest.mark.parametrize("typed", ["12a", "", "1,2.3,4", "--1", "1e5", "NaN", "½"])
def test_what_is_no_number_stays_as_typed(typed):
    assert plain_number(typed) == typed


def test_a_thousand_written_with_one_comma_is_refused_not_read_as_one():
    form = Sample({**TYPED, "amount": "1,250"})
    assert list(form.errors) == ["amount"]


def test_arabic_digits_and_decimal_commas_reach_the_typed_values():
    form = Sample(TYPED)
    assert form.errors == {}
    values = {name: form.cleaned_data[name] for name in TYPED}
    assert values == {
        "amount": Decimal("1250.50"),
        "count": 12,
        "opened_on": datetime.date(2026, 12, 15),
        "rib": "011 780",
        "name": "دار 5",
    }


def test_what_was_typed_stays_beside_its_error():
    form = Sample({**TYPED, "amount": "12a", "opened_on": "31/02/2026"})
    page = str(form["amount"]) + str(form["opened_on"])
    assert 'value="12a"' in page
    assert 'value="31/02/2026"' in page
    assert page.count('aria-invalid="true"') == 2


def test_amounts_are_shown_grouped_and_read_again():
    form = Sample(initial={"amount": Decimal("1250000.50"), "count": 1250})
    assert 'value="1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000,50"' in str(
        form["amount"]
    )
    assert 'value="1250"' in str(form["count"])


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("amount", 'inputmode="decimal" dir="ltr"'),
        ("count", 'inputmode="numeric" dir="ltr"'),
        ("opened_on", 'inputmode="numeric" dir="ltr"'),
        ("rib", 'dir="ltr"'),
        ("email", 'dir="ltr"'),
        ("name", 'dir="auto"'),
        ("name_ar", 'lang="ar" dir="rtl"'),
        ("name_fr", 'lang="fr" dir="ltr"'),
    ],
)
def test_each_kind_of_field_has_its_direction(name, attributes):
    assert attributes in str(Sample()[name])


def test_no_field_is_checked_by_the_browser():
    """Its bubbles speak the browser's language, and stop a draft from being saved."""
    page = Sample().as_p()
    assert " required" not in page
    assert 'type="number"' not in page


def test_the_empty_choice_has_words():
    with override("fr"):
        assert "---" not in str(Sample()["kind"])
        assert "Choisir" in str(Sample()["kind"])


def test_a_stored_file_is_not_linked_to_its_private_address():
    class Stored:
        url = "/media-is-private/x.pdf"

    assert "/media-is-private/" not in str(Sample(initial={"file": Stored()})["file"])


def test_the_error_stands_above_the_field_and_is_read_with_it():
    form = Sample({**TYPED, "amount": ""})
    source = "{% load crispy_forms_filters %}{{ form.amount|as_crispy_field }}"
    page = Template(source).render(Context({"form": form}))
    assert page.index('id="id_amount_error"') < page.index("<input")
    assert 'aria-describedby="id_amount_error"' in page


def test_only_what_needs_no_answer_is_marked():
    source = "{% load crispy_forms_filters %}{{ field|as_crispy_field }}"
    form = Sample()
    with override("fr"):
        marked = [
            "(facultatif)" in Template(source).render(Context({"field": form[name]}))
            for name in ("name", "email")
        ]
    assert marked == [False, True]


def test_digits_lose_the_invisible_marks_of_a_paste():
    assert latin_digits("\u202b٠١\u200f2") == "012"
