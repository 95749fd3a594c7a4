"""What the tests of the lists have in common: a centre, its people, what is typed."""

from django.urls import reverse

from institutions import people
from tests import factories
from tests.factories import YEAR


def at(name, *args):
    return reverse(f"institutions:{name}", args=args)


def child(**values):
    return {
        "name": "سلمى بنعيسى",
        "born_on": "12/05/2016",
        "sex": "f",
        "disability_type": "autism",
        "degree": "moderate",
        "sub_programme": "A",
        "services": ["speech"],
        "certificates": ["disability"],
        "months": "10",
        **values,
    }


def member(**values):
    return {
        "name": "ليلى",
        "sex": "f",
        "speciality": "speech",
        "contract": "full",
        "has_contract": "on",
        "experience_years": "4",
        "monthly_salary_amount": "4500,00",
        "cnss_yearly_amount": "0",
        "is_cnss_declared": "on",
        **values,
    }


def seen(row):
    """How the form posts the row it was opened with."""
    row.refresh_from_db()
    if hasattr(row, "child"):
        row.child.refresh_from_db()
    return people.fingerprint(row)


def enrolled(centre, count=1, **values):
    return factories.EnrolmentFactory.create_batch(
        count, centre=centre, year=values.pop("year", YEAR), **values
    )


def errors(response, field):
    return [str(text) for text in response.context["form"].errors.get(field, [])]


def texts(response):
    return [str(message) for message in response.context["messages"]]
