"""Tests of reckoning with dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.skills.dates import dates


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("How many days are there between 2024-02-01 and 2024-03-01?", "29"),
        ("How many days from 2023-12-31 to 2023-01-01?", "364"),
        ("What weekday is 2024-02-29?", "Thursday"),
        ("Which day of the week was 1969-07-20?", "Sunday"),
        ("Which date is 100 days after 2024-01-01?", "2024-04-10"),
        ("Which date is 3 weeks before 2024-03-10?", "2024-02-18"),
        ("Which day of the year is 2024-12-31?", "366"),
        ("Was 1900 a leap year?", "no"),
        ("Is 2000 a leap year?", "yes"),
    ],
)
def test_questions_of_the_calendar(prompt: str, answer: str) -> None:
    """Distances, weekdays, shifts, days of the year and leap years."""
    assert dates(prompt) == answer


@given(st.dates(), st.integers(0, 3000))
def test_a_shift_and_its_distance_agree(start: date, days: int) -> None:
    """The date some days after another lies as many days from it."""
    if start > date.max - timedelta(days=days):
        return
    moved = dates(f"Which date is {days} days after {start}?")
    assert dates(f"How many days between {start} and {moved}?") == str(days)


@pytest.mark.parametrize(
    "prompt",
    ["What weekday is 2023-02-29?", "Which date is 999999 weeks after 2024-01-01?",
     "Is it a leap year?", "2024-01-01", "What weekday is today?"],
)  # fmt: skip
def test_what_is_no_date_is_refused(prompt: str) -> None:
    """Days that do not exist or lie beyond the calendar, and questions without a date."""
    with pytest.raises(ValueError, match=r"."):
        dates(prompt)
