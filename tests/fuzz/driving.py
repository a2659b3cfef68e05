"""Drives one target for some time, by chance or by coverage, and prints what came of it as JSON.

    python -m tests.fuzz.driving TARGET SECONDS hypothesis|atheris SEED

By chance, Hypothesis makes the inputs and shrinks what crashes. By coverage, Atheris mutates the
bytes from which Hypothesis makes the same inputs, and keeps those that reach new lines of ours.
"""

import faulthandler
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.target import Target, spot

OURS: Final = ("orchestrator", "workers", "protocols", "scoring")
_ROOM: Final = 6 * 2**30
"""The address space of the process, in bytes: without bounds is more than that."""
SLACK: Final = 120.0
"""Seconds that the process gets beside its time, to start and to finish its last input."""
UNHEALTHY: Final = (
    *(HealthCheck.too_slow, HealthCheck.data_too_large),
    *(HealthCheck.filter_too_much, HealthCheck.large_base_example),
)
"""What Hypothesis would complain of; large files are meant."""

_BATCH: Final = 500
_BEGINNINGS: Final = 300


class Drive:
    """One target being driven.

    Args:
        target: What gets the inputs.
        seconds: For how long.
        clock: Tells the seconds.

    Attributes:
        inputs: How many it got.
        crashes: Where each crash comes from, with the shortest input that was found for it.
    """

    def __init__(
        self, target: Target, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.target, self.inputs = target, 0
        self.crashes: dict[str, str] = {}
        self._known: frozenset[str] = frozenset()
        self._clock, self._end = clock, clock() + seconds

    @property
    def over(self) -> bool:
        """Whether the time has passed."""
        return self._clock() >= self._end

    def take(self, value: object) -> None:
        """Try an input; raises what it crashes with, unless that is known already."""
        if self.over:
            return
        self.inputs += 1
        try:
            self.target.tried(value)
        except Exception as error:
            place = spot(error)
            if place in self._known:
                return
            told = f"{str(error)[:300]}; input: {value!r}"
            self.crashes[place] = min(self.crashes.get(place, told), told, key=len)
            raise

    def by_chance(self, first: int) -> None:
        """Let Hypothesis make the inputs, batch by batch."""
        for number in count(first):
            if self.over:
                return
            with suppress(Exception):
                seed(number)(self._test(_BATCH))()
            self._known = frozenset(self.crashes)

    def by_coverage(self, atheris: Any, first: int) -> None:
        """Let Atheris drive; it never returns from that, so the time ends the process."""
        from_bytes: Callable[[bytes], object] = self._test(1).hypothesis.fuzz_one_input

        def one(data: bytes) -> None:
            with suppress(Exception):
                from_bytes(data)
            if self.over:
                self.tell()
                os._exit(0)

        with tempfile.TemporaryDirectory() as folder:
            random = Random(first)
            for number in range(_BEGINNINGS):
                Path(folder, str(number)).write_bytes(random.randbytes(random.randint(16, 4096)))
            atheris.Setup(
                [sys.argv[0], "-timeout=0", "-rss_limit_mb=0", "-max_len=8192", folder], one
            )
            atheris.Fuzz()

    def tell(self) -> None:
        """Print what came of it."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = {"inputs": self.inputs, "crashes": self.crashes, "megabytes": peak // 1024}
        print(json.dumps(told), flush=True)

    def _test(self, examples: int) -> Any:
        phases = [Phase.generate, Phase.shrink]
        quiet = settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=UNHEALTHY,
            phases=phases,
        )

        def test(value: object) -> None:
            self.take(value)

        return quiet(given(self.target.inputs)(test))


def _targets() -> Mapping[str, Target]:
    targets: Mapping[str, Target] = import_module("tests.fuzz.targets").TARGETS
    return targets


def main(name: str, seconds: str, engine: str, first: str) -> None:
    """Drive a target."""
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
    faulthandler.dump_traceback_later(float(seconds) + SLACK, exit=True)
    if engine == "hypothesis":
        drive = Drive(_targets()[name], float(seconds))
        drive.by_chance(int(first))
        drive.tell()
        return
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=list(OURS)):
        for package in OURS:
            for module in walk_packages([package], f"{package}."):
                if not module.name.endswith("__main__"):
                    import_module(module.name)
        targets = _targets()
    Drive(targets[name], float(seconds)).by_coverage(atheris, int(first))


if __name__ == "__main__":
    main(*sys.argv[1:])
