"""Programs within limits: real processes that are late, greedy, loud or leave others behind."""

import os
import signal
import sys
from pathlib import Path

import anyio
import pytest

from workers.ports import VerifierError
from workers.verifiers.confined import ANSWER, OUTPUT, Confines, Ended, resolved, run, scene

pytestmark = pytest.mark.anyio

WAITS = "import signal; signal.pause()"


async def python(
    code: str,
    *arguments: str,
    limits: Confines | None = None,
    environment: dict[str, str] | None = None,
    answer: str = "",
) -> Ended:
    """Run a line of Python."""
    with scene({ANSWER: answer.encode()}) as folder:
        given = ["-I", "-S", "-c", code, *arguments]
        return await run(sys.executable, given, folder, environment or {}, limits or Confines())


async def test_a_program_gets_the_answer_and_nothing_else() -> None:
    """Standard input and a file hold the answer; the environment is what is listed."""
    code = (
        "import os, sys; told = sys.stdin.read();"
        f"print(told == open({ANSWER!r}).read(), sorted(os.environ), os.environ['A'], sys.argv[1:])"
    )
    ended = await python(code, "$HOME; *", environment={"A": "b"}, answer="391\n")
    assert ended == (0, "True ['A', 'LC_CTYPE'] b ['$HOME; *']")


async def test_a_program_that_waits_for_nothing_is_killed_in_time() -> None:
    """One that is late has no exit code; what it has printed is kept."""
    limits = Confines(seconds=0.5)
    found = await python(f"print('begun', flush=True); {WAITS}", limits=limits)
    assert found == (None, "begun")


async def test_a_program_that_eats_memory_fails_alone() -> None:
    """It gets no more than its limit."""
    code, said = await python("x = bytearray(10**9)", limits=Confines(memory=100))
    assert code == 1
    assert said.endswith("MemoryError")


async def test_a_program_that_prints_without_end_is_stopped_at_its_limit() -> None:
    """The end of the output is kept, and no more of it."""
    limits = Confines(disk=1, shown=50)
    code, said = await python("while True: print('x' * 1000)", limits=limits)
    assert code != 0
    assert len(said) <= 50


@pytest.mark.parametrize("put", ["pass", "os.mkfifo(name)", "os.symlink('/etc/hosts', name)"])
async def test_a_program_that_takes_its_output_away_is_judged_all_the_same(put: str) -> None:
    """What it has printed is kept, and nothing else is read in its place."""
    with anyio.fail_after(20):
        code = f"import os; print('wrong', flush=True); name = {OUTPUT!r}; os.remove(name); {put}"
        assert await python(f"{code}; os._exit(3)") == (3, "wrong")


async def test_a_program_that_computes_without_end_is_killed() -> None:
    """The limit on the clock is also one on the processor."""
    code, _ = await python("while True: pass", limits=Confines(seconds=0.5))
    assert code is None


async def test_what_a_program_leaves_behind_is_killed_with_it() -> None:
    """A process that it has started does not outlive it, nor holds anybody up."""
    start = (
        "import subprocess, sys; child = subprocess.Popen"
        f"([sys.executable, '-I', '-S', '-c', {WAITS!r}]); print(child.pid)"
    )
    with anyio.fail_after(20):
        code, said = await python(start)
        assert code == 0
        while _runs(int(said)):  # it was killed; its parent is gone, so init has to bury it
            await anyio.lowlevel.checkpoint()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


async def test_a_program_that_is_called_off_is_killed(tmp_path: Path) -> None:
    """When the run stops, so does the program, and its folder is gone."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    tell = f"import os; out = open({str(pipe)!r}, 'w'); print(os.getpid(), os.getcwd(), file=out)"
    told: list[str] = []

    async def listen() -> None:
        told.extend((await anyio.Path(pipe).read_text()).split())

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as inner:
                    inner.start_soon(python, f"{tell}; out.close(); {WAITS}")
                    await listen()
                    scope.cancel()
            group.cancel_scope.cancel()
    assert not _runs(int(told[0]))
    assert not await anyio.Path(told[1]).exists()


async def test_a_program_that_kills_itself_is_told_from_one_that_ends() -> None:
    """The exit code is the signal, negative."""
    code, _ = await python("import os; os.kill(os.getpid(), 15)")
    assert code == -signal.SIGTERM


async def test_a_program_that_is_none_has_an_exit_code_of_its_launcher(tmp_path: Path) -> None:
    """A file that cannot be executed fails and says so."""
    path = tmp_path / "text"
    path.write_text("no program")
    with scene({ANSWER: b""}) as folder:
        code, said = await run(str(path), (), folder, {}, Confines())
    assert (code, "PermissionError" in said) == (1, True)


async def test_a_folder_that_is_gone_is_a_verifier_that_cannot_judge() -> None:
    """Where nothing can be started there is no verdict."""
    with scene({ANSWER: b""}) as folder:
        await anyio.Path(folder, ANSWER).unlink()
        with pytest.raises((VerifierError, FileNotFoundError)):
            await run(sys.executable, (), folder, {}, Confines())


def test_files_lie_where_they_are_named() -> None:
    """Folders are made; at the end all of it is gone."""
    with scene({"a/b.txt": b"x"}) as folder:
        assert Path(folder, "a", "b.txt").read_bytes() == b"x"
    assert not Path(folder).exists()


def test_programs_are_found_as_a_shell_would() -> None:
    """By the path of this process, once, before anything runs."""
    assert Path(resolved("sh")).is_absolute()
    with pytest.raises(ValueError, match="there is no program 'no-such-program'"):
        resolved("no-such-program")
