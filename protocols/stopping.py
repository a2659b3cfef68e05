"""When enough answers were bought: the rule by which a sequence of awards is walked, as data.

Each answer comes with a confidence. It is read as a forecast, the forecasts of all answers in hand
are put together, and when the best of them is enough, its answer is delivered and the others are set
aside. No verifier speaks before that.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from protocols.contract import Transfer
from protocols.correction import corrected
from protocols.frozen import Frozen
from protocols.units import Amount, AnnouncementId, Balance, Money, Probability, TaskId, WorkerId

_CERTAIN: Final = 1e-6
_RARE: Final = 0.02
"""The least chance that one more wrong answer is a new one."""


class Stopping(Frozen):
    """How the answer to an award is read, and whether more are bought after it.

    Attributes:
        slope: With ``intercept``, how a stated confidence is corrected, on the log-odds.
        intercept: See ``slope``.
        forecast: What an answer without a stated confidence counts for.
        enough: Stop if the best answer in hand has this chance at least; 0 stops in any case.
        coincidence: How likely two wrong answers are the same; ``None`` if answers are not compared.
    """

    slope: float = 1.0
    intercept: float = 0.0
    forecast: Probability
    enough: Annotated[float, Field(ge=0.0)]
    coincidence: Annotated[float, Field(gt=0.0, le=1.0)] | None = None

    def read(self, confidence: float | None) -> float:
        """Return the forecast that a stated confidence deserves."""
        if confidence is None:
            return self.forecast
        return corrected(confidence, self.slope, self.intercept)


class SetAside(Frozen):
    """An answer that was bought is not delivered: another one in hand was likelier to be right.

    Attributes:
        payment: What the contract pays whatever becomes of the answer.
        transfers: The bill, that payment, and what was held and is free again.
    """

    event: Literal["set-aside"] = "set-aside"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    cost: Amount
    payment: Balance = Money(0)
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"set-aside\t{self.announcement}\t{self.task}\t{self.worker}"


def credences(
    answers: Sequence[tuple[str, float]], coincidence: float | None = None
) -> list[float]:
    """Return how likely each answer in hand is right, given all of them.

    Without a coincidence it is the forecast of each. With one, the answers speak about each other by
    Bayes' rule: each is right with its forecast, independently of the others given that; right answers
    are the same; a wrong answer is one of ``1 / coincidence`` that are equally likely, as in the
    one-coin model of Dawid and Skene (1979). Two that agree are surer, two that differ less sure.

    Args:
        answers: What was answered, in a form in which equal answers are equal, and the forecast.
        coincidence: How likely two wrong answers are the same, in (0, 1].

    >>> [round(each, 2) for each in credences([("4", 0.8), ("4", 0.6)], 0.5)]
    [0.92, 0.92]
    >>> [round(each, 2) for each in credences([("4", 0.8), ("5", 0.6)], 0.5)]
    [0.67, 0.25]
    """
    if coincidence is None or len(answers) < 2:
        return [forecast for _, forecast in answers]
    clear = [(what, min(max(each, _CERTAIN), 1.0 - _CERTAIN)) for what, each in answers]
    weights: dict[str, float] = {}
    for right in dict.fromkeys(what for what, _ in clear):
        agreeing = 1.0
        for what, forecast in clear:
            agreeing *= forecast if what == right else 1.0
        weights[right] = agreeing * _all_wrong([it for it in clear if it[0] != right], coincidence)
    total = sum(weights.values()) + _all_wrong(clear, coincidence)
    return [weights[what] / total for what, _ in answers]


def walk(
    stops: Sequence[Stopping], answers: Sequence[tuple[str, float | None] | None]
) -> tuple[int, int | None]:
    """Walk a sequence on answers that are known: how far it goes, and which answer is delivered.

    Args:
        stops: How each answer is read, in the order in which they are bought.
        answers: What each one says, with its stated confidence; ``None`` where no answer came.

    Returns:
        How many are bought, and the place of the delivered one; ``None`` if nobody had an answer.

    >>> wary = Stopping(forecast=0.5, enough=0.8)
    >>> walk([wary, wary, wary], [("4", 0.7), ("5", 0.9), ("6", 0.95)])
    (2, 1)
    """
    hand: list[int] = []
    read: list[tuple[str, float]] = []
    best: int | None = None
    for place, (stop, answer) in enumerate(zip(stops, answers, strict=True)):
        if answer is None:
            continue
        hand.append(place)
        read.append((answer[0], stop.read(answer[1])))
        found = credences(read, stops[0].coincidence)
        best = hand[found.index(max(found))]
        if max(found) >= stop.enough:
            return place + 1, best
    return len(stops), best


def _all_wrong(answers: Sequence[tuple[str, float]], coincidence: float) -> float:
    """Return how likely it is that all of these are wrong and agree as they do."""
    chance = 1.0
    seen: set[str] = set()
    for what, forecast in answers:
        chance *= 1.0 - forecast
        chance *= coincidence if what in seen else max(1.0 - coincidence * len(seen), _RARE)
        seen.add(what)
    return chance
