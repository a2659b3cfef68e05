"""How often a judge errs, from the tasks whose truth is known without it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.market import Limits
from orchestrator.memory.record import Record
from protocols.events import Announced, RunOpened, TaskAdded, Verified
from scoring.beta_distribution import quantile

if TYPE_CHECKING:
    from protocols.units import TaskId

LEVEL: Final = 0.95


class Rate(NamedTuple):
    """How often something happened, and the interval in which its rate lies.

    Attributes:
        times: How often.
        of: Of how many.
    """

    times: int
    of: int

    @property
    def estimate(self) -> float | None:
        """The share; ``None`` of nothing."""
        return self.times / self.of if self.of else None

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the exact interval, which holds the rate at least as often as the level says.

        Source: Clopper and Pearson (1934).

        >>> [round(end, 4) for end in Rate(0, 10).interval()]
        [0.0, 0.3085]
        """
        tail, times, of = (1 - level) / 2, self.times, self.of
        low = quantile(tail, times, of - times + 1) if times else 0.0
        high = quantile(1 - tail, times + 1, of - times) if times < of else 1.0
        return low, high

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "times": self.times,
            "of": self.of,
            "rate": self.estimate,
            "interval": list(self.interval()),
        }


@dataclass(slots=True)
class GoldVerdicts:
    """What a judge said of answers whose truth was known.

    Attributes:
        judge: Its name.
        wrong: How many of the answers were wrong.
        accepted: How many of the wrong ones it accepted.
        right: How many were right.
        rejected: How many of the right ones it rejected.
    """

    judge: str
    wrong: int = 0
    accepted: int = 0
    right: int = 0
    rejected: int = 0

    @property
    def false_accepts(self) -> Rate:
        """How often it accepts a wrong answer."""
        return Rate(self.accepted, self.wrong)

    @property
    def false_rejects(self) -> Rate:
        """How often it rejects a right answer."""
        return Rate(self.rejected, self.right)

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "judge": self.judge,
            "false_accepts": self.false_accepts.to_data(),
            "false_rejects": self.false_rejects.to_data(),
        }


def gold_verdicts(record: Record) -> list[GoldVerdicts]:
    """Return how the judges of a run did on gold, by their names.

    Both verdicts count as an acceptance from the success on at which a task is solved.

    Raises:
        JournalError: If the journal cannot be read.
    """
    judges = {
        added.lot.task: str(added.verify.get("by"))
        for added in record.of(TaskAdded)
        if added.verify is not None and added.verify.get("gold") is not None
    }
    if not judges:
        return []
    names: dict[TaskId, str] = {}
    found: dict[str, GoldVerdicts] = {}
    solved_at = Limits().solved_at
    for entry in record.entries(RunOpened, Announced, Verified):
        match entry.event:
            case RunOpened(config=config):
                solved_at = Limits.model_validate(config.get("limits", {})).solved_at
            case Announced(announcement=call):
                names |= {lot.task: judges[lot.origin] for lot in call.lots if lot.origin in judges}
            case Verified(outcome=said, opinion=float(opinion)) if said.task in names:
                name = names[said.task]
                judge = found.setdefault(name, GoldVerdicts(name))
                _count(judge, right=said.success >= solved_at, accepted=opinion >= solved_at)
            case _:
                pass  # judges have no part in it
    return [found[name] for name in sorted(found)]


def _count(judge: GoldVerdicts, *, right: bool, accepted: bool) -> None:
    if right:
        judge.right += 1
        judge.rejected += not accepted
    else:
        judge.wrong += 1
        judge.accepted += accepted
