"""Shows how far a run is: some live lines on a terminal, now and then a line elsewhere."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from orchestrator.memory.ledger import Ledger
from orchestrator.reports.live import Live
from protocols.events import Event, TaskEnded

if TYPE_CHECKING:
    from rich.console import Console, Group

Listener = Callable[[Event], None]

_A_SECOND: Final = 3
"""So often the lines on a terminal are drawn anew."""

PATIENCE: Final = 10.0
"""A run that is over within so many seconds writes no line to a log."""

_STEP: Final = 0.1
_MINUTE: Final = 60.0


@contextmanager
def progress(
    tasks: int,
    ledger: Ledger,
    currency: str,
    *,
    quiet: bool,
    clock: Callable[[], float] = monotonic,
) -> Generator[Listener]:
    """Give a listener of events that tells on standard error how far the run is.

    On a terminal some lines are kept up to date, and are gone when the run is over. Elsewhere a run
    that takes longer than `PATIENCE` writes a line for every tenth of its tasks, and for every
    minute in between.

    Args:
        tasks: How many tasks there are, as far as is known before.
        ledger: Read for the money.
        currency: What the units are.
        quiet: Show nothing.
        clock: Tells seconds that never go back.
    """
    from rich.console import Console

    if quiet:
        yield lambda _: None
        return
    console, live = Console(stderr=True), Live(tasks, ledger, currency, clock=clock)
    if not console.is_terminal:
        yield _logging(live, console)
        return
    from rich.live import Live as Display

    def shown() -> "Group":
        return _drawn(live)

    with Display(
        get_renderable=shown, console=console, refresh_per_second=_A_SECOND, transient=True
    ):
        yield live.note


def _drawn(live: Live) -> "Group":
    from rich.console import Group
    from rich.text import Text

    lines = [Text(line, no_wrap=True, overflow="ellipsis") for line in live.lines()]
    for line in lines:
        line.stylize("bold", 0, 8)
        line.highlight_regex("━+", "green")
        line.highlight_regex("┄+", "dim")
    return Group(*lines)


def _logging(live: Live, console: "Console") -> Listener:
    told_at, told = 0.0, 0

    def listen(event: Event) -> None:
        nonlocal told_at, told
        live.note(event)
        if not isinstance(event, TaskEnded) or live.elapsed < PATIENCE:
            return
        grown = live.ended - told >= _STEP * live.total
        if grown or live.elapsed - told_at >= _MINUTE or not told_at:
            told_at, told = live.elapsed, live.ended
            console.print(live.line(), highlight=False, markup=False, soft_wrap=True)

    return listen


@contextmanager
def counting(what: str, steps: int, *, quiet: bool) -> Generator[Callable[[], None]]:
    """Give what moves a bar on the terminal one step on; nothing is shown elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        line = bar.add_task(what, total=steps)
        yield lambda: bar.advance(line)


@contextmanager
def waiting(what: str, *, quiet: bool) -> Generator[None]:
    """Say on the terminal what is being done while it takes its time."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(what):
        yield
