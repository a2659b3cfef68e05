"""Tests run on the file that an answer is."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.workers.calls import lot, result
from workers.verifiers import Confines, Pytest, Surroundings, passes
from workers.verifiers.produced_file import TestRun

pytestmark = pytest.mark.anyio

TESTS = "from solution import square\n\ndef test_square():\n    assert square(3) == 9\n"
RIGHT = "def square(x):\n    return x * x\n"


@pytest.fixture
def anyio_backend() -> str:
    """Run on one event loop: each of these tests starts pytest anew; see test_confined.py."""
    return "asyncio"


@pytest.fixture
def verifier(tmp_path: Path) -> TestRun:
    """Return a verifier with one test."""
    (tmp_path / "test_square.py").write_text(TESTS)
    return passes(["test_square.py"], "solution.py", folder=tmp_path)


@pytest.mark.parametrize("answer", [RIGHT, f"```python\n{RIGHT}```", f"```\n{RIGHT}\n```\n"])
async def test_an_answer_that_passes_is_accepted(verifier: TestRun, answer: str) -> None:
    """As bare code or as one fenced block of it."""
    assert await verifier.verify(lot(), result(answer)) == (1.0, "")


@pytest.mark.parametrize(
    "answer",
    [
        "def square(x):\n    return x\n",
        "def square(x:",
        "",
        "import os\nos._exit(0)",
        "import sys\nsys.exit(0)",
        "import pytest\npytest.exit('fine', 0)",
        "import pytest\npytest.skip('fine', allow_module_level=True)",
        "import os\nos.mkfifo('.report.xml')\nos._exit(1)",
    ],
    ids=["wrong", "broken", "empty", "exits", "leaves", "ends pytest", "skips", "pipes"],
)
async def test_an_answer_that_does_not_pass_is_rejected(verifier: TestRun, answer: str) -> None:
    """A file that keeps the tests from being run does not pass either."""
    verdict = await verifier.verify(lot(), result(answer))
    assert verdict.success == 0.0
    assert verdict.detail.startswith("exit code ")


async def test_an_answer_without_end_is_late(tmp_path: Path) -> None:
    """The process is killed."""
    (tmp_path / "test_square.py").write_text(TESTS)
    limits = Confines(seconds=1.5)
    verifier = passes(["test_square.py"], "solution.py", folder=tmp_path, limits=limits)
    verdict = await verifier.verify(lot(), result("import signal\nsignal.pause()"))
    assert verdict.success == 0.0
    assert verdict.detail.startswith("not done within 1.5 s")


def test_running_tests_on_answers_has_to_be_allowed(tmp_path: Path) -> None:
    """The code of an answer is run, so a configuration has to list pytest."""
    (tmp_path / "test_a.py").write_text(TESTS)
    spec = Pytest(tests=("test_a.py",), file="solution.py")
    with pytest.raises(ValueError, match="'pytest' may not be run"):
        spec.place(Surroundings(tmp_path))
    assert spec.place(Surroundings(tmp_path, frozenset({"pytest"}))).type == "pytest"
    with pytest.raises(ValueError, match=r"'no.py' cannot be read"):
        Pytest(tests=("no.py",), file="x.py").place(Surroundings(tmp_path, None))


@pytest.mark.parametrize(
    "fields", [{"tests": [], "file": "a.py"}, {"tests": ["a.py"], "file": "../b.py"}]
)
def test_a_description_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    """No tests, or a file elsewhere."""
    with pytest.raises(ValidationError):
        Pytest.model_validate(fields)
