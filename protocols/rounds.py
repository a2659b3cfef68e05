"""Clock auctions as an iterated Contract Net, without I/O: price after price, until each lot ends.

    ClockRounds.announcement -> call for proposals at a price -> bids, refusals -> take -> ...

Every round is an announcement of its own: its lots are those whose clocks still run, their reserves
are the prices, and who is out is excluded. A bid accepts the price, a refusal turns it down, and
silence counts as a refusal. What the workers have accepted in the end are bids like any other, and
the rule of the clock clears them: a conversation ends in the awards that the same rule makes of
sealed bids, as long as workers accept the prices that cover their costs.

Source: FIPA SC00030H (2002), Iterated Contract Net; Milgrom and Segal (2020).
"""

from collections.abc import Collection, Container, Generator, Iterable
from dataclasses import dataclass
from typing import Final

from protocols.clock import Dutch, English, Round, Sale
from protocols.events import RoundClosed
from protocols.mechanism import Mechanism, tie_ranks
from protocols.messages import Announcement, Bid, Lot, Refusal
from protocols.units import ZERO, AnnouncementId, Money, TaskId, WorkerId

DECLINED: Final = "it accepted no price that was offered"


@dataclass(slots=True)
class _Running:
    """A lot whose clock runs, and the question that is open."""

    lot: Lot
    clock: Generator[Round, Collection[str], Sale | None]
    question: Round


class ClockRounds:
    """The rounds of one announcement.

    Ask the workers for answers to ``announcement``, hand them to ``close``, and what it returns to
    ``take``; until ``announcement`` is ``None``. Then ``answers`` is what they come to.

    Args:
        call: What is put up; the reserves are where a falling clock starts and a rising one stops.
        clock: The rule.
        seed: Decides between equals, as it does when the rule clears the answers.
    """

    def __init__(self, call: Announcement, clock: English | Dutch, seed: int) -> None:
        self._call = call
        self._number = 1
        self._said: dict[tuple[TaskId, WorkerId], Bid | Refusal] = {}
        ranks = tie_ranks(seed, call, (one.worker for one in call.participants))
        self._running: dict[TaskId, _Running] = {}
        for lot in call.lots:
            invited = [w for w in sorted(ranks, key=ranks.__getitem__) if w not in lot.excluded]
            if invited:
                rounds = clock.rounds_for(lot.reserve, invited)
                self._running[lot.task] = _Running(lot, rounds, next(rounds))

    @property
    def announcement(self) -> Announcement | None:
        """The call of the round that is open, or ``None`` when every clock has stopped."""
        if not self._running:
            return None
        names = [one.worker for one in self._call.participants]
        lots = tuple(
            each.lot.model_copy(
                update={
                    "reserve": each.question.price,
                    "parent": self._call.announcement,
                    "excluded": tuple(w for w in names if w not in each.question.workers),
                }
            )
            for each in self._running.values()
        )
        name = AnnouncementId(f"{self._call.announcement}.{self._number}")
        return self._call.model_copy(update={"announcement": name, "lots": lots})

    def close(
        self,
        bids: Iterable[Bid],
        refusals: Iterable[Refusal],
        called_off: Container[TaskId] = (),
    ) -> RoundClosed:
        """Return the round as it is recorded: refusals only where they are the first or cost.

        Args:
            bids: Who accepts which price.
            refusals: Who does not.
            called_off: The lots whose clocks stop, whatever anybody says.
        """
        return RoundClosed(
            announcement=self._call.announcement,
            number=self._number,
            bids=tuple(bids),
            refusals=tuple(
                one for one in refusals if one.charge or (one.task, one.worker) not in self._said
            ),
            called_off=tuple([task for task in self._running if task in called_off]),
        )

    def take(self, closed: RoundClosed) -> None:
        """Let the clocks move on by the answers of the open round."""
        accepted: dict[TaskId, set[str]] = {task: set() for task in self._running}
        answers: tuple[Bid | Refusal, ...] = (*closed.bids, *closed.refusals)
        for answer in answers:
            price = self._running[answer.task].question.price
            if isinstance(answer, Bid) and answer.cost <= price:
                accepted[answer.task].add(answer.worker)
                self._note(answer, self._accepting(answer, price))
            else:
                self._note(answer, self._said.get((answer.task, answer.worker)))
        for task in closed.called_off:
            del self._running[task]
        for task, names in accepted.items():
            if task in closed.called_off:
                continue
            running = self._running[task]
            try:
                running.question = running.clock.send(names)
            except StopIteration:
                del self._running[task]
        self._number += 1

    @property
    def answers(self) -> tuple[Bid | Refusal, ...]:
        """What each worker's answers come to: its last acceptance as a bid, or a refusal."""
        return tuple(self._said.values())

    def _accepting(self, bid: Bid, price: Money) -> Bid:
        """Return a bid at the price: more than that nobody has said."""
        ceiling = bid.cost if bid.ceiling is None else bid.ceiling
        called = self._call.announcement
        return bid.model_copy(update={"announcement": called, "cost": price, "ceiling": ceiling})

    def _note(self, answer: Bid | Refusal, stands: Bid | Refusal | None) -> None:
        """Let an answer stand for a worker, with all that asking it has cost."""
        key = (answer.task, answer.worker)
        before = self._said[key].charge if key in self._said else ZERO
        if stands is None:
            stands = Refusal(
                announcement=self._call.announcement,
                task=answer.task,
                worker=answer.worker,
                reason=(answer.reason if isinstance(answer, Refusal) else "") or DECLINED,
            )
        charge = Money(before + answer.charge)
        self._said[key] = stands.model_copy(update={"charge": charge})


def clock_rounds(mechanism: Mechanism, call: Announcement, seed: int) -> ClockRounds | None:
    """Return the rounds of an announcement, or ``None`` if the mechanism takes sealed bids."""
    if isinstance(mechanism, English | Dutch) and mechanism.rounds:
        return ClockRounds(call, mechanism, seed)
    return None
