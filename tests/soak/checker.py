"""Reads the journal of a finished run and says which promise it breaks. It trusts no code but events.

Written apart from ``verify``, which it uses as well: two readers that agree are a better proof.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.verification import verify
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    RoundClosed,
    RunClosed,
    RunOpened,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Unsettled,
    Verified,
    transfers_of,
)
from tests.soak.unreliable import FRAUD

Award = tuple[str, str, str]
"""Announcement, task, worker."""


def broken_promises(path: Path, tasks: int) -> list[str]:
    """Return what is wrong with the journal of a finished run of so many tasks.

    Args:
        path: The journal.
        tasks: How many tasks there were; each must have ended, once.
    """
    with Record(path) as record:
        found = [f"verify: {problem}" for problem in verify(record).problems]
        events = [entry.event for entry in record.entries()]
    again = replay(path)
    found += [f"replay: {difference}" for difference in again.differences]
    if again.compared != again.events:
        found.append(f"replay: {again.compared} of {again.events} events compared")
    return found + broken_by(events, tasks)


def broken_by(events: Sequence[Event], tasks: int) -> list[str]:
    """Return what is wrong with the events themselves, each with the name of its check."""
    checks = (_keys, _end, _money, _rounds, _settlements, _bids, _after_closing, _lost, _room)
    found = [f"{check.__name__[1:]}: {wrong}" for check in checks for wrong in check(events)]
    ended = Counter(event.task for event in events if isinstance(event, TaskEnded))
    if len(ended) != tasks or set(ended.values()) != {1}:
        found.append(f"end: {len(ended)} of {tasks} tasks ended, {ended.most_common(1)}")
    return found


def _keys(events: Sequence[Event]) -> Iterator[str]:
    """Check that nothing is recorded twice."""
    times = Counter(event.key for event in events)
    yield from (f"{key!r} comes {count} times" for key, count in times.items() if count > 1)


def _end(events: Sequence[Event]) -> Iterator[str]:
    """Check that the run is closed and that nothing follows."""
    closings = [place for place, event in enumerate(events) if isinstance(event, RunClosed)]
    if closings != [len(events) - 1]:
        yield f"{len(events)} events, closed at {closings}"


def _money(events: Sequence[Event]) -> Iterator[str]:
    """Check both books after every event: each sums to zero, and no more is promised than there is."""
    balances: defaultdict[tuple[str, str], int] = defaultdict(int)
    opened = events[0]
    capped = isinstance(opened, RunOpened) and opened.budget is not None
    for event in events:
        for moved in transfers_of(event):
            balances[moved.book, moved.source] -= moved.amount
            balances[moved.book, moved.target] += moved.amount
        if balances["cash", "escrow"] < 0:
            yield f"{event.key!r} takes more out of escrow than is in it"
        if capped and balances["cash", "treasury"] < 0:
            yield f"{event.key!r} exceeds the budget"
    for book in ("cash", "credit"):
        if total := sum(amount for (of, _), amount in balances.items() if of == book):
            yield f"the {book} book sums to {total}"
    if balances["cash", "escrow"]:
        yield f"{balances['cash', 'escrow']} are held at the end"


def _rounds(events: Sequence[Event]) -> Iterator[str]:
    """Check that a lot of an announcement is allocated once, and in a sequence to each worker once."""
    for event in events:
        if isinstance(event, Allocated):
            awards = event.allocation.awards
            by_task: defaultdict[str, list[int]] = defaultdict(list)
            for award in awards:
                by_task[award.task].append(award.rank)
            if len({(award.task, award.worker) for award in awards}) < len(awards):
                yield f"{event.key!r} awards a lot to a worker twice"
            for task, ranks in by_task.items():
                if ranks != list(range(len(ranks))):
                    yield f"{event.key!r} awards {task!r} at ranks {ranks}"


def _settlements(events: Sequence[Event]) -> Iterator[str]:
    """Check that each award that was begun ends once, whichever way, and was announced before."""
    awarded: set[Award] = set()
    begun: set[Award] = set()
    ends: Counter[Award] = Counter()
    for event in events:
        if isinstance(event, Allocated):
            awarded |= {(a.announcement, a.task, a.worker) for a in event.allocation.awards}
        elif isinstance(event, Started):
            begun.add((event.announcement, event.task, event.worker))
            if ends[event.announcement, event.task, event.worker]:
                yield f"{event.key!r} comes after its end"
        elif isinstance(event, Settled):
            done = event.settlement
            ends[done.announcement, done.task, done.worker] += 1
        elif isinstance(event, Unsettled | Withdrawn | Lapsed):
            ends[event.announcement, event.task, event.worker] += 1
    yield from (f"{award} ends {times} times" for award, times in ends.items() if times > 1)
    yield from (f"{award} was never awarded" for award in (begun | ends.keys()) - awarded)
    yield from (f"{award} was begun and never ended" for award in begun - ends.keys())


def _bids(events: Sequence[Event]) -> Iterator[str]:
    """Check that no late, second, forged or stale bid was counted, and that winners have bid.

    What is too late for one price of a clock may be an answer to the next one: of clocks the bids
    that they end in are looked at.
    """
    counted: set[Award] = set()
    for event in events:
        if isinstance(event, BidsClosed):
            for bid in event.bids:
                if bid.cost == FRAUD:
                    yield f"{event.key!r} counts a fraud of {bid.worker!r} on {bid.task!r}"
            said = [(bid.announcement, bid.task, bid.worker) for bid in event.bids]
            if len(set(said)) < len(said):
                yield f"{event.key!r} counts two bids of a worker on a lot"
            counted |= set(said)
        if isinstance(event, Allocated):
            for award in event.allocation.awards:
                if (award.announcement, award.task, award.worker) not in counted:
                    yield f"{event.key!r} awards {award.task!r} to {award.worker!r} without a bid"


def _after_closing(events: Sequence[Event]) -> Iterator[str]:
    """Check that nothing happens in an announcement after it has closed.

    Copies of a task are the exception: they are settled when their peers have answered.
    """
    closed: set[str] = set()
    copies = {task.lot.task for task in events if isinstance(task, TaskAdded) and task.copies > 1}
    for event in events:
        name = _announcement(event)
        if name in closed and _task(event).partition("#")[0] not in copies:
            yield f"{event.key!r} comes after its announcement has closed"
        if isinstance(event, Closed):
            closed.add(event.announcement)


def _lost(events: Sequence[Event]) -> Iterator[str]:
    """Check that a call whose answer was lost is booked as billed at its worst, and held for anew.

    Outsiders are paid for answers only, and who is asked for the same answer again bills it once.
    """
    held = dict(_ceilings(events))
    for event in events:
        match event:
            case Started(call=call) if call > 1 and not event.reattached:
                expected = held.get((event.announcement, event.task, event.worker), 0)
                again = _moved(event, "treasury", "escrow")
            case Unsettled(lost=True):
                expected = held.get((event.announcement, event.task, event.worker), 0)
                again = expected
            case _:
                continue
        if (billed := _moved(event, "escrow", f"spent:{event.worker}")) != expected:
            yield f"{event.key!r} books {billed} for a lost call, not {expected}"
        if again != expected:
            yield f"{event.key!r} holds {again} for another call, not {expected}"


def _room(events: Sequence[Event]) -> Iterator[str]:
    """Check that no award was turned down for which there was cash.

    What other announcements may still cost is planned for, so only the awards of one are looked at
    that is alone; and copies wait for their peers with what they hold.
    """
    opened, treasury, alone = events[0], 0, set[str]()
    copied = any(isinstance(event, TaskAdded) and event.copies > 1 for event in events)
    if copied or not isinstance(opened, RunOpened) or opened.budget is None:
        return
    held, judging = dict(_ceilings(events)), dict[tuple[str, str], int]()
    for event in events:
        for moved in transfers_of(event):
            if moved.book == "cash":
                treasury += moved.amount * (
                    (moved.target == "treasury") - (moved.source == "treasury")
                )
        match event:
            case Announced(announcement=call):
                alone.add(call.announcement)
                judging |= {(call.announcement, task): most for task, most in event.judging.items()}
            case Closed():
                alone.discard(event.announcement)
            case Allocated(allocation=made) if alone == {made.announcement}:
                for task in event.unfunded:
                    awards = [each for each in made.awards if each.task == task]
                    keys = [(each.announcement, task, each.worker) for each in awards]
                    if not held.keys() >= set(keys):
                        continue  # an outsider, whose pay is for the contract to say
                    need = sum(held[key] for key in keys)
                    need += len(keys) * judging.get((made.announcement, task), 0)
                    if need <= treasury:
                        yield f"{event.key!r} has no room for {need} on {task!r}, with {treasury} left"
            case _:
                pass


def _ceilings(events: Sequence[Event]) -> Iterator[tuple[Award, int]]:
    """Yield the most that each bid says its work can cost, of workers that are not paid in cash."""
    opened = events[0]
    assert isinstance(opened, RunOpened)
    insiders = {each.worker for each in opened.participants if not each.payable}
    for event in events:
        if isinstance(event, BidsClosed):
            for bid in event.bids:
                if bid.worker in insiders:
                    yield (bid.announcement, bid.task, bid.worker), bid.most


def _moved(event: Event, source: str, target: str) -> int:
    """Return the cash that an event moves from one account to another."""
    return sum(
        moved.amount
        for moved in transfers_of(event)
        if (moved.book, moved.source, moved.target) == ("cash", source, target)
    )


def _announcement(event: Event) -> str | None:
    match event:
        case Announced():
            return event.announcement.announcement
        case Allocated():
            return event.allocation.announcement
        case Finished():
            return event.report.announcement
        case Verified():
            return event.outcome.announcement
        case Settled():
            return event.settlement.announcement
        case BidsClosed() | RoundClosed() | Started() | Unsettled() | Lapsed() | Withdrawn():
            return event.announcement
        case _:
            return None


def _task(event: Event) -> str:
    match event:
        case Verified():
            return event.outcome.task
        case Settled():
            return event.settlement.task
        case Unsettled() | Withdrawn():
            return event.task
        case _:
            return ""
