import random
from decimal import Decimal

import pytest

from applications import amounts


def dec(text):
    return Decimal(text)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.004", "0.00"), ("0.005", "0.01"), ("2.675", "2.68"), ("-0.005", "-0.01")],
)
def test_amounts_are_rounded_half_up_to_the_centime(exact, rounded):
    assert amounts.to_centime(dec(exact)) == dec(rounded)


def test_gross_is_count_times_rate_times_months():
    assert amounts.gross(3, dec("1000.33")) == dec("3000.99")
    assert amounts.gross(3, dec("100.15"), months=10) == dec("3004.50")


def test_counts_within_the_capacity_stay():
    counts = {"children-full": 30, "students-full": 50}
    assert amounts.within_capacity(counts, 80) == counts


def test_counts_over_the_capacity_are_reduced_pro_rata_by_largest_remainder():
    counts = {"students-full": 66, "children-day": 21, "women-day": 13}
    # 66, 21 and 13 hundredths of 40: 26.4, 8.4, 5.2; the unit left goes to the first
    # of the two largest remainders by category code.
    assert amounts.within_capacity(counts, 40) == {
        "students-full": 26,
        "children-day": 9,
        "women-day": 5,
    }


def test_ties_go_to_the_first_category_code():
    assert amounts.within_capacity({"women-day": 1, "elderly-day": 1}, 1) == {
        "women-day": 0,
        "elderly-day": 1,
    }


@pytest.mark.parametrize("seed", range(50))
def test_eligible_counts_always_sum_to_the_capacity_and_exceed_nothing(seed):
    chance = random.Random(seed)
    counts = {f"c{n}": chance.randrange(0, 200) for n in range(chance.randrange(1, 9))}
    capacity = chance.randrange(0, 300)
    eligible = amounts.within_capacity(counts, capacity)
    assert sum(eligible.values()) == min(capacity, sum(counts.values()))
    assert all(0 <= eligible[key] <= counts[key] for key in counts)


@pytest.mark.parametrize("seed", range(50))
def test_shares_always_sum_to_the_award_to_the_centime(seed):
    chance = random.Random(seed)
    total = Decimal(chance.randrange(1, 10**9)) / 100
    parts = chance.choice([[100], [60, 40], [50, 30, 20], [33.33, 33.33, 33.34]])
    percents = [dec(str(part)) for part in parts]
    shares = amounts.split(total, percents)
    assert sum(shares) == total
    exact = [total * percent / 100 for percent in percents]
    assert all(abs(a - b) < dec("0.01") for a, b in zip(shares, exact, strict=True))


def test_an_indivisible_centime_goes_to_the_first_share():
    assert amounts.split(dec("0.01"), [dec(50), dec(50)]) == [dec("0.01"), dec(0)]


@pytest.mark.parametrize(
    ("ceiling", "taken"),
    [(None, "0.00"), ("12000.00", "0.00"), ("11999.99", "-0.03"), ("9000", "-9000.00")],
)
def test_the_ceiling_per_child_takes_off_what_is_above(ceiling, taken):
    limit = None if ceiling is None else dec(ceiling)
    found = amounts.above_child_ceiling(3, dec("1200"), months=10, ceiling=limit)
    assert found == dec(taken)


@pytest.mark.parametrize(
    ("ceiling", "taken"), [(None, "0"), ("1000", "0"), ("999.99", "-0.01")]
)
def test_the_ceiling_per_association_takes_off_what_is_above(ceiling, taken):
    limit = None if ceiling is None else dec(ceiling)
    assert amounts.above_ceiling(dec("1000"), limit) == dec(taken)
