"""A simulated worker: a model of known skill, cost and honesty."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import exp
from statistics import NormalDist
from typing import Annotated, Literal, Unpack

import anyio
from pydantic import Field, TypeAdapter

from protocols.messages import Award, Failure, Lot, Result
from protocols.units import (
    LARGEST,
    ZERO,
    Money,
    Name,
    Probability,
    Seconds,
    TaskId,
    Units,
    money,
    units,
)
from workers.chance import draws, stream
from workers.local import LocalWorker, Quote
from workers.spec import ParticipantSpec, Terms
from workers.strategies import Random, Strategy, Truthful, shift_log_odds

OTHERWISE = "*"
"""Stands for every kind that is not named."""

_UNUSED = (0.5,) * 5
_bell = NormalDist().inv_cdf
_SMALLEST = 2.0**-33
_strategy: TypeAdapter[Strategy] = TypeAdapter(Strategy)


class SimulatedWorker(LocalWorker):
    """Knows its own cost and chance of success on every lot, and states what its strategy says.

    Its cost on a lot is lognormal around the mean, its skill varies on the log-odds; whether it
    then succeeds or fails to answer at all is drawn. Every draw depends on the seed, the worker,
    the task and the attempt alone, never on the order of events. Its true probability, which a
    truthful strategy reports, is its skill times the chance that it answers.

    The drawn success is put into ``Result.truth``, where the verifier ``recorded`` reads it. With
    ``answers`` other verifiers work as well: a success then answers what is listed for the task.

    Args:
        name: The worker's name, unique in the run.
        skill: The probability that an answer is right, for all kinds or per kind; ``"*"`` stands
            for all other kinds. It is silent on kinds without a skill.
        skill_spread: The standard deviation of the log-odds of its skill between tasks.
        cost: The mean cost of a task in units, for all kinds or per kind.
        cost_spread: The standard deviation of the logarithm of the cost; 0.3 is about 30 %.
        strategy: How it reports; a strategy or its word.
        latency: Seconds that each task takes. At 0 the worker is instant.
        failure_rate: The probability that it gives up without an answer.
        answers: For each task an answer that its verifier accepts.
        labels: The answers to choose from: an error is drawn from the other ones.
        always: What it answers to everything, whatever its skill says.
        seed: Decides its draws.
        **terms: On which terms it takes part.

    >>> SimulatedWorker("small", skill=0.7, cost="0.002", strategy="overconfident", seed=1).instant
    True
    """

    reattachable = True
    repeatable = True

    def __init__(
        self,
        name: str,
        *,
        skill: float | Mapping[str, float],
        skill_spread: float = 0.0,
        cost: Decimal | str | float | Mapping[str, Decimal | str | float] = 0,
        cost_spread: float = 0.0,
        strategy: Strategy | str = "truthful",
        latency: float = 0.0,
        failure_rate: float = 0.0,
        answers: Mapping[TaskId, str] | None = None,
        labels: Sequence[str] = (),
        always: str | None = None,
        seed: int = 0,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(name, **terms)
        costs = cost if isinstance(cost, Mapping) else {OTHERWISE: cost}
        self._skills = skill if isinstance(skill, Mapping) else {OTHERWISE: skill}
        self._costs = {kind: money(amount) for kind, amount in costs.items()}
        self._skill_spread, self._cost_spread = skill_spread, cost_spread
        chosen = _strategy.validate_python(strategy)
        self._strategy = None if isinstance(chosen, Truthful) else chosen
        self._latency, self._failure_rate = latency, failure_rate
        self._stream = stream(seed, name)
        self._varies = bool(skill_spread or cost_spread) or isinstance(chosen, Random)
        self.answers: Mapping[TaskId, str] = answers or {}
        self.labels = labels
        self._always = always
        self.instant = not latency

    def quote(self, lot: Lot) -> Quote | None:
        """Return what the strategy makes of the true cost and probability."""
        true = self._truth(lot)
        if true is None or self._strategy is None:
            return true
        draw = draws(self._stream, lot.task, lot.attempt)[2] if self._varies else 0.5
        stated, probability = self._strategy.report(true.cost, true.probability, draw)
        return Quote(stated, probability, ceiling=true.cost if true.cost > stated else None)

    def known(self, lot: Lot) -> Quote | None:
        """Return the true cost and probability, whatever its strategy says of them."""
        return self._truth(lot) if self._wants(lot) else None

    def _truth(self, lot: Lot) -> Quote | None:
        skill = self._skills.get(lot.kind, self._skills.get(OTHERWISE))
        if skill is None:
            return None
        drawn = draws(self._stream, lot.task, lot.attempt) if self._varies else _UNUSED
        probability = self._skill(skill, drawn[1]) * (1.0 - self._failure_rate)
        return Quote(self._cost(lot, drawn[0]), probability)

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Take the time, then succeed, err or give up as drawn."""
        if self._latency:
            await anyio.sleep(self._latency)
        first, second, _, fourth, fifth = draws(self._stream, lot.task, lot.attempt)
        worker, cost = self.participant.worker, self._cost(lot, first)
        if fifth < self._failure_rate:
            return Failure(
                announcement=award.announcement,
                task=lot.task,
                worker=worker,
                reason="gave up",
                cost=cost,
                seconds=self._latency,
            )
        skill = self._skills.get(lot.kind, self._skills.get(OTHERWISE, 0.0))
        left = (fifth - self._failure_rate) / (1.0 - self._failure_rate)
        answer, right = self._answer(lot, fourth < self._skill(skill, second), left)
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=worker,
            answer=answer,
            cost=cost,
            seconds=self._latency,
            truth=1.0 if right else 0.0,
        )

    def _answer(self, lot: Lot, right: bool, draw: float) -> tuple[str, bool]:
        """Return what it says, and whether that is right."""
        truth = self.answers.get(lot.origin)
        if self._always is not None:
            return self._always, self._always == truth
        if right:
            return truth or "Done.", True
        wrong = [label for label in self.labels if label != truth]
        return (wrong[int(draw * len(wrong))] if wrong else "I do not know."), False

    def _cost(self, lot: Lot, draw: float) -> Money:
        mean = self._costs.get(lot.kind, self._costs.get(OTHERWISE, ZERO))
        if not self._cost_spread:
            return mean
        spread = self._cost_spread
        drawn = mean * exp(spread * _bell(draw or _SMALLEST) - spread * spread / 2)
        return Money(min(round(drawn), LARGEST))

    def _skill(self, skill: float, draw: float) -> float:
        if not self._skill_spread:
            return skill
        return shift_log_odds(skill, self._skill_spread * _bell(draw or _SMALLEST))


