"""The journal in a file and several processes: one writes, and it may be killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from tests.orchestrator.journals import (
    clock,
    opened,
    sound,
)

pytestmark = pytest.mark.usefixtures("nothing_leaks")


WRITER = """
import sys, itertools
from pathlib import Path
import anyio
from orchestrator.memory.journal import JournalError
from orchestrator.memory.sqlite_journal import SqliteJournal
from tests.orchestrator.journals import hold_and_release, moved

async def write(journal, numbers):
    while True:
        for _ in range(7):
            last = journal.append(moved(next(numbers), hold_and_release(5)))
        await journal.durable(last)
        sys.stdout.write(f"{last}\\n")
        sys.stdout.flush()

async def main(journal):
    numbers = itertools.count(1)
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(write, journal, numbers)

try:
    journal = SqliteJournal(Path(sys.argv[1]), lambda: 0.0)
except JournalError as error:
    sys.exit(str(error))
anyio.run(main, journal, backend=sys.argv[2])
"""


def writer(path: Path, backend: str) -> subprocess.Popen[str]:
    """Start a process that writes events and says which are acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, path, backend],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("acknowledgements", [1, 60])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_killed_writer_leaves_every_acknowledged_event(
    path: Path, backend: str, acknowledgements: int
) -> None:
    """After SIGKILL amid commits the journal opens, verifies, and goes on; the lock is free."""
    with writer(path, backend) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline()) for _ in range(acknowledgements)]
        child.send_signal(signal.SIGKILL)
        said += [int(line) for line in child.stdout if line.endswith("\n")]

    stored = sound(path)
    assert stored >= max(said)
    resumed = SqliteJournal(path, clock, resume=True)
    assert resumed.append(opened()) == stored + 1
    resumed.close()
    with Record(path) as record:
        transfers = list(record.transfers())
        assert record.stray_transfers() == 0
    assert len(transfers) == 2 * stored + 1
    assert sound(path) == stored + 1


def test_a_writer_in_another_process_is_refused(path: Path) -> None:
    """The lock holds across processes."""
    journal = SqliteJournal(path, clock)
    path.rename(path.with_name("moved.db"))  # so that only the lock stands in the way
    with writer(path, "asyncio") as child:
        assert child.stderr is not None
        assert child.stderr.read().strip() == f"{path}: another process is writing this journal"
    path.with_name("moved.db").rename(path)
    journal.close()
