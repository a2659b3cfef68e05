"""Makes the table of colluding pairs in docs/theory.md: ``python -m scripts.collusion_table``."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.measure import table
from protocols.catalog import MECHANISM, MECHANISMS
from protocols.collusion import PairGain, pair_gains
from protocols.mechanism import Mechanism
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.properties import Setting
from protocols.units import AnnouncementId, Money, TaskId, WorkerId
from scoring.catalog import SCORING_RULES

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "theory.md"
BEGIN, END = "<!-- begin of what scripts/collusion_table.py prints -->", "<!-- end -->"

NAME: Final = AnnouncementId("collusion")
VALUE: Final = 8_000
"""What a lot is worth, in nano-units; costs are eighths of it, chances quarters."""
SINGLE, DOUBLE = 12, 6
"""How many auctions of one lot and of two lots."""
COSTS: Final = (0, 2_000, 4_000, 6_000, 8_000)
CHANCES: Final = (0.5, 1.0)
"""What every pair tries on one lot; on two lots only costs, of which each bid has its own."""
ROUNDING: Final = 8
"""A gain of so few nano-units is rounding."""

NEEDED: Final[dict[str, dict[str, Any]]] = {
    "contingent-vcg": {"stake": 0},
    "deposit-vcg": {"stake": 0},
    "optimal": {"sample": ["0.000002", "0.000004", "0.000006"]},
    "budget-feasible": {"budget": "0.000008"},
    "english": {"step": "0.0000001"},
    "dutch": {"step": "0.0000001"},
    "posted-price": {"price": "0.000005"},
    "sortition": {"price": "0.000005"},
    "explore": {"rounds": 0},
    "share": {"share": 0.5},
}
"""Settings that a mechanism cannot do without, or that suit amounts of this size."""


def mechanism(name: str) -> Mechanism:
    """Build a mechanism of the catalog."""
    settings = MECHANISM.validate_python({"name": name, **NEEDED.get(name, {})})
    return settings.build(lambda rule: SCORING_RULES[rule].expected)


def auction(draw: Random, lots: int) -> tuple[Announcement, list[Bid]]:
    """Draw an auction of some lots with three workers; on several lots all work is certain."""
    workers = [WorkerId(name) for name in ("ada", "bob", "cyd")]
    announcement = Announcement(
        announcement=NAME,
        number=1,
        lots=tuple(
            Lot(task=TaskId(f"t{place}"), value=Money(VALUE), reserve=Money(VALUE))
            for place in range(lots)
        ),
        participants=tuple(Participant(worker=worker) for worker in workers),
    )
    bids = [
        Bid(
            announcement=NAME,
            task=lot.task,
            worker=worker,
            cost=Money(draw.randrange(0, 6) * VALUE // 8),
            probability=draw.choice([0.5, 0.75, 1.0]) if lots == 1 else 1.0,
        )
        for worker in workers
        for lot in announcement.lots
    ]
    return announcement, bids


def measured(name: str) -> list[PairGain]:
    """Return the gains of every pair in every one of the fixed auctions under a mechanism."""
    rule, draw = mechanism(name), Random(2008)
    found: list[PairGain] = []
    for lots in (1,) * SINGLE + (2,) * DOUBLE:
        announcement, bids = auction(draw, lots)
        costs, chances = (COSTS, CHANCES) if lots == 1 else (COSTS[::2], (1.0,))
        found += pair_gains(Setting(rule, announcement), bids, costs, chances)
    return found


def row(name: str, gains: Sequence[PairGain]) -> tuple[str, ...]:
    """Return the line of one mechanism."""
    mean = sum(gain.together for gain in gains) / len(gains)
    loss = sum(gain.loss for gain in gains) / len(gains)
    return (
        f"`{name}`",
        f"{sum(gain.together > ROUNDING for gain in gains) / len(gains):.0%}",
        f"{float(mean) / VALUE:.1%}",
        f"{float(loss) / VALUE:.1%}",
        f"{sum(gain.each > ROUNDING for gain in gains) / len(gains):.0%}",
    )


def page() -> str:
    """Return the table of all mechanisms."""
    header = ("mechanism", "pairs that gain", "mean gain", "lost by the coordinator")
    return table(
        (*header, "pairs in which each gains"), [row(name, measured(name)) for name in MECHANISMS]
    )


def main() -> None:
    """Print the table and write it into the page."""
    made = page()
    print(made)
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END, 1)
    PAGE.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