class SimulatedSpec(ParticipantSpec):
    """A model of known skill, cost and honesty, for trying a market out."""

    type: Literal["simulated"] = "simulated"
    skill: Annotated[
        Probability | dict[Name, Probability],
        Field(description="The probability of a right answer, or one per kind; '*' is any other."),
    ]
    skill_spread: Annotated[
        float, Field(ge=0, le=10, description="Deviation of the log-odds of skill between tasks.")
    ] = 0.0
    cost: Annotated[
        Units | dict[Name, Units],
        Field(description="The mean cost of a task in units, or one per kind; '*' is any other."),
    ] = ZERO
    cost_spread: Annotated[
        float, Field(ge=0, le=5, description="Deviation of the logarithm of the cost.")
    ] = 0.0
    strategy: Annotated[Strategy, Field(description="How it reports what it knows.")] = Truthful()
    latency: Annotated[Seconds, Field(description="Seconds that a task takes.")] = 0.0
    failure_rate: Annotated[
        Probability, Field(description="The probability of giving up without an answer.")
    ] = 0.0
    always: Annotated[
        Name | None, Field(description="What it answers to everything, whatever its skill.")
    ] = None
    seed: Annotated[
        int | None, Field(description="Decides its draws; from the seed of the run if left out.")
    ] = None

    def build(self, seed: int) -> SimulatedWorker:
        """Return the worker."""
        cost = self.cost
        return SimulatedWorker(
            self.id,
            skill=self.skill,
            skill_spread=self.skill_spread,
            cost=(
                {kind: units(amount) for kind, amount in cost.items()}
                if isinstance(cost, dict)
                else units(cost)
            ),
            cost_spread=self.cost_spread,
            strategy=self.strategy,
            latency=self.latency,
            failure_rate=self.failure_rate,
            always=self.always,
            seed=seed if self.seed is None else self.seed,
            **self.terms(),
        )
