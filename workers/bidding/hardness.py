"""How much harder a task is than others of its kind, learned online from the words of its prompt."""

from __future__ import annotations

import re
from math import log1p, sqrt
from typing import TYPE_CHECKING, Final
from zlib import crc32

from scoring.log_odds import logit, sigmoid

if TYPE_CHECKING:
    from protocols.messages import Lot

SLOTS: Final = 4096
"""In how many slots words are hashed; two words in one slot share a weight."""

WORDS: Final = 256
"""How many of a prompt's words count."""

_LENGTH, _FIRST_WORD = 0, 1
_STEPS: Final = (0.05, 0.2)
_USUAL_LENGTH: Final = 6.0
_WORD: Final = re.compile(r"\w+")

Features = list[tuple[int, float]]
"""Slots and what stands in them; the first slot holds the length."""


def features(lot: Lot) -> Features:
    """Return the features of a lot: the logarithm of its length, and its words at equal weight.

    The words together have length 1, so that a long prompt does not move more than a short one.

    >>> from protocols.messages import Lot
    >>> lot = Lot(task="t", prompt="Add 2 and 2", value=1, reserve=1)
    >>> len(features(lot))  # the length and three words
    4
    """
    words = sorted(set(_WORD.findall(lot.prompt.lower())))[:WORDS]
    share = 1.0 / sqrt(len(words)) if words else 0.0
    slots = [
        (_FIRST_WORD + crc32(word.encode("utf-8", "replace")) % SLOTS, share) for word in words
    ]
    return [(_LENGTH, (log1p(len(lot.prompt)) - _USUAL_LENGTH) / 2.0), *slots]


class Hardness:
    """An online logistic regression on top of a chance that is known without it.

    The forecast is ``sigmoid(logit(chance) + w f)``. Each outcome moves the weights by one step of
    AdaGrad, whose length falls with the squared gradients of the slot (Duchi, Hazan and Singer
    2011); no outcome is looked at twice. Workers that learn together share the weights: what makes
    a task hard for one makes it hard for others, and each task teaches once.

    >>> from protocols.messages import Lot
    >>> easy = features(Lot(task="t", prompt="Add 2 and 2", value=1, reserve=1))
    >>> hardness = Hardness()
    >>> for _ in range(50):
    ...     hardness.observe(easy, 0.5, outcome=1.0)
    >>> hardness.chance(easy, 0.5) > 0.6
    True
    """

    def __init__(self) -> None:
        self._weights: dict[int, float] = {}
        self._squares: dict[int, float] = {}

    def chance(self, at: Features, without: float) -> float:
        """Return the chance of success of a task.

        Args:
            at: Its features.
            without: Its chance by the worker's record at the kind, in [0, 1].
        """
        weights = self._weights
        moved = sum(weights.get(slot, 0.0) * number for slot, number in at)
        return sigmoid(logit(without) + moved) if moved else without

    def observe(self, at: Features, without: float, outcome: float) -> None:
        """Learn from one outcome, in [0, 1]; ``without`` is the chance that was known before it."""
        surprise = outcome - self.chance(at, without)
        for slot, number in at:
            gradient = surprise * number
            squares = self._squares.get(slot, 1.0) + gradient * gradient
            self._squares[slot] = squares
            step = _STEPS[slot != _LENGTH]
            self._weights[slot] = self._weights.get(slot, 0.0) + step * gradient / sqrt(squares)
