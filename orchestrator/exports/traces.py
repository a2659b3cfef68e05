"""Reward traces: what a worker was told, what it said and did, and what that earned it.

The rows are those of TRL's dataset types: strings ``prompt`` and ``completion`` (prompt-completion,
for supervised training and as offline rollouts), with ``label`` unpaired preference, and with
``prompt`` and the other columns the data of a reward function. A reward is in units of the currency
and is the sum of its parts, all seen from the worker:

    reward = reward_contract + reward_score + reward_peer + reward_other + reward_cost

No value is ever missing and every list has an element: who loads JSON lines takes the types of columns
from the first rows, and refuses another file, or a later part of the same one, that says otherwise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Finished,
    RunOpened,
    Settled,
    Started,
    Unsettled,
)
from protocols.messages import Result
from protocols.stopping import SetAside
from protocols.units import NANO, units
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.memory.record import Entry
    from protocols.contract import Contract, Settlement
    from protocols.messages import Announcement, Award, Bid, Lot
    from protocols.units import AnnouncementId, TaskId, WorkerId

    Key = tuple[TaskId, WorkerId]

TRACES: Final = {
    "bids": "One row for each bid whose reward is known: the action is what it reports.",
    "work": "One row for each settled award: the action is the answer.",
}
"""What can be trained -> what a row is."""

_ASKED: Final = """\
You may bid on a task. If you win you do the work; what you are paid depends on whether it succeeds.
Kind: {kind}
Worth of a success: {value} {currency}
Most that is paid for the work: {reserve} {currency}
Attempt: {attempt}

{work}

Reply with JSON: your cost in {currency}, and your probability of success."""


class Traces:
    """Follows a journal and yields the traces of each announcement once all its awards have ended.

    Memory grows with what is announced at the same time. What never ended gives no trace.
    """

    def __init__(self) -> None:
        self._currency = ""
        self._solved_at = 1.0
        self._open: dict[AnnouncementId, _Auction] = {}

    def take(self, entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the traces that an entry completes: one of `TRACES`, and the row."""
        event = entry.event
        if isinstance(event, RunOpened):
            self._currency = event.currency
            self._solved_at = event.config.get("limits", {}).get("solved_at", self._solved_at)
        elif isinstance(event, Announced):
            self._open[event.announcement.announcement] = _Auction(event.announcement)
        elif (name := _announcement(event)) and (auction := self._open.get(name)):
            auction.note(event)
            if auction.over:
                del self._open[name]
                yield from auction.bid_traces(self._currency)
                yield from auction.work_traces(self._solved_at)


