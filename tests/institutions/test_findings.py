"""Each check just inside its limit, and just outside."""

import datetime

import pytest
from django.utils import timezone

from institutions import findings
from institutions.enums import Certificate, ContractForm, LegalBasis, SubProgramme
from institutions.findings import Facts
from institutions.findings.facts import load_facts
from institutions.models import Association, Centre, Child, Institution
from institutions.record import Record
from tests import factories
from tests.factories import YEAR

TODAY = datetime.date(2026, 11, 20)
YESTERDAY = TODAY - datetime.timedelta(days=1)
GOOD_RIB = factories.made_up_rib(7)
# The thirteenth digit given, the key computed by the rule of domain.md, section 5.2.
ICE_BODY = "0012345670000"
GOOD_ICE = ICE_BODY + f"{97 - int(ICE_BODY) * 100 % 97:02d}"


def association(**values):
    return Association(pk=1, name_ar="جمعية", **values)


def home(**values):
    defaults = {
        "pk": 5,
        "name_ar": "دار",
        "capacity_female": 40,
        "capacity_male": 10,
        "authorisation_number": "1",
    }
    return Institution(**{**defaults, **values})


def facts(**values):
    defaults = {
        "association": association(),
        "year": YEAR,
        "today": TODAY,
        "accounts_year": YEAR - 2,
    }
    return Facts(**{**defaults, **values})


def cases(code, **values):
    return list(findings.REGISTRY[code].run(facts(**values)))


@pytest.mark.parametrize(("count", "found"), [(50, 0), (51, 1)])
def test_over_capacity(count, found):
    got = cases("over_capacity", institutions=[home()], heads={5: count})
    assert len(got) == found
    if found:
        assert (got[0]["count"], got[0]["capacity"]) == (51, 50)


def test_not_authorised():
    bare = home(legal_basis=LegalBasis.NONE, no_authorisation_reason="في طور الإنجاز")
    assert cases("not_authorised", institutions=[home()]) == []
    (case,) = cases("not_authorised", institutions=[bare])
    assert case["reason"] == "في طور الإنجاز"


@pytest.mark.parametrize(("day", "found"), [(TODAY, 0), (YESTERDAY, 1), (None, 0)])
def test_authorisation_expired(day, found):
    unit = home(authorisation_expires_on=day)
    assert len(cases("authorisation_expired", institutions=[unit])) == found


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([TODAY], 0),
        ([YESTERDAY], 1),
        ([YESTERDAY, TODAY], 0),
        ([YESTERDAY, None], 0),
        ([YESTERDAY, YESTERDAY], 1),
    ],
)
def test_kept_document_expired(days, found):
    kind = factories.DocumentTypeFactory.build(pk=3)
    kept = [
        factories.DocumentFactory.build(
            type=kind, expires_on=day, association=None, uploaded_by=None, file="x"
        )
        for day in days
    ]
    assert len(cases("kept_document_expired", documents=kept)) == found


@pytest.mark.parametrize(
    ("assembly", "months", "found"),
    [
        (datetime.date(2022, 11, 20), 48, 0),
        (datetime.date(2022, 11, 19), 48, 1),
        (None, 48, 0),
        (datetime.date(2000, 1, 1), None, 0),
    ],
)
def test_board_term_expired(assembly, months, found):
    row = association(last_assembly_on=assembly, board_term_months=months)
    assert len(cases("board_term_expired", association=row)) == found


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (datetime.date(2024, 2, 29), 12, datetime.date(2025, 2, 28)),
        (datetime.date(2024, 8, 31), 6, datetime.date(2025, 2, 28)),
        (datetime.date(2023, 12, 15), 12, datetime.date(2024, 12, 15)),
    ],
)
def test_a_term_ends_on_the_same_day_or_the_last_of_a_shorter_month(day, months, last):
    row = association(last_assembly_on=day, board_term_months=months)
    assert row.board_ends_on == last


@pytest.mark.parametrize(
    ("rib", "found"),
    [(GOOD_RIB, 0), (GOOD_RIB[:-1] + str((int(GOOD_RIB[-1]) + 1) % 10), 1), ("", 0)],
)
def test_rib_key_wrong(rib, found):
    assert len(cases("rib_key_wrong", association=association(rib=rib))) == found


@pytest.mark.parametrize(
    ("ice", "found"),
    [(GOOD_ICE, 0), (GOOD_ICE[:-1] + str((int(GOOD_ICE[-1]) + 1) % 10), 1), ("", 0)],
)
def test_ice_key_wrong(ice, found):
    assert len(cases("ice_key_wrong", association=association(ice=ice))) == found


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [(50, 60, 0), (50, 61, 1), (50, 40, 0), (50, 39, 1), (0, 10, 0), (None, 10, 0)],
)
def test_headcount_changed(before, now, found):
    heads_before = {} if before is None else {5: before}
    got = cases(
        "headcount_changed",
        institutions=[home()],
        heads={5: now},
        heads_before=heads_before,
        change_percent=20,
    )
    assert len(got) == found


def test_the_percentage_is_that_of_the_round():
    values = {"institutions": [home()], "heads": {5: 61}, "heads_before": {5: 50}}
    assert cases("headcount_changed", change_percent=22, **values) == []
    assert len(cases("headcount_changed", change_percent=21, **values)) == 1


@pytest.mark.parametrize(
    ("present", "has_centres", "found"),
    [({5}, False, 0), (set(), False, 1), ({5}, True, 1), ({5, None}, True, 0)],
)
def test_accounts_missing(present, has_centres, found):
    got = cases(
        "accounts_missing",
        institutions=[home()],
        with_accounts=present,
        centres=[CENTRE] if has_centres else [],
    )
    assert len(got) == found


