"""Where a market ends up when every worker in turn takes the report that pays it best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.audit.misreports import MISREPORTS, Act
from orchestrator.audit.play import Totals, optimum, play
from orchestrator.audit.scene import Scene
from protocols.mechanism import Mechanism
from protocols.units import TaskId, WorkerId
from protocols.worth import combine_of

if TYPE_CHECKING:
    from orchestrator.audit.scene import Answer
    from protocols.messages import Bid

TRUTH: Final = "truth"
SWEEPS: Final = 4
"""So often every worker may change its mind."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where best responses come to rest.

    Attributes:
        strategies: What each worker does in the end.
        settled: Whether nobody wanted to change any more; else it was still moving at the end.
        anarchy: The welfare of knowing everything, divided by the welfare at rest; 1 is perfect,
            infinite where nothing good is left.
    """

    strategies: dict[WorkerId, str]
    settled: bool
    anarchy: float


def best_responses(
    mechanism: Mechanism,
    fitting: Sequence[Scene],
    judging: Sequence[Scene],
    workers: Sequence[WorkerId],
    *,
    seed: int = 0,
) -> Rest:
    """Let workers answer each other, one at a time and starting from the truth.

    Args:
        mechanism: The rule.
        fitting: The auctions on which workers find out what pays.
        judging: Other auctions, on which the welfare is measured.
        workers: Who takes part.
        seed: Of ties.
    """
    options = [TRUTH, *(name for name, lie in MISREPORTS.items() if lie.trusted)]
    chosen = dict.fromkeys(workers, TRUTH)
    settled = False
    for _ in range(SWEEPS):
        before = dict(chosen)
        for worker in workers:
            chosen[worker] = _reply(mechanism, fitting, chosen, worker, options, seed)
        settled = chosen == before
        if settled:
            break
    reached = _play(mechanism, judging, chosen, seed).welfare
    best = optimum(judging, combine_of(mechanism)).welfare
    return Rest(chosen, settled, best / reached if reached > 0 else float("inf"))


def _reply(
    mechanism: Mechanism,
    scenes: Sequence[Scene],
    chosen: Mapping[WorkerId, str],
    worker: WorkerId,
    options: Sequence[str],
    seed: int,
) -> str:
    """Return what pays a worker best, what it does now where nothing pays more."""

    def earned(option: str) -> float:
        return _play(mechanism, scenes, {**chosen, worker: option}, seed).utility.get(worker, 0.0)

    return max((chosen[worker], *options), key=earned)


def _play(
    mechanism: Mechanism, scenes: Sequence[Scene], chosen: Mapping[WorkerId, str], seed: int
) -> Totals:
    return play(mechanism, scenes, lambda scene, place: acting(scene, chosen, place), seed=seed)


def acting(scene: Scene, chosen: Mapping[WorkerId, str], place: int) -> Act:
    """Let every worker report by the strategy that it has chosen."""
    said: dict[tuple[WorkerId, TaskId], Bid] = dict(scene.known)
    answers: dict[tuple[WorkerId, TaskId], Answer] = dict(scene.answers)
    for name in dict.fromkeys(chosen.values()):
        liars = [worker for worker, option in chosen.items() if option == name]
        if name != TRUTH:
            act = MISREPORTS[name].act(scene, liars, place)
            said |= {(bid.worker, bid.task): bid for bid in act.bids if bid.worker in liars}
            answers |= {key: each for key, each in act.answers.items() if key[0] in liars}
    return Act(scene.announcement, tuple(said.values()), scene.known, answers)
