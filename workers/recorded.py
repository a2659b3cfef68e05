"""A worker that replays recorded outcomes, and how it forms its bids from them."""

from math import isnan
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from protocols.messages import Award, Failure, Lot, Result
from protocols.units import ZERO, Money, Name, Probability, Units
from workers.chance import draws, stream, uniform
from workers.history import History
from workers.local import LocalWorker, Quote
from workers.ports import Lesson
from workers.record_file import RecordColumns, RecordsError, unknown
from workers.records import Question, Record, RecordTable
from workers.spec import Several, Spec, Terms
from workers.strategies import Strategy, Truthful


class BidRule(Spec):
    """From what a recorded worker forms its bid.

    Nothing but ``recorded`` may use the record of the very question: that is a worker who is asked
    in advance and for nothing, an upper bound.
    """

    probability: Annotated[
        Literal["history", "recorded"],
        Field(
            description="history: the smoothed share of own past successes at the kind, learned"
            " only from work that was awarded. recorded: the stated confidence of the record, or"
            " history where there is none."
        ),
    ] = "history"
    cost: Annotated[
        Literal["history", "mean", "recorded"],
        Field(
            description="history: the mean of own past costs at the kind, starting from prior_cost"
            " or else the mean of the table. mean: the mean of the table for worker and kind."
            " recorded: the cost of the record."
        ),
    ] = "mean"
    prior: Annotated[
        Probability, Field(description="The probability of success before anything is known.")
    ] = 0.5
    prior_weight: Annotated[
        float, Field(gt=0, le=1e6, description="How many outcomes the priors count for.")
    ] = 2.0
    prior_cost: Annotated[
        Units | None, Field(description="The cost before anything is known, in units.")
    ] = None


