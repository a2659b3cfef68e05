"""How awards end on paper."""

from pathlib import Path

import pytest

from orchestrator.evaluation.decided import Ended, Held
from orchestrator.evaluation.evidence import Evidence
from orchestrator.evaluation.measures import Measures
from orchestrator.evaluation.verdicts import BOTH_DRAW, NOT_SETTLED, Verdict, Verdicts
from orchestrator.memory.record import Record
from orchestrator.memory.standings import StandingBook
from protocols.messages import Announcement, Award
from protocols.units import Money
from tests.orchestrator.journals import write
from tests.orchestrator.small_runs import (
    FIRST,
    FOR_A,
    FOR_B,
    PARTICIPANTS,
    T1,
    T2,
    A,
    B,
    bid,
    events,
    lot,
    settled,
)

CALL = Announcement(
    announcement=FIRST, number=1, lots=(lot(T1), lot(T2)), participants=PARTICIPANTS
)
BIDS = {
    (each.task, each.worker): each
    for each in (bid(A, T1, 10, 0.8), bid(B, T1, 20, 0.5), bid(B, T2, 20, 0.9))
}
DONE = settled(A, T1, {"success": 1.0, "score": -0.04, "payment": 56, "cost": 12})


@pytest.fixture
def verdicts(tmp_path: Path) -> Verdicts:
    """Return what knows the outcomes of the small run."""
    with Record(write(tmp_path / "run.db", events())) as record:
        return Verdicts(Evidence(record), StandingBook())


def held(award: Award = FOR_A, end: Ended | None = None) -> Held:
    """Return an announcement with one award."""
    ends = {} if end is None else {(award.task, award.worker): end}
    return Held(CALL, bids=tuple(BIDS.values()), awards=(award,), ended=ends)


def test_as_it_was(verdicts: Verdicts) -> None:
    """The same worker ends as it did, under the contract that the path gives it."""
    found = verdicts.carry_out(held(end=Ended(DONE, extra=2)), lot(T1), [FOR_A], BIDS, CALL)
    assert found.ending is not None
    assert found.ending.state == "solved"
    assert (found.sums, found.spent) == (Measures(1, 100, 12, 56), 14)


def test_an_award_that_lapsed_lapses_again(verdicts: Verdicts) -> None:
    """Who did not take the award up then would not now; the penalty is the same."""
    ended = Ended(owed=Money(-7), lapsed=True)
    found = verdicts.carry_out(held(end=ended), lot(T1), [FOR_A], BIDS, CALL)
    assert found.ending is not None
    assert (found.ending.state, found.ending.owed, found.sums.paid) == ("unsold", -7, -7)
    assert not found.worked


def test_two_lotteries(verdicts: Verdicts) -> None:
    """Where both rules draw, the same draw is known and another one is not."""
    drawn = FOR_A.model_copy(update={"propensity": 0.5})
    same = verdicts.carry_out(held(drawn, end=Ended(DONE)), lot(T1), [drawn], BIDS, CALL)
    assert same.ending is not None
    other = drawn.model_copy(update={"worker": B})
    found = verdicts.carry_out(held(drawn, end=Ended(DONE)), lot(T1), [other], BIDS, CALL)
    assert (found.unknown, found.spent) == (BOTH_DRAW, 20)


def test_a_draw_without_an_outcome_says_nothing(verdicts: Verdicts) -> None:
    """Whoever was drawn, if its work was never settled the lot tells nothing."""
    drawn = FOR_A.model_copy(update={"propensity": 0.5})
    found = verdicts.carry_out(held(drawn), lot(T1), [FOR_A], BIDS, CALL)
    assert found.unknown == NOT_SETTLED


def test_an_outsider_costs_what_it_is_paid(verdicts: Verdicts) -> None:
    """Worker b is paid 30 in cash for a failure whose cost was its own."""
    done = settled(B, T2, {"success": 0.0, "score": 0.0, "payment": 30, "cost": 25})
    found = verdicts.carry_out(held(FOR_B, end=Ended(done)), lot(T2), [FOR_B], BIDS, CALL)
    assert (found.spent, found.sums.cost, found.sums.paid) == (30, 25, 30)


def test_nobody() -> None:
    """A lot that nobody won is unsold, one without cash unfunded, one that was called off cancelled."""
    ends = [
        Verdict.nobody(lot(T1), {T1: "no-bids"}, None),
        Verdict.nobody(lot(T1), {}, 9),
        Verdict.nobody(lot(T1), {}, None),
    ]
    assert [each.ending.state for each in ends if each.ending] == [
        "unsold",
        "unfunded",
        "cancelled",
    ]
