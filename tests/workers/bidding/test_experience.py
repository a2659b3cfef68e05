"""The chance of success from few outcomes of a worker and many of its colleagues."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.bidding.answers import stream
from workers.bidding.experience import chance, expected
from workers.bidding.tally import Tallies, Tally


def tallies(**kinds: tuple[int, int]) -> Tallies:
    """Return successes and failures by kind."""
    made = Tallies()
    for kind, (won, lost) in kinds.items():
        for success in (1.0,) * won + (0.0,) * lost:
            made.add(kind, success)
    return made


def test_nothing_known_is_even_odds() -> None:
    """Without any outcome of anybody the chance is a half."""
    assert expected(Tallies(), Tallies(), "sums") == 0.5


def test_a_newcomer_is_expected_to_be_like_its_colleagues() -> None:
    """At a kind that others fail at, a worker without outcomes is expected to fail."""
    others = tallies(sums=(90, 10), riddles=(10, 90))
    assert expected(Tallies(), others, "sums") > 0.8
    assert expected(Tallies(), others, "riddles") < 0.2


def test_who_is_better_elsewhere_is_expected_to_be_better_here() -> None:
    """An advantage over the colleagues at other kinds carries over, on the log-odds."""
    everybody = tallies(sums=(60, 60), riddles=(20, 80))
    strong, weak = tallies(sums=(19, 1)), tallies(sums=(1, 19))
    there = [expected(own, everybody, "riddles") for own in (weak, Tallies(), strong)]
    assert there == sorted(there)
    assert there[2] - there[0] > 0.2


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.02, 0.98))
def test_a_chance_is_a_beta_posterior(won: int, lost: int, prior: float) -> None:
    """The mean is that of the outcomes and eight of the prior; the interval holds it."""
    found = chance(Tally(float(won), float(won + lost)), prior)
    assert found.mean == pytest.approx((won + 8 * prior) / (won + lost + 8))
    assert 0.0 <= found.low <= found.high <= 1.0
    assert found.high - found.low < 0.5


def test_the_interval_shrinks_with_outcomes() -> None:
    """A hundred outcomes leave less to be reckoned with than four."""
    few, many = chance(Tally(2.0, 4.0), 0.5), chance(Tally(50.0, 100.0), 0.5)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("name", "alone", "together"),
    [("conf11", 0.176, 0.160), ("mmlupro29", 0.248, 0.232), ("openhands34", 0.237, 0.222)],
)
def test_recorded_answers_are_forecast_better_than_by_kind_alone(
    name: str, alone: float, together: float
) -> None:
    """Over 700 questions, one model each, colleagues lower the Brier score of a kind's own mean."""
    losses: dict[str, list[float]] = defaultdict(list)
    for seed in range(3):
        own: dict[str, Tallies] = defaultdict(Tallies)
        everybody = Tallies()
        for answer in stream(name, 700, seed):
            mine, kind = own[answer.worker], answer.kind
            forecasts = {
                "alone": mine.at(kind).mean(0.5, 2.0),
                "together": chance(mine.at(kind), expected(mine, everybody, kind)).mean,
            }
            for way, forecast in forecasts.items():
                losses[way].append((forecast - answer.success) ** 2)
            mine.add(kind, answer.success)
            everybody.add(kind, answer.success)
    means = {way: sum(found) / len(found) for way, found in losses.items()}
    assert means == pytest.approx({"alone": alone, "together": together}, abs=0.001)
