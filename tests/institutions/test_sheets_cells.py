"""Cells: what is accepted however it is typed, and what is said of the others."""

import datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from institutions.sheets import columns, lists
from institutions.sheets.examining import examine
from institutions.sheets.parser.opening import open_sheet
from institutions.sheets.reading import Book
from tests import factories
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return factories.CentreFactory()


def examined(centre, content, kind="children"):
    """In this process: what the parser says was tried with real processes."""
    book = Book(**open_sheet(content))
    return examine(book, kind=kind, list_of=lambda: lists.current(centre, kind, YEAR))


def values(centre, kind="children", **changes):
    verdict = examined(centre, make.sheet(kind, **changes), kind)
    assert verdict.errors == []
    return verdict.plan.lines[0].values


def errors(centre, kind="children", **changes):
    verdict = examined(centre, make.sheet(kind, **changes), kind)
    return [(error["cell"], error["code"]) for error in verdict.errors]


DAYS = {
    "a date": datetime.date(2016, 5, 12),
    "a moment": datetime.datetime(2016, 5, 12),  # noqa: DTZ001 -- sheets have no zone
    "day first": "12/05/2016",
    "one digit": "12/5/2016",
    "dashes": "12-05-2016",
    "dots": "12.05.2016",
    "ISO": "2016-05-12",
    "Arabic digits": "١٢/٠٥/٢٠١٦",
    "spaces": " 12 / 05 / 2016 ",
}


@pytest.mark.parametrize("name", DAYS)
def test_dates_however_they_are_typed(name, centre):
    assert values(centre, born_on=DAYS[name])["born_on"] == datetime.date(2016, 5, 12)


@pytest.mark.parametrize("typed", ["31/02/2016", "12/05/16", "mai 2016", 42502, True])
def test_what_is_no_date(typed, centre):
    assert errors(centre, born_on=typed) == [(make.cell("children", "born_on"), "day")]


