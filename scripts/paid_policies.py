"""Ways to choose among models where every answer that is looked at is paid for.

Each takes what a right answer is worth and returns, for every question, what was spent and whether
the delivered answer is right. They learn from the one part of the questions alone.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import combinations

import numpy as np

from protocols.escalation import Escalation
from protocols.mechanism import Standing
from protocols.messages import Announcement, Award, Bid, Lot, Participant
from protocols.stopping import walk
from protocols.units import AnnouncementId, TaskId, WorkerId, money
from scoring.log_odds import logit
from scoring.recalibration import Recalibrator
from scripts.paid_answers import Answers, Floats

Outcome = tuple[Floats, Floats]
"""What was spent on each question, and whether its answer is right."""

Policy = Callable[[float], Outcome]
"""Takes what a right answer is worth, in USD."""

RIDGE = 1.0


def table_by_kind(data: Answers) -> Policy:
    """Give each kind of question to the model of the best value times accuracy less cost."""

    def policy(value: float) -> Outcome:
        chosen = np.zeros(len(data.kinds), dtype=np.intp)
        for kind in data.every_kind:
            best = np.argmax(value * data.accuracy(kind) - data.cost(kind))
            chosen[data.kinds == kind] = best
        return _given(data, chosen)

    return policy


def paid_probe(data: Answers, bought: Sequence[int]) -> Policy:
    """Buy some answers, read them together, then keep one of them or buy another one.

    The chance of every model is a logistic regression, for each kind, on what the bought answers say
    of themselves and on which of them agree.
    """
    chances = np.zeros_like(data.right)
    for kind in data.every_kind:
        here = np.flatnonzero(data.kinds == kind)
        read = _read(data, here, bought)
        known = data.learned[here]
        read[:, 1:] -= read[known, 1:].mean(axis=0)
        spread = read[known, 1:].std(axis=0)
        read[:, 1:] /= np.where(spread > 1e-6, spread, 1.0)
        for model in range(len(data.models)):
            weights = _logistic(read[known], data.right[here[known], model])
            chances[here, model] = 1.0 / (1.0 + np.exp(-read @ weights))

    def policy(value: float) -> Outcome:
        price = np.array([data.cost(kind) for kind in data.kinds])
        price[:, list(bought)] = 0.0
        chosen = np.argmax(value * chances - price, axis=1)
        spent, right = _given(data, chosen)
        had = np.isin(chosen, bought)
        return data.costs[:, list(bought)].sum(axis=1) + np.where(had, 0.0, spent), right

    return policy


class Escalating:
    """Escalation as the mechanism decides on it, with standings learned from the one part.

    Args:
        data: The answers.
        boxes: The models that bid.
        coincidence: How likely two wrong answers are the same; ``None`` compares none.
        learned: Whether to open boxes for the questions that are learned from, or for the others.
    """

    def __init__(
        self,
        data: Answers,
        boxes: Sequence[int],
        coincidence: float | None = None,
        *,
        learned: bool = False,
    ) -> None:
        self._data, self._boxes, self._learned = data, boxes, learned
        self._mechanism = Escalation(coincidence=coincidence)

    def __call__(self, value: float) -> Outcome:
        """Open boxes for every question of the part; the others cost nothing and bring nothing."""
        data = self._data
        spent, right = np.zeros(len(data.kinds)), np.zeros(len(data.kinds))
        for kind in data.every_kind:
            awards = self._awards(kind, value)
            for place in data.of(kind, learned=self._learned):
                spent[place], right[place] = self._open(awards, int(place))
        return spent, right

    def _open(self, awards: Sequence[tuple[int, Award]], place: int) -> tuple[float, float]:
        """Return what one question costs, and whether the delivered answer is right."""
        data = self._data
        stops = [award.stop for _, award in awards if award.stop is not None]
        bought, best = walk(stops, [self._said(place, model) for model, _ in awards])
        cost = sum(data.costs[place, model] for model, _ in awards[:bought])
        return float(cost), 0.0 if best is None else float(data.right[place, awards[best][0]])

    def _said(self, place: int, model: int) -> tuple[str, float | None] | None:
        """Return what a model answers to a question, if it does, and how sure it is of that."""
        words, stated = self._data.words[place, model], float(self._data.confidences[place, model])
        return (str(words), None if np.isnan(stated) else stated) if words else None

    def _awards(self, kind: str, value: float) -> list[tuple[int, Award]]:
        """Return in which order the models are asked at a kind, and when it is enough."""
        data, number = self._data, AnnouncementId("a1")
        worth = money(value)
        lot = Lot(task=TaskId("t"), kind=kind, value=worth, reserve=worth)
        price, chance = data.cost(kind), data.accuracy(kind)
        bids = [
            Bid(
                announcement=number,
                task=lot.task,
                worker=WorkerId(data.models[model]),
                cost=money(float(price[model])),
                probability=float(chance[model]),
            )
            for model in self._boxes
        ]
        people = tuple(Participant(worker=bid.worker) for bid in bids)
        call = Announcement(announcement=number, number=1, lots=(lot,), participants=people)
        standings = {
            (WorkerId(data.models[model]), kind): self._standings[kind, model]
            for model in self._boxes
        }
        found = self._mechanism.clear(call, bids, standings, 0)
        return [(data.models.index(award.worker), award) for award in found.awards]

    @cached_property
    def _standings(self) -> dict[tuple[str, int], Standing]:
        """What is known of each model at each kind, from all its answers that are learned from."""
        data = self._data
        found: dict[tuple[str, int], Standing] = {}
        for kind in data.every_kind:
            maps = Recalibrator()
            stated: dict[int, Counter[float | None]] = {each: Counter() for each in self._boxes}
            for place in data.of(kind, learned=True):
                for model in self._boxes:
                    confidence = float(data.confidences[place, model])
                    said = bool(data.words[place, model])
                    unstated = said and np.isnan(confidence)
                    stated[model][None if unstated else round(confidence, 2) if said else 0.0] += 1
                    if said and not unstated:
                        maps.observe(str(model), confidence, float(data.right[place, model]))
            for model in self._boxes:
                slope, intercept = maps.recalibration(str(model)).coefficients
                found[kind, model] = Standing(
                    slope=slope, intercept=intercept, confidences=tuple(stated[model].items())
                )
        return found


def _given(data: Answers, chosen: np.ndarray) -> Outcome:
    rows = np.arange(len(chosen))
    return data.costs[rows, chosen], data.right[rows, chosen]


def _read(data: Answers, here: np.ndarray, bought: Sequence[int]) -> Floats:
    """Return what bought answers tell: a row of numbers for each question, the first of them 1."""
    columns = [np.ones(len(here))]
    for model in bought:
        stated = np.nan_to_num(data.confidences[here, model], nan=0.5)
        columns += [np.array([logit(each) for each in stated]), data.words[here, model] == ""]
    for one, other in combinations(bought, 2):
        columns.append(data.words[here, one] == data.words[here, other])
    return np.array(columns, dtype=np.float64).T


def _logistic(read: Floats, right: Floats) -> Floats:
    """Return the weights of a logistic regression; all but the first are held towards 0."""
    penalty = np.full(read.shape[1], RIDGE)
    penalty[0] = 1e-3
    weights = np.zeros(read.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-read @ weights))
        slope = read.T @ (chance - right) + penalty * weights
        bend = (read.T * (chance * (1.0 - chance))) @ read + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights = weights - step * min(1.0, 1.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return weights
