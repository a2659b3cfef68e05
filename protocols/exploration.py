"""Exploration first: learn how good the workers are by lot, then let the best bid win."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocols.mechanism import Allocation, Mechanism, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.pay_per_success import PayPerSuccess
from protocols.sortition import Sortition
from protocols.units import Money


@dataclass(frozen=True, slots=True)
class Explore:
    """An exploration-separated bandit (`explore`).

    In the first announcements of a run every lot is drawn by lot at a fixed price, whatever the
    bids say: so each worker is tried equally often, and what is learned of its quality owes
    nothing to its reports. Afterwards lots go to the largest ``q (V - a)`` and are paid per
    success, as in ``pay-per-success``, with q learned from settled work. An explored award logs its
    propensity: 1/N with N workers that would do the lot at the price. Later ones draw nothing.

    Guarantee: within each announcement the true cost is a dominant strategy. Over a run it is so
    as far as q rests on the explored work; outcomes of later awards also enter the standings, and
    a worker might win now to be known better later. Separating the phases is what truthfulness
    costs: with k workers and T tasks the regret is of the order T^(2/3), and no deterministic
    truthful rule does better.

    Assumptions: as for ``sortition`` and ``pay-per-success``; qualities do not change.

    Args:
        rounds: How many announcements explore.
        price: What an explored lot pays, at most its reserve; ``None`` pays the reserve.

    Source: Babaioff, Sharma and Slivkins (2014); Devanur and Kakade (2009).
    """

    rounds: int
    price: Money | None = None
    phases: tuple[Mechanism, Mechanism] = field(init=False, repr=False, compare=False)

    name = "explore"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="interim",
        budget="the fixed price while exploring; then a success costs at most its value",
        exact=False,
        assumptions=(
            "risk-neutral workers that look no further than the announcement",
            "quality does not change",
            "no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Babaioff, Sharma and Slivkins 2014",
        room="lots",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "phases", (Sortition(self.price), PayPerSuccess()))

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Draw by lot in the first announcements, pick the best afterwards; see the class.

        Raises:
            MechanismError: If a capacity binds after the exploration.
        """
        phase = self.phases[announcement.number > self.rounds]
        allocation = phase.clear(announcement, bids, standings, seed)
        return allocation.model_copy(update={"mechanism": self.name})
