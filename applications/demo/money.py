"""What was paid and settled of the awards of the past years.

The centre keeps these rows by hand or by import (decision 26): here as it would have
left them by today.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from applications.demo.chance import chance
from applications.demo.clock import previous_working_day
from applications.enums import InstalmentState, SettlementState
from applications.models import Award, Call, Settlement

HUNDRED = Decimal(100)
PAID, ORDERED = InstalmentState.PAID, InstalmentState.ORDERED
DUE, BLOCKED = InstalmentState.DUE, InstalmentState.BLOCKED
# Of a hundred awards: all paid and settled, waiting for the centre, unsettled.
OLDEST = {
    SettlementState.ACCEPTED: 82,
    SettlementState.SUBMITTED: 8,
    SettlementState.OPEN: 10,
}
LAST_YEAR = {
    SettlementState.ACCEPTED: 12,
    SettlementState.SUBMITTED: 38,
    SettlementState.OPEN: 50,
}
FIRST_PAID_AFTER, NEXT_PAID_AFTER = 24, 75
WITH_SURPLUS = 12


def pay(call: Call, *, is_last_year: bool, demo_association: int, today: date) -> None:
    """Instalments and settlement of every award of the call, once."""
    awards = Award.objects.filter(application__call=call).select_related("application")
    for award in awards.prefetch_related("instalments", "settlements").order_by("pk"):
        random = chance("money", award.application.number)
        shares = LAST_YEAR if is_last_year else OLDEST
        state = random.choices(list(shares), list(shares.values()))[0]
        if award.application.association_id == demo_association:
            # Last year's is not settled, which blocks its second instalment.
            state = SettlementState.OPEN if is_last_year else SettlementState.ACCEPTED
        with transaction.atomic():
            _settle(award, state, random)
            _pay(award, state, random, today=today)


def _settle(award: Award, state: str, random: Random) -> None:
    """Spent and justified as declared; one in eight leaves a surplus."""
    settlement = award.settlements.first() or Settlement(
        award=award, year=award.application.year
    )
    settlement.state = state
    if state != SettlementState.OPEN:
        has_surplus = random.randrange(100) < WITH_SURPLUS
        share = random.randint(4, 15) if has_surplus else 0
        surplus = (award.amount * share / 100) // HUNDRED * HUNDRED
        settlement.surplus_amount = surplus
        settlement.spent_amount = award.amount - surplus
        settlement.justified_amount = settlement.spent_amount
    settlement.save()


def _pay(award: Award, state: str, random: Random, *, today: date) -> None:
    """The first instalment was paid; the others wait for the settlement."""
    day = award.granted_on + timedelta(days=FIRST_PAID_AFTER + random.randrange(30))
    instalments = list(award.instalments.all())
    for position, instalment in enumerate(instalments):
        instalment.state = _state(position, state, random)
        if instalment.state == PAID:
            paid_on = min(day, previous_working_day(today))
            instalment.paid_on = paid_on
            instalment.reference = f"OV-{paid_on:%Y}-{random.randrange(10**5):05d}"
        instalment.save()
        day += timedelta(days=NEXT_PAID_AFTER + random.randrange(40))


def _state(position: int, settlement: str, random: Random) -> str:
    if position == 0:
        if settlement == SettlementState.ACCEPTED:
            return PAID
        return random.choices((PAID, ORDERED, DUE), (88, 8, 4))[0]
    if settlement == SettlementState.OPEN:
        return BLOCKED
    if settlement == SettlementState.ACCEPTED:
        return PAID
    return random.choices((DUE, ORDERED, PAID), (40, 25, 35))[0]
