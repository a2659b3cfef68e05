"""Runs a workflow in a process that kills itself: ``python -m tests.orchestrator.crashing``.

Arguments: the workflow file, the journal, and after which event the process is gone. The signal is
SIGKILL, so nothing is flushed, closed or cleaned up.
"""

import os
import signal
import sys
from pathlib import Path

import anyio

from orchestrator.bootstrap import assemble
from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.strict_yaml.loader import load
from orchestrator.workflow import work
from protocols.events import Event


def main(config: Path, journal: Path, last: int) -> None:
    """Run until an event has happened, and no further."""
    settings = load(config, RunConfig, (), {})
    fleet = assemble(settings, config.parent)
    left = last

    def die(_: Event) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    anyio.run(work, Coordinator.configured(settings, fleet, journal), fleet, [die])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