class _Auction:
    """One announcement, until all its awards have ended."""

    def __init__(self, call: Announcement) -> None:
        self._call = call
        self._lots = {lot.task: lot for lot in call.lots}
        self._bids: tuple[Bid, ...] = ()
        self._awards: dict[Key, Award] = {}
        self._under_way: set[Key] = set()
        self._answers: dict[Key, str] = {}
        self._settled: dict[Key, Settlement] = {}
        self._left: dict[Key, tuple[int, int]] = {}
        self._unknown: set[Key] = set()
        self._closed = False

    @property
    def over(self) -> bool:
        """Whether it has closed and no answer waits for its peers."""
        return self._closed and not self._under_way

    def note(self, event: object) -> None:
        """Take in what happened to it."""
        match event:
            case BidsClosed(bids=bids):
                self._bids = bids
            case Allocated(allocation=allocation):
                self._awards = {(one.task, one.worker): one for one in allocation.awards}
            case Started(task=task, worker=worker):
                self._under_way.add((task, worker))
            case Finished(report=report):
                if isinstance(report, Result):
                    self._answers[report.task, report.worker] = report.answer
            case Settled(settlement=done):
                self._settled[done.task, done.worker] = done
                self._under_way.discard((done.task, done.worker))
            case Unsettled(task=task, worker=worker):
                self._unknown.add((task, worker))
                self._under_way.discard((task, worker))
            case Lapsed(task=task, worker=worker, penalty=penalty):
                self._leave((task, worker), -penalty, 0)
            case Withdrawn(task=task, worker=worker, owed=owed, cost=cost):
                self._leave((task, worker), owed, cost)
            case SetAside(task=task, worker=worker, payment=paid, cost=cost):
                self._leave((task, worker), paid, cost)
            case Closed():
                self._closed = True
            case _:
                pass

    def _leave(self, key: Key, got: int, cost: int) -> None:
        self._left[key] = got, cost
        self._under_way.discard(key)

    def bid_traces(self, currency: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what each bid has earned: nothing where it did not win."""
        for bid in self._bids:
            key, lot = (bid.task, bid.worker), self._lots[bid.task]
            if key in self._unknown:
                continue
            report = {"cost": _units(bid.cost), "probability": bid.probability}
            yield (
                "bids",
                {
                    "prompt": _question(lot, currency),
                    "completion": json.dumps(report),
                    **self._reward(key),
                    "awarded": key in self._settled or key in self._left,
                    **self._about(key, bid.probability, bid.cost),
                },
            )

    def work_traces(self, solved_at: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what each answer has earned, in the order of the awards."""
        costs = {(bid.task, bid.worker): bid.cost for bid in self._bids}
        for key, award in self._awards.items():
            if (done := self._settled.get(key)) is not None:
                yield (
                    "work",
                    {
                        "prompt": _work(self._lots[award.task]),
                        "completion": self._answers.get(key, ""),
                        "label": done.success >= solved_at,
                        **self._reward(key),
                        "answered": key in self._answers,
                        **self._about(key, award.contract.report, costs.get(key, 0)),
                    },
                )

    def _reward(self, key: Key) -> dict[str, float]:
        contract = score = peer = other = cost = 0
        if (done := self._settled.get(key)) is not None:
            terms = self._awards[key].contract
            scored = terms.pay(done.success, done.cost, done.score)
            contract = terms.pay(done.success, done.cost, 0.0)
            score, peer = _split(terms, scored - contract)
            cost = -done.cost
        elif key in self._left:
            other, spent = self._left[key]
            cost = -spent
        return {
            "reward": _units(contract + score + peer + other + cost),
            "reward_contract": _units(contract),
            "reward_score": _units(score),
            "reward_peer": _units(peer),
            "reward_other": _units(other),
            "reward_cost": _units(cost),
        }

    def _about(self, key: Key, report: float, reported_cost: int) -> dict[str, Any]:
        lot, done, award = self._lots[key[0]], self._settled.get(key), self._awards.get(key)
        by_peers = award is not None and award.contract.rule not in SCORING_RULES
        score = 0.0 if done is None else done.score
        return {
            "group": f"{self._call.announcement}/{lot.origin}",
            "announcement": self._call.announcement,
            "task": lot.task,
            "worker": key[1],
            "report": report,
            "reported_cost": _units(reported_cost),
            "settled": done is not None,
            "success": 0.0 if done is None else done.success,
            "score": 0.0 if by_peers else score,
            "peer_score": score if by_peers else 0.0,
            "propensity": 0.0 if award is None else award.propensity,
            "information": _information(lot, self._call),
        }


def _split(terms: Contract, amount: int) -> tuple[int, int]:
    """Return what a score earned, as that of a rule or as that of peers."""
    return (amount, 0) if terms.rule in SCORING_RULES else (0, amount)


def _information(lot: Lot, call: Announcement) -> dict[str, Any]:
    """Return everything that the worker was told before it acted; the same keys in every row."""
    return {
        "kind": lot.kind,
        "prompt": lot.prompt,
        "value": _units(lot.value),
        "reserve": _units(lot.reserve),
        "withdrawal": _units(lot.withdrawal),
        "attempt": lot.attempt,
        "copy": lot.group is not None,
        "bid_seconds": call.bid_seconds,
        "inputs": json.dumps(dict(lot.inputs), ensure_ascii=False),
        "participants": [each.worker for each in call.participants],
    }


def _question(lot: Lot, currency: str) -> str:
    return _ASKED.format(
        kind=lot.kind,
        value=f"{units(lot.value):f}",
        reserve=f"{units(lot.reserve):f}",
        currency=currency,
        attempt=lot.attempt,
        work=_work(lot),
    )


def _work(lot: Lot) -> str:
    inputs = (f"Answer to {task}:\n{answer}" for task, answer in lot.inputs.items())
    return "\n\n".join((lot.prompt, *inputs))


def _announcement(event: object) -> AnnouncementId | None:
    for part in ("settlement", "report", "allocation"):
        event = getattr(event, part, event)
    return getattr(event, "announcement", None)


def _units(nano: int) -> float:
    return nano / NANO


def traces(entries: Iterable[Entry]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all traces of a journal as `Traces` completes them."""
    following = Traces()
    for entry in entries:
        yield from following.take(entry)
