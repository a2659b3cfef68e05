"""Shows how far a run is: a live line on a terminal, nothing elsewhere."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from orchestrator.drawing.display import money_text
from orchestrator.memory.ledger import Ledger
from protocols.events import Announced, Event, Settled, TaskAdded, TaskEnded

Listener = Callable[[Event], None]


@contextmanager
def progress(tasks: int, ledger: Ledger, currency: str, *, quiet: bool) -> Generator[Listener]:
    """Give a listener of events that keeps a line on the terminal up to date.

    The line goes to standard error and is gone when the run is over. Elsewhere than on a terminal
    nothing is shown.

    Args:
        tasks: How many tasks there are, as far as is known before.
        ledger: Read for the cash that is spent.
        currency: What the units are.
        quiet: Show nothing.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[money]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        line = bar.add_task("announcing", total=tasks, money="")
        added = ended = announced = 0

        def listen(event: Event) -> None:
            nonlocal added, ended, announced
            match event:
                case TaskAdded():
                    added += 1
                case Announced():
                    announced += 1
                case TaskEnded():
                    ended += 1
                case Settled():
                    pass
                case _:
                    return
            bar.update(
                line,
                completed=ended,
                total=max(tasks, added),
                description=f"announcement {announced}",
                money=f"spent {money_text(ledger.spending())} {currency}",
            )

        yield listen


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
