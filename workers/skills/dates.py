"""Reckoning with dates of the calendar."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SHIFT = re.compile(r"\b(\d{1,6}) (day|week)s? (after|before|from)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(\d{4})\b")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def dates(prompt: str) -> str:
    """Answer a question about dates written as year-month-day.

    It knows the days between two dates, the weekday of a date, the date some days or weeks after or
    before another, the day of the year, and whether a year is a leap year.

    Raises:
        ValueError: If the prompt asks for something else or names no such date.

    >>> dates("How many days are there between 2024-02-01 and 2024-03-01?")
    '29'
    >>> dates("Which date is 3 weeks before 2024-03-10?")
    '2024-02-18'
    """
    words = prompt.lower()
    days = [date(*map(int, found)) for found in _DATE.findall(prompt)]
    for applies, answer in _QUESTIONS:
        if applies(words, days):
            return answer(prompt, days)
    raise ValueError("the prompt asks for no date, weekday or number of days that is understood")


def _shift(prompt: str, days: list[date]) -> str:
    found = _SHIFT.search(prompt)
    if not found:
        raise ValueError("expected a number of days or weeks after or before a date")
    count = int(found[1]) * (7 if found[2].lower() == "week" else 1)
    try:
        moved = days[0] + timedelta(days=-count if found[3].lower() == "before" else count)
    except OverflowError:
        raise ValueError("the date lies beyond the calendar") from None
    return moved.isoformat()


def _leap(prompt: str, days: list[date]) -> str:
    del days
    found = _YEAR.search(prompt)
    if not found:
        raise ValueError("expected a year of four digits")
    year = int(found[1])
    return "yes" if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else "no"


_QUESTIONS: Final[
    tuple[
        tuple[Callable[[str, list[date]], bool], Callable[[str, list[date]], str]],
        ...,
    ]
] = (
    (lambda words, _: "leap year" in words, _leap),
    (lambda _, days: len(days) == 2, lambda _, days: str(abs((days[1] - days[0]).days))),
    (lambda words, days: len(days) == 1 and _SHIFT.search(words) is not None, _shift),
    (
        lambda words, days: len(days) == 1 and ("weekday" in words or "day of the week" in words),
        lambda _, days: _WEEKDAYS[days[0].weekday()],
    ),
    (
        lambda words, days: len(days) == 1 and "day of the year" in words,
        lambda _, days: str(days[0].timetuple().tm_yday),
    ),
)
"""What a question looks like and how it is answered; the first that fits is taken."""
