"""What a terminal shows of a run that goes on."""

from orchestrator.memory.ledger import Ledger, fund, hold
from orchestrator.reports.live import Live
from protocols.events import Announced, BidsClosed
from protocols.messages import Announcement
from protocols.units import AnnouncementId, Money
from tests.orchestrator.small_runs import events


class Clock:
    """Tells the time that a test says."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_run_from_its_first_event_to_its_last() -> None:
    """Bids are taken, work is done, tasks end; at the end nothing is under way."""
    clock, ledger = Clock(), Ledger(capped=True)
    ledger.apply(fund(Money(10**9)))
    ledger.apply(hold(Money(25 * 10**7)))
    live = Live(3, ledger, "USD", clock=clock)
    seen: list[str] = []
    for event in events():
        clock.now += 1.0
        live.note(event)
        seen += live.lines()
    text = "\n".join(seen)
    for piece in (
        "a1 taking bids (2 lots)",
        "a1 clearing (2 lots)",
        "a1 at work (2 lots)",
        "1 call under way",
        "money     reserved 0.25, spent 0.00, left 0.75 USD",
        "1 of 3",
        "left",
    ):
        assert piece in text
    assert live.lines()[1].endswith("1 solved, 1 unsold, 1 skipped; 0 calls under way")
    assert live.lines()[3] == "auctions  2 closed"
    assert (
        live.line() == "3 of 3 tasks ended (100 %): 1 solved, 1 unsold, 1 skipped; spent 0.00 USD"
    )


def test_few_lines_whatever_goes_on() -> None:
    """Hundred auctions at the same time are four names and a number."""
    live = Live(3, Ledger(capped=False), "USD", clock=Clock())
    for number in range(100):
        name = AnnouncementId(f"x{number}")
        call = Announcement(announcement=name, number=1, lots=(), participants=())
        live.note(Announced(announcement=call))
    live.note(BidsClosed(announcement=AnnouncementId("x0"), bids=()))
    assert len(live.lines()) == 4
    assert live.lines()[3].startswith("auctions  x0 clearing (0 lots), x1 taking bids")
    assert live.lines()[3].endswith(" and 96 more")