class RecordedWorker(LocalWorker):
    """Does each question as the table says it did, at the recorded cost.

    It is silent on questions that it has no record of, or no cost. What it answers carries the
    recorded outcome in ``Result.truth``, for the verifier ``recorded``, and the recorded confidence.

    Args:
        name: A worker of the table.
        table: The recorded outcomes.
        rule: From what it forms its bid.
        strategy: How it reports what it knows.
        seed: Decides the draws of a strategy that has any.
        capacity: The most lots that it may win in one announcement.

    Raises:
        RecordsError: If the table does not know the worker.
    """

    instant = True
    reattachable = True
    repeatable = True

    def __init__(
        self,
        name: str,
        table: RecordTable,
        *,
        rule: BidRule | None = None,
        strategy: Strategy | None = None,
        seed: int = 0,
        capacity: int | None = None,
    ) -> None:
        super().__init__(name, **Terms(capacity=capacity))
        worker = self.participant.worker
        if worker not in table.columns:
            raise RecordsError(unknown("worker", name, table.columns))
        self._column, self._numbers = table.columns[worker], table.numbers
        self._rule = rule or BidRule()
        self._means, self._accuracies = table.mean_cost(worker), table.accuracy(worker)
        self._history = History(self._rule.prior, self._rule.prior_weight)
        self._strategy = None if strategy is None or isinstance(strategy, Truthful) else strategy
        self._stream = stream(seed, name)

    def quote(self, lot: Lot) -> Quote | None:
        """Return what the worker knows of its chance and cost, as its strategy reports it."""
        number = self._numbers.get(lot.origin)
        if number is None:
            return None
        actual = self._column.costs[number]
        if actual < 0:
            return None
        cost, source = self._expected_cost(lot.kind, Money(actual)), "history"
        probability = self._column.confidences[number]
        if self._rule.probability == "history" or isnan(probability):
            probability = self._history.probability(lot.kind)
        else:
            source = "recorded"
        if self._strategy is not None:
            draw = draws(self._stream, lot.task, lot.attempt)[0]
            cost, probability = self._strategy.report(cost, probability, draw)
        return Quote(cost, probability, source, Money(actual) if actual > cost else None)

    def known(self, lot: Lot) -> Quote | None:
        """Return its mean cost and its success rate at the kind, or the stated confidence.

        The rate is that of the whole table, what a worker with a long past knows of itself; where
        bids are made from recorded confidences, the confidence is what it believes.
        """
        number = self._numbers.get(lot.origin)
        if number is None or self._column.costs[number] < 0 or not self._wants(lot):
            return None
        actual = Money(self._column.costs[number])
        cost = actual if self._rule.cost == "recorded" else self._means.get(lot.kind, actual)
        stated = self._column.confidences[number]
        if self._rule.probability == "recorded" and not isnan(stated):
            return Quote(cost, stated, "recorded")
        return Quote(cost, self._accuracies.get(lot.kind, 0.0), "history")

    def recorded(self, lot: Lot) -> Record | None:
        """Return how its work on a lot ended, or ``None`` where there is no record."""
        number = self._numbers.get(lot.origin)
        return None if number is None else self._column.record(number)

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Answer as recorded."""
        record = self.recorded(lot)
        if record is None:
            return Failure(
                announcement=award.announcement,
                task=lot.task,
                worker=self.participant.worker,
                reason="there is no record of this task",
            )
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.participant.worker,
            answer=record.answer or "recorded",
            cost=record.cost or ZERO,
            truth=record.success,
            confidence=record.confidence,
        )

    def learn(self, lesson: Lesson) -> None:
        """Remember how own work ended."""
        self._history.note(lesson.lot.kind, lesson.report, lesson.outcome)

    def _expected_cost(self, kind: str, actual: Money) -> Money:
        rule = self._rule
        if rule.cost == "recorded":
            return actual
        mean = self._means.get(kind, actual)
        if rule.cost == "mean":
            return mean
        return self._history.cost(kind, mean if rule.prior_cost is None else rule.prior_cost)


class Replay(NamedTuple):
    """What a table of records gives a run."""

    workers: list[RecordedWorker]
    questions: list[Question]


class RecordsSpec(Spec):
    """Recorded outcomes as the workers and the tasks of a run."""

    path: Annotated[Name, Field(description="A .csv or .jsonl file, or either with .gz.")]
    columns: Annotated[RecordColumns, Field(description="Which column holds what.")] = (
        RecordColumns()
    )
    workers: Annotated[
        Several[Name] | None, Field(description="The workers to take; all if left out.")
    ] = None
    kinds: Annotated[
        Several[Name] | None, Field(description="The kinds of question to take; all if left out.")
    ] = None
    every: Annotated[int, Field(ge=1, description="Takes every n-th question only.")] = 1
    shuffle: Annotated[
        bool, Field(description="Mixes the questions by the seed of the run, before the limit.")
    ] = False
    limit: Annotated[int | None, Field(ge=1, description="The most questions to take.")] = None
    bid: Annotated[BidRule, Field(description="From what the workers form their bids.")] = BidRule()
    strategy: Annotated[Strategy, Field(description="How the workers report.")] = Truthful()
    strategies: Annotated[
        dict[Name, Strategy], Field(description="How single workers report instead.")
    ] = Field(default_factory=dict[str, Strategy])
    capacity: Annotated[
        int | None, Field(ge=1, description="The most lots a worker may win per announcement.")
    ] = None

    def build(self, seed: int, folder: Path) -> Replay:
        """Load the table and return its workers and questions.

        Args:
            seed: Decides the shuffle and the draws of the strategies.
            folder: What a relative path starts from.

        Raises:
            RecordsError: If the file is bad, or a worker or kind that is asked for is not in it.
        """
        table = RecordTable.load(folder / self.path, self.columns)
        names = list(table.columns) if self.workers is None else list(self.workers)
        for name in self.strategies:
            if name not in names:
                raise RecordsError(unknown("worker", name, names))
        workers = [
            RecordedWorker(
                name,
                table,
                rule=self.bid,
                strategy=self.strategies.get(name, self.strategy),
                seed=seed,
                capacity=self.capacity,
            )
            for name in names
        ]
        return Replay(workers, self._chosen(table.questions, seed))

    def _chosen(self, questions: list[Question], seed: int) -> list[Question]:
        if self.kinds is not None:
            known = {question.kind for question in questions}
            for kind in self.kinds:
                if kind not in known:
                    raise RecordsError(unknown("kind", kind, known))
            questions = [question for question in questions if question.kind in self.kinds]
        questions = questions[:: self.every]
        if self.shuffle:
            questions = sorted(questions, key=lambda each: uniform(seed, "shuffle", each.task))
        return questions[: self.limit]
