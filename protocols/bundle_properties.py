"""Checks of what a mechanism promises about bundles, as ``properties`` checks it about single lots.

Here the type of a worker is what it could do and at which cost: all the bundles of an honest
report. A worker that is awarded some tasks does the bundle that covers them and leaves it most,
and is paid by its contracts for the awarded tasks only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from protocols.bundle_auction import TakesBundles
from protocols.bundles import BundleBid
from protocols.messages import Announcement, Award
from protocols.properties import ScoreRule, no_score
from protocols.units import ZERO, Money, TaskId
from protocols.winner_determination import split


@dataclass(frozen=True, slots=True)
class BundleSetting:
    """Everything but the bids: which mechanism decides on what.

    Attributes:
        mechanism: The mechanism under test.
        announcement: The lots.
        score: The scoring rule of its contracts.
        exclusive: Whether a worker wins at most one of its bundles.
        seed: Its tie-break.
    """

    mechanism: TakesBundles
    announcement: Announcement
    score: ScoreRule = no_score
    exclusive: bool = True
    seed: int = 0


def expected_bundle_utility(
    setting: BundleSetting, bids: Sequence[BundleBid], truth: Sequence[BundleBid]
) -> Fraction:
    """Return what one worker expects to earn, less the cost of its work.

    Args:
        setting: The mechanism and its circumstances.
        bids: What everybody reports.
        truth: What the worker could really do: bundles that together cover whatever it bids on.

    Returns:
        Nano-units, exactly: every outcome is enumerated.

    Raises:
        ValueError: If the worker won tasks of which it can do no covering bundle.
    """
    worker = truth[0].worker
    allocation = setting.mechanism.clear_bundles(
        setting.announcement, bids, setting.seed, exclusive=setting.exclusive
    )
    won = {award.task: award for award in allocation.awards if award.worker == worker}
    if not won:
        return Fraction(0)
    able = [bundle for bundle in truth if won.keys() <= set(bundle.tasks)]
    if not able:
        raise ValueError(f"worker {worker!r} cannot do {sorted(won)} together")
    return max(_earned(setting, won, bundle) for bundle in able)


def _earned(setting: BundleSetting, won: dict[TaskId, Award], bundle: BundleBid) -> Fraction:
    total = Fraction(-bundle.cost)
    for task, probability in zip(bundle.tasks, bundle.probabilities, strict=True):
        if task in won:
            contract, chance = won[task].contract, Fraction(probability)
            for success, weight in ((1.0, chance), (0.0, 1 - chance)):
                score = setting.score(contract.report, success)
                total += weight * contract.pay(success, ZERO, score)
    return total


def bundle_misreports(
    honest: Sequence[BundleBid], costs: Sequence[int], probabilities: Sequence[float]
) -> Iterator[tuple[BundleBid, ...]]:
    """Yield lies about bundles: dropped, dearer or cheaper, likelier or less so, and split.

    Each lie is of one sort: some of the bundles are left out (down to not bidding at all); one
    bundle has another cost, or all of its tasks another probability; one bundle is offered in
    parts, its cost split evenly.

    >>> from protocols.units import WorkerId
    >>> tasks = (TaskId("t"), TaskId("u"))
    >>> whole = BundleBid(worker=WorkerId("a"), tasks=tasks, cost=Money(9), probabilities=(1.0, 1.0))
    >>> [[bid.cost for bid in lie] for lie in bundle_misreports([whole], [5], [])]
    [[], [5], [4, 5]]
    """
    for size in range(len(honest)):
        yield from combinations(honest, size)
    for place, bundle in enumerate(honest):
        rest = (*honest[:place], *honest[place + 1 :])
        for cost in costs:
            yield (*rest, bundle.model_copy(update={"cost": Money(cost)}))
        for probability in probabilities:
            chances = (probability,) * len(bundle.tasks)
            yield (*rest, bundle.model_copy(update={"probabilities": chances}))
        if len(bundle.tasks) > 1:
            yield (*rest, *_parts(bundle))


def _parts(bundle: BundleBid) -> tuple[BundleBid, ...]:
    """Return the tasks of a bundle as bundles of one, each at its part of the cost."""
    costs = split(bundle.cost, [1] * len(bundle.tasks))
    return tuple(
        BundleBid(
            worker=bundle.worker, tasks=(task,), cost=Money(cost), probabilities=(probability,)
        )
        for task, probability, cost in zip(bundle.tasks, bundle.probabilities, costs, strict=True)
    )


def bundle_regret(
    setting: BundleSetting,
    truth: Sequence[BundleBid],
    others: Sequence[BundleBid],
    lies: Iterable[Sequence[BundleBid]],
) -> Fraction:
    """Return the most that one worker could gain over honesty by other bundles; at least 0.

    Args:
        setting: The mechanism and its circumstances.
        truth: What the worker could really do, which is what it reports when honest.
        others: The bids of the rest.
        lies: What to try in the place of the honest bundles.
    """
    honest = expected_bundle_utility(setting, [*others, *truth], truth)
    found = (expected_bundle_utility(setting, [*others, *lie], truth) - honest for lie in lies)
    return max(Fraction(0), max(found, default=Fraction(0)))
