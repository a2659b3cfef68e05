"""How far a model agrees with itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.units import WorkerId
from tests.workers.calls import lot
from workers.bidding.card import Card
from workers.bidding.samples import Samples
from workers.caller import Caller
from workers.chat import Reply

CALLER = Caller(WorkerId("small"), "tiny", temperature=0.0)


def test_every_sample_has_chance_in_it() -> None:
    """However cold the worker answers, its samples are asked for warm, and briefly."""
    asked = Samples(count=3).questions(CALLER, lot(prompt="2 + 2?"), Card())
    assert [(each.temperature, each.max_tokens, each.form) for each in asked] == [
        (1.0, 256, None)
    ] * 3


def test_samples_of_a_fixed_seed_have_seeds_in_a_row() -> None:
    """The same seed would give the same answer every time, and agreement for nothing."""
    caller = Caller(WorkerId("small"), "tiny", seed=7)
    asked = Samples(count=3).questions(caller, lot(prompt="2 + 2?"), Card())
    assert [each.seed for each in asked] == [7, 8, 9]


@pytest.mark.parametrize(
    ("answers", "share"),
    [(["4"] * 5, 5.5 / 6), (["4", " 4. ", "`4`", "5", "6"], 3.5 / 6), (["1", "2"], 0.5)],
)
def test_the_most_frequent_answer_counts(answers: list[str], share: float) -> None:
    """Answers that differ in spaces, case and quotation marks are one."""
    said = Samples().read([Reply(answer) for answer in answers])
    assert said.probability == pytest.approx(share)
    assert (said.tokens, said.answer) == (None, None)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=20))
def test_a_few_samples_are_never_certain(answers: list[str]) -> None:
    """The share lies strictly between 0 and 1."""
    assert 0.0 < Samples().read([Reply(answer) for answer in answers]).probability < 1.0
