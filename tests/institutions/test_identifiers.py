"""Identifiers: tidied, accepted, refused or doubted. All values are made up."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from institutions import identifiers

ACCOUNT = "9998100000123456789012"
RIB = f"{ACCOUNT}{identifiers.rib_key(ACCOUNT)}"
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
ICE_BODY = "9990000010001"
ICE = f"{ICE_BODY}{97 - int(ICE_BODY) * 100 % 97:02d}"


def codes(check, value):
    """The codes of the errors that ``check`` finds in ``value``."""
    try:
        check(value)
    except ValidationError as error:
        return [each.code for each in error.error_list]
    return []


def test_key_of_a_rib_is_computed_as_the_bank_does():
    assert identifiers.rib_key("0" * 22) == "97"
    assert identifiers.rib_key("1".zfill(22)) == "94"
    assert identifiers.rib_key("96".zfill(22)) == "03"
    assert (int(RIB[:22]) * 100 + int(RIB[22:])) % 97 == 0


@pytest.mark.parametrize(
    "typed",
    [
        RIB,
        f" {RIB} ",
        f"{RIB[:3]} {RIB[3:6]} {RIB[6:22]} {RIB[22:]}",
        f"{RIB[:3]}\u00a0{RIB[3:6]}-{RIB[6:22]}.{RIB[22:]}",
        RIB.translate(ARABIC_DIGITS),
        f"\u200f{RIB}\u200f",
        f"RIB : {RIB}",
        f"MA12 {RIB}",
        f"ma12{RIB}",
    ],
)
def test_rib_is_read_however_it_is_typed(typed):
    assert identifiers.normalise_rib(typed) == RIB
    assert codes(identifiers.check_rib, identifiers.normalise_rib(typed)) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (RIB[:-1], "rib_length"),
        (f"{RIB}0", "rib_length"),
        (f"{RIB[:-1]}{(int(RIB[-1]) + 1) % 10}", "rib_key"),
        (f"1{RIB[1:]}", "rib_key"),
        (f"{RIB[:10]}{RIB[11]}{RIB[10]}{RIB[12:]}", "rib_key"),
        (f"{ACCOUNT}00", "rib_key"),
        (f"{RIB[:23]}O", "rib_not_digits"),
        ("", "rib_not_digits"),
        ("حساب", "rib_not_digits"),
    ],
)
def test_wrong_rib_is_refused_for_its_own_reason(typed, code):
    assert codes(identifiers.check_rib, identifiers.normalise_rib(typed)) == [code]


def test_rib_is_shown_in_its_four_parts():
    shown = identifiers.format_rib(RIB)
    assert shown == f"999 810 0000123456789012 {RIB[-2:]}"
    assert identifiers.normalise_rib(shown) == RIB
    assert identifiers.format_rib("123") == "123"
    assert identifiers.format_rib("") == ""


@pytest.mark.parametrize(
    ("check", "normalise", "typed", "stored"),
    [
        (identifiers.check_ice, identifiers.normalise_ice, ICE, ICE),
        (
            identifiers.check_ice,
            identifiers.normalise_ice,
            f"ICE {ICE[:9]} {ICE[9:]}",
            ICE,
        ),
        (
            identifiers.check_tax_id,
            identifiers.normalise_tax_id,
            "12 345 678",
            "12345678",
        ),
        (identifiers.check_tax_id, identifiers.normalise_tax_id, "IF 7", "7"),
        (identifiers.check_cnss, identifiers.normalise_cnss, "12-34567", "1234567"),
        (identifiers.check_cnss, identifiers.normalise_cnss, "١٢٣٤٥٦٧", "1234567"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "ab 12345", "AB12345"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "Z123456", "Z123456"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "Z1", "Z1"),
    ],
)
def test_good_identifier_is_tidied_and_accepted(check, normalise, typed, stored):
    assert normalise(typed) == stored
    assert codes(check, stored) == []


@pytest.mark.parametrize(
    ("check", "normalise", "typed"),
    [
        (identifiers.check_ice, identifiers.normalise_ice, ICE[:-1]),
        (identifiers.check_ice, identifiers.normalise_ice, f"{ICE}1"),
        (identifiers.check_ice, identifiers.normalise_ice, "A" * 15),
        (identifiers.check_ice, identifiers.normalise_ice, ""),
        (identifiers.check_tax_id, identifiers.normalise_tax_id, "01234567"),
        (identifiers.check_tax_id, identifiers.normalise_tax_id, "123456789"),
        (identifiers.check_tax_id, identifiers.normalise_tax_id, "12A"),
        (identifiers.check_tax_id, identifiers.normalise_tax_id, "12345678\n9"),
        (identifiers.check_cnss, identifiers.normalise_cnss, "123456"),
        (identifiers.check_cnss, identifiers.normalise_cnss, "12345678"),
        (identifiers.check_cnss, identifiers.normalise_cnss, "123456X"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "12345"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "ABC1234"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "AB12345678"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "أب12345"),
        (identifiers.check_cnie, identifiers.normalise_cnie, "AB"),
    ],
)
def test_wrong_identifier_is_refused(check, normalise, typed):
    assert len(codes(check, normalise(typed))) == 1


def test_ice_whose_key_is_doubtful_is_only_warned_about():
    doubtful = f"{ICE[:-1]}{(int(ICE[-1]) + 1) % 10}"
    assert codes(identifiers.check_ice, doubtful) == []
    assert identifiers.warn_ice(doubtful) is not None
    assert identifiers.warn_ice(ICE) is None


@pytest.mark.parametrize(
    ("typed", "is_doubtful"),
    [
        ("j123456789", False),
        ("J١٢٣٤٥٦٧٨٩", False),
        ("J12345678", True),
        ("JJ12345678", True),
        ("1234567890", True),
        ("ج123456789", True),
    ],
)
def test_massar_code_is_only_warned_about(typed, is_doubtful):
    warning = identifiers.warn_massar(identifiers.normalise_massar(typed))
    assert (warning is not None) is is_doubtful


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12-34 56.78",
        "+212 6 12 34 56 78",
        "00212612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "+212 (0) 612345678",
    ],
)
def test_phone_is_read_however_it_is_typed(typed):
    assert identifiers.normalise_phone(typed) == "+212612345678"
    assert codes(identifiers.validate_phone, typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        "061234567",
        "06123456789",
        "0312345678",
        "+33612345678",
        "112",
        "لا يوجد",
        "",
    ],
)
def test_wrong_phone_is_refused(typed):
    assert codes(identifiers.validate_phone, typed) == ["phone"]


@pytest.mark.parametrize("prefix", ["05", "06", "07"])
def test_fixed_and_mobile_phones_are_accepted(prefix):
    assert codes(identifiers.validate_phone, f"{prefix}22334455") == []


@pytest.mark.parametrize(
    ("validate", "tidy", "untidy"),
    [
        (identifiers.validate_rib, RIB, f"{RIB[:3]} {RIB[3:]}"),
        (identifiers.validate_ice, ICE, f"ICE{ICE}"),
        (identifiers.validate_tax_id, "1234", "12 34"),
        (identifiers.validate_cnss, "1234567", "123-4567"),
        (identifiers.validate_cnie, "AB12345", "ab12345"),
    ],
)
def test_model_takes_tidy_values_only(validate, tidy, untidy):
    assert codes(validate, tidy) == []
    assert codes(validate, untidy) == ["not_tidy"]


@pytest.mark.parametrize(
    ("validate", "bad"),
    [
        (identifiers.validate_rib, "123"),
        (identifiers.validate_ice, "123"),
        (identifiers.validate_tax_id, "0123"),
        (identifiers.validate_cnss, "123"),
        (identifiers.validate_cnie, "123"),
    ],
)
def test_model_refuses_bad_values(validate, bad):
    assert len(codes(validate, bad)) == 1


def test_form_field_tidies_before_the_length_counts():
    class Form(forms.Form):
        rib = identifiers.RibFormField(
            max_length=24, validators=[identifiers.validate_rib]
        )

    form = Form({"rib": f"{RIB[:3]} {RIB[3:6]} {RIB[6:22]} {RIB[22:]}"})
    assert form.is_valid()
    assert form.cleaned_data == {"rib": RIB}
    assert 'dir="ltr"' in str(form["rib"])
    assert "maxlength" not in str(form["rib"])


def test_form_fields_stand_for_every_identifier():
    typed = {
        "rib": f"{RIB[:3]} {RIB[3:]}",
        "ice": f"ICE {ICE}",
        "tax_id": "1 2",
        "cnss_number": "123 4567",
        "cnie": "ab 123",
        "massar": "j 123456789",
    }
    tidied = {
        name: field().clean(typed[name])
        for name, field in identifiers.FORM_FIELDS.items()
    }
    assert tidied == {
        "rib": RIB,
        "ice": ICE,
        "tax_id": "12",
        "cnss_number": "1234567",
        "cnie": "AB123",
        "massar": "J123456789",
    }


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ar", "يتكون رقم الحساب البنكي (RIB) من أرقام فقط."),
        ("fr", "Le RIB ne comporte que des chiffres."),
    ],
)
def test_error_is_in_the_language_of_the_reader(language, sentence):
    with pytest.raises(ValidationError) as caught:
        identifiers.check_rib("not known")
    with translation.override(language):
        assert caught.value.messages[0].split(". ")[0] == sentence.rstrip(".")
