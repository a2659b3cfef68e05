"""Interdependent success: what several lots are worth depends on all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from protocols.contract import Contract
from protocols.errors import InexactError
from protocols.mechanism import (
    Allocation,
    Properties,
    Standings,
    Unsold,
    UnsoldReason,
    tie_ranks,
)
from protocols.messages import Announcement, Award, Bid
from protocols.units import Money, WorkerId
from protocols.worth import Combine, chance_of

LARGEST: Final = 100_000
"""The most partial teams that are tried; beyond it the mechanism refuses."""

Team = tuple[Bid | None, ...]
"""For each lot the bid that does it, or nobody."""


class Best(NamedTuple):
    """The best team and its expected welfare."""

    team: Team
    welfare: float


@dataclass(frozen=True, slots=True)
class JointValue:
    """Contingent VCG for lots with one common value (`joint-value`).

    With ``combine="any"`` the lots of an announcement are attempts at one task, worth the largest
    of their values once any succeeds (redundancy). With ``"all"`` they are parts of one task, worth
    that value only when all of them succeed (weakest link). The team with the largest
    ``E[v(X)] - sum of c`` wins, over all teams; the value is V times the chance that the
    reported probabilities give. A member of the team is paid, for its own outcome x,

        ``E[v(x, X_others)] - sum of the others' c - W(-i)``

    with the others' *reported* probabilities and costs: its own realised outcome, never theirs. A
    worker is given one lot at most.

    Guarantee: the truth about cost and probability is a dominant strategy, and an honest worker
    never loses in expectation. The coordinator may lose: of two workers that are both needed each
    is paid what the whole is worth less the other's cost (with V = 10 and costs of 1, 9 each).

    Assumptions: as for ``contingent-vcg``; announcements that are small enough for
    branch and bound over the teams.

    Args:
        combine: How the lots' outcomes make the value.

    Source: Porter, Ronen, Shoham and Tennenholtz (2008); that realised outcomes
    of others would be only ex-post truthful is shown there for dependent tasks.
    """

    combine: Combine = "all"

    name = "joint-value"
    properties = Properties(
        truthful="dominant",
        elicits=("cost", "probability"),
        individually_rational="interim",
        budget="may lose where workers complement each other",
        exact=True,
        assumptions=(
            "risk-neutral workers",
            "private costs and probabilities",
            "independent outcomes",
            "the verifier does not err",
            "a failing worker can be charged",
            "no collusion, one name per worker",
        ),
        source="Porter, Ronen, Shoham and Tennenholtz 2008",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Pick the best team; see the class.

        Raises:
            InexactError: If the best team cannot be found among a limited number of them.
        """
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        rows = [
            sorted((bid for bid in bids if bid.task == lot.task), key=lambda bid: ranks[bid.worker])
            for lot in announcement.lots
        ]
        value = max((lot.value for lot in announcement.lots), default=Money(0))
        best = self._best(value, rows, None)
        awards: list[Award] = []
        unsold: list[Unsold] = []
        for place, (lot, bid) in enumerate(zip(announcement.lots, best.team, strict=True)):
            if bid is None:
                reason: UnsoldReason = "not-worth-it" if rows[place] else "no-bids"
                unsold.append(Unsold(task=lot.task, reason=reason))
            else:
                without = self._best(value, rows, bid.worker).welfare
                base, per_success = self._pay(best.team, place, value, without)
                awards.append(
                    Award(
                        announcement=announcement.announcement,
                        task=lot.task,
                        worker=bid.worker,
                        contract=Contract(
                            base=base, per_success=per_success, report=bid.probability
                        ),
                        score=Money(round(best.welfare)),
                        pivot=Money(round(without)),
                    )
                )
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(awards),
            unsold=tuple(unsold),
            welfare=Money(round(best.welfare)),
        )

    def _best(self, value: int, rows: Sequence[Sequence[Bid]], without: WorkerId | None) -> Best:
        """Return the best team; among equals the first in seeded order."""
        able = [[bid for bid in row if bid.worker != without] for row in rows]
        return _Search(self.combine, value, able).run()

    def _pay(self, team: Team, place: int, value: int, without: float) -> tuple[Money, Money]:
        """Return what a member is paid whatever happens, and what its success adds.

        Args:
            team: The members.
            place: Which of them.
            value: What the whole is worth.
            without: W(-i).
        """
        chances = [0.0 if bid is None else bid.probability for bid in team]
        rest = [bid for other, bid in enumerate(team) if other != place]
        others = sum(bid.cost for bid in rest if bid is not None)

        def paid(success: float) -> int:
            outcome = [*chances[:place], success, *chances[place + 1 :]]
            return round(value * chance_of(self.combine, outcome) - others - without)

        return Money(paid(0.0)), Money(paid(1.0) - paid(0.0))


class _Search:
    """Branch and bound over the teams, lot by lot."""

    def __init__(self, combine: Combine, value: int, rows: Sequence[Sequence[Bid]]) -> None:
        self.combine: Combine = combine
        self.value = value
        self.rows = rows
        self.best = Best((None,) * len(rows), 0.0)
        # how well the lots from each place on could do at most, and what they cost at least
        tops = [max((bid.probability for bid in row), default=0.0) for row in rows]
        self.hopes = [tops[place:] for place in range(len(rows) + 1)]
        least = [min((bid.cost for bid in row), default=Money(0)) for row in rows]
        needed = combine == "all"
        self.least = [sum(least[place:]) if needed else 0 for place in range(len(rows) + 1)]

    def run(self) -> Best:
        """Return the best team.

        Raises:
            InexactError: If it cannot be found within the limit.
        """
        teams: list[Team] = [()]
        for _ in range(LARGEST):
            if not teams:
                return self.best
            teams += reversed(self._extended(teams.pop()))
        raise InexactError(
            f"no best team was found among the first {LARGEST}: announce fewer lots that depend on"
            " each other"
        )

    def _extended(self, team: Team) -> list[Team]:
        """Return the teams with one lot more that may be better than the best one so far."""
        place = len(team)
        chances = [0.0 if bid is None else bid.probability for bid in team]
        cost = sum(bid.cost for bid in team if bid is not None)
        hope = self.value * chance_of(self.combine, [*chances, *self.hopes[place]]) - cost
        if hope - self.least[place] <= self.best.welfare:
            return []
        if place == len(self.rows):
            self.best = Best(team, hope)
            return []
        busy = {bid.worker for bid in team if bid is not None}
        able = [(*team, bid) for bid in self.rows[place] if bid.worker not in busy]
        return [*able, (*team, None)] if self.combine == "any" else able
