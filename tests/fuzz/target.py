"""What a fuzz target is, and what counts as a crash.

An input may be used or turned down: in words, in lines that show no control character, within two
seconds of the processor. Everything else is a crash: any other exception, endless recursion, memory
without bounds, a hang. A crash is a defect of truthbid, whatever the input was.
"""

import signal
import tempfile
import traceback
import unicodedata
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from hypothesis.strategies import SearchStrategy

from tests.orchestrator.command import Said

SECONDS: Final = 2.0
"""The time of the processor that one input may take."""

WAIT: Final = 30.0
"""The time on the clock after which it hangs, for nothing that will happen."""


class HangError(Exception):
    """Raised for an input that takes too long."""


class _BrokenOff(BaseException):
    """Raised in the middle of such an input; no `except Exception` holds it up."""


class Target(NamedTuple):
    """Something that takes input from strangers.

    Attributes:
        name: By which it is called on the command line.
        inputs: Makes inputs, most of them nearly right.
        take: Hands one over; raises if it is neither used nor turned down as it should be.
    """

    name: str
    inputs: SearchStrategy[Any]
    take: Callable[[Any], object]

    def tried(self, value: object) -> None:
        """Hand an input over, within the limits of time.

        Raises:
            BaseException: If that is a crash.
        """
        try:
            self._within_limits(value)
        except HangError:
            self._within_limits(value)  # the first time, modules may have been imported

    def _within_limits(self, value: object) -> None:
        with limited():
            self.take(value)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Make the one folder of a process; to make one for each input takes longer than the input."""
    return tempfile.TemporaryDirectory()


def file(name: str, content: bytes) -> Path:
    """Write the file that is an input, over the one before it."""
    path = Path(_folder().name, name)
    path.write_bytes(content)
    return path


@contextmanager
def limited() -> Generator[None]:
    """Break off what takes too long, and say so even if somebody has swallowed that.

    Raises:
        HangError: If it took too long.
    """
    late: list[str] = []

    def stop(number: int, frame: object) -> None:
        del frame
        late.append(
            f"{SECONDS:g} s of the processor" if number == signal.SIGPROF else f"{WAIT:g} s"
        )
        raise _BrokenOff

    timers = {signal.ITIMER_PROF: signal.SIGPROF, signal.ITIMER_REAL: signal.SIGALRM}
    before = {number: signal.signal(number, stop) for number in timers.values()}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WAIT)
    try:
        yield
    except BaseException as error:
        if not late:
            raise
        raise HangError(late[0]) from error
    finally:
        for timer, number in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])
    if late:
        raise HangError(late[0])


def answered(said: Said, codes: tuple[int, ...] = (0, 2)) -> None:
    """Check how a command ended and that its words can do nothing but be read."""
    assert said.code in codes, said
    assert said.code != 2 or said.err.strip(), "turned down without a word"
    for text in (said.out, said.err):
        legible(text)


def legible(text: str) -> None:
    """Check that a text holds no terminal escape and no other sign that hides or moves text."""
    odd = {
        sign for sign in text if sign not in "\n\t" and unicodedata.category(sign) in {"Cc", "Cf"}
    }
    assert not odd, f"signs that are no text: {sorted(odd)!a} in {text[:300]!a}"


def spot(error: BaseException) -> str:
    """Return where a crash comes from, by which crashes are told apart."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/site-packages/" not in frame.filename] or frames
    places = [f"{each.filename.rpartition('/')[2]}:{each.lineno}" for each in ours[-2:]]
    return f"{type(error).__name__} at {' > '.join(places)}"
