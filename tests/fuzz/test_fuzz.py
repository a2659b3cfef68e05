"""A sample of the fuzzing, and proofs that it would see a crash; `make fuzz` goes on for long."""

import time
from itertools import count

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz import target as limits
from tests.fuzz.driving import UNHEALTHY, Drive
from tests.fuzz.target import HangError, Target, legible, spot
from tests.fuzz.targets import TARGETS

SAMPLE = 12


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_crashes(name: str) -> None:
    """Each target uses its inputs or turns them down; `make fuzz` tries thousands."""

    @settings(
        max_examples=SAMPLE,
        database=None,
        derandomize=True,
        suppress_health_check=UNHEALTHY,
        phases=[Phase.generate],
    )
    @given(TARGETS[name].inputs)
    def sample(value: object) -> None:
        TARGETS[name].tried(value)

    sample()


def fails(value: object) -> None:
    """Crash at every third number."""
    if isinstance(value, int) and value % 3 == 2:
        raise KeyError(value)


def test_a_crash_is_found_and_told_once() -> None:
    """With where it comes from, what it says, and a small input for it."""
    drive = Drive(Target("t", st.integers(0, 4), fails), 200, count().__next__)
    drive.by_chance(0)
    (place,) = drive.crashes
    assert place.startswith("KeyError at ")
    assert drive.crashes[place] == "2; input: 2"
    assert drive.inputs > 10


def test_a_hang_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long is a crash, also if somebody swallows the interruption."""
    monkeypatch.setattr(limits, "SECONDS", 0.05)

    def stubborn(value: object) -> None:
        try:
            hanging(value)
        except BaseException:  # noqa: BLE001 - as bad code would
            return

    def hanging(value: object) -> None:
        while value is not None:
            time.process_time()

    for take in (hanging, stubborn):
        with pytest.raises(HangError, match="of the processor"):
            Target("t", st.none(), take).tried(1)


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "\x9b", "\u202e", "\x00"])
def test_signs_that_steer_a_terminal_are_seen(text: str) -> None:
    """Control characters and signs that hide or move text are no words."""
    with pytest.raises(AssertionError, match="signs that are no text"):
        legible(text)
    legible("plain\ttext\nin two lines: fine")


def test_two_crashes_of_one_place_are_one() -> None:
    """A crash is known by its kind and by our lines in its traceback."""
    found: set[str] = set()
    for value in (2, 5):
        try:
            fails(value)
        except KeyError as error:
            found.add(spot(error).partition(" > ")[2])
    assert len(found) == 1
