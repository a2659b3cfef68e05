"""A person's verdicts: the file they come by, and who waits for them."""

from functools import partial
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.units import WorkerId
from tests.workers.calls import lot, result
from tests.workers.virtual_time import BACKENDS
from workers.ports import Assessment, Verdict, VerifierError
from workers.verifiers.person import Admission, Human, Ruling, VerdictFile, human

pytestmark = pytest.mark.anyio


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


@pytest.fixture
def file(tmp_path: Path) -> VerdictFile:
    """Return the verdicts beside a journal that need not exist."""
    return VerdictFile.beside(tmp_path / "run.db")


async def test_a_verdict_is_waited_for(file: VerdictFile) -> None:
    """The verifier sleeps until there is a ruling on this very answer."""
    found: list[Assessment] = []

    async def wait() -> None:
        found.append(await human().reading(file).assess(lot(), result("Hi.")))

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.sleep(60)
        file.write(Ruling.on(result("Hello."), 1.0))
        await anyio.sleep(60)
        assert found == []
        file.write(Ruling.on(result("Hi."), 0.25, "so so"))
    assert found == [Assessment(Verdict(0.25, "so so"))]


async def test_a_verdict_that_is_there_is_taken_at_once(file: VerdictFile) -> None:
    """Whoever ruled while the run was stopped is not asked again; the first ruling counts."""
    file.write(Ruling.on(result("Hi."), 1.0, "first"))
    file.write(Ruling.on(result("Hi."), 0.0, "second"))
    start = anyio.current_time()
    assert await human().reading(file).verify(lot(), result("Hi.")) == Verdict(1.0, "first")
    assert anyio.current_time() == start


def test_what_is_said_of_a_worker_is_about_one_decision(file: VerdictFile) -> None:
    """It lies among the verdicts on answers; the first word counts."""
    ann = WorkerId("ann")
    file.write(Ruling.on(result("Hi."), 1.0))
    for goes_on in (False, True):
        file.write(Admission(worker=ann, decision=2, goes_on=goes_on, reason="why"))
    said = file.on_worker(ann, 2)
    assert said is not None
    assert (said.goes_on, said.reason) == (False, "why")
    assert file.on_worker(ann, 3) is None
    assert file.find(result("Hi.")) is not None


def test_the_file_lies_beside_the_journal(file: VerdictFile, tmp_path: Path) -> None:
    """Its name is that of the journal with a word behind it."""
    assert file.path == tmp_path / "run.db.verdicts"


@pytest.mark.parametrize("torn", [b"{", b"\xff\n", b'{"task": 1}\n', b"[" * 100_000 + b"\n"])
def test_what_is_no_ruling_is_passed_over(file: VerdictFile, torn: bytes) -> None:
    """A line that was cut in a crash hides no other one, before or after it."""
    file.write(Ruling.on(result("a"), 1.0))
    with file.path.open("ab") as end:
        end.write(torn)
    file.write(Ruling.on(result("b"), 0.0))
    rulings = [VerdictFile(file.path).find(result(answer)) for answer in "ab"]
    assert [ruling and ruling.success for ruling in rulings] == [1.0, 0.0]


def test_a_cleared_file_knows_nothing(file: VerdictFile) -> None:
    """Rulings on an earlier run with the same name are forgotten; no file is no error."""
    file.clear()
    file.write(Ruling.on(result("a"), 1.0))
    file.clear()
    assert VerdictFile(file.path).find(result("a")) is None


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_ruling_is_on_one_answer(one: str, other: str) -> None:
    """Another answer to the same award is another matter."""
    ruling = Ruling.on(result(one), 1.0)
    assert ruling.is_on(result(other)) == (one == other)


async def test_without_a_journal_nobody_can_be_asked() -> None:
    """The verifier alone says so."""
    with pytest.raises(VerifierError, match="only in a run with a journal"):
        await Human().verify(lot(), result("Hi."))


@pytest.mark.parametrize(("seconds", "waits"), [(None, float("inf")), (5.0, 5.0)])
def test_how_long_it_waits(file: VerdictFile, seconds: float | None, waits: float) -> None:
    """For ever, unless it is told otherwise."""
    assert human(seconds=seconds).reading(file).seconds == waits


async def test_two_write_at_once(file: VerdictFile) -> None:
    """Rulings of several people on several answers are all there."""
    answers = [f"answer {n}" for n in range(20)]
    async with anyio.create_task_group() as group:
        for answer in answers:
            group.start_soon(partial(_write, file.path, answer))
    assert all(file.find(result(answer)) for answer in answers)


async def _write(path: Path, answer: str) -> None:
    VerdictFile(path).write(Ruling.on(result(answer), 1.0))