AMOUNTS = {
    "a number": (3500.5, "3500.50"),
    "sums of a sheet": (0.1 + 0.2, "0.30"),
    "French": ("3 500,50", "3500.50"),
    "thousands and comma": ("3.500,50", "3500.50"),
    "Arabic digits": ("٣٥٠٠٫٥٠", "3500.50"),
    "a point": ("3500.50", "3500.50"),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_amounts_however_they_are_typed(name, centre):
    typed, expected = AMOUNTS[name]
    found = values(centre, "staff", monthly_salary_amount=typed)
    assert found["monthly_salary_amount"] == Decimal(expected)


WRONG_OF_STAFF = {
    ("monthly_salary_amount", "much"): "number",
    ("monthly_salary_amount", -1): "min_value",
    ("monthly_salary_amount", 1.234): "max_decimal_places",
    ("monthly_salary_amount", "1" * 40): "max_digits",
    ("monthly_salary_amount", 1e30): "max_digits",
    ("experience_years", -2): "min_value",
    ("experience_years", 99_999): "max_value",
    ("experience_years", "2,5"): "invalid",
    ("diploma", "d" * 121): "max_length",
    ("diploma", "d" * 5_000): "max_length",
    ("name", ""): "required",
    ("is_cnss_declared", "perhaps"): "truth",
    ("speciality", "pilot"): "choice",
    ("contract", None): "required",
}


@pytest.mark.parametrize("case", WRONG_OF_STAFF, ids=str)
def test_what_is_wrong_with_a_member_of_the_staff(case, centre):
    name, typed = case
    place = make.cell("staff", name)
    assert errors(centre, "staff", **{name: typed}) == [(place, WRONG_OF_STAFF[case])]


WRONG_OF_CHILDREN = {
    ("months", 0): "min_value",
    ("months", 13): "max_value",
    ("months", "ten"): "number",
    ("born_on", "12/05/2999"): "invalid",
    ("born_on", "12/05/1850"): "invalid",
    ("sex", "?"): "choice",
    ("name", "a\x01b"): "control",
    ("name", "n" * 151): "max_length",
    ("services:speech", "twice"): "truth",
    ("code", "E-ZZZZZZZ"): "unknown_code",
}


@pytest.mark.parametrize("case", WRONG_OF_CHILDREN, ids=str)
def test_what_is_wrong_with_a_child(case, centre):
    name, typed = case
    book = Book(**open_sheet(make.csv("children", {name: typed})))
    verdict = examine(
        book, kind="children", list_of=lambda: lists.current(centre, "children", YEAR)
    )
    found = [(error["cell"], error["code"]) for error in verdict.errors]
    assert found == [(make.cell("children", name), WRONG_OF_CHILDREN[case])]


@pytest.mark.parametrize("typed", ["autism", "Autisme", "AUTISME", "توحد", " التوحد "])
def test_choices_by_word_or_code_in_either_language(typed, centre):
    assert values(centre, disability_type=typed)["disability_type"] == "autism"


@pytest.mark.parametrize("typed", ["A", "a", "أ"])
def test_sub_programmes_by_their_letter(typed, centre):
    assert values(centre, sub_programme=typed)["sub_programme"] == "A"


def test_a_choice_that_is_none_names_the_others(centre, language):
    verdict = examined(centre, make.sheet(degree="deep"))
    labels = columns.labels(columns.titles("children")["degree"].choices)
    assert all(label in verdict.errors[0]["message"] for label in labels)


def test_a_formula_is_told_and_not_computed(centre):
    verdict = examined(centre, make.sheet(months="=5+5"))
    found = [(error["cell"], error["code"]) for error in verdict.errors]
    assert found == [(make.cell("children", "months"), "formula")]


def test_a_cell_in_error_is_told(centre):
    content = make.edited(make.sheet(), lambda sheet: set_error(sheet["L2"]))
    verdict = examined(centre, content)
    assert [e["code"] for e in verdict.errors] == ["in_error"]


def set_error(cell):
    cell.value, cell.data_type = "#REF!", "e"


def test_numbers_where_text_is_meant(centre):
    assert values(centre, card_number=123456)["card_number"] == "123456"


@pytest.mark.parametrize(
    ("encoding", "language"),
    [("utf-8", "ar"), ("utf-8-sig", "fr"), ("utf-16", "ar"), ("cp1256", "ar")],
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_in_the_encodings_of_this_country(encoding, language, separator, centre):
    with translation.override(language):
        verdict = examined(
            centre, make.csv("children", separator=separator, encoding=encoding)
        )
    assert verdict.errors == []
    assert verdict.plan.lines[0].values["name"] == make.CHILD["name"]


def test_csv_of_windows_in_french(centre):
    with translation.override("fr"):
        content = make.csv("staff", {"name": "Éric Lefèvre"}, encoding="cp1252")
        verdict = examined(centre, content, "staff")
    assert verdict.plan.lines[0].values["name"] == "Éric Lefèvre"
    assert [w[:12] for w in verdict.warnings[1:]] == ["Ce fichier C"]


def test_ods_as_libreoffice_saves_it(centre):
    verdict = examined(centre, make.ods("children"))
    assert verdict.errors == []
    assert verdict.plan.lines[0].values["months"] == 10


def test_columns_in_any_order_and_rows_hidden(centre):
    made = openpyxl.Workbook()
    codes = [column.code for column in columns.columns_of("children")][::-1]
    made.active.append(codes)
    made.active.append([make.CHILD.get(code) for code in codes])
    made.active.row_dimensions[2].hidden = True
    verdict = examined(centre, make.saved(made))
    assert [line.values["name"] for line in verdict.plan.lines] == [make.CHILD["name"]]


def test_titles_of_one_kind_are_all_different(language):
    for kind in ("children", "staff"):
        names = [columns.title_of(column) for column in columns.columns_of(kind)]
        assert len({columns.folded(name) for name in names}) == len(names)


@pytest.mark.parametrize("kind", ["children", "staff"])
def test_the_same_person_twice(kind, centre):
    verdict = examined(centre, make.sheet(kind, {}, {}), kind)
    found = [(error["cell"], error["code"]) for error in verdict.errors]
    assert found == [("B3", "doubled_person")]


def test_a_child_on_the_list_of_another_centre(centre):
    other = factories.CentreFactory(association=centre.association)
    child = factories.ChildFactory(
        association=centre.association,
        name=make.CHILD["name"],
        born_on=datetime.date(2016, 5, 12),
        sex="f",
    )
    factories.EnrolmentFactory(centre=other, child=child)
    assert errors(centre) == [("B2", "on_another_list")]


def test_errors_are_counted_beyond_those_kept(centre):
    rows = [{"name": f"n{number}", "massar": "", "sex": "?"} for number in range(600)]
    verdict = examined(centre, make.sheet("children", *rows))
    assert (verdict.error_count, len(verdict.errors)) == (600, 500)


def test_no_message_repeats_what_a_cell_holds(centre):
    verdict = examined(centre, make.sheet(sex="Zaafrane", born_on="Zaafrane"))
    assert "Zaafrane" not in str(verdict.errors)
