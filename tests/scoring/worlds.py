"""Small worlds in which every expectation is a finite sum, and samples of larger ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.peer import PeerReport

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

BIT = 0.5
"""The probability of 1 of every coin that is not about the task."""


class Told(NamedTuple):
    """What an agent says: a report, the share of ones it predicts, the probability it gives to 1."""

    report: int
    prediction: float
    belief: float


class Seen(NamedTuple):
    """What an agent may use: its signal and what follows from it, a bit all see, an own coin."""

    signal: int
    forecast: float
    posterior: float
    opposite: float
    prior: float
    bit: int
    coin: int


Strategy = Callable[[Seen], Told]


class Agent(NamedTuple):
    """A strategy, and the index of the signal it looks at (a copy looks at another's)."""

    strategy: Strategy
    signal: int


class Outcome(NamedTuple):
    """One possible course of a task: its probability, the truth, what every agent says."""

    probability: float
    truth: int
    told: tuple[Told, ...]


class World(NamedTuple):
    """Yes-or-no tasks: the prior of yes and the accuracy of every signal."""

    prior: float
    accuracy: float

    @property
    def positive(self) -> float:
        """The probability of signal 1."""
        return self.prior * self.accuracy + (1 - self.prior) * (1 - self.accuracy)

    def posterior(self, signal: int) -> float:
        """Return the probability of yes given a signal."""
        if signal:
            return self.prior * self.accuracy / self.positive
        return self.prior * (1 - self.accuracy) / (1 - self.positive)

    def forecast(self, signal: int) -> float:
        """Return the probability that another agent sees 1, given an own signal."""
        belief = self.posterior(signal)
        return belief * self.accuracy + (1 - belief) * (1 - self.accuracy)

    def _seen(self, signal: int, bit: int, coin: int) -> Seen:
        beliefs = self.posterior(signal), self.posterior(1 - signal), self.prior
        return Seen(signal, self.forecast(signal), *beliefs, bit, coin)

    def outcomes(self, agents: Sequence[Agent]) -> list[Outcome]:
        """Enumerate truth, signals, the shared bit and a coin of the first agent."""
        found: dict[tuple[int, tuple[Told, ...]], float] = {}
        sources = sorted({agent.signal for agent in agents})
        for truth, bit, coin in product((0, 1), repeat=3):
            chance = (self.prior if truth else 1 - self.prior) * 0.25
            for signals in product((0, 1), repeat=len(sources)):
                hits = sum(signal == truth for signal in signals)
                misses = len(signals) - hits
                weight = chance * self.accuracy**hits * (1 - self.accuracy) ** misses
                seen = dict(zip(sources, signals, strict=True))
                told = tuple(
                    agent.strategy(self._seen(seen[agent.signal], bit, coin)) for agent in agents
                )
                found[truth, told] = found.get((truth, told), 0.0) + weight
        return [Outcome(weight, truth, told) for (truth, told), weight in found.items()]


def joint(outcomes: Sequence[Outcome], one: int, other: int) -> Floats:
    """Return the joint distribution of the reports of two agents."""
    table = np.zeros((2, 2))
    for outcome in outcomes:
        table[outcome.told[one].report, outcome.told[other].report] += outcome.probability
    return table


def truthful(seen: Seen) -> Told:
    """Report the signal and honest forecasts of the peers and of the truth."""
    return Told(seen.signal, seen.forecast, seen.posterior)


def constant(seen: Seen) -> Told:
    """Report 1 whatever the task, and the prior as belief."""
    return Told(1, seen.forecast, seen.prior)


def flipped(seen: Seen) -> Told:
    """Report as if the signal had been the opposite one, with an honest forecast of the peers."""
    return Told(1 - seen.signal, seen.forecast, seen.opposite)


def mirrored(seen: Seen) -> Told:
    """Take part in everybody's renaming of the labels."""
    return Told(1 - seen.signal, 1 - seen.forecast, 1 - seen.posterior)


def all_ones(seen: Seen) -> Told:
    """Take part in everybody's reporting of 1, and predict it."""
    del seen
    return Told(1, 1.0, 1.0)


def guessing(seen: Seen) -> Told:
    """Toss a coin instead of looking at the signal."""
    lucky = seen.coin == seen.signal
    return Told(seen.coin, seen.forecast, seen.posterior if lucky else seen.opposite)


def lazy(seen: Seen) -> Told:
    """Work half of the time, else report 1 and the prior."""
    return truthful(seen) if seen.coin else constant(seen)


def follow_bit(seen: Seen) -> Told:
    """Report a bit that all see, and predict that most follow it."""
    return Told(seen.bit, 0.8 if seen.bit else 0.2, float(seen.bit))


def share_bit(seen: Seen) -> Told:
    """Report a bit that one accomplice of five peers reports too, and hedge the belief."""
    return Told(seen.bit, seen.forecast, 0.75 if seen.bit else 0.25)


def extremised(seen: Seen) -> Told:
    """Report the signal and certainty."""
    return Told(seen.signal, seen.forecast, float(seen.signal))


def hedged(seen: Seen) -> Told:
    """Report the signal and a belief of one half."""
    return Told(seen.signal, seen.forecast, 0.5)


def boastful(seen: Seen) -> Told:
    """Report the signal, and be certain of it and of everybody's seeing it."""
    return Told(seen.signal, float(seen.signal), float(seen.signal))


def timid(seen: Seen) -> Told:
    """Report the signal, and give one half to everything else that is asked."""
    return Told(seen.signal, 0.5, 0.5)


def usual(seen: Seen) -> Told:
    """Report what is usual for this sort of task, without looking at the task."""
    return Told(int(seen.prior > 0.5), seen.forecast, seen.prior)


def mixture(*parts: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes of a world that is each of these with the same probability."""
    return [
        outcome._replace(probability=outcome.probability / len(parts))
        for part in parts
        for outcome in part
    ]


def team(*strategies: Strategy) -> list[Agent]:
    """Return agents that each look at a signal of their own."""
    return [Agent(strategy, place) for place, strategy in enumerate(strategies)]


def crowd(
    rng: np.random.Generator,
    accuracies: Sequence[float],
    tasks: int,
    *,
    prior: float = 0.5,
    classes: int = 2,
) -> tuple[list[PeerReport], dict[str, str]]:
    """Sample reports of independent strangers on every task, and the truth.

    The first class has the prior, the others share the rest; errors are uniform.
    """
    shares = [prior, *[(1 - prior) / (classes - 1)] * (classes - 1)]
    truth = rng.choice(classes, size=tasks, p=shares)
    reports: list[PeerReport] = []
    for worker, accuracy in enumerate(accuracies):
        name = f"w{worker}"
        wrong = (truth + rng.integers(1, classes, size=tasks)) % classes
        given = np.where(rng.random(tasks) < accuracy, truth, wrong)
        reports += [
            PeerReport(f"t{task}", name, f"o{worker}", f"f{worker}", str(given[task]))
            for task in range(tasks)
        ]
    return reports, {f"t{task}": str(truth[task]) for task in range(tasks)}
