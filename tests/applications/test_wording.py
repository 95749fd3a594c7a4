"""What is said of a file, by audience and language; nothing hidden shows through."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from applications import wording
from applications.enums import State
from applications.models import Application, Call
from applications.workflow import Capacity
from tests.applications.acting import move, person, ready
from tests.factories import ApplicationFactory, CallFactory

NOON = datetime(2027, 3, 31, 15, 30, tzinfo=UTC)
DECIDED = [State.APPROVED, State.REFUSED]


def a_file(state, **fields):
    return Application(state=state, due_on=date(2027, 5, 3), **fields)


LABELS = {
    State.DRAFT: ("مسودة", "brouillon"),
    State.SUBMITTED: ("مودَع", "déposée"),
    State.RETURNED: ("مطلوب استكماله", "à compléter"),
    State.RECOMMENDED: ("محال على المنسقية", "transmise à la coordination"),
    State.APPROVED: ("محال على المنسقية", "transmise à la coordination"),
    State.REFUSED: ("محال على المنسقية", "transmise à la coordination"),
    State.WITHDRAWN: ("مسحوب", "retirée"),
}


@pytest.mark.parametrize("state", State)
def test_the_association_reads_these_words(state):
    said = []
    for language in ("ar", "fr"):
        with translation.override(language):
            said.append(wording.state_label(a_file(state), "association"))
    assert tuple(said) == LABELS[state]


@pytest.mark.parametrize("state", DECIDED)
def test_a_hidden_decision_is_said_and_shown_as_if_it_did_not_exist(state):
    hidden, waiting = a_file(state), a_file(State.RECOMMENDED)
    for say in (wording.state_label, wording.who_acts, wording.tone, wording.icon):
        assert say(hidden, "association") == say(waiting, "association")
        assert say(hidden, "staff") != "" != say(waiting, "staff")
    assert wording.state_label(hidden, "staff") != wording.state_label(waiting, "staff")


@pytest.mark.parametrize("state", DECIDED)
def test_a_published_decision_is_said_to_all(state):
    published = a_file(state, published_at=NOON)
    for audience in ("association", "staff"):
        assert wording.state_label(published, audience) == State(state).label
        assert wording.who_acts(published, audience)


@pytest.mark.parametrize("audience", ["association", "staff"])
@pytest.mark.parametrize("state", State)
def test_somebody_always_acts_or_nobody_is_said_to(state, audience, language):
    application = a_file(state, call=Call(opens_at=NOON, closes_at=NOON))
    application.call.is_published = True
    assert wording.who_acts(application, audience)
    assert wording.icon(application, audience)


def test_the_day_stands_in_the_sentence():
    with translation.override("fr"):
        said = wording.who_acts(a_file(State.SUBMITTED), "association")
    assert said == (
        "La délégation examine le dossier\u00a0; décision au plus tard le 03/05/2027."
    )


@pytest.mark.django_db
def test_a_draft_says_the_close_on_the_clocks_of_morocco():
    closes_at = datetime(2099, 3, 31, 15, 30, tzinfo=UTC)
    call = CallFactory(closes_at=closes_at)
    application = ApplicationFactory(call=call)
    local = timezone.localtime(closes_at)
    said = wording.who_acts(application, "association")
    assert f"{local:%d/%m/%Y}" in said
    assert f"{local:%H:%M}" in said


@pytest.mark.django_db
def test_the_history_of_the_association_leaves_out_what_is_hidden():
    application = ready(State.RECOMMENDED)
    coordinator = person(Capacity.COORDINATOR, application)
    before = wording.history(application, "association")
    approved = move("approve", application, coordinator)
    assert wording.history(approved, "association") == before
    assert len(wording.history(approved, "staff")) == len(before) + 1


@pytest.mark.django_db
def test_reasons_between_offices_stay_there():
    application = ready(State.RECOMMENDED)
    back = move("send_back", application, person(Capacity.COORDINATOR, application))
    (told,) = [s for s in wording.history(back, "association") if s.state == "done"]
    (known,) = [s for s in wording.history(back, "staff") if s.state == "done"]
    assert (told.note, known.note) == ("", "ناقص")


@pytest.mark.django_db
def test_every_move_has_its_title(language):
    from_table = {*wording.STAFF_TITLES}
    assert set(wording.TITLES) <= from_table
    assert all(str(title) for title in wording.STAFF_TITLES.values())
