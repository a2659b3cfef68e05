"""Says which calls a crash has lost, and what is booked for them."""

from collections.abc import Iterator

from orchestrator.drawing.display import money_text, plural
from orchestrator.evaluation.lost_calls import LostCalls


def lost_calls(found: LostCalls, currency: str) -> Iterator[str]:
    """Yield a sentence about what a crash has lost, and one about what could still be had.

    >>> list(lost_calls(LostCalls(count=1, reserve=2_000_000), "USD"))
    ['1 answer was lost in a crash; 0.002 USD is booked as a reserve, for the call may be billed.']
    """
    if found.count:
        were, call = ("was", "call") if found.count == 1 else ("were", "calls")
        yield (
            f"{plural(found.count, 'answer')} {were} lost in a crash; {money_text(found.reserve)}"
            f" {currency} is booked as a reserve, for the {call} may be billed."
        )
    if found.reattached:
        times = "once" if found.reattached == 1 else f"{found.reattached:,} times"
        yield f"After a crash a worker was asked {times} for the answer of a call that it had taken."
