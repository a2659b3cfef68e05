"""A verifier that runs tests on a file which the answer is."""

import re
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from protocols.messages import Lot, Result
from workers.ports import RIGHT, Assessment, Assessor, Verdict
from workers.spec import Several
from workers.verifiers.confined import ANSWER, Confines, run, scene
from workers.verifiers.program import FileName, ending
from workers.verifiers.surroundings import PlacedSpec, Surroundings

_OWN_SECONDS: Final = 30.0
_REPORT: Final = ".report.xml"
_READ: Final = 2_000
_SUITE: Final = re.compile(r"<testsuite\b[^>]*>")
_COUNT: Final = re.compile(r'\b(tests|errors|failures|skipped)="(\d{1,9})"')
_FENCED: Final = re.compile(r"\s*```[^\n`]*\n(.*?)\n?```\s*", re.DOTALL)
_ARGUMENTS: Final = (
    *("-I", "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", "-c", "pytest.ini"),
    f"--junitxml={_REPORT}",
)


class Pytest(PlacedSpec):
    """Accepts an answer that is a file with which all tests pass.

    The answer is written to ``file``, without the fence if it is one fenced block of code, and the
    tests are run by pytest in a process of its own. To pass, pytest has to write its report and to
    say in it that tests were run and none failed, broke or was skipped; a file that ends the process
    is not accepted.
    """

    type: Literal["pytest"] = "pytest"
    tests: Annotated[
        Several[FileName], Field(min_length=1, description="The files with the tests.")
    ]
    file: Annotated[FileName, Field(description="The name of the file that the answer becomes.")]
    files: Annotated[
        Several[FileName], Field(description="Further files that are copied to where they run.")
    ] = ()
    limits: Annotated[Confines, Field(description="What the tests may use.")] = Confines()

    def place(self, around: Surroundings) -> "TestRun":
        """Return the verifier.

        Raises:
            ValueError: If running pytest is not allowed, it is not installed, or a file cannot be
                read.
        """
        around.allow("pytest")
        return TestRun(self, {name: around.read(name) for name in (*self.tests, *self.files)})


class TestRun(Assessor):
    """Runs tests on each answer.

    Args:
        spec: Which tests, on which file, within which limits.
        files: The tests and what they need.

    Raises:
        ValueError: If pytest is not installed beside this program.
    """

    __test__ = False
    type = "pytest"

    def __init__(self, spec: Pytest, files: Mapping[str, bytes]) -> None:
        if find_spec("pytest") is None:
            raise ValueError(f"pytest is not installed for {sys.executable}")
        self.described = self.spec = spec
        self._files = {**files, "pytest.ini": b"[pytest]\n"}
        self.seconds = spec.limits.seconds + _OWN_SECONDS

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Run the tests; an answer that keeps them from being run does not pass.

        Raises:
            VerifierError: If Python cannot be started.
        """
        del lot
        spec = self.spec
        code = unfenced(result.answer).encode("utf-8", "replace")
        with scene({spec.file: code, ANSWER: b"", **self._files}) as folder:
            arguments = (*_ARGUMENTS, *spec.tests)
            ended = await run(sys.executable, arguments, folder, {}, spec.limits)
            report = _report(Path(folder, _REPORT))
        if ended.code == 0 and report is not None and _all_passed(report):
            return Assessment(RIGHT)
        said = ended.output if report is not None else f"no report of pytest; {ended.output}"
        return Assessment(Verdict(0.0, ending(ended.code, said, spec.limits)))


def _report(path: Path) -> Mapping[str, int] | None:
    """Return the counts of a report, as pytest writes them at its beginning."""
    if not path.is_file():  # a pipe in its place would be waited for
        return None
    try:
        with path.open("rb") as report:
            suite = _SUITE.search(report.read(_READ).decode("utf-8", "replace"))
    except OSError:
        return None
    return {name: int(count) for name, count in _COUNT.findall(suite[0])} if suite else None


def _all_passed(report: Mapping[str, int]) -> bool:
    bad = sum(report.get(name, 1) for name in ("errors", "failures", "skipped"))
    return not bad and report.get("tests", 0) > 0


def unfenced(answer: str) -> str:
    r"""Return the code of an answer that is one fenced block; any other answer as it is.

    >>> unfenced("```python\nprint(1)\n```")
    'print(1)\n'
    """
    found = _FENCED.fullmatch(answer)
    return answer if found is None or "```" in found[1] else f"{found[1]}\n"


def passes(
    tests: Sequence[str],
    file: str,
    *,
    files: Sequence[str] = (),
    folder: Path | str = ".",
    limits: Confines | None = None,
) -> TestRun:
    """Return a verifier that accepts a file with which all tests pass.

    Args:
        tests: The files with the tests, below the folder.
        file: The name of the file that the answer becomes.
        files: Further files that are copied to where they run.
        folder: Where relative paths start.
        limits: What the tests may use.

    Raises:
        ValueError: If a file cannot be read, or pytest is not installed.
    """
    spec = Pytest(tests=tuple(tests), file=file, files=tuple(files), limits=limits or Confines())
    return spec.place(Surroundings(Path(folder), commands=None))
