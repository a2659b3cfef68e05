"""Turns workers whose truth can be asked for, and tasks, into the scenes of an audit."""

from collections.abc import Sequence
from typing import Final

from orchestrator.audit.scene import Answer, Scene
from orchestrator.bootstrap import Fleet
from orchestrator.errors import ConfigError
from protocols.messages import Announcement, Bid, Lot
from protocols.units import AnnouncementId, TaskId, WorkerId
from workers.chance import uniform
from workers.local import LocalWorker
from workers.recorded import RecordedWorker
from workers.verifiers import normalised

SIMILAR: Final = "~"
"""Between the name of a task and the number of its copy in an audit."""


class Crowd:
    """Workers that know the truth about themselves, and the tasks that auctions are made of.

    Simulated workers and functions meet the tasks in an order drawn anew for every replication,
    and their costs, chances and outcomes are drawn for each of them. Recorded workers meet the
    recorded questions, in another order each time, with the recorded outcomes.

    Args:
        fleet: The workers and tasks of a configuration.
        seed: Decides all draws.
        lots: How many tasks are put up at a time.

    Raises:
        ConfigError: If a worker cannot say what is true of it, such as a model behind an endpoint,
            or there are no tasks before somebody plans them.
    """

    def __init__(self, fleet: Fleet, seed: int, lots: int) -> None:
        self._seed, self._size = seed, lots
        self._local: list[LocalWorker] = []
        for worker in fleet.workers:
            if not isinstance(worker, LocalWorker):
                raise ConfigError(
                    f"worker {worker.name!r} cannot be audited: nobody knows its true costs and"
                    " chances; audit a journal of its runs instead"
                )
            self._local.append(worker)
        if not fleet.tasks:
            text = "the tasks are planned from a goal: audit a journal of such a run instead"
            raise ConfigError(text)
        self._tasks = [task.lot(f"t{number}") for number, task in enumerate(fleet.tasks, start=1)]
        self.recorded = any(isinstance(worker, RecordedWorker) for worker in self._local)

    @property
    def workers(self) -> tuple[WorkerId, ...]:
        """Who takes part."""
        return tuple(worker.name for worker in self._local)

    def scenes(self, replication: int, rounds: int) -> list[Scene]:
        """Return the auctions of one replication."""
        order = self._order(replication, rounds * self._size)
        return [
            self._scene(order[start : start + self._size], replication, start // self._size + 1)
            for start in range(0, len(order), self._size)
        ]

    def _order(self, replication: int, count: int) -> list[Lot]:
        """Draw the lots of a replication: with replacement, but a recorded question only once."""
        if not self.recorded:
            tasks = self._tasks
            return [
                tasks[int(uniform(self._seed, "task", replication, place) * len(tasks))]
                for place in range(count)
            ]
        key = {lot.task: uniform(self._seed, "order", replication, lot.task) for lot in self._tasks}
        mixed = sorted(self._tasks, key=lambda lot: key[lot.task])[:count]
        return mixed[: len(mixed) - len(mixed) % self._size]

    def _scene(self, lots: Sequence[Lot], replication: int, number: int) -> Scene:
        named = tuple(
            self._named(lot, replication, number * self._size + place)
            for place, lot in enumerate(lots)
        )
        name = AnnouncementId(f"a{number}")
        known: dict[tuple[WorkerId, TaskId], Bid] = {}
        success: dict[tuple[WorkerId, TaskId], float] = {}
        answers: dict[tuple[WorkerId, TaskId], Answer] = {}
        for worker in self._local:
            for lot in named:
                key, quote = (worker.name, lot.task), worker.known(lot)
                if quote is None:
                    continue
                if isinstance(worker, RecordedWorker):
                    record = worker.recorded(lot)
                    if record is None:
                        continue
                    success[key] = record.success
                    answers[key] = Answer(normalised(record.answer), record.confidence)
                else:
                    draw = uniform(self._seed, "success", *key)
                    success[key] = 1.0 if draw < quote.probability else 0.0
                known[key] = Bid(
                    announcement=name,
                    task=lot.task,
                    worker=worker.name,
                    cost=quote.cost,
                    probability=quote.probability,
                )
        announcement = Announcement(
            announcement=name,
            number=number,
            as_of=number - 1,
            lots=named,
            participants=tuple(worker.participant for worker in self._local),
        )
        return Scene(announcement, known, success, self.recorded, answers)

    def _named(self, lot: Lot, replication: int, place: int) -> Lot:
        """Give a lot a name of its own, so that its draws are its own."""
        if self.recorded:
            return lot
        return lot.model_copy(update={"task": TaskId(f"{lot.task}{SIMILAR}{replication}.{place}")})
