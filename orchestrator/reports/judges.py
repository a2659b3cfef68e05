"""Says how often the judges of a run err, as far as gold tells."""

from collections.abc import Iterable

from orchestrator.drawing.display import plain
from orchestrator.evaluation.gold_verdicts import LEVEL, GoldVerdicts, Rate


def judges(found: Iterable[GoldVerdicts]) -> list[str]:
    """Return a sentence for each judge.

    >>> judges([GoldVerdicts("fair", wrong=10, right=4, rejected=1)])[0][:60]
    'The judge fair accepts wrong answers at a rate of 0.00 (0 of'
    """
    return [
        f"The judge {plain(each.judge, 60)} accepts wrong answers at a rate of"
        f" {_words(each.false_accepts)} and rejects right ones at a rate of"
        f" {_words(each.false_rejects)}, on gold."
        for each in found
    ]


def _words(rate: Rate) -> str:
    if rate.estimate is None:
        return "unknown (none was tried)"
    low, high = rate.interval()
    return f"{rate.estimate:.2f} ({rate.times} of {rate.of}; {LEVEL:.0%} {low:.2f} to {high:.2f})"
