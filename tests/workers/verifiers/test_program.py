"""Commands as verifiers."""

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.workers.calls import lot, result
from tests.workers.verifiers.judging import success_of
from workers.ports import VerifierError
from workers.verifiers import Command, Confines, Surroundings, command

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("answer", "success"), [("17 * 23 = 391", 1.0), ("392", 0.0)])
async def test_exit_code_zero_accepts(answer: str, success: float) -> None:
    """The program reads the answer; anything but zero rejects it."""
    assert await success_of(command(["grep", "-q", "391"]), answer) == success


async def test_what_the_program_says_is_the_reason() -> None:
    """The end of its output stands in the verdict."""
    verifier = command([sys.executable, "-c", "raise SystemExit('too short')"])
    assert await verifier.verify(lot(), result("x")) == (0.0, "exit code 1: too short")


async def test_a_late_program_rejects() -> None:
    """The limits are part of the check."""
    waits = command(
        [sys.executable, "-c", "import signal; signal.pause()"], limits=Confines(seconds=0.3)
    )
    assert await waits.verify(lot(), result("x")) == (0.0, "not done within 0.3 s")


async def test_some_exit_codes_mean_that_it_cannot_be_said() -> None:
    """Then there is no verdict."""
    spec = Command(run=(sys.executable, "-c", "raise SystemExit(7)"), undecided=(7,))
    verifier = spec.place(Surroundings(commands=None))
    with pytest.raises(VerifierError, match="exit code 7"):
        await verifier.verify(lot(), result("x"))


async def test_files_and_environment_are_there(tmp_path: Path) -> None:
    """Files of the configuration are copied; the environment is what is listed."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "is.py").write_text("import os, sys; sys.exit(os.environ['A'] != 'b')")
    verifier = command(
        [sys.executable, "checks/is.py"],
        files=["checks/is.py"],
        folder=tmp_path,
        environment={"A": "b"},
    )
    assert await success_of(verifier, "x") == 1.0


async def test_a_program_of_the_configuration(tmp_path: Path) -> None:
    """A path with a slash starts in the folder of the configuration."""
    script = tmp_path / "check"
    script.write_text("#!/bin/sh\nexec grep -q 391\n")
    script.chmod(0o755)
    assert await success_of(command(["./check"], folder=tmp_path), "391") == 1.0


def test_only_listed_programs_may_run() -> None:
    """A configuration runs nothing that its section `commands` does not name."""
    spec = Command(run=("grep", "-q", "391"))
    with pytest.raises(ValueError, match="'grep' may not be run: list it under `commands`"):
        spec.place(Surroundings(commands=frozenset({"sh"})))
    assert spec.place(Surroundings(commands=frozenset({"grep"}))).type == "command"


@pytest.mark.parametrize(
    "fields",
    [
        {"run": []},
        {"run": ["x"], "files": ["../secret"]},
        {"run": ["x"], "files": ["/etc/passwd"]},
        {"run": ["x"], "limits": {"memory": 1}},
        {"run": ["x"], "shell": True},
        {"run": "x y"},
    ],
)
def test_a_description_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    """Nothing to run, files from elsewhere, impossible limits, a shell, one text for a list."""
    with pytest.raises(ValidationError):
        Command.model_validate(fields)
