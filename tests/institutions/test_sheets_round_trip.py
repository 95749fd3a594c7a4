"""Out and in again: nothing changes, whatever stands in the list."""

import datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from institutions import enums
from institutions.sheets import cells, lists, template
from institutions.sheets.columns import columns_of
from institutions.sheets.examining import examine
from institutions.sheets.parser.opening import open_sheet
from institutions.sheets.reading import Book
from tests import factories
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = pytest.mark.django_db

# What people type and paste, hostile beginnings included.
WORDS = st.text(
    st.one_of(
        st.characters(categories=["L", "N", "P", "S", "Zs"]),
        st.sampled_from("=+-@' اأإآىيةهـéÉ'\"\t\n;,_x"),
    ),
    max_size=40,
)
NAMES = WORDS.map(lambda text: f"ن{cells.plain(text)}".strip())
RISKY = st.sampled_from(["=1+1", "+212", "-3", "@SUM(A1)", "'=x", "''-1", "_x0041_"])
TRUTHS = st.booleans()
CENTS = st.integers(0, 9_999_999).map(lambda cents: Decimal(cents) / 100)


def parts(choices):
    return st.lists(st.sampled_from(choices.values), unique=True)


CHILD = st.fixed_dictionaries(
    {
        "name": st.one_of(NAMES, RISKY),
        "born_on": st.dates(datetime.date(2005, 1, 1), datetime.date(2022, 12, 31)),
        "sex": st.sampled_from(enums.Sex.values),
        "massar": st.from_regex(r"[A-Z][0-9]{9}", fullmatch=True),
        "card_number": st.one_of(st.just(""), RISKY, NAMES.map(str.upper)),
        "disability_type": st.sampled_from(enums.DisabilityType.values),
        "degree": st.sampled_from(enums.Degree.values),
        "card_expires_on": st.one_of(st.none(), st.dates(datetime.date(2020, 1, 1))),
        "has_rsu": TRUTHS,
    }
)
ENROLMENT = st.fixed_dictionaries(
    {
        "sub_programme": st.sampled_from(enums.SubProgramme.values),
        "services": parts(enums.ChildService),
        "certificates": parts(enums.Certificate),
        "months": st.integers(1, 12),
    }
)
MEMBER = st.fixed_dictionaries(
    {
        "name": st.one_of(NAMES, RISKY),
        "sex": st.sampled_from(enums.Sex.values),
        "speciality": st.sampled_from(enums.Speciality.values),
        "diploma": st.one_of(st.just(""), RISKY, NAMES),
        "experience_years": st.integers(0, 60),
        "has_work_certificate": TRUTHS,
        "has_licence": TRUTHS,
        "contract": st.sampled_from(enums.ContractForm.values),
        "has_contract": TRUTHS,
        "contract_remark": st.one_of(RISKY, NAMES),
        "monthly_salary_amount": CENTS,
        "is_cnss_declared": st.just(value=True),
        "is_cnss_charged": TRUTHS,
        "cnss_yearly_amount": CENTS,
    }
)
LIST = {"children": st.tuples(CHILD, ENROLMENT), "staff": MEMBER}


def fill(centre, kind, rows):
    for row in rows:
        if kind == "staff":
            factories.StaffMemberFactory(centre=centre, **row)
        else:
            child = factories.ChildFactory(association=centre.association, **row[0])
            factories.EnrolmentFactory(centre=centre, child=child, **row[1])


def round_trip(centre, kind, *, language, form, with_names=True):
    list_ = lists.current(centre, kind, YEAR)
    filled = template.Filled(kind, list_=list_, year=YEAR, with_names=with_names)
    if form == "xlsx":
        content = template.xlsx(filled, language=language)
    else:
        content = template.csv_text(filled, language=language).encode()
    with translation.override(language):
        return examine(Book(**open_sheet(content)), kind=kind, list_of=lambda: list_)


class TestRoundTrip(TestCase):
    """Its own transaction for each list that is tried."""

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.data())
    def test_out_and_in_changes_nothing(self, data):
        kind = data.draw(st.sampled_from(["children", "staff"]))
        rows = data.draw(st.lists(LIST[kind], min_size=1, max_size=4))
        centre = factories.CentreFactory()
        fill(centre, kind, rows)
        for form in ("xlsx", "csv"):
            language = data.draw(st.sampled_from(["ar", "fr"]))
            verdict = round_trip(centre, kind, language=language, form=form)
            assert verdict.errors == []
            assert [line.state for line in verdict.plan.lines] == ["same"] * len(rows)
            assert verdict.plan.removed == []


