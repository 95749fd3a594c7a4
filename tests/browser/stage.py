"""Sets the stage of the browser tests: the demonstration, small, and two associations
of their own in a province where nothing else happens. Prints who is who as JSON.
"""

import datetime
import io
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- after the set-up
from django.utils import timezone  # noqa: E402

from accounts.demo import CENTRAL, DEMO_PASSWORD  # noqa: E402
from accounts.enums import Programme  # noqa: E402
from accounts.models import User  # noqa: E402
from applications.demo import papers  # noqa: E402
from applications.models import Application, Call, CallDocument, Envelope  # noqa: E402
from bench.data import copies  # noqa: E402
from institutions.enums import AccountKind, AccountSource, DocumentLevel  # noqa: E402
from institutions.models import Association, UpdateRound  # noqa: E402
from tests import factories  # noqa: E402

PLACE, BESIDE, APART = "12.066", "12.391", "11.321"
SCALE = 0.04
CROWD = 2_001


def main():
    call_command("seed_demo", scale=SCALE, verbosity=0, stdout=io.StringIO())
    place, beside = factories.delegation(PLACE), factories.delegation(BESIDE)
    apart = factories.delegation(APART)
    for call in Call.objects.filter(is_published=True):
        Envelope.objects.update_or_create(
            call=call, region=place.region, defaults={"amount": 5_000_000}
        )
    old_call = crowd()
    cast = {
        "delegate": f"delegation.{place.code}@demo.ma",
        "coordinator": f"coordination.{place.region.code}@demo.ma",
        "central": CENTRAL,
        "eps": eps(place, email="rihla@demo.ma", number=1),
        "schooling": schooling(place, email="parcours@demo.ma", number=2),
        "eps_plain": eps(beside, email="rihla.2@demo.ma", number=3),
        "schooling_plain": schooling(beside, email="parcours.2@demo.ma", number=4),
        "unchanged": eps(apart, email="rihla.3@demo.ma", number=5),
        "changed": eps(apart, email="rihla.4@demo.ma", number=6),
        "sheets": schooling(apart, email="rihla.7@demo.ma", number=7),
        "behalf": behalf(beside, email="rihla.8@demo.ma", number=8),
        "delegate_beside": f"delegation.{BESIDE}@demo.ma",
        "place_apart": apart.pk,
        "delegate_apart": f"delegation.{APART}@demo.ma",
        "crowd": CROWD,
        "old_call": old_call,
    }
    sys.stdout.write(json.dumps(cast))


def crowd():
    """Enough files in one old call for its list to be long."""
    file = Application.objects.filter(published_at__isnull=False).first()
    copies(
        file,
        CROWD,
        state="'withdrawn'",
        number="'OLD-' || g",
        published_at="NULL",
        sitting_id="NULL",
    )
    return file.call_id


def manager(email, language):
    return User.objects.create_user(
        email, DEMO_PASSWORD, name="سعاد", language=language
    )


def association(place, *, email, language, name, number):
    """Verified, with a president, and all its papers but one of each call."""
    user = manager(email, language)
    row = factories.AssociationFactory(
        delegation=place,
        name_ar=name[0],
        name_fr=name[1],
        language=language,
        manager=user,
        receipt_number=f"99/{number}",
    )
    factories.BoardMemberFactory(association=row)
    return row, user


def keep_papers(row, user, programme, *, institution=None, but):
    call = Call.objects.filter(programme=programme, is_published=True).latest("year")
    wanted = CallDocument.objects.filter(call=call, is_required=True)
    papers.keep(
        papers.Paper(
            association=row,
            institution=institution
            if line.type.level == DocumentLevel.INSTITUTION
            else None,
            type=line.type,
            added_at=timezone.now() - datetime.timedelta(days=20),
            actor_pk=user.pk,
        )
        for line in wanted.select_related("type").exclude(type__code=but)
    )
    return call


def eps(place, *, email, number):
    row, user = association(
        place,
        email=email,
        number=number,
        language="ar",
        name=('جمعية "الرحلة" للتضامن', "Association Errihla"),
    )
    institution = factories.InstitutionFactory(
        association=row, name_ar="دار الطالبة الواحة", name_fr="Dar Taliba Al Waha"
    )
    call = keep_papers(
        row, user, Programme.EPS, institution=institution, but="request_letter"
    )
    last = call.year - 1
    factories.HeadcountFactory(institution=institution, year=last, count=50)
    factories.StaffCountFactory(institution=institution, year=last)
    factories.UnmetRequestsFactory(institution=institution, year=last)
    keep_accounts(row, institution, year=call.year)
    keep_house(institution, year=call.year)
    return {"email": user.email, "year": call.year, "name": row.name_ar}


def behalf(place, *, email, number):
    """Its update is confirmed; the rest is done by the delegation."""
    who = eps(place, email=email, number=number)
    row = Association.objects.get(receipt_number=f"99/{number}")
    institution = row.institutions.get()
    factories.HeadcountFactory(institution=institution, year=who["year"], count=50)
    factories.AnnualUpdateFactory(
        association=row,
        round=UpdateRound.objects.get(year=who["year"]),
        confirmed=True,
    )
    return {**who, "pk": row.pk}


def keep_house(institution, *, year):
    """What a student house said the year before."""
    factories.SeasonCountFactory(institution=institution, season=year - 2)
    factories.FundingLineFactory(institution=institution, year=year - 3)
    factories.FunctionCountFactory(institution=institution, year=year - 1)


def keep_accounts(row, institution, *, year):
    """Of the two last closed years, revenue equal to expenditure."""
    for kind, source in [
        (AccountKind.REVENUE, AccountSource.OWN),
        (AccountKind.EXPENDITURE, AccountSource.MEALS),
    ]:
        for closed in (year - 3, year - 2):
            factories.AccountLineFactory(
                association=row,
                institution=institution,
                year=closed,
                kind=kind,
                source=source,
            )


def schooling(place, *, email, number):
    row, user = association(
        place,
        email=email,
        number=number,
        language="fr",
        name=("جمعية المسار", "Association L’Étoile d’Oued"),
    )
    centre = factories.CentreFactory(
        association=row, name_ar="مركز النجمة", name_fr="Centre Ennajma"
    )
    call = keep_papers(row, user, Programme.SCHOOLING, but="request_letter")
    for child in range(6):
        factories.EnrolmentFactory(
            centre=centre,
            year=call.year - 1,
            child__name=f"طفل الرحلة {number} {child}",
            child__massar=f"T{number}{child:08d}",
        )
    factories.StaffMemberFactory(centre=centre, year=call.year - 1)
    keep_accounts(row, None, year=call.year)
    return {
        "email": user.email,
        "year": call.year,
        "name": row.name_fr,
        "centre": centre.pk,
    }


if __name__ == "__main__":
    main()
