"""A verifier that runs a program on the answer."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from protocols.messages import Lot, Result
from protocols.units import Name, Text
from workers.ports import RIGHT, Assessment, Assessor, Verdict, VerifierError
from workers.spec import Several
from workers.verifiers.confined import ANSWER, Confines, resolved, run, scene
from workers.verifiers.surroundings import PlacedSpec, Surroundings

_OWN_SECONDS: Final = 30.0
"""What starting and killing may take beyond the time of the program."""


def _within(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.name:
        raise ValueError("expected the relative path of a file, without '..'")
    return name


FileName = Annotated[Name, AfterValidator(_within)]
"""The path of a file below the folder of the configuration."""


class Command(PlacedSpec):
    """Accepts an answer on which a program ends with exit code 0.

    The program finds the answer at its standard input and in ``answer.txt``. One that is late, or
    is killed for what it uses, rejects the answer.
    """

    type: Literal["command"] = "command"
    run: Annotated[
        Several[Text],
        Field(min_length=1, description="The program, which `commands` must list, and arguments."),
    ]
    files: Annotated[
        Several[FileName], Field(description="Files that are copied to where it runs.")
    ] = ()
    environment: Annotated[
        Mapping[Name, Text], Field(description="All of its environment: names and values.")
    ] = {}
    undecided: Annotated[
        Several[int], Field(description="Exit codes that mean: it cannot be said.")
    ] = ()
    limits: Annotated[Confines, Field(description="What it may use.")] = Confines()

    def place(self, around: Surroundings) -> "Program":
        """Return the verifier.

        Raises:
            ValueError: If the program is not allowed or not there, or a file cannot be read.
        """
        around.allow(self.run[0])
        return Program(self, around.folder, {name: around.read(name) for name in self.files})


class Program(Assessor):
    """Runs a program on each answer.

    Args:
        spec: Which, on what, and within which limits.
        folder: Where a relative path of the program starts.
        files: What is copied to where it runs.

    Raises:
        ValueError: If there is no such program.
    """

    type = "command"

    def __init__(self, spec: Command, folder: Path, files: Mapping[str, bytes]) -> None:
        self.described = self.spec = spec
        name = spec.run[0]
        self._program = resolved(str(folder / name) if "/" in name else name)
        self._files = dict(files)
        self.seconds = spec.limits.seconds + _OWN_SECONDS

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Run the program.

        Raises:
            VerifierError: If it cannot be started, or says that it cannot judge.
        """
        del lot
        spec = self.spec
        files = {**self._files, ANSWER: result.answer.encode("utf-8", "replace")}
        with scene(files) as folder:
            code, said = await run(
                self._program, spec.run[1:], folder, spec.environment, spec.limits
            )
        if code in spec.undecided:
            raise VerifierError(f"exit code {code} means that it cannot be said: {said}")
        return Assessment(RIGHT if code == 0 else Verdict(0.0, ending(code, said, spec.limits)))


def ending(code: int | None, said: str, limits: Confines) -> str:
    """Say how a program ended that does not accept."""
    if code is None:
        how = f"not done within {limits.seconds:g} s"
    elif code < 0:
        how = f"killed by signal {-code}"
    else:
        how = f"exit code {code}"
    return f"{how}: {said}" if said else how


def command(
    run: Sequence[str],
    *,
    files: Sequence[str] = (),
    folder: Path | str = ".",
    environment: Mapping[str, str] | None = None,
    limits: Confines | None = None,
) -> Program:
    """Return a verifier that accepts an answer on which a program ends with exit code 0.

    Args:
        run: The program and its arguments; no shell is involved.
        files: Files below the folder that are copied to where it runs.
        folder: Where relative paths start.
        environment: All of its environment.
        limits: What it may use.

    Raises:
        ValueError: If there is no such program, or a file cannot be read.

    >>> command(["grep", "-q", "391"]).type
    'command'
    """
    spec = Command(
        run=tuple(run),
        files=tuple(files),
        environment=environment or {},
        limits=limits or Confines(),
    )
    return spec.place(Surroundings(Path(folder), commands=None))
