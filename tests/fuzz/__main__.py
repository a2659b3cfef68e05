"""``make fuzz``: bad input for some time, and one line for each target.

    SECONDS=60 TARGETS="workflows replies" ENGINE=atheris SEED=7 python -m tests.fuzz

SECONDS are shared among the targets, all of them if none is named. Each is driven in a process of
its own, whose memory is bounded. ENGINE is hypothesis (chance) or atheris (coverage), which has to be
installed. Exit code 1 if anything crashed.
"""

import json
import os
import subprocess
import sys
from typing import Any

from tests.fuzz.driving import SLACK
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Drive the targets one after the other and report."""
    names = os.environ.get("TARGETS", "").split() or list(TARGETS)
    engine, first = os.environ.get("ENGINE") or "hypothesis", os.environ.get("SEED", "0")
    seconds = float(os.environ.get("SECONDS", "60")) / len(names)
    inputs = crashes = 0
    for name in names:
        told = _driven(name, seconds, engine, first)
        found: dict[str, str] = told["crashes"]
        inputs, crashes = inputs + told["inputs"], crashes + len(found)
        print(
            f"{name:10} {engine}, {seconds:.0f} s: {told['inputs']:,} inputs, {len(found)} crashes,"
            f" {told['megabytes']} MB at most",
            flush=True,
        )
        for place, what in found.items():
            print(f"  {place}: {what}")
    print(f"{inputs:,} inputs in {seconds * len(names):.0f} s by {engine}, {crashes} crashes")
    return 1 if crashes else 0


def _driven(name: str, seconds: float, engine: str, first: str) -> Any:
    command = [sys.executable, "-m", "tests.fuzz.driving", name, str(seconds), engine, first]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + SLACK + 10, check=False
        )
    except subprocess.TimeoutExpired:
        return {"inputs": 0, "crashes": {"no end": "the process hung"}, "megabytes": 0}
    told = [line for line in ended.stdout.splitlines() if line.startswith("{")]
    if told:
        return json.loads(told[-1])
    return {"inputs": 0, "crashes": {"the process died": ended.stderr[-3_000:]}, "megabytes": 0}


if __name__ == "__main__":
    sys.exit(main())
