"""What lots are worth alone and together."""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.joint_value import JointValue
from protocols.vcg import Vcg
from protocols.worth import Combine, combine_of, worth
from tests.protocols.auctions import auction

CHANCES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4)


@given(CHANCES, st.sampled_from(["any", "all", None]))
def test_the_worth_is_the_expectation_over_all_outcomes(
    chances: list[float], combine: Combine | None
) -> None:
    """Enumerated: the sum of what is done, the largest value once any or only when all is done."""
    values = [10 * place for place in range(1, len(chances) + 1)]
    (lots, _) = auction(values, {})
    expected = 0.0
    for done in product([0, 1], repeat=len(chances)):
        weight = prod(p if x else 1 - p for p, x in zip(chances, done, strict=True))
        whole = max(values) * (max(done) if combine == "any" else min(done))
        alone = sum(value for value, x in zip(values, done, strict=True) if x)
        expected += weight * (alone if combine is None else whole)
    given_chances = {lot.task: p for lot, p in zip(lots.lots, chances, strict=True)}

    assert worth(lots.lots, given_chances, combine) == pytest.approx(expected, abs=1e-9)


def test_only_rules_of_joint_value_take_lots_together() -> None:
    """All others add up what single lots are worth."""
    assert (combine_of(JointValue("any")), combine_of(Vcg())) == ("any", None)
