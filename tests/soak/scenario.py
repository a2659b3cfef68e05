"""What one seed decides: the market, its tasks, its workers, and what goes wrong in each process."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from orchestrator.market import Limits
from orchestrator.task import Task
from tests.soak.store import Fate
from tests.soak.unreliable import RIGHT, Habits, Moody, Unreliable
from workers.verifiers import exact

MECHANISMS: Final[tuple[Any, ...]] = (
    {"name": "contingent-vcg", "stake": "0.0000002"},
    "vcg",
    "vickrey",
    "first-price",
    "pay-per-success",
    "sequential-pivot",
    "min-work",
    "uniform",
    {"name": "english", "step": "0.0000001", "rounds": True},
    {"name": "dutch", "step": "0.0000001", "rounds": True},
    {"name": "explore", "rounds": 3},
    "sortition",
)
PAID_BY_PEERS: Final = ("vcg", "vickrey", "first-price")
"""Rules that pay nothing by outcomes, so that copied tasks can be paid by peers."""

PEERS: Final = {"mechanism": "output-agreement", "aggregate": "plurality", "stake": "0.0000001"}


@dataclass(frozen=True)
class Scenario:
    """One world, made anew for every process of a run.

    Args:
        seed: Decides everything.
    """

    seed: int

    def draws(self, about: str) -> Random:
        """Return the draws about one thing, whatever was drawn about the others."""
        return Random(f"{self.seed}\t{about}")

    @property
    def copied(self) -> bool:
        """Whether some tasks go to several workers."""
        return self.draws("copied").random() < 0.3

    @property
    def backend(self) -> str:
        """On which event loop it runs."""
        return "trio" if self.seed % 4 == 3 else "asyncio"

    def settings(self) -> dict[str, Any]:
        """Return what a coordinator is given, but for its workers."""
        draws = self.draws("settings")
        mechanism = draws.choice(PAID_BY_PEERS if self.copied else MECHANISMS)
        limits = Limits(
            batch=draws.randint(1, 6),
            announcements=draws.randint(1, 4),
            concurrency=draws.randint(1, 8),
            attempts=draws.randint(1, 3),
            raise_reserve=draws.choice((1.0, 1.5)),
            bid_seconds=10.0,
            award_seconds=5.0,
            execute_seconds=30.0,
            verify_seconds=8.0,
            penalty=draws.choice(("none", "pivot")),
            withdrawal=draws.choice((0.0, 0.25)),
            lost_calls=draws.choice(("reattach", "retry", "retry", "fail")),
        )
        budget = draws.choice((None, "0.00001", "0.000004", "0.0000015"))
        peer = {"peer": PEERS} if self.copied else {}
        return {
            "mechanism": mechanism,
            "limits": limits,
            "budget": budget,
            "seed": self.seed,
            **peer,
        }

    def tasks(self) -> list[Task]:
        """Return the tasks, some of which need earlier ones."""
        draws = self.draws("tasks")
        return [self._task(number, draws) for number in range(draws.randint(3, 12))]

    def _task(self, number: int, draws: Random) -> Task:
        needs = [f"t{earlier}" for earlier in range(number) if draws.random() < 0.1]
        copies = draws.choice((1, 2, 3)) if self.copied else 1
        verify: Any = draws.choice(
            (exact(RIGHT), exact(RIGHT), Moody(str(self.seed), 40, draws.choice((0.0, 0.3))), None)
        )
        if copies > 1:
            verify = None
        return Task("x", "0.000001", verify, id=f"t{number}", needs=needs, redundancy=copies)

    def workers(self, process: int) -> list[Unreliable]:
        """Return the workers; in another process they behave otherwise to the same questions."""
        draws = self.draws("workers")
        return [self._worker(f"w{number}", process, draws) for number in range(draws.randint(3, 5))]

    def _worker(self, name: str, process: int, draws: Random) -> Unreliable:
        habits = Habits(
            silent=draws.choice((0.0, 0.0, 0.2)),
            again=draws.choice((0.0, 0.5)),
            forges=draws.choice((0.0, 0.5)),
            shuffles=draws.choice((0.0, 0.5)),
            refuses=draws.choice((0.0, 0.2)),
            breaks=draws.choice((0.0, 0.1)),
            hangs=draws.choice((0.0, 0.0, 0.1)),
            swaps=draws.choice((0.0, 0.1)),
            fails=draws.choice((0.0, 0.3)),
            balks=draws.choice((0.0, 0.2)),
        )
        return Unreliable(
            name,
            f"{self.seed}\t{process}",
            habits,
            cost=draws.randint(50, 200),
            ceiling=draws.choice((0, 0, 10)),
            seats=draws.choice((1, 2, 8)),
            payable=draws.random() < 0.3,
            confirms=draws.random() < 0.2,
            reattachable=draws.random() < 0.5,
            capacity=draws.choice((None, None, 2)),
        )

    @property
    def deaths(self) -> int:
        """How many processes die before one comes through."""
        return self.draws("deaths").choice((0, 1, 1, 2, 2, 3, 5))

    def fate(self, process: int) -> Fate:
        """Return what happens to the journal of a process."""
        draws = self.draws(f"fate\t{process}")
        slowness = draws.choice((0.0, 0.1, 3.0))
        if process >= self.deaths:
            return Fate(slowness=slowness)
        if draws.random() < 0.3:
            reason = draws.choice(("disk is full", "disk I/O error"))
            return Fate(fails_at=draws.randint(1, 12), reason=reason, slowness=slowness)
        keeps = draws.random() < 0.5
        return Fate(dies_at=draws.randint(1, 60), keeps_last=keeps, slowness=slowness)

    def killed_after(self, process: int) -> float | None:
        """Return the second in which a process dies, wherever it is then."""
        draws = self.draws(f"second\t{process}")
        return draws.uniform(0.0, 60.0) if process < self.deaths and draws.random() < 0.4 else None

    def cancellations(self) -> list[tuple[float, str]]:
        """Return which tasks are called off, and after how many seconds of a process."""
        draws, tasks = self.draws("cancellations"), self.tasks()
        if draws.random() < 0.5:
            return []
        chosen = draws.sample(tasks, k=min(2, len(tasks)))
        return [(draws.uniform(0.0, 60.0), str(task.id)) for task in chosen]
