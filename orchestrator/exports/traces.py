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

from orchestrator.evaluation.decided import Announcements, limits_of
from protocols.events import RunOpened
from protocols.messages import Result
from protocols.units import NANO, units
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.evaluation.decided import Held
    from orchestrator.memory.record import Entry
    from protocols.contract import Contract
    from protocols.messages import Announcement, Lot
    from protocols.units import TaskId, WorkerId

    Key = tuple[TaskId, WorkerId]

TRACES: Final = {
    "bids": "One row for each bid that was considered and whose reward is known: the action is what it reports.",
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
        self._announcements = Announcements()

    def take(self, entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the traces that an entry completes: one of `TRACES`, and the row."""
        event = entry.event
        if isinstance(event, RunOpened):
            self._currency, self._solved_at = event.currency, limits_of(event).solved_at
        turn = self._announcements.take(event)
        if turn is None or turn.held is None or turn.stage not in {"closed", "late"}:
            return
        if not turn.held.waits:
            auction = _Auction(turn.held)
            yield from auction.bid_traces(self._currency)
            yield from auction.work_traces(self._solved_at)


class _Auction:
    """One announcement, all of whose awards have ended."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._call, self._lots = held.announcement, held.lots
        self._awards = {(one.task, one.worker): one for one in held.awards}

    def bid_traces(self, currency: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what each bid has earned: nothing where it did not win."""
        for bid in self._held.bids:
            key, lot = (bid.task, bid.worker), self._lots[bid.task]
            ended = self._held.ended.get(key)
            if ended is not None and not ended.known:
                continue
            report = {"cost": _units(bid.cost), "probability": bid.probability}
            yield (
                "bids",
                {
                    "prompt": _question(lot, currency),
                    "completion": json.dumps(report),
                    **self._reward(key),
                    "awarded": ended is not None,
                    **self._about(key, bid.probability, bid.cost),
                },
            )

    def work_traces(self, solved_at: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what each answer has earned, in the order of the awards."""
        costs = {(bid.task, bid.worker): bid.cost for bid in self._held.bids}
        for key, award in self._awards.items():
            ended = self._held.ended.get(key)
            if ended is not None and ended.settlement is not None:
                report = ended.report
                yield (
                    "work",
                    {
                        "prompt": _work(self._lots[award.task]),
                        "completion": report.answer if isinstance(report, Result) else "",
                        "label": ended.settlement.success >= solved_at,
                        **self._reward(key),
                        "answered": isinstance(report, Result),
                        **self._about(key, award.contract.report, costs.get(key, 0)),
                    },
                )

    def _reward(self, key: Key) -> dict[str, float]:
        contract = score = peer = other = cost = 0
        ended = self._held.ended.get(key)
        if ended is not None and (done := ended.settlement) is not None:
            terms = self._awards[key].contract
            scored = terms.pay(done.success, done.cost, done.score)
            contract = terms.pay(done.success, done.cost, 0.0)
            score, peer = _split(terms, scored - contract)
            cost = -done.cost
        elif ended is not None:
            other, cost = ended.owed + ended.bought, -(ended.cost or 0)
        return {
            "reward": _units(contract + score + peer + other + cost),
            "reward_contract": _units(contract),
            "reward_score": _units(score),
            "reward_peer": _units(peer),
            "reward_other": _units(other),
            "reward_cost": _units(cost),
        }

    def _about(self, key: Key, report: float, reported_cost: int) -> dict[str, Any]:
        lot, done, award = self._lots[key[0]], self._held.settlement(*key), self._awards.get(key)
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


def _units(nano: int) -> float:
    return nano / NANO


def traces(entries: Iterable[Entry]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all traces of a journal as `Traces` completes them."""
    following = Traces()
    for entry in entries:
        yield from following.take(entry)
