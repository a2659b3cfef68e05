"""Who has done how well at what, and what mechanisms are told of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.memory.standings import StandingBook
from protocols.contract import Contract, Settlement
from protocols.messages import Award, Failure, Participant, Result
from protocols.stopping import Stopping
from protocols.units import Money, TaskId, WorkerId
from scoring.reputation import Standing as Reputation
from tests.orchestrator.journals import ANN, BOB, FIRST, award, lot

BOTH = (Participant(worker=ANN), Participant(worker=BOB))
SUCCESSES = st.floats(0, 1)


def settlement(worker: WorkerId, success: float, score: float = -0.25) -> Settlement:
    """Return the end of an award."""
    return Settlement(
        announcement=FIRST,
        task=TaskId("t1"),
        worker=worker,
        success=success,
        score=score,
        payment=Money(0),
        cost=Money(0),
    )


def reported(worker: WorkerId, report: float) -> Award:
    """Return an award on a report."""
    return award(worker).model_copy(update={"contract": Contract(report=report)})


def test_a_newcomer_has_no_standing() -> None:
    """Who never settled anything is left out, and its reputation is the empty one."""
    book = StandingBook()

    assert book.snapshot([lot()], BOTH) == {}
    assert book.reputation(ANN, "task") == Reputation()


@given(st.lists(SUCCESSES, min_size=1, max_size=20))
def test_a_standing_is_the_fold_of_its_settlements(successes: list[float]) -> None:
    """The book adds outcomes as beta reputation does, one by one, and shows the mean."""
    book, expected = StandingBook(), Reputation()
    for success in successes:
        book.note(lot(), award(), settlement(ANN, success))
        expected = expected.updated(success, score=-0.25)

    assert book.reputation(ANN, "task") == expected
    (standing,) = book.snapshot([lot()], BOTH).values()
    assert standing.quality == expected.mean()
    assert (standing.slope, standing.intercept) == (1.0, 0.0)


def test_standings_are_kept_by_worker_and_kind() -> None:
    """Being good at sums says nothing of being good at rhymes."""
    book = StandingBook()
    book.note(lot(kind="sum"), award(), settlement(ANN, 1.0))
    book.note(lot(kind="rhyme"), award(), settlement(ANN, 0.0))
    book.note(lot(kind="sum"), award(BOB), settlement(BOB, 0.0))

    shown = book.snapshot([lot(kind="sum"), lot(kind="rhyme")], BOTH)

    assert list(shown) == [(ANN, "sum"), (ANN, "rhyme"), (BOB, "sum")]
    assert shown[ANN, "sum"].quality > 0.5 > shown[ANN, "rhyme"].quality
    assert list(book.snapshot([lot(kind="rhyme")], BOTH)) == [(ANN, "rhyme")]


def test_a_snapshot_stays_as_it_was() -> None:
    """What an announcement was told does not change under it."""
    book = StandingBook()
    book.note(lot(), award(), settlement(ANN, 1.0))
    before = book.snapshot([lot()], BOTH)
    quality = before[ANN, "task"].quality

    book.note(lot(), award(), settlement(ANN, 0.0))

    assert before[ANN, "task"].quality == quality
    assert book.snapshot([lot()], BOTH)[ANN, "task"].quality < quality


def test_an_overconfident_worker_is_read_down_once_it_has_a_record() -> None:
    """With recalibration the map of one who says 0.95 and is right half the time lowers it."""
    book = StandingBook(recalibrate=True)
    for number in range(50):
        book.note(lot(), reported(ANN, 0.95), settlement(ANN, float(number % 2)))

    standing = book.snapshot([lot()], BOTH)[ANN, "task"]

    assert standing.quality == pytest.approx(0.5, abs=0.05)
    assert (standing.slope, standing.intercept) != (1.0, 0.0)
    assert (BOB, "task") in book.snapshot([lot()], BOTH)  # a newcomer is read like the others


def answered(worker: WorkerId, confidence: float | None) -> Result:
    """Return an answer that comes with a confidence."""
    return Result(
        announcement=FIRST,
        task=TaskId("t1"),
        worker=worker,
        answer="x",
        cost=Money(0),
        confidence=confidence,
    )


def test_a_map_is_that_of_the_kind() -> None:
    """Outcomes at one kind of task say nothing of reports at another, whoever made them."""
    book = StandingBook(recalibrate=True)
    for _ in range(50):
        book.note(lot(kind="sums"), reported(ANN, 0.95), settlement(ANN, 0.0))

    known = book.snapshot([lot(kind="sums"), lot(kind="prose")], BOTH)

    assert known[ANN, "prose"].slope == known[BOB, "prose"].slope == 1.0
    assert known[ANN, "sums"].intercept < known[BOB, "sums"].intercept < 0.0


def test_stated_confidences_are_counted_where_the_mechanism_asks_for_them() -> None:
    """Those of all answers, judged or not, to two decimals; a failure counts as 0."""
    book, careless = StandingBook(confidences=True), StandingBook()
    failure = Failure(announcement=FIRST, task=TaskId("t1"), worker=ANN, reason="gave up")
    answers = [answered(ANN, each) for each in (0.9, 0.904, 0.5, None)]
    reports: list[Result | Failure] = [*answers, failure]
    for each in (book, careless):
        each.note(lot(), reported(ANN, 0.9), settlement(ANN, 1.0))
        for report in reports:
            each.hear(lot(), reported(ANN, 0.9), report)

    heard = book.snapshot([lot()], BOTH)[ANN, "task"].confidences
    assert heard == ((None, 1), (0.0, 1), (0.5, 1), (0.9, 2))
    assert careless.snapshot([lot()], BOTH)[ANN, "task"].confidences == ()


@pytest.mark.parametrize(("confidence", "learned"), [(0.95, True), (None, False)])
def test_where_answers_are_compared_a_map_learns_from_what_came_with_them(
    confidence: float | None, learned: bool
) -> None:
    """The report of the bid plays no part; an answer without a confidence teaches nothing."""
    book, other = StandingBook(recalibrate=True), StandingBook(recalibrate=True)
    stop = Stopping(forecast=0.1, enough=0.0)
    compared = reported(ANN, 0.1).model_copy(update={"stop": stop})
    book.note(lot(), compared, settlement(ANN, 0.0), answered(ANN, confidence))
    other.note(lot(), reported(ANN, 0.95), settlement(ANN, 0.0))

    standing = book.snapshot([lot()], BOTH)[ANN, "task"]
    expected = other.snapshot([lot()], BOTH)[ANN, "task"]
    assert (standing.slope, standing.intercept) == (
        (expected.slope, expected.intercept) if learned else (1.0, 0.0)
    )
