"""The tables of what was put up, bid and awarded."""

from collections.abc import Iterable, Iterator
from typing import Final

from orchestrator.exports.table import (
    ANNOUNCEMENT,
    TASK,
    WORKER,
    Column,
    Row,
    Table,
    nano,
    stateless,
)
from orchestrator.memory.record import Entry
from protocols.events import Allocated, Announced, BidsClosed


def _lots(entry: Entry) -> Iterator[Row]:
    if isinstance(entry.event, Announced):
        call = entry.event.announcement
        for lot in call.lots:
            yield (
                call.announcement,
                call.number,
                lot.task,
                lot.group,
                lot.kind,
                lot.value,
                lot.reserve,
                lot.attempt,
                lot.parent,
                call.bid_seconds,
                lot.prompt,
            )


LOTS: Final = Table(
    "lots",
    "One row for each lot of each announcement.",
    (
        ANNOUNCEMENT,
        Column("number", "integer", "The place of the announcement in the run, from 1."),
        TASK,
        Column("group", "text", "The task of which the lot is a copy; empty for others."),
        Column("kind", "text", "The sort of work."),
        nano("value", "What a success is worth."),
        nano("reserve", "The most that the coordinator would pay."),
        Column("attempt", "integer", "1 when first announced, one more after each failure."),
        Column("parent", "text", "The announcement of the same task before this one."),
        Column("bid_seconds", "number", "How long bids are taken.", "seconds"),
        Column("prompt", "text", "What is to be done, as workers read it."),
    ),
    stateless(_lots),
)


def _bids(entry: Entry) -> Iterable[Row]:
    if isinstance(entry.event, BidsClosed):
        for bid in entry.event.bids:
            yield (
                bid.announcement,
                bid.task,
                bid.worker,
                bid.cost,
                bid.probability,
                bid.ceiling,
                bid.charge,
                bid.source,
                bid.note,
            )


BIDS: Final = Table(
    "bids",
    "One row for each bid that counted.",
    (
        ANNOUNCEMENT,
        TASK,
        WORKER,
        nano("cost", "The reported cost of doing the work."),
        Column("probability", "number", "The reported chance of success.", "probability"),
        nano("ceiling", "The most that the work may cost in cash; the cost if empty."),
        nano("charge", "What asking for the bid has cost."),
        Column("source", "text", "Where the probability comes from."),
        Column("note", "text", "What the worker added in words."),
    ),
    stateless(_bids),
)


def _awards(entry: Entry) -> Iterator[Row]:
    if isinstance(entry.event, Allocated):
        allocation, unfunded = entry.event.allocation, set(entry.event.unfunded)
        for award in allocation.awards:
            contract = award.contract
            yield (
                award.announcement,
                award.task,
                award.worker,
                award.rank,
                allocation.mechanism,
                contract.report,
                contract.base,
                contract.per_success,
                contract.cost_share,
                contract.score_weight,
                contract.rule,
                award.score,
                award.pivot,
                award.runner_up,
                award.tied,
                award.propensity,
                award.task not in unfunded,
            )


AWARDS: Final = Table(
    "awards",
    "One row for each award, with its contract: pay(x) = base + per_success x +"
    " cost_share metered_cost + score_weight S(report, x).",
    (
        ANNOUNCEMENT,
        TASK,
        WORKER,
        Column("rank", "integer", "0 is called first; higher ranks are fallbacks in their order."),
        Column("mechanism", "text", "The rule that awarded."),
        Column("report", "number", "The reported chance that the contract scores.", "probability"),
        nano("base", "Paid whatever happens."),
        nano("per_success", "Paid per unit of success."),
        Column("cost_share", "number", "The share of the metered cost that is refunded.", "share"),
        nano("score_weight", "Paid per unit of score: the stake."),
        Column("rule", "text", "The scoring rule, or the peer mechanism."),
        nano("score", "What the bid adds to the objective of the rule."),
        nano("pivot", "What the worker's presence takes from the others."),
        Column("runner_up", "text", "Who would have won the lot alone."),
        Column("tied", "truth", "Whether the tie-break decided."),
        Column("propensity", "number", "The chance of this choice under the rule.", "probability"),
        Column("funded", "truth", "Whether the budget had room; if not, nothing was done."),
    ),
    stateless(_awards),
)
