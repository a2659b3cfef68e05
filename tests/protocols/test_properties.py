"""The checks of promises, tried on right and wrong designs."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest

from protocols.escalation import Escalation
from protocols.first_price import FirstPrice
from protocols.joint_value import JointValue
from protocols.mechanism import Allocation, Mechanism, Standings
from protocols.messages import Announcement, Bid
from protocols.properties import (
    Setting,
    expected_surplus,
    expected_utility,
    misreports,
    regret,
)
from protocols.stopping import Stopping
from protocols.units import Money
from protocols.vcg import Vcg
from tests.protocols.auctions import auction, quadratic
from tests.protocols.brute_force import best_welfare
from tests.protocols.examples import EXAMPLES
from tests.protocols.wrong_design_cases import TEAM, WRONG_DESIGNS, WrongDesign, houses
from tests.protocols.wrong_designs import (
    UNIT,
    ConfidentTeam,
    GreedyNextValue,
    Paid,
    expected_value,
    score_on_the_side,
)

ROUNDING = {"joint-value": 4}
"""What rounding may be worth with these chances, in nano-units; elsewhere honesty is best exactly."""
EIGHTHS = [eighth / 8 for eighth in range(9)]


class Bought(Escalation):
    """Buys every answer, in the order of the bids."""

    def __init__(self) -> None:
        super().__init__(bonus=Money(8))

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Have the first answer not be enough."""
        found = super().clear(announcement, bids, standings, seed)
        first, *rest = found.awards
        stop = Stopping(forecast=bids[0].probability, enough=0.7)
        return found.model_copy(update={"awards": (first.model_copy(update={"stop": stop}), *rest)})


def lies_of(design: WrongDesign) -> Iterator[tuple[Bid, ...]]:
    """Yield the lies that are tried: costs in whole units, chances in eighths."""
    honest = [bid for bid in design.instance[1] if bid.worker == design.liar]
    chances = EIGHTHS if len(honest) == 1 else [0.5, 1.0]
    return misreports(honest, range(0, 11 * UNIT, UNIT), chances)


@pytest.mark.parametrize("flaw", WRONG_DESIGNS)
def test_a_wrong_design_is_caught(flaw: str) -> None:
    """Every auction that only looks truthful has a lie that gains as much as is known of it."""
    design = WRONG_DESIGNS[flaw]
    announcement, bids = design.instance
    setting = Setting(design.mechanism, announcement, design.score)
    found = regret(setting, bids, {design.liar}, lies_of(design))

    assert expected_utility(setting, bids, bids, {design.liar}) == design.earns * UNIT
    assert found.gain == design.gains * UNIT


@pytest.mark.parametrize("flaw", WRONG_DESIGNS)
def test_the_right_design_has_no_gain_where_the_wrong_one_has(flaw: str) -> None:
    """On the instances that expose the wrong designs, the right mechanism leaves nothing to gain."""
    design = WRONG_DESIGNS[flaw]
    announcement, bids = design.instance
    setting = Setting(EXAMPLES[design.right], announcement, quadratic)

    assert regret(setting, bids, {design.liar}, lies_of(design)).gain <= ROUNDING.get(
        design.right, 0
    )


@pytest.mark.parametrize(("weight", "best"), [(25, 0.7), (100, 0.55)])
def test_no_weight_of_a_score_on_the_side_is_truthful(weight: int, best: float) -> None:
    """With weight e the best lie is p + V / (2 e): 0.7 for e = 25 and 0.55 for e = 100, at p = 1/2."""
    announcement, bids = WRONG_DESIGNS["score on the side"].instance
    mechanism = Paid(expected_value, score_on_the_side(weight))
    lies = misreports(bids[:1], [bids[0].cost], [step / 20 for step in range(21)])
    found = regret(Setting(mechanism, announcement, quadratic), bids, {"w"}, lies)

    assert [bid.probability for bid in found.bids] == [best]


