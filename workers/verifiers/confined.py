"""Runs one program on one answer, within limits, and leaves nothing behind.

The program gets an own folder that is deleted afterwards, an environment of nothing but what is
listed, the answer as its standard input, and limits on time, memory and the size of what it writes.
It is started as an argument list, never through a shell, in a process group that is killed when
the program ends, is late or is called off. This keeps accidents small. It is no wall against
malice: the program runs as the same user and can read files and use the network.
"""

import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from subprocess import STDOUT
from tempfile import TemporaryDirectory
from typing import Annotated, BinaryIO, Final, NamedTuple

import anyio
from anyio.abc import Process
from pydantic import Field

from protocols.frozen import Frozen
from workers.ports import VerifierError

OUTPUT: Final = ".output"
"""The file in the folder to which the program's output goes."""

ANSWER: Final = "answer.txt"
"""The file that holds the answer, and is the standard input."""

_RUNNING: Final[set[int]] = set()
"""The process groups of programs that are under way."""

_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
_MEBIBYTE: Final = 2**20


class Confines(Frozen):
    """What a program may use."""

    seconds: Annotated[
        float, Field(gt=0, le=86_400, description="How long it may run, on the clock of the wall.")
    ] = 30.0
    memory: Annotated[
        int, Field(ge=16, le=1_048_576, description="Mebibytes of memory of each process.")
    ] = 1024
    disk: Annotated[
        int, Field(ge=1, le=65_536, description="Mebibytes of each file, its output included.")
    ] = 16
    shown: Annotated[
        int, Field(ge=0, le=2_000, description="How much of the end of its output is kept.")
    ] = 500


class Ended(NamedTuple):
    """How a program ended.

    Attributes:
        code: Its exit code; negative is the signal that killed it, ``None`` that it was late.
        output: The end of what it printed.
    """

    code: int | None
    output: str


def scene(files: Mapping[str, bytes]) -> TemporaryDirectory[str]:
    """Make a folder for one run, with files in it by name; it is deleted when it is left."""
    folder = TemporaryDirectory(prefix="truthbid-", ignore_cleanup_errors=True)
    for name, content in files.items():
        path = Path(folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


async def run(
    program: str,
    arguments: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    confines: Confines,
) -> Ended:
    """Run a program in its folder, which holds the answer, and return how it ended.

    Args:
        program: The absolute path of the program.
        arguments: What follows its name.
        folder: Where it runs; see `scene`.
        environment: All of its environment.
        confines: What it may use.

    Raises:
        VerifierError: If it cannot be started.
    """
    # blocking, but on a file of an own folder; kept open, as the program may put another in its place
    with Path(folder, OUTPUT).open("w+b") as output:  # noqa: ASYNC230
        process = await _start([program, *arguments], folder, environment, confines, output)
        _RUNNING.add(process.pid)
        try:
            with anyio.move_on_after(confines.seconds):
                await process.wait()
        finally:
            code = process.returncode
            _kill_group(process.pid)
            _RUNNING.discard(process.pid)
            with anyio.CancelScope(shield=True):
                await process.wait()
                await process.aclose()
        return Ended(code, _tail(output, confines.shown))


async def _start(
    command: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    confines: Confines,
    output: BinaryIO,
) -> Process:
    limits = (
        ceil(confines.seconds) + 1,
        confines.memory * _MEBIBYTE,
        confines.disk * _MEBIBYTE,
    )
    launch = [sys.executable, "-I", "-S", str(_LAUNCHER), *map(str, limits)]
    with Path(folder, ANSWER).open("rb") as answer:  # noqa: ASYNC230 - in the cache of the machine
        try:
            return await anyio.open_process(
                [*launch, *command],
                stdin=answer,
                stdout=output,
                stderr=STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise VerifierError(f"{command[0]} cannot be started: {error.strerror}") from error


def kill_programs() -> None:
    """Kill the programs that are under way; for a process that ends without waiting for them."""
    for group in tuple(_RUNNING):
        _kill_group(group)


def _kill_group(group: int) -> None:
    """Kill a program and all that it has started and left in its group."""
    with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says EPERM then
        os.killpg(group, signal.SIGKILL)


def _tail(output: BinaryIO, most: int) -> str:
    output.seek(max(os.fstat(output.fileno()).st_size - most, 0))
    text = output.read(most).decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text).strip()


def resolved(program: str) -> str:
    """Return the absolute path of a program, found as a shell would find it.

    Raises:
        ValueError: If there is none.
    """
    found = shutil.which(program)
    if found is None:
        raise ValueError(f"there is no program {program!r} that can be run")
    return str(Path(found).absolute())
