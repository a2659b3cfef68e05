"""How hard a task is by its words, learned one outcome at a time."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.messages import Lot
from protocols.units import Money, TaskId
from tests.workers.bidding.answers import stream
from workers.bidding.experience import chance, expected
from workers.bidding.hardness import SLOTS, WORDS, Hardness, features
from workers.bidding.tally import Tallies


def lot(prompt: str) -> Lot:
    """Return a lot with a prompt."""
    return Lot(task=TaskId("t"), prompt=prompt, value=Money(5), reserve=Money(5))


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_a_long_prompt_weighs_no_more_than_a_short_one(prompt: str) -> None:
    """The words together have length 1, and their slots lie within the table."""
    (length, _), *words = features(lot(prompt))
    assert length == 0
    assert all(1 <= slot <= SLOTS for slot, _ in words)
    assert not words or sum(share * share for _, share in words) == pytest.approx(1.0)


def test_the_work_of_an_update_is_bounded() -> None:
    """Of a prompt with ten thousand words some hundred count."""
    assert len(features(lot(" ".join(map(str, range(10_000)))))) == WORDS + 1


def test_without_outcomes_the_record_stands() -> None:
    """A task is as hard as others of its kind until something else is known."""
    assert Hardness().chance(features(lot("Prove it")), 0.7) == 0.7


def test_words_of_failures_lower_the_chance() -> None:
    """Tasks that share words with failures are held harder than tasks that share none."""
    hardness = Hardness()
    for number in range(60):
        hardness.observe(features(lot(f"Prove lemma {number}")), 0.6, 0.0)
        hardness.observe(features(lot(f"Add number {number}")), 0.6, 1.0)
    prove, add = features(lot("Prove lemma 99")), features(lot("Add number 99"))
    assert hardness.chance(prove, 0.6) < 0.45
    assert hardness.chance(add, 0.6) > 0.75


def test_the_words_of_recorded_questions_help_late_and_never_harm_much() -> None:
    """Mean Brier scores on questions of MMLU-Pro, one model each, by the record and with words.

    Words are worth nothing on the first thousand, and between .002 and .005 on the next thousands.
    """
    early: dict[str, list[float]] = defaultdict(list)
    late: dict[str, list[float]] = defaultdict(list)
    own: dict[str, Tallies] = defaultdict(Tallies)
    everybody, hardness = Tallies(), Hardness()
    for number, answer in enumerate(stream("mmlupro29", 5000, seed=1)):
        mine, kind = own[answer.worker], answer.kind
        record = chance(mine.at(kind), expected(mine, everybody, kind)).mean
        at = features(lot(answer.text))
        for way, forecast in (("record", record), ("words", hardness.chance(at, record))):
            losses = early if number < 1000 else late
            losses[way].append((forecast - answer.success) ** 2)
        hardness.observe(at, record, answer.success)
        mine.add(kind, answer.success)
        everybody.add(kind, answer.success)
    means = [
        {way: sum(found) / len(found) for way, found in losses.items()} for losses in (early, late)
    ]
    assert means[0]["words"] - means[0]["record"] < 0.001
    assert means[1]["record"] - means[1]["words"] > 0.002
