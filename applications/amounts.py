"""Amounts of a file, computed from the tariffs of its call (decision 19).

Pure functions on exact decimals, in MAD with two digits, rounded half up.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

Key = TypeVar("Key")
CENTIME = Decimal("0.01")
ZERO = Decimal("0.00")
WHOLE = Decimal("100.00")


def to_centime(amount: Decimal) -> Decimal:
    """Two digits, half up, as on a payment order."""
    return amount.quantize(CENTIME, rounding=ROUND_HALF_UP)


def gross(count: int, rate: Decimal, *, months: int | None = None) -> Decimal:
    """``count`` × ``rate`` (× ``months``). The rate is per year, or per month."""
    return to_centime(count * rate * (1 if months is None else months))


def largest_remainder(weights: Mapping[Key, Decimal], total: int) -> dict[Key, int]:
    """Whole units shared by weight, so that they sum to ``total``.

    Units left after rounding down go to the largest remainders; among equals, to the
    keys that come first in ``weights``.
    """
    whole = sum(weights.values(), Decimal(0))
    if whole <= 0:
        return dict.fromkeys(weights, 0)
    exact = {key: weight * total / whole for key, weight in weights.items()}
    shares = {key: int(share // 1) for key, share in exact.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(exact, key=lambda key: shares[key] - exact[key])
    for key in by_remainder[:left]:
        shares[key] += 1
    return shares


def within_capacity(counts: Mapping[Key, int], capacity: int) -> dict[Key, int]:
    """Eligible head-counts: as declared, or reduced pro rata to the capacity.

    Keys start with the code of the category, which settles ties (decision 19).
    """
    if sum(counts.values()) <= capacity:
        return dict(counts)
    ordered = {key: Decimal(counts[key]) for key in sorted(counts, key=str)}
    shares = largest_remainder(ordered, capacity)
    return {key: shares[key] for key in counts}


def above_child_ceiling(
    count: int, rate: Decimal, *, months: int, ceiling: Decimal | None
) -> Decimal:
    """What the ceiling per child and year takes off one line: zero or negative."""
    if ceiling is None:
        return ZERO
    excess = max(gross(1, rate, months=months) - ceiling, ZERO)
    return -to_centime(count * excess)


def above_ceiling(total: Decimal, ceiling: Decimal | None) -> Decimal:
    """What the ceiling per association takes off the file: zero or negative."""
    if ceiling is None or total <= ceiling:
        return ZERO
    return to_centime(ceiling - total)


def split(total: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """``total`` in shares that sum to it exactly, to the centime."""
    shares = largest_remainder(dict(enumerate(percents)), int(total / CENTIME))
    return [shares[rank] * CENTIME for rank in range(len(percents))]
