"""The whole main job as people do it, for both programmes and in both languages."""

import pytest

from tests.browser import acts, desks
from tests.browser.conftest import DESK, PHONE


def file_an_application(person, who, *, lines, scripts=True):
    """From sign-in to the receipt; the file's key and the receipt's PDF."""
    person.sign_in(who["email"])
    acts.update_the_record(person)
    file = acts.begin(person)
    acts.fill(person, file, "request", **who["request"])
    acts.fill(person, file, lines, **who.get("lines", {}))
    acts.fill(person, file, "budget", **who["budget"])
    acts.add_missing_document(person, file, scripts=scripts)
    acts.send(person, file)
    return file, acts.receipt(person, file)


EPS = {
    "request": {
        "subject": "دعم تسيير دار الطالبة",
        "purpose": "الإطعام والأطر",
        "contact_name": "سعاد",
        "contact_phone": "٠٦٠٠٠٠١٢٣٤",
    },
    "lines": {"students-full": "٤٨"},
    "budget": {"staff": "60 000", "meals": "55.200,00"},
}
SCHOOLING = {
    "request": {
        "subject": "Appui à la scolarisation",
        "purpose": "Rééducation et transport des enfants.",
        "contact_name": "Souad L’Étoile",
        "contact_phone": "06 00 00 12 34",
    },
    "budget": {"staff": "40 000,00", "care": "20000"},
}


def decide(visit, portal, file, *, language, rank, amounts):
    """Delegate's opinion, sitting, publication; the sitting's key."""
    proposed, granted = amounts
    delegate = visit(language, DESK).sign_in(portal.cast["delegate"])
    desks.verify_update(delegate)
    desks.give_opinion(delegate, file, proposed)
    coordinator = visit(language, DESK).sign_in(portal.cast["coordinator"])
    coordinator.go("admin/").look("staff-home-coordinator")
    sitting = desks.decide(coordinator, rank, granted)
    central = visit(language, DESK).sign_in(portal.cast["central"])
    central.go("admin/").look("staff-home-central")
    return sitting, central


def test_eps_in_arabic_on_a_phone(visit, portal):
    """Update, application, return, correction, opinion, sitting, decision read."""
    association = visit("ar", PHONE)
    who = {**EPS, **portal.cast["eps"]}
    file, receipt = file_an_application(association, who, lines="beneficiaries")
    assert receipt.startswith(b"%PDF-")
    association.go(f"files/{file}/").look("follow-up")

    delegate = visit("ar", DESK).sign_in(portal.cast["delegate"])
    delegate.look("staff-home")
    desks.open_file(delegate, file).look("review")
    desks.ask_for_completion(delegate, file, "المرجو توضيح أوجه الاستعمال.")
    acts.complete(association, file, "تم التوضيح.", purpose="الإطعام طيلة السنة")

    sitting, central = decide(
        visit, portal, file, language="ar", rank=1, amounts=("110000", "100 000,00")
    )
    association.go(f"files/{file}/")
    assert "100 000" not in association.text().replace("\u00a0", " ")

    desks.publish(central, sitting)
    association.go(f"files/{file}/").look("published")
    assert "100 000,00" in association.text().replace("\u00a0", " ")
    association.go(f"files/{file}/decision/").look("decision")
    assert "100 000,00" in association.text().replace("\u00a0", " ")


def test_schooling_in_french_at_a_desk(visit, portal):
    association = visit("fr", DESK)
    who = {**SCHOOLING, **portal.cast["schooling"]}
    file, receipt = file_an_application(association, who, lines="children")
    assert receipt.startswith(b"%PDF-")

    delegate = visit("fr", DESK).sign_in(portal.cast["delegate"])
    desks.open_file(delegate, file).look("review")
    desks.ask_for_completion(delegate, file, "Précisez l’emploi de l’appui.")
    acts.complete(association, file, "Précisé.", purpose="Trois séances par semaine")

    sitting, central = decide(
        visit, portal, file, language="fr", rank=2, amounts=("5000", "4 500,50")
    )
    association.go(f"files/{file}/")
    assert "4 500,50" not in association.text().replace("\u00a0", " ")

    desks.publish(central, sitting)
    association.go(f"files/{file}/decision/").look("decision")
    assert "4 500,50" in association.text().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "language", "viewport", "lines"),
    [
        ("eps_plain", "ar", PHONE, "beneficiaries"),
        ("schooling_plain", "fr", DESK, "children"),
    ],
)
def test_without_scripts_up_to_the_receipt(
    visit, portal, *, name, language, viewport, lines
):
    association = visit(language, viewport, scripts=False)
    base = EPS if lines == "beneficiaries" else SCHOOLING
    who = {**base, **portal.cast[name]}
    _file, receipt = file_an_application(association, who, lines=lines, scripts=False)
    assert receipt.startswith(b"%PDF-")
