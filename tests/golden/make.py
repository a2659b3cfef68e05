"""``python -m tests.golden.make``: leaves the golden journal of this version; never over another."""

import json
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random

from orchestrator.evaluation.summary import summarise
from orchestrator.memory.record import Record
from tests.orchestrator.crash_run import LIMITS, SETTINGS, crash_fleet, run_through
from tests.orchestrator.journals import write
from tests.orchestrator.markets import virtually
from tests.soak.soak import Mortal
from tests.soak.store import Disk, Fate, FaultyStore, KilledError

FOLDER = Path(__file__).parent
MECHANISM = "vcg"


def told(path: Path) -> dict[str, object]:
    """Return what a journal says its run came to."""
    with Record(path) as record:
        return {"head": record.head()[1], **summarise(record).to_data()}


def main() -> None:
    """Run, die twice, finish, and write down what it came to."""
    path = FOLDER / f"{version('truthbid')}.db"
    disk = Disk()
    for fate in (Fate(dies_at=70), Fate(dies_at=90), Fate()):
        past = write(FOLDER / "past.db", disk.events) if disk.events else None
        market = Mortal(
            FaultyStore(disk, fate, Random(len(disk.events))),
            past,
            crash_fleet(10.0),
            limits=LIMITS,
            seed=5,
            budget=1,
            **SETTINGS[MECHANISM],
        )
        try:
            virtually(partial(run_through, market, MECHANISM))
        except BaseExceptionGroup as group:
            if group.split(KilledError)[1] is not None:
                raise
        finally:
            (FOLDER / "past.db").unlink(missing_ok=True)
            (FOLDER / "past.db.lock").unlink(missing_ok=True)
    write(path, disk.events)
    path.with_name(f"{path.name}.lock").unlink()
    text = json.dumps(told(path), indent=2, sort_keys=True)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