@pytest.mark.parametrize("kind", ["children", "staff"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_without_names_nothing_changes_either(kind, form, language):
    centre = factories.CentreFactory()
    made = {
        "children": factories.EnrolmentFactory,
        "staff": factories.StaffMemberFactory,
    }
    made[kind].create_batch(3, centre=centre)
    verdict = round_trip(centre, kind, language=language, form=form, with_names=False)
    assert verdict.errors == []
    assert [line.state for line in verdict.plan.lines] == ["same"] * 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "=cmd|' /C calc'!A0"])
def test_a_name_is_never_a_formula(text):
    centre = factories.CentreFactory()
    factories.StaffMemberFactory(
        centre=centre, name=text, monthly_salary_amount=Decimal("1234.50")
    )
    _book, sheet = make.opened(make.taken_out(centre, "staff"))
    name, salary = sheet["B2"], sheet[make.cell("staff", "monthly_salary_amount")]
    assert (name.value, name.data_type, name.quotePrefix) == (text, "s", True)
    assert (salary.value, salary.data_type) == (1234.5, "n")


def test_csv_marks_what_a_program_would_run():
    for text in ("=1", "+1", "-1", "@1", "\t1", "'=1", "''+"):
        assert cells.harmless(text) == f"'{text}"
        assert cells.unharmed(cells.harmless(text)) == text
    assert cells.harmless("O'Neil") == cells.unharmed("O'Neil") == "O'Neil"


def test_the_sheet_is_protected_and_its_rows_are_open():
    centre = factories.CentreFactory()
    factories.EnrolmentFactory(centre=centre)
    made, sheet = make.opened(make.taken_out(centre))
    assert sheet.protection.sheet is True
    assert (sheet["A1"].protection.locked, sheet["A2"].protection.locked) == (
        True,
        True,
    )
    assert sheet["B2"].protection.locked is False
    # The cells still empty take the look of their column.
    whole = sheet.column_dimensions
    assert (whole["A"].protection.locked, whole["B"].protection.locked) == (True, False)
    assert whole["C"].number_format == "dd/mm/yyyy"
    assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
    assert sheet.freeze_panes == "C2"
    states = [other.sheet_state for other in made.worksheets]
    assert states == ["visible", "hidden", "veryHidden"]


@pytest.mark.parametrize(("written", "is_rtl"), [("ar", True), ("fr", False)])
def test_the_sheet_reads_in_its_language(written, is_rtl):
    centre = factories.CentreFactory()
    factories.EnrolmentFactory(centre=centre)
    _book, sheet = make.opened(make.taken_out(centre, language=written))
    assert bool(sheet.sheet_view.rightToLeft) is is_rtl
    with translation.override(written):
        expected = [template.columns.title_of(c) for c in columns_of("children")]
    assert [cell.value for cell in sheet[1]] == expected


def test_every_choice_has_its_list():
    centre = factories.CentreFactory()
    made, sheet = make.opened(make.taken_out(centre, language="fr"))
    ranges = {
        str(rule.sqref).partition(":")[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    chosen = [
        place
        for place, column in enumerate(columns_of("children"), start=1)
        if column.kind in ("choice", "truth")
    ]
    ends = {
        str(rule.sqref).partition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for rule in sheet.data_validations.dataValidation
    }
    assert ends == {"20001"}
    letters = [openpyxl.utils.get_column_letter(place) for place in chosen]
    assert list(ranges) == [f"{letter}2" for letter in letters]
    source = ranges["D2"].removeprefix("'_lists'!").replace("$", "")
    values = [cell[0].value for cell in made["_lists"][source]]
    with translation.override("fr"):
        assert values == [str(choice.label) for choice in enums.Sex]


def test_last_years_list_while_this_one_is_empty():
    centre = factories.CentreFactory()
    old = factories.EnrolmentFactory(centre=centre, year=YEAR - 1)
    _book, sheet = make.opened(make.taken_out(centre))
    assert sheet["A2"].value == old.child.code


def test_without_names_no_identity_leaves():
    centre = factories.CentreFactory()
    row = factories.EnrolmentFactory(centre=centre)
    _book, sheet = make.opened(make.taken_out(centre, with_names=False))
    told = [cell.value for line in sheet.iter_rows() for cell in line]
    assert row.child.code in told
    assert {row.child.name, row.child.massar} & set(told) == set()
