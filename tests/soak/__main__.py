"""``make soak``: runs seed after seed and says which break a promise.

    N=5000 SECONDS=600 FIRST=0 python -m tests.soak

N is how many seeds, SECONDS after how many to stop, FIRST the first one. Exit code 1 if any failed.
"""

import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.soak.soak import Told, soak


def main() -> int:
    """Run the seeds and report."""
    first, number = int(os.environ.get("FIRST", "0")), int(os.environ.get("N", "5000"))
    seconds = float(os.environ.get("SECONDS", "3600"))
    start, failed, done = time.monotonic(), list[int](), 0
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + number):
            if time.monotonic() - start > seconds:
                break
            told = _tried(seed, Path(folder))
            done += 1
            totals += Counter({"events": told.events, "processes": told.processes})
            totals += Counter({f"  with {kind}": 1 for kind in told.kinds})
            if told.problems:
                failed.append(seed)
                print(f"seed {seed}:", *told.problems[:5], sep="\n  ")
            elif done % 500 == 0:
                print(f"{done} seeds, {len(failed)} failed", flush=True)
    took = time.monotonic() - start
    print(f"{done} seeds in {took:.0f} s, {len(failed)} failed{f': {failed}' if failed else ''}")
    for name, count in sorted(totals.items()):
        print(f"{name}: {count:,}")
    return 1 if failed else 0


def _tried(seed: int, folder: Path) -> Told:
    try:
        return soak(seed, folder)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return Told(seed, problems=["".join(traceback.format_exception(error))[-3000:]])


if __name__ == "__main__":
    sys.exit(main())
