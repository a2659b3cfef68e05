"""Reservation values, against the definition and against dynamic programming."""

from functools import cache
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.weitzman import Prizes, expected_best, reservation_value

Boxes = list[tuple[Prizes, float]]

AMOUNTS = st.integers(-4, 16).map(float)
PRIZES = st.lists(st.tuples(AMOUNTS, st.integers(1, 4).map(float)), min_size=1, max_size=3)
BOXES = st.lists(st.tuples(PRIZES, st.integers(0, 8).map(float)), max_size=4)


def chances(prizes: Prizes) -> list[tuple[float, float]]:
    """Return prizes with weights that add up to 1."""
    total = sum(weight for _, weight in prizes)
    return [(prize, weight / total) for prize, weight in prizes]


def best_policy(boxes: Boxes) -> float:
    """Return what the best of all policies expects: open any box, or stop, whatever was seen."""

    @cache
    def worth(closed: frozenset[int], best: float) -> float:
        found = best
        for box in closed:
            prizes, cost = boxes[box]
            rest = closed - {box}
            after = sum(chance * worth(rest, max(best, prize)) for prize, chance in chances(prizes))
            found = max(found, after - cost)
        return found

    return worth(frozenset(range(len(boxes))), 0.0)


def by_rule(boxes: Boxes, order: list[int], best: float = 0.0) -> float:
    """Return what opening in this order expects, stopping at the next reservation value."""
    if not order:
        return best
    prizes, cost = boxes[order[0]]
    if best >= reservation_value(prizes, cost):
        return best
    rest = order[1:]
    after = [chance * by_rule(boxes, rest, max(best, prize)) for prize, chance in chances(prizes)]
    return sum(after) - cost


@given(PRIZES, st.integers(0, 80).map(lambda tenths: tenths / 10))
def test_it_is_the_prize_at_which_opening_costs_what_it_brings(
    prizes: list[tuple[float, float]], cost: float
) -> None:
    """The mean excess over it is the cost, as Weitzman (1979) defines it."""
    value = reservation_value(prizes, cost)
    excess = sum(chance * max(prize - value, 0.0) for prize, chance in chances(prizes))

    assert excess == pytest.approx(cost)
    if not cost:
        assert value == max(prize for prize, _ in prizes)


@given(BOXES)
def test_the_rule_expects_as_much_as_the_best_policy(boxes: Boxes) -> None:
    """Descending reservation values, stopped in time, equal dynamic programming over all policies."""
    values = [reservation_value(*box) for box in boxes]
    order = sorted(range(len(boxes)), key=lambda box: -values[box])
    expected = best_policy(boxes)

    assert by_rule(boxes, order) == pytest.approx(expected)
    assert expected_best(boxes) == pytest.approx(expected)


def test_another_order_can_be_worse() -> None:
    """A safe box before a risky one of higher reservation value loses what was paid for it."""
    boxes: Boxes = [([(8.0, 1.0)], 1.0), ([(20.0, 0.5), (0.0, 0.5)], 1.0)]
    found = {order: by_rule(boxes, list(order)) for order in permutations(range(2))}

    assert found == {(0, 1): 12.0, (1, 0): 12.5}


def test_the_riskier_box_comes_first() -> None:
    """Less on average for more money, but the more to hope for; after the example of Weitzman (1979)."""
    alpha: Prizes = [(100.0, 0.5), (55.0, 0.5)]
    omega: Prizes = [(240.0, 0.2), (0.0, 0.8)]

    assert reservation_value(alpha, 15.0) == pytest.approx(70.0)
    assert reservation_value(omega, 20.0) == pytest.approx(140.0)


def test_nothing_to_open_is_worth_nothing() -> None:
    """Without boxes, and where none is worth its cost, nothing is expected."""
    assert expected_best([]) == 0.0
    assert expected_best([([(3.0, 1.0)], 5.0)]) == 0.0