@pytest.mark.parametrize(
    ("working_year", "written"), [("school", "2025/2026"), ("financial", "2025")]
)
def test_the_year_of_accounts_is_written_as_the_association_works(
    working_year, written
):
    working = association(working_year=working_year)
    (case,) = cases(
        "accounts_missing",
        association=working,
        accounts_year=2025,
        institutions=[home()],
        with_accounts=set(),
    )
    assert case["year"].strip("\u2066\u2069") == written


@pytest.mark.parametrize(
    ("is_declared", "contract", "found"),
    [
        (True, ContractForm.FULL_WEEK, 0),
        (False, ContractForm.FULL_WEEK, 1),
        (False, ContractForm.QUARTER_WEEK, 1),
        (False, ContractForm.VOLUNTEER, 0),
        (False, ContractForm.SECONDED, 0),
    ],
)
def test_staff_not_declared(is_declared, contract, found):
    member = factories.StaffMemberFactory.build(
        centre=CENTRE, is_cnss_declared=is_declared, contract=contract
    )
    got = cases("staff_not_declared", staff=[member], centres=[CENTRE])
    assert len(got) == found


CENTRE = Centre(pk=7, name_ar="مركز", own_capacity=1)


def enrolled(**values):
    child = Child(
        pk=9,
        code="E-ABC",
        has_rsu=values.pop("has_rsu", True),
        card_expires_on=values.pop("card_expires_on", None),
    )
    return factories.EnrolmentFactory.build(centre=CENTRE, child=child, **values)


@pytest.mark.parametrize(
    ("held", "programme", "found"),
    [
        ([Certificate.DISABILITY], SubProgramme.A, 0),
        ([Certificate.MEDICAL], SubProgramme.C, 0),
        ([], SubProgramme.A, 1),
        ([Certificate.AMO, Certificate.SCHOOL], SubProgramme.A, 1),
        ([Certificate.DISABILITY, Certificate.SCHOOL], SubProgramme.B, 0),
        ([Certificate.DISABILITY], SubProgramme.B, 1),
    ],
)
def test_certificate_missing(held, programme, found):
    row = enrolled(certificates=held, sub_programme=programme)
    assert (
        len(cases("certificate_missing", enrolments=[row], centres=[CENTRE])) == found
    )


@pytest.mark.parametrize(("has_rsu", "found"), [(True, 0), (False, 1)])
def test_rsu_missing(has_rsu, found):
    got = cases("rsu_missing", enrolments=[enrolled(has_rsu=has_rsu)], centres=[CENTRE])
    assert len(got) == found
    if found:
        assert got[0]["codes"] == "E-ABC"


# What is read from the database.


def messages(association, **values):
    return {f.code: f.message for f in findings.check_record(association, **values)}


@pytest.mark.django_db
def test_a_child_in_two_associations_is_seen_by_each_side_as_its_own():
    here = factories.EnrolmentFactory()
    there = factories.EnrolmentFactory(child__massar=here.child.massar)
    mine = messages(here.centre.association, year=YEAR)["child_twice"]
    theirs = messages(there.centre.association, year=YEAR)["child_twice"]
    assert here.child.code in mine
    assert there.child.code not in mine
    assert there.centre.association.name not in mine
    assert there.child.code in theirs
    assert here.child.code not in theirs


@pytest.mark.django_db
def test_two_children_without_numbers_are_not_the_same():
    one = factories.EnrolmentFactory(child__massar="")
    factories.EnrolmentFactory(child__massar="")
    assert "child_twice" not in messages(one.centre.association, year=YEAR)


@pytest.mark.django_db
def test_the_same_name_and_birth_date_are_the_same_child_however_spelt():
    one = factories.EnrolmentFactory(child__name="أحمد بن علي", child__massar="")
    factories.EnrolmentFactory(child__name="علي بن احمد", child__massar="")
    assert "child_twice" in messages(one.centre.association, year=YEAR)


@pytest.mark.django_db
def test_one_institution_brings_only_what_concerns_it():
    association = factories.AssociationFactory()
    one, other = factories.InstitutionFactory.create_batch(2, association=association)
    for unit in (one, other):
        factories.HeadcountFactory(institution=unit, count=99)
    got = findings.check_record(association, year=YEAR, institution=one)
    assert [f.evidence["unit"] for f in got if f.code == "over_capacity"] == [one.pk]


@pytest.mark.django_db
def test_a_clean_record_has_no_finding():
    association = factories.AssociationFactory()
    unit = factories.InstitutionFactory(association=association)
    factories.UpdateRoundFactory()
    factories.HeadcountFactory(institution=unit, count=50)
    factories.AccountLineFactory(institution=unit)
    assert findings.check_record(association, year=YEAR) == []


@pytest.mark.django_db
def test_every_finding_has_a_sentence_and_a_remedy(language):
    association = factories.AssociationFactory(
        last_assembly_on=timezone.localdate() - datetime.timedelta(days=4000)
    )
    unit = factories.InstitutionFactory(association=association)
    factories.HeadcountFactory(institution=unit, count=99)
    for finding in findings.check_record(association, year=YEAR):
        assert finding.message
        assert "%(" not in finding.message
        assert finding.url.startswith(f"/{language}/my/")
        assert finding.staff_url.startswith(f"/{language}/admin/institutions/")
        assert finding.level == "warning"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(django_assert_num_queries, count):
    association = factories.AssociationFactory()
    for _rank in range(count):
        unit = factories.InstitutionFactory(association=association)
        factories.HeadcountFactory(institution=unit)
        centre = factories.CentreFactory(association=association)
        factories.EnrolmentFactory(centre=centre)
        factories.StaffMemberFactory(centre=centre)
        factories.DocumentFactory(association=association)
    with django_assert_num_queries(8):
        load_facts(Record(association, year=YEAR))
