"""Which lots are announced again, and how: another try, another worker, a higher reserve."""

from collections.abc import Collection

from orchestrator.auction.execution import Ending
from orchestrator.market import Limits
from protocols.messages import Lot
from protocols.units import AnnouncementId, Money, WorkerId


def next_lot(
    ending: Ending,
    parent: AnnouncementId,
    limits: Limits,
    *,
    worked: bool,
    funds: bool,
    waits: bool = False,
) -> Lot | None:
    """Return a lot as it is announced again, or nothing if its task has ended.

    Args:
        ending: How it ended.
        parent: In which announcement.
        limits: How often, and up to which reserve.
        worked: Whether work was done in that announcement, so that capacity is free again.
        funds: Whether there is cash for it by now, or may be.
        waits: Whether somebody who may do it was not asked this time, but will be.
    """
    lot = ending.lot
    tried = [each.award.worker for each in (*ending.before, ending) if each.award]
    shut_out = {"parent": parent, "excluded": (*lot.excluded, *tried)}
    if ending.state == "unfunded" and funds:
        return lot
    if ending.state == "unsold" and ending.award is not None:  # it was not taken up
        return lot.model_copy(update=shut_out)
    if ending.state == "unsold" and ending.reason == "capacity" and worked:
        return lot.model_copy(update={"parent": parent})
    if ending.state == "unsold" and ending.reason == "no-bids" and waits:
        return lot.model_copy(update={"parent": parent})
    if ending.state == "unsold" and (reserve := _raised(ending, limits)) > lot.reserve:
        return lot.model_copy(update={"parent": parent, "reserve": reserve})
    if ending.state == "failed" and lot.attempt < limits.attempts:
        return lot.model_copy(update={"attempt": lot.attempt + 1, **shut_out})
    return None


def waits_for_person(ending: Ending, held: Collection[WorkerId]) -> bool:
    """Whether nobody did a lot who was asked, and somebody might who is on hold.

    Args:
        ending: How it ended, with nothing else to try.
        held: Who was on hold.
    """
    untouched = ending.state == "unsold" and ending.reason in {"no-bids", "above-reserve"}
    return untouched and not set(held) <= set(ending.lot.excluded)


def _raised(ending: Ending, limits: Limits) -> Money:
    """Return the reserve at which a lot that nobody did for less is put up once more."""
    lot = ending.lot
    if ending.reason not in {"no-bids", "above-reserve"}:
        return lot.reserve
    return Money(min(lot.value, round(lot.reserve * limits.raise_reserve)))
