"""Bundles: one price for several tasks together, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from pydantic import Field

from protocols.contract import Contract
from protocols.errors import MechanismError
from protocols.frozen import Frozen
from protocols.mechanism import Allocation, Unsold, tie_ranks
from protocols.messages import Announcement, Award, Lot
from protocols.set_packing import pack, packed_worth
from protocols.units import ZERO, Amount, Balance, Money, Probability, TaskId, WorkerId
from protocols.winner_determination import split

ExpectedScore = Callable[[float], float]


class BundleBid(Frozen):
    """A binding proposal for several tasks together.

    Attributes:
        worker: The bidder.
        tasks: The tasks, in the order of the probabilities; all or none of them are awarded.
        cost: What all of the work would cost the worker.
        probabilities: For each task the reported probability that it succeeds.
    """

    worker: WorkerId
    tasks: Annotated[tuple[TaskId, ...], Field(min_length=1)]
    cost: Amount
    probabilities: tuple[Probability, ...]


class Package(NamedTuple):
    """A bundle bid as the solver sees it: who, which tasks, and what it adds to the objective."""

    worker: str
    tasks: frozenset[str]
    score: int


class Packages(NamedTuple):
    """The optimum with its Clarke pivots.

    Attributes:
        chosen: Positions of the winning packages.
        welfare: The sum of their scores.
        pivots: For each winner ``W(-i) - (W - w_i)``.
    """

    chosen: tuple[int, ...]
    welfare: int
    pivots: Mapping[str, int]


def best_packages(packages: Sequence[Package], *, exclusive: bool = True) -> tuple[int, ...]:
    """Return the positions of the packages with the largest sum of scores.

    No task is given twice. Packages with a negative score are never taken; equal sums are decided
    by the order of the packages.

    Args:
        packages: All of them.
        exclusive: Whether a worker wins at most one package (XOR) or any number (OR).

    Raises:
        InexactError: If no optimum is proven.
        MechanismError: If a package names no task.
    """
    able = [place for place, package in enumerate(packages) if package.score >= 0]
    scores = [packages[place].score for place in able]
    best = pack(scores, _needs([packages[place] for place in able], exclusive=exclusive))
    return tuple(able[item] for item in best.items)


def _needs(packages: Sequence[Package], *, exclusive: bool) -> list[list[int]]:
    """Give numbers to what the packages take: their tasks and, of an XOR bid, their worker."""
    numbers: dict[tuple[str, str], int] = {}
    needs: list[list[int]] = []
    for package in packages:
        if not package.tasks:
            raise MechanismError(f"worker {package.worker!r}: a bundle names at least one task")
        names = [("task", task) for task in sorted(package.tasks)]
        names += [("worker", package.worker)] * exclusive
        needs.append([numbers.setdefault(name, len(numbers)) for name in names])
    return needs


def solve_packages(packages: Sequence[Package], *, exclusive: bool = True) -> Packages:
    """Solve winner determination for packages, with every winner's Clarke pivot.

    One search for the optimum and one for each winner i, which starts from what is known of it,
    ``W - w_i <= W(-i) <= W``; losers need none.

    Raises:
        InexactError: If no optimum is proven.

    >>> packages = [Package("a", frozenset("tu"), 9), Package("b", frozenset("t"), 5)]
    >>> solve_packages([*packages, Package("c", frozenset("u"), 3)]).pivots
    {'a': 8}
    """
    chosen = best_packages(packages, exclusive=exclusive)
    welfare = sum(packages[place].score for place in chosen)
    pivots: dict[str, int] = {}
    for worker in dict.fromkeys(packages[place].worker for place in chosen):
        own = sum(packages[place].score for place in chosen if packages[place].worker == worker)
        others = [item for item in packages if item.worker != worker and item.score >= 0]
        scores = [package.score for package in others]
        needs = _needs(others, exclusive=exclusive)
        pivots[worker] = packed_worth(scores, needs, welfare - own, welfare) - (welfare - own)
    return Packages(chosen, welfare, pivots)


@dataclass(frozen=True, slots=True)
class ContingentBundles:
    """Execution-contingent VCG for bundles.

    A bundle scores ``sum V p + b G(p) - c`` over its tasks; the feasible set of bundles with the
    largest sum wins, and a winner is paid ``V x + b S(p, x)`` for each of its tasks, less its pivot
    K, which is shared among them in proportion to what they are worth.

    Guarantee and assumptions are those of ``contingent-vcg``, for cost and probabilities of the
    bundles that are bid on. With an XOR of bundles a worker can state any cost function.

    Args:
        expected: G of the scoring rule.
        rule: Its name.
        stake: Money b per unit of score.
        exclusive: Whether a worker wins at most one of its bundles (XOR) or any number (OR).

    Source: Porter, Ronen, Shoham and Tennenholtz (2008), section 5, for several tasks.
    """

    expected: ExpectedScore
    rule: str = "quadratic"
    stake: Money = ZERO
    exclusive: bool = True
    name: str = field(default="contingent-bundles", init=False)

    def clear(self, announcement: Announcement, bids: Sequence[BundleBid], seed: int) -> Allocation:
        """Decide who does which bundle under which contracts.

        Raises:
            MechanismError: If a bid names a task that is not announced, or one task twice.
            InexactError: If no optimum is proven.
        """
        lots = {lot.task: lot for lot in announcement.lots}
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        order = sorted(bids, key=lambda bid: (ranks[bid.worker], bid.tasks, bid.cost))
        for bid in order:
            _check(bid, lots)
        packages = [
            Package(bid.worker, frozenset(bid.tasks), sum(self._worths(lots, bid)) - bid.cost)
            for bid in order
        ]
        solved = solve_packages(packages, exclusive=self.exclusive)
        winning = [order[place] for place in solved.chosen]
        awards = {award.task: award for award in self._awards(announcement, winning, solved.pivots)}
        wanted = {task for bid in bids for task in bid.tasks}
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(awards[task] for task in lots if task in awards),
            unsold=tuple(
                Unsold(task=task, reason="not-worth-it" if task in wanted else "no-bids")
                for task in lots
                if task not in awards
            ),
            welfare=Money(solved.welfare),
        )

    def _worths(self, lots: Mapping[TaskId, Lot], bid: BundleBid) -> list[int]:
        return [
            round(lots[task].value * chance) + round(self.stake * self.expected(chance))
            for task, chance in zip(bid.tasks, bid.probabilities, strict=True)
        ]

    def _awards(
        self, announcement: Announcement, winning: Sequence[BundleBid], pivots: Mapping[str, int]
    ) -> list[Award]:
        lots = {lot.task: lot for lot in announcement.lots}
        awards: list[Award] = []
        for worker in dict.fromkeys(bid.worker for bid in winning):
            own = [bid for bid in winning if bid.worker == worker]
            parts = [
                (task, chance, worth - cost)
                for bid in own
                for task, chance, worth, cost in zip(
                    bid.tasks,
                    bid.probabilities,
                    self._worths(lots, bid),
                    split(bid.cost, [lots[task].value for task in bid.tasks]),
                    strict=True,
                )
            ]
            shares: list[Balance] = [
                Money(share)
                for share in split(pivots[worker], [lots[task].value for task, _, _ in parts])
            ]
            awards += [
                Award(
                    announcement=announcement.announcement,
                    task=task,
                    worker=worker,
                    contract=Contract(
                        base=Money(-share),
                        per_success=lots[task].value,
                        score_weight=self.stake,
                        rule=self.rule,
                        report=chance,
                    ),
                    score=Money(score),
                    pivot=share,
                )
                for (task, chance, score), share in zip(parts, shares, strict=True)
            ]
        return awards


def _check(bid: BundleBid, lots: Mapping[TaskId, Lot]) -> None:
    for task in bid.tasks:
        if task not in lots:
            raise MechanismError(
                f"worker {bid.worker!r} bids on task {task!r}, which is not announced"
            )
    if len(set(bid.tasks)) != len(bid.tasks) or len(bid.tasks) != len(bid.probabilities):
        raise MechanismError(
            f"worker {bid.worker!r}: a bundle names each task once, with one probability each"
        )
