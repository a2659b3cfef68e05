"""Every event passes the chronicle once: recalled from the past, or recorded now."""

import pytest

from orchestrator.memory.chronicle import Chronicle, DivergenceError, RecordEndsError
from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import Ledger, hold
from protocols.errors import LedgerError
from protocols.events import Event, Settled, TaskAdded, transfers_of
from protocols.units import Money
from tests.orchestrator.journals import Kept, added, lot, moved, opened, run, settled


class Remembered:
    """A past in memory."""

    def __init__(self, events: list[Event]) -> None:
        self._events = {event.key: event for event in events}

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._events)

    def get(self, key: str) -> Event | None:
        """Return the event with this key."""
        return self._events.get(key)


def chronicle(
    past: list[Event] | None = None, *, only_recall: bool = False, room: int = 100
) -> tuple[Chronicle, Kept]:
    """Return a chronicle and its journal; the past is in its ledger already."""
    journal, ledger = Kept(room), Ledger(capped=True)
    for event in past or ():
        ledger.apply(transfers_of(event))
    remembered = None if past is None else Remembered(past)
    return Chronicle(journal, ledger, remembered, only_recall=only_recall), journal


def test_a_new_event_is_recorded_booked_and_told() -> None:
    """Without a past everything is new."""
    told: list[Event] = []
    book, journal = chronicle()
    book.listen(told.append)

    numbers = [book.note(event) for event in run()]

    assert numbers == list(range(1, 13))
    assert journal.events == told == run()
    assert (book.ledger.available, book.ledger.held) == (996, 0)
    assert book.recall("run-opened", TaskAdded) is None


def test_an_event_of_the_past_is_told_and_neither_recorded_nor_booked_again() -> None:
    """A resumed run passes its past without writing, and records and books what follows."""
    told: list[Event] = []
    book, journal = chronicle(run()[:9])
    book.listen(told.append)

    numbers = [book.note(event) for event in run()]

    assert numbers == [0] * 9 + [1, 2, 3]
    assert journal.events == run()[9:]
    assert told == run()
    assert book.ledger.available == 996


def test_a_past_is_recalled_by_key_and_kind() -> None:
    """A step gets its event back; another kind under that key, or no event, is nothing."""
    book, _ = chronicle(run())

    assert book.recall(settled().key, Settled) == settled()
    assert book.recall(settled().key, TaskAdded) is None
    assert book.recall("settled\tnobody", Settled) is None
    assert book.unseen == 12
    assert book.note(settled().model_copy()) == 0
    assert book.unseen == 11


def test_what_was_recalled_can_differ_no_less_than_what_was_not() -> None:
    """A recalled event that is then noted otherwise is a divergence too."""
    book, _ = chronicle([added(1)])
    book.recall(added(1).key, TaskAdded)

    with pytest.raises(DivergenceError):
        book.note(TaskAdded(lot=lot(value=1)))


@pytest.mark.parametrize("only_recall", [True, False])
def test_a_decision_that_differs_from_the_past_stops_the_run(*, only_recall: bool) -> None:
    """The field and both values are named, and nothing is booked or told."""
    told: list[Event] = []
    other = opened(999)
    book, journal = chronicle([opened()], only_recall=only_recall)
    book.listen(told.append)

    with pytest.raises(DivergenceError) as caught:
        book.note(other)

    assert caught.value.differences[0] == str(caught.value)
    assert str(caught.value) == "run-opened: budget is 1000 in the journal, 999 by its inputs"
    assert (book.ledger.available, book.unseen, told, journal.events) == (1000, 1, [], [])


def test_a_replay_records_nothing() -> None:
    """Where the journal ends a replay ends, whether it needs an input or would add an event."""
    book, journal = chronicle([added(1)], only_recall=True)
    book.note(added(1))

    with pytest.raises(RecordEndsError):
        book.note(added(2))
    with pytest.raises(RecordEndsError):
        book.await_input()
    assert (journal.events, book.unseen) == ([], 0)


def test_a_live_run_may_ask_for_input() -> None:
    """Outside a replay a missing input is asked for."""
    book, journal = chronicle([added(1)])

    book.await_input()

    assert (journal.events, book.unseen) == ([], 1)


def test_unseen_counts_what_the_run_has_not_come_to() -> None:
    """New events amid the past do not count."""
    book, _ = chronicle([added(1), added(3)])

    seen = [book.unseen]
    for number in (1, 2, 3, 4):
        book.note(added(number))
        seen.append(book.unseen)

    assert seen == [2, 1, 1, 0, 0]


def test_what_the_books_refuse_is_never_recorded() -> None:
    """A journal never holds an event that its own check would name."""
    told: list[Event] = []
    book, journal = chronicle()
    book.listen(told.append)
    book.note(opened(5))

    with pytest.raises(LedgerError):
        book.note(moved(1, hold(Money(6))))

    assert (journal.events, told, book.ledger.held) == ([opened(5)], [opened(5)], 0)


def test_what_cannot_be_recorded_is_told_to_nobody() -> None:
    """Listeners hear of what is in the journal."""
    told: list[Event] = []
    book, _ = chronicle(room=1)
    book.listen(told.append)
    book.note(added(1))

    with pytest.raises(JournalError):
        book.note(added(2))

    assert told == [added(1)]


def test_a_listener_may_stop_while_it_is_told() -> None:
    """Who stops listening because of an event does not make others miss it."""
    book, _ = chronicle()
    first: list[Event] = []
    second: list[Event] = []

    def once(event: Event) -> None:
        first.append(event)
        stop()

    stop = book.listen(once)
    book.listen(second.append)
    book.note(added(1))
    book.note(added(2))

    assert first == [added(1)]
    assert second == [added(1), added(2)]


@pytest.mark.anyio
async def test_only_what_was_recorded_now_is_waited_for() -> None:
    """An event of the past has the number 0 and is on the disk already."""
    book, journal = chronicle([added(1)])

    await book.durable(book.note(added(1)))
    await book.durable(book.note(added(2)))

    assert journal.waited == [1]
