"""What bidders know who start from nothing and learn from what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from orchestrator.bench.belief import WEIGHT

if TYPE_CHECKING:
    from orchestrator.bench.dataset import Dataset, Floats

PRIOR: Final = 0.9
"""Newcomers are believed at first, so that everybody is tried."""


class Learner:
    """Counts outcomes by kind and worker; its rates are the means of Beta posteriors.

    Args:
        asked: The questions.
        everything: Whether it sees the outcomes of all workers, or only of those that were paid.
    """

    def __init__(self, asked: Dataset, *, everything: bool) -> None:
        shape = len(asked.kinds), len(asked.workers)
        self._asked, self._known, self._everything = asked, asked.known, everything
        self._successes, self._counts = np.full(shape, PRIOR * WEIGHT), np.full(shape, WEIGHT)

    def chances(self, row: int) -> Floats:
        """Return what each worker says of a question now."""
        kind = self._asked.kind[row]
        rates: Floats = self._successes[kind] / self._counts[kind]
        return rates

    def see(self, row: int, chosen: int) -> None:
        """Learn how the work on a question ended; ``chosen`` is -1 where nobody did it."""
        kind, known = self._asked.kind[row], self._known[row]
        seen = known if self._everything else np.arange(len(known)) == chosen
        self._successes[kind, seen] += self._asked.success[row, seen]
        self._counts[kind, seen] += 1.0
