"""Differences are paired: same tasks, same draws, one report changed."""

import pytest

from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.play import play
from orchestrator.audit.replication import choose_liars, replicate
from orchestrator.mechanisms import mechanism_from
from tests.orchestrator.audit.crowds import crowd

STRICT = mechanism_from({"name": "contingent-vcg", "stake": "0.02"})[1]
FIRST_PRICE = mechanism_from("first-price")[1]


def test_no_lie_of_one_pays_under_the_strict_rule() -> None:
    """Not on average and not in any single replication: payments are exact expectations."""
    people = crowd(lots=2)
    singles = [name for name, lie in MISREPORTS.items() if lie.group == "one"]
    for number in range(8):
        found = replicate(STRICT, people.scenes(number, 10), people.workers, singles, number)
        assert all(effect.gain <= 1.0 for effect in found.effects.values())


def test_asking_for_more_pays_where_winners_are_paid_what_they_ask() -> None:
    """The cheapest of all gains by asking for more, and the coordinator loses as much."""
    people = crowd()
    cheapest = people.workers.index("cyd")
    found = replicate(FIRST_PRICE, people.scenes(0, 20), people.workers, ["cost-over"], cheapest)
    effect = found.effects["cost-over"]
    assert effect.liars == ("cyd",)
    assert effect.gain > 0
    assert effect.loss == pytest.approx(effect.gain, rel=0.5)


def test_everybody_lies_in_turn() -> None:
    """The number of a replication decides who is the liar."""
    workers = crowd().workers
    lie = MISREPORTS["cost-over"]
    assert [choose_liars(lie, workers, number, 0)[0] for number in range(4)] == list(workers)


def test_a_ring_leaves_somebody_honest() -> None:
    """Where there are too few workers for a group, nothing is played."""
    workers = crowd().workers
    ring = MISREPORTS["ring-dear"]
    assert len(choose_liars(ring, workers, 0, 0)) == 3
    assert choose_liars(ring, workers[:3], 0, 0) == ()


def test_the_honest_play_is_the_one_reported() -> None:
    """Surplus, payments and costs per lot are those of everybody telling the truth."""
    people = crowd(lots=2)
    scenes = people.scenes(0, 10)
    found, truth = replicate(STRICT, scenes, people.workers, [], 0), play(STRICT, scenes)
    assert found.surplus == pytest.approx(sum(truth.surplus) / 20)
    assert (found.paid, found.cost) == (truth.paid / 20, truth.cost / 20)
    assert found.effects == {}
