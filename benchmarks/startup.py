"""How long the command and the package take to start, in processor time of whole processes."""

import os
import subprocess
import sys
from statistics import median

from benchmarks.measure import table

COMMANDS = {
    "python -c pass (floor)": [sys.executable, "-c", "pass"],
    "truthbid --help": [sys.executable, "-m", "orchestrator", "--help"],
    "import orchestrator": [sys.executable, "-c", "import orchestrator"],
    "from orchestrator import Coordinator, Task": [
        sys.executable,
        "-c",
        "from orchestrator import Coordinator, Task",
    ],
}


def cpu_milliseconds(command: list[str]) -> float:
    """Return the processor time of one run of a command."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    used = after.children_user + after.children_system
    return (used - before.children_user - before.children_system) * 1000


def report(runs: int = 9) -> str:
    """Return the table of start-up times."""
    samples: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            samples[name].append(cpu_milliseconds(command))
    rows: list[tuple[object, ...]] = [
        (f"`{name}`", f"{median(times):.0f}") for name, times in samples.items()
    ]
    return table(("process", "CPU ms, median"), rows)


if __name__ == "__main__":
    print(report())
