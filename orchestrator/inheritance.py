"""What a forked run has from its parent: money that was spent, and announcements under way.

What the parent had announced is finished on the terms on which it was announced: by its mechanism,
its limits and its budget, among its workers. Later announcements follow the settings of the fork.
The line is drawn by the number of the announcement, so it is the same in every process that goes
through the run.
"""

from hashlib import sha256

from orchestrator.guard_settings import guard_settings
from orchestrator.market import Limits, Market
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.budget import Budget
from orchestrator.memory.caps import Caps, budget_settings
from orchestrator.memory.ledger import Ledger
from orchestrator.memory.record import Record
from orchestrator.memory.succession import Succession
from orchestrator.memory.upcasting import decoded
from protocols.events import EVENT, RunOpened, transfers_of
from protocols.forking import Forked


def parent_of(forked: Forked) -> RunOpened:
    """Return the first event of the run that a fork comes from."""
    opened = decoded(forked.opened, EVENT)
    assert isinstance(opened, RunOpened)  # noqa: S101 - the first entry of every journal
    return opened


def origin_of(record: Record | None) -> Forked | None:
    """Return where the run of a journal was forked from, if it was."""
    opened = None if record is None else record.get("run-opened")
    return opened.forked if isinstance(opened, RunOpened) else None


def descended(opening: RunOpened, forked: Forked | None) -> RunOpened:
    """Return the first event of a fork; the point that it starts from gives it a name of its own."""
    if forked is None:
        return opening
    digest = sha256(f"{opening.config_digest}\n{forked.hash}".encode()).hexdigest()
    update = {"run": digest[:12], "config_digest": digest, "forked": forked}
    return opening.model_copy(update=update)


def fold(ledger: Ledger, record: Record, forked: Forked | None) -> None:
    """Book everything that a record holds.

    What a parent had spent and promised counts against the budget, but is not measured by it: it
    was within that of the parent.
    """
    capped = ledger.capped
    for entry in record.entries():
        ledger.capped = capped and (forked is None or entry.seq > forked.seq)
        ledger.apply(transfers_of(entry.event))
    ledger.capped = capped


def inherit(market: Market, forked: Forked | None) -> None:
    """Give a market the terms of its parent, for the announcements that the parent had made."""
    if forked is None:
        return
    parent = parent_of(forked)
    rule, peers = mechanism_from(parent.config["mechanism"])[1], market.peers
    before = Market(
        chronicle=market.chronicle,
        mechanism=rule if peers is None else peers.paid(rule),
        workers={each.worker: market.workers[each.worker] for each in parent.participants},
        seed=parent.seed,
        limits=Limits.model_validate(parent.config["limits"]),
        budget=Budget(parent.budget, heir=market.budget),
        caps=Caps(budget_settings(parent.config.get("budgets")), heir=market.caps),
        guarded=guard_settings(parent.config.get("guards")),
        verifiers=market.verifiers,
        peers=peers,
        gold=market.gold,
        desks=market.desks,
        judges=market.judges,
        rulings=market.rulings,
    )
    before.foreign, before.quarantined = market.foreign, market.quarantined
    inherit(before, parent.forked)
    market.before, market.until = before, forked.announced
    market.guards.adopt(before.guards)
    shared = Succession(before.standings, market.standings, forked.announced)
    each: Market | None = market
    while each is not None:
        each.standings, each = shared, each.before
