"""What peers said in a run: a fold over its events."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from orchestrator.logs.peer_scores import PeerBoard, PeerSum, board_of
from orchestrator.peers.peer_line import PEERS
from protocols.events import Announced, Finished, PeersScored, TaskEnded, Verified
from protocols.messages import Result
from scoring.peer import PeerRefusal, PeerResult, PeerScore

if TYPE_CHECKING:
    from protocols.events import Event
    from protocols.peer_scores import PeerStanding
    from protocols.units import TaskId


class PeerTotals:
    """Peer scores by worker; give every event to `note`.

    Where workers are simulated or recorded they know whether they are right, and the scores are
    compared with that. No score and no payment looks at it.

    Attributes:
        consensus: How many tasks have an answer by consensus.
        right: In how many of them it is known to be right.
        known: In how many of them that is known.
    """

    def __init__(self) -> None:
        self.consensus = self.right = self.known = 0
        self._mechanism = ""
        self._sums: defaultdict[str, PeerSum] = defaultdict(PeerSum)
        self._support = 0.0
        self._origins: dict[TaskId, TaskId] = {}
        self._copies: defaultdict[TaskId, list[TaskId]] = defaultdict(list)
        self._truths: dict[TaskId, float] = {}
        self._crowd: dict[TaskId, bool] = {}

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Announced(announcement=announcement):
                for lot in announcement.lots:
                    if lot.group is not None and lot.task not in self._origins:
                        self._origins[lot.task] = lot.group
                        self._copies[lot.group].append(lot.task)
            case Finished(report=Result() as report) if report.task in self._origins:
                self._know(report)
            case PeersScored():
                self._score(event)
            case Verified(outcome=said) if said.verifier == PEERS and said.success == 1:
                if said.task in self._truths:
                    right = self._truths[said.task] == 1
                    self._crowd[self._origins[said.task]] = right
            case TaskEnded():
                self._end(event.task)
            case _:
                pass  # peers have no part in it

    def origin_of(self, task: TaskId) -> TaskId | None:
        """Return the task of which this one is a copy, as long as that has not ended."""
        return self._origins.get(task)

    def _know(self, report: Result) -> None:
        if report.truth is not None:
            total = self._sums[report.worker]
            total.known += 1
            total.right += report.truth == 1
            self._truths[report.task] = report.truth

    def _score(self, event: PeersScored) -> None:
        self._mechanism = event.mechanism
        self.consensus += len(event.answers)
        self._support += sum(answer.support for answer in event.answers)
        for one in event.workers:
            self._sums[one.worker].add(_result(one), event.kind, one.answers)

    def _end(self, task: TaskId) -> None:
        if task in self._crowd:
            self.known += 1
            self.right += self._crowd.pop(task)
        for copy in self._copies.pop(task, ()):
            del self._origins[copy]
            self._truths.pop(copy, None)

    @property
    def board(self) -> PeerBoard | None:
        """The workers, best first; ``None`` if nothing was scored by peers."""
        return board_of(self._mechanism, self._sums) if self._mechanism else None

    @property
    def support(self) -> float | None:
        """The mean support of the answers by consensus."""
        return self._support / self.consensus if self.consensus else None

    def to_data(self) -> dict[str, Any] | None:
        """Return it as plain data; ``None`` if nothing was scored by peers."""
        board = self.board
        if board is None:
            return None
        return {
            **board.to_data(),
            "consensus": {
                "tasks": self.consensus,
                "mean_support": self.support,
                "known": self.known,
                "right": self.right,
            },
        }


def _result(one: PeerStanding) -> PeerResult:
    if one.score is None or one.standard_error is None:
        return PeerRefusal(one.worker, one.refusal)
    return PeerScore(one.worker, one.score, one.comparisons, one.standard_error)
