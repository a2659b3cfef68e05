"""How money grew over a run, in a fixed number of points."""

from typing import Final, NamedTuple

from orchestrator.evaluation.summary import Summary

MOST_POINTS: Final = 256


class Scored(NamedTuple):
    """How many awards of a worker were settled, and the sum of their scores."""

    awards: int
    total: float


class Moment(NamedTuple):
    """The state after so many tasks had ended; money in nano-units."""

    ended: int
    utility: int
    profits: tuple[int, ...]
    scores: tuple[Scored, ...]


class Timeline:
    """Samples a summary whenever a task has ended, ever more rarely as the run grows.

    >>> timeline = Timeline()
    >>> timeline.moments()
    []
    """

    def __init__(self) -> None:
        self._moments: list[Moment] = []
        self._every = 1

    def note(self, summary: Summary) -> None:
        """Look at the summary; called after each task that ended."""
        ended = sum(summary.states.values())
        if ended % self._every:
            return
        workers = summary.workers.values()
        profits = tuple(worker.profit for worker in workers)
        scores = tuple(
            Scored(each.score.count, (each.score.value or 0.0) * each.score.count)
            for each in workers
        )
        self._moments.append(Moment(ended, summary.utility, profits, scores))
        if len(self._moments) >= 2 * MOST_POINTS:
            self._every *= 2
            self._moments = [each for each in self._moments if each.ended % self._every == 0]

    def moments(self) -> list[Moment]:
        """Return the samples in their order."""
        return list(self._moments)