def test_a_threshold_is_passed_by_a_lie_alone() -> None:
    """Users 1 and 2 win honestly at a cost of 5; user 3 declares 0.9 and wins alone at a cost of 1."""
    announcement, bids = TEAM
    lie = [bid.model_copy(update={"probability": 0.9}) if bid.cost == 640 else bid for bid in bids]
    honest = ConfidentTeam().clear(announcement, bids, {}, 0).awards
    lied = ConfidentTeam().clear(announcement, lie, {}, 0).awards

    assert [award.worker for award in honest] == ["user-1", "user-2"]
    assert [award.worker for award in lied] == ["user-3"]


def test_selling_pair_by_pair_is_not_vcg() -> None:
    """On QuantEcon's four houses the rule charges 9, 7, 6 and 6, where VCG charges 8, 7, 6 and 6."""
    announcement, bids = houses()

    def charges(mechanism: Mechanism) -> list[float]:
        awards = mechanism.clear(announcement, bids, {}, 0).awards
        charged = {award.task: 10 - award.contract.base / UNIT for award in awards}
        return [charged[lot.task] for lot in announcement.lots]

    assert charges(GreedyNextValue()) == [9, 7, 6, 6]
    assert charges(Vcg()) == [8, 7, 6, 6]


def test_utility_is_payment_less_cost_over_all_outcomes() -> None:
    """Paid 100 with cost 30 whatever happens: 70, as an exact fraction."""
    announcement, bids = auction([100], {"a": [(30, 0.3)]})

    assert expected_utility(Setting(Vcg(), announcement), bids, bids, {"a"}) == 70


def test_surplus_is_value_less_payment() -> None:
    """A success worth 100 at chance 1/4, paid 30 whatever happens, leaves 25 - 30."""
    announcement, bids = auction([100], {"a": [(30, 0.25)]})
    setting = Setting(FirstPrice(), announcement)

    assert expected_surplus(setting, bids, bids) == Fraction(-5)


def test_misreports_include_staying_away() -> None:
    """Two costs and two probabilities for one bid: four lies and the empty report."""
    _, bids = auction([100], {"a": [(30, 0.25)]})

    assert len([*misreports(bids, [1, 2], [0.0, 1.0])]) == 5
    assert () in {*misreports(bids, [1, 2], [0.0, 1.0])}


def test_a_coalition_can_gain_where_nobody_can_alone() -> None:
    """VCG is not proof against collusion: the runner-up raises its bid for the winner."""
    announcement, bids = auction([100], {"a": [(30, 1.0)], "b": [(50, 1.0)]})
    setting = Setting(Vcg(), announcement)
    pair = {"a", "b"}
    lies = [(bids[0], bids[1].model_copy(update={"cost": Money(100)}))]

    assert regret(setting, bids, pair, lies).gain == 50
    assert regret(setting, bids, {"b"}, [lies[0][1:]]).gain == 0


def test_brute_force_respects_capacities() -> None:
    """One worker that is best at both lots takes only as many as it can."""
    scores = [{"a": 5, "b": 1}, {"a": 4, "b": 2}]

    assert best_welfare(scores, {}) == 9
    assert best_welfare(scores, {"a": 1}) == 7
    assert best_welfare(scores, {"a": 1}, without="a") == 3


def test_parts_of_one_whole_are_worth_its_value_once() -> None:
    """Two parts at chance 1/2 each of a whole worth 64: 16 when both are needed, less what is paid."""
    announcement, bids = auction([64, 64], {"a": [(1, 0.5), None], "b": [None, (1, 0.5)]})
    setting = Setting(JointValue("all"), announcement)
    paid = sum(expected_utility(setting, bids, bids, {each}) for each in ("a", "b")) + 2

    assert expected_surplus(setting, bids, bids) == 16 - paid


def test_answers_that_are_set_aside_are_paid_and_bring_nothing() -> None:
    """The first is bought and not sure enough, the second is delivered: its bonus of 8 at 3/4."""
    announcement, bids = auction([100], {"a": [(1, 0.5)], "b": [(40, 0.75)]})
    setting = Setting(Bought(), announcement)

    assert expected_utility(setting, bids, bids, {"a"}) == 0
    assert expected_utility(setting, bids, bids, {"b"}) == 6
    assert expected_surplus(setting, bids, bids) == 75 - 1 - 40 - 6
