"""Scales of a figure: from values to places on the page, with round numbers at the ticks."""

from collections.abc import Iterable
from math import ceil, floor, log10
from typing import Final, NamedTuple

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


class Axis(NamedTuple):
    """A linear scale.

    Attributes:
        low: The value at the start.
        high: The value at the end, above ``low``.
        start: The place of ``low`` on the page.
        end: The place of ``high`` on the page.
        ticks: Round values between them.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value lies on the page."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def axis(
    values: Iterable[float], start: float, end: float, *, ticks: int = 4, snug: bool = False
) -> Axis:
    """Return a scale that holds all values, with ticks at round numbers.

    Args:
        values: What it must show; at least one.
        start: Where it begins on the page.
        end: Where it ends on the page.
        ticks: About how many steps it has.
        snug: Whether it begins and ends with the values and not at the ticks around them.

    >>> axis([0.0, 0.9], 0, 100).ticks
    (0.0, 0.25, 0.5, 0.75, 1.0)
    >>> axis([0.0, 0.9], 0, 100, snug=True).ticks
    (0.0, 0.25, 0.5, 0.75)
    """
    shown = list(values)
    low, high = min(shown), max(shown)
    if high - low < 1e-12 * max(1.0, abs(high)):
        margin = abs(high) / 2 or 1.0
        low, high = low - margin, high + margin
    step = _step((high - low) / ticks)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    marks = tuple(round(number * step, 12) for number in range(first, last + 1))
    if snug:
        inside = tuple(mark for mark in marks if low <= mark <= high)
        return Axis(low, high, start, end, inside)
    return Axis(marks[0], marks[-1], start, end, marks)


def tick_text(value: float) -> str:
    """Write a tick: short, without a power of ten where people do not need one.

    >>> tick_text(0.00025), tick_text(1500.0), tick_text(2_000_000.0), tick_text(0.0)
    ('0.00025', '1,500', '2M', '0')
    """
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.6g}M"
    if 0 < abs(value) < 1e-4:
        return f"{value:.3g}"
    return f"{value:,.6g}"


def _step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))
