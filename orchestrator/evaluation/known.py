"""What the rule of a run could know when it cleared: its standings, followed through the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evaluation.decided import first_mechanism, limits_of, opening, turns
from orchestrator.inheritance import parent_of
from orchestrator.memory.standings import StandingBook, standing_book
from orchestrator.memory.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.evaluation.decided import Held, Turn
    from orchestrator.memory.record import Record
    from protocols.events import RunOpened
    from protocols.mechanism import Standings
    from protocols.messages import Award
    from protocols.units import AnnouncementId


class Known:
    """What the rule of a run could know: the standings, followed from turn to turn.

    The copies of a task that end together with other awards of an announcement are taken in after
    those; a run takes both in the order of the lots.

    Args:
        book: Empty; see `book_of`.
    """

    def __init__(self, book: StandingBook | Succession) -> None:
        self._book = book

    def take(self, turn: Turn) -> Standings | None:
        """Take a turn in; return what is known when an announcement is made."""
        held = turn.held
        if held is None:
            return None
        if turn.stage == "announced":
            return self._book.open(held.announcement)
        if turn.late is not None:
            self._learn(held, turn.late)
        elif turn.stage == "closed":
            places = {task: place for place, task in enumerate(held.lots)}
            for award in sorted(held.awards, key=lambda one: (places[one.task], one.rank)):
                self._learn(held, award)
            self._book.close()
        return None

    def _learn(self, held: Held, award: Award) -> None:
        ended = held.ended.get((award.task, award.worker))
        if ended is not None and ended.over:
            self._book.learn(held.lots[award.task], award, ended)


def book_of(opened: RunOpened) -> StandingBook | Succession:
    """Return an empty book that keeps what the rule of a run reads; of a fork, also its parent's.

    Where a rule was given in code, or is unknown by now, nothing is known of what it reads beyond
    the qualities.
    """
    mechanism = first_mechanism(opened)
    if mechanism is None:
        book = StandingBook()
    else:
        book = standing_book(mechanism, limits_of(opened).announcements)
    if opened.forked is None:
        return book
    return Succession(book_of(parent_of(opened.forked)), book, opened.forked.announced)


def decided(record: Record) -> Iterator[tuple[Held, Standings]]:
    """Yield the closed announcements with the standings that their clearing saw.

    Answers that wait for their peers have not ended by then.

    Raises:
        JournalError: If the journal cannot be read.
    """
    known = Known(book_of(opening(record)))
    seen: dict[AnnouncementId, Standings] = {}
    for turn in turns(record):
        standings = known.take(turn)
        if turn.held is None:
            continue
        name = turn.held.announcement.announcement
        if standings is not None:
            seen[name] = standings
        elif turn.stage == "closed":
            yield turn.held, seen.pop(name)
