"""A student house with a full diagnosis, and the forms of it filled in."""

from django.forms import CheckboxInput
from django.forms.widgets import ChoiceWidget

from institutions.enums import Engagement, FundingPurpose, FundingSource, Sex, Stay
from tests import factories
from tests.factories import (
    YEAR,
    FunctionCountFactory,
    FundingLineFactory,
    InstitutionFactory,
    SeasonCountFactory,
)

SEASON, ACCOUNTS = YEAR - 1, YEAR - 2
HALLS = ("housing", "meals")


def complete_house(association, *, years_ago=0, **fields):
    """Rows of the year asked for, or of one before."""
    home = InstitutionFactory(association=association, **fields)
    for season in range(SEASON - 2 - years_ago, SEASON + 1 - years_ago):
        for stay in (Stay.HOUSING, Stay.MEALS):
            for sex in Sex:
                SeasonCountFactory(
                    institution=home, season=season, stay=stay, sex=sex, count=40
                )
    FunctionCountFactory(institution=home, year=YEAR - years_ago)
    FunctionCountFactory(
        institution=home,
        year=YEAR - years_ago,
        engagement=Engagement.VOLUNTEER,
        declared_count=0,
        minimum_wage_count=0,
        monthly_amount=0,
        yearly_amount=0,
    )
    FundingLineFactory(institution=home, year=ACCOUNTS - years_ago)
    FundingLineFactory(
        institution=home,
        year=2009,
        purpose=FundingPurpose.CONSTRUCTION,
        source=FundingSource.INDH,
        amount="1250000.50",
    )
    return home


def seasons_posted(**changed):
    """All beneficiaries of the season asked for; ``changed``: ``housing_all_f=3``."""
    values = {f"{SEASON}-{hall}-all-{sex}": "30" for hall in HALLS for sex in "fm"}
    for name, value in changed.items():
        values[f"{SEASON}-{'-'.join(name.rsplit('_', 2))}"] = str(value)
    return values


def untouched(form):
    """What a browser sends back of a form that nobody touched."""
    if not hasattr(form, "formset"):
        return _shown(form)
    management = form.formset.management_form
    posted = {management.add_prefix(k): v for k, v in management.initial.items()}
    for one in (form.form, *form.formset):
        posted |= _shown(one)
    return posted


def _shown(form):
    """Boxes that are not ticked and fields left empty send nothing worth reading."""
    found = {bound.html_name: _as_sent(bound) for bound in form}
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def _as_sent(bound):
    value = bound.value()
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return "on" if value else ""
    shown = widget.format_value(value)
    if isinstance(widget, ChoiceWidget) and not widget.allow_multiple_selected:
        return shown[0] if shown else ""
    return shown


def everything(association):
    """A record with something in every section that has a form."""
    for role in ("president", "treasurer", "adviser", "adviser"):
        factories.BoardMemberFactory(association=association, role=role)
    home = complete_house(
        association,
        tenure="owned",
        condition="worn",
        is_repairable=True,
        school_distance="inside",
        selection="alone",
        monthly_fee="free",
        priorities=["البعد", "اليتم"],
        latitude="33.57311",
        longitude="-7.58984",
        has_management_committee=False,
        school_levels=["middle"],
    )
    factories.HeadcountFactory(institution=home)
    factories.StaffCountFactory(institution=home)
    for sex in "fm":
        factories.UnmetRequestsFactory(institution=home, sex=sex)
    factories.AccountLineFactory(institution=home)
    factories.AccountLineFactory(association=association, institution=None)
    factories.CentreFactory(association=association, milieu="rural")
    return home
