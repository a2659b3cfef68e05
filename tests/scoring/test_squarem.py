"""Jumps along two steps uphill: never down, and far fewer of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.squarem import Place, ascent

if TYPE_CHECKING:
    from tests.scoring.worlds import Floats

PEAK = 0.3


def slope(*rates: float) -> tuple[Floats, Floats]:
    """Return a start and how much of the way to the peak each coordinate is left after a step."""
    return np.full(len(rates), 0.9), np.array(rates)


def visits(start: Floats, left: Floats, bend: float = 0.0) -> list[Place]:
    """Return the first places of an ascent whose steps shrink by `left`, slower near the peak."""

    def visit(point: Floats) -> Place:
        gap = point - PEAK
        share = left * np.exp(-bend * gap**2)
        return Place(point, -float((gap * gap).sum()), PEAK + share * gap, point)

    return list(islice(ascent(visit, start, lambda point: point), 60))


@given(st.lists(st.floats(0.0, 0.999), min_size=1, max_size=5), st.floats(0.0, 5.0))
def test_no_place_is_lower_than_the_one_before(rates: list[float], bend: float) -> None:
    """Whatever the rates of the coordinates, no place loses height."""
    heights = [place.height for place in visits(*slope(*rates), bend)]
    assert (np.diff(heights) >= 0.0).all()


def test_one_direction_takes_one_jump() -> None:
    """Where every step is .99 of the one before, the third place is the peak."""
    places = visits(*slope(0.99))
    assert abs(places[1].point[0] - PEAK) > 0.59
    assert abs(places[2].point[0] - PEAK) < 1e-9


def test_two_directions_take_a_tenth_of_the_steps() -> None:
    """With rates .99 and .5 plain steps need 900 to come within 1e-4; jumps need fewer than 20."""
    places = visits(*slope(0.99, 0.5))
    assert 0.6 * 0.99**860 > 1e-4
    assert abs(places[19].point - PEAK).max() < 1e-4


def test_jumps_stay_positive() -> None:
    """A jump beyond zero ends above it, as probabilities must."""
    start, left = np.array([0.9, 0.31]), np.array([0.9, 0.2])
    jumps = visits(start, left)
    assert min(place.point.min() for place in jumps) > 0.0


def test_a_peak_is_not_left() -> None:
    """At the peak, where steps have no length, the ascent stays."""
    places = visits(np.array([PEAK]), np.array([0.5]))
    assert all(place.height == 0.0 for place in places)
