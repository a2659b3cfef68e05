"""Answers in hand: how they are read, and what they say of each other."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.stopping import SetAside, Stopping, credences, walk
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

FORECASTS = st.integers(1, 9).map(lambda tenths: tenths / 10)
Pattern = tuple[int, ...]


def pattern(answers: tuple[int, ...]) -> Pattern:
    """Return which answers are the same, whatever they are."""
    return tuple(map(answers.index, answers))


def by_enumeration(forecasts: list[float], wrong: int) -> dict[Pattern, tuple[list[float], float]]:
    """Return, for each pattern, the chance that each answer is right and the pattern comes about.

    Answer 0 is right; whoever errs gives one of the wrong answers 1, 2, ..., each as likely.
    """
    found: dict[Pattern, list[float]] = defaultdict(lambda: [0.0] * len(forecasts))
    total: dict[Pattern, float] = defaultdict(float)
    for answers in product(range(wrong + 1), repeat=len(forecasts)):
        weight = 1.0
        for answer, forecast in zip(answers, forecasts, strict=True):
            weight *= (1.0 - forecast) / wrong if answer else forecast
        total[pattern(answers)] += weight
        for place, answer in enumerate(answers):
            found[pattern(answers)][place] += weight * (answer == 0)
    return {each: (found[each], total[each]) for each in total}


@given(st.lists(FORECASTS, min_size=1, max_size=4), st.integers(4, 6))
def test_answers_are_put_together_by_bayes(forecasts: list[float], wrong: int) -> None:
    """For every pattern of agreement, by enumerating who gives which answer."""
    for seen, (right, weight) in by_enumeration(forecasts, wrong).items():
        answers = [(str(each), forecast) for each, forecast in zip(seen, forecasts, strict=True)]

        assert credences(answers, 1.0 / wrong) == pytest.approx([each / weight for each in right])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 1)), min_size=1, max_size=5))
def test_chances_stay_chances_whatever_is_stated(answers: list[tuple[str, float]]) -> None:
    """Also where certain answers contradict each other."""
    for coincidence in (None, 0.01, 0.5, 1.0):
        found = credences(answers, coincidence)
        classes = {what: each for (what, _), each in zip(answers, found, strict=True)}

        assert all(0.0 <= each <= 1.0 for each in found)
        assert coincidence is None or len(answers) == 1 or sum(classes.values()) <= 1.0 + 1e-9


def test_answers_that_are_not_compared_count_for_themselves() -> None:
    """Without a coincidence, and alone, an answer keeps its forecast."""
    assert credences([("a", 0.25), ("a", 0.75)]) == [0.25, 0.75]
    assert credences([("a", 1.0)], 0.5) == [1.0]


def test_a_confidence_is_read_through_the_map() -> None:
    """Corrected where it is stated; the forecast of the bid where it is not."""
    reading = Stopping(slope=0.5, forecast=0.3, enough=1.0)

    assert reading.read(0.9) == 0.75
    assert reading.read(None) == 0.3


def test_the_event_has_a_key_of_its_award() -> None:
    """An answer is set aside once."""
    event = SetAside(
        announcement=AnnouncementId("a1"), task=TaskId("t1"), worker=WorkerId("w"), cost=Money(5)
    )
    assert event.key == "set-aside\ta1\tt1\tw"


def test_a_walk_passes_over_workers_without_an_answer() -> None:
    """They are called and are not delivered; if nobody has an answer there is nothing to deliver."""
    stop = Stopping(forecast=0.5, enough=0.8)

    assert walk([stop, stop], [None, ("4", 0.9)]) == (2, 1)
    assert walk([stop, stop], [None, None]) == (2, None)


def test_a_walk_stops_where_answers_agree() -> None:
    """Two that agree are sure enough where answers are compared, and not where they are not."""
    said = [("4", 0.7), ("4", 0.6), ("5", 0.9)]
    for coincidence, ends in ((0.5, (2, 0)), (None, (3, 2))):
        stop = Stopping(forecast=0.5, enough=0.85, coincidence=coincidence)
        assert walk([stop] * 3, said) == ends
