"""What peer prediction takes and gives: reports without a truth, scores with a standard error."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class PeerReport(NamedTuple):
    """One answer of one worker to one task.

    Attributes:
        task: The task that was answered.
        worker: Who answered.
        owner: Who is paid for the worker; workers of one owner are never paired.
        family: The kind of model or person; workers of one family are never paired.
        report: The answer, as the name of a class.
        prediction: The share of the other answers that the worker expects for each class, each in
            [0, 1] and 1 in total; a class left out counts as 0.
        confidence: The probability in [0, 1] that the worker gives to its own report being right.
    """

    task: str
    worker: str
    owner: str
    family: str
    report: str
    prediction: Mapping[str, float] | None = None
    confidence: float | None = None


class PeerScore(NamedTuple):
    """How good a worker's reports are as far as its peers can tell; higher is better.

    Attributes:
        worker: Whose reports were scored.
        score: The mean over the worker's tasks, in the units of the mechanism.
        comparisons: How many single comparisons with a peer stand behind the score.
        standard_error: The standard deviation of the score over repetitions with other tasks.
    """

    worker: str
    score: float
    comparisons: int
    standard_error: float


class PeerRefusal(NamedTuple):
    """Why the data cannot support a score of this worker."""

    worker: str
    reason: str


PeerResult = PeerScore | PeerRefusal


def draw(seed: int, *names: str) -> float:
    """Return a number in [0, 1) that is fixed by a seed and names, whatever the order of events.

    The seed must be fixed before the reports are known; then nobody can answer towards a draw.

    >>> draw(1, "task") == draw(1, "task") and 0 <= draw(1, "task") < 1
    True
    """
    text = "\x1f".join((str(seed), *names))
    return (int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 11) * 2.0**-53
