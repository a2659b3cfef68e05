"""How often judges err: counted on gold, with an interval, and told in a sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from orchestrator.evaluation.gold_verdicts import GoldVerdicts, Rate, gold_verdicts
from orchestrator.memory.record import Record
from orchestrator.reports.judges import judges
from protocols.events import Announced, Event, TaskAdded, Verified
from protocols.messages import Announcement, Outcome
from protocols.units import AnnouncementId, TaskId
from tests.orchestrator.journals import ANN, lot, opened, write

FIRST = AnnouncementId("a1")


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_is_that_of_clopper_and_pearson(found: tuple[int, int]) -> None:
    """At its ends the count lies in a tail of exactly two and a half per cent."""
    times, of = found
    low, high = Rate(times, of).interval()
    assert low <= times / of <= high
    if times:
        assert binom.sf(times - 1, of, low) == pytest.approx(0.025, abs=1e-9)
    if times < of:
        assert binom.cdf(times, of, high) == pytest.approx(0.025, abs=1e-9)


def test_published_limits() -> None:
    """Nothing in ten: the upper limit is 30.85 per cent (Clopper and Pearson, 1934, 95 %)."""
    assert Rate(0, 10).interval() == pytest.approx((0.0, 0.30850), abs=1e-5)
    assert Rate(0, 0).interval() == (0.0, 1.0)


def _verified(task: str, success: float, opinion: float | None) -> Verified:
    outcome = Outcome(
        announcement=FIRST, task=TaskId(task), worker=ANN, success=success, verifier="judge"
    )
    return Verified(outcome=outcome, opinion=opinion)


def _added(task: str, **form: object) -> TaskAdded:
    return TaskAdded(lot=lot(task), verify={"type": "judge", "by": "fair", **form})


def test_only_gold_tells_how_a_judge_errs(tmp_path: Path) -> None:
    """Both verdicts are taken from the success on at which the run calls a task solved."""
    first = opened()
    config = {**first.config, "limits": {"solved_at": 0.8}}
    gold = {"gold": {"type": "exact", "answer": ["1"]}}
    lots = tuple(lot(name) for name in ("g1", "g2", "g3", "g4", "plain"))
    call = Announcement(announcement=FIRST, number=1, lots=lots, participants=first.participants)
    events: list[Event] = [
        first.model_copy(update={"config": config}),
        *(_added(name, **gold) for name in ("g1", "g2", "g3", "g4")),
        _added("plain", gold=None),
        Announced(announcement=call),
        _verified("g1", 0.0, 1.0),
        _verified("g2", 0.0, 0.7),
        _verified("g3", 1.0, 0.7),
        _verified("g4", 1.0, 0.9),
        _verified("plain", 1.0, None),
    ]
    with Record(write(tmp_path / "j.db", events)) as record:
        (found,) = gold_verdicts(record)
    assert found == GoldVerdicts("fair", wrong=2, accepted=1, right=2, rejected=1)
    assert found.to_data()["false_accepts"]["rate"] == 0.5


def test_a_judge_is_told_of_in_one_sentence() -> None:
    """With its counts and intervals; what was never tried is unknown."""
    (sentence,) = judges([GoldVerdicts("fair", wrong=10)])
    assert sentence == (
        "The judge fair accepts wrong answers at a rate of 0.00 (0 of 10; 95% 0.00 to 0.31) and"
        " rejects right ones at a rate of unknown (none was tried), on gold."
    )
