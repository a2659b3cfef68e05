"""Tests of the command line itself: help, mistypes, mistakes and the speed of its start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator.verbs.schema
from orchestrator.cli import VERBS
from tests.orchestrator.command import WORKFLOW, truthbid, workflow

HEAVY = ("numpy", "scipy", "openai", "rich", "jinja2", "httpx2", "genai_prices", "tenacity")


def _modules_after(*command: str) -> set[str]:
    """Return the top-level modules that are loaded when Python has run a command."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*{m.partition('.')[0] for m in sys.modules}, file=sys.stderr))\n"
        + "\n".join(command)
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return set(done.stderr.split())


def test_help_is_cheap() -> None:
    """``truthbid --help`` loads no heavy library, not even pydantic, and none of the verbs."""
    loaded = _modules_after(
        "sys.argv = ['truthbid', '--help']", "from orchestrator.cli import main", "main()"
    )
    assert "click" in loaded
    assert loaded.isdisjoint({*HEAVY, "pydantic", "anyio", "protocols", "workers", "scoring"})


def test_importing_the_package_is_cheap() -> None:
    """``import orchestrator`` loads nothing heavy; its public names are loaded on use."""
    assert _modules_after("import orchestrator").isdisjoint({*HEAVY, "pydantic", "click"})


def test_importing_what_a_market_needs_is_cheap() -> None:
    """What every program writes loads nothing that only some markets need: models, plans, clients."""
    loaded = _modules_after(
        "from orchestrator import Coordinator, Task",
        "from workers import FunctionWorker, exact",
        "print(*sys.modules, file=sys.stderr)",
    )
    assert loaded.isdisjoint({*HEAVY, "asyncio", "structlog", "yaml", "click"})
    seldom = {"protocols.catalog", "workers.catalog", "workers.model_judge", "workers.llm"}
    assert loaded.isdisjoint(seldom)
    assert not [name for name in loaded if ".planning." in name and "protocols" not in name]


def test_a_verb_loads_only_what_it_needs() -> None:
    """Checking a workflow loads no model client, no plots and no templates."""
    loaded = _modules_after(
        "sys.argv = ['truthbid', 'validate', 'configs/simulated.yaml']",
        "from orchestrator.cli import main",
        "main()",
    )
    assert loaded.isdisjoint({"openai", "jinja2", "httpx2", "genai_prices"})


def test_without_arguments_there_is_help() -> None:
    """Nothing asked is a question: the help, with every verb, and no error."""
    said = truthbid()
    assert said.code == 0
    assert not said.err
    assert said.out == truthbid("--help").out
    words = " ".join(said.out.split())
    assert all(f"{verb} {line}" in words for verb, line in VERBS.items())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    """The help of every verb fits 80 columns and says what it takes."""
    said = truthbid(verb, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: truthbid {verb}")
    assert "--json" in said.out
    prose = [line for line in said.out.splitlines() if not line.startswith("  truthbid ")]
    assert max(map(len, prose)) <= 80
    assert truthbid(verb, "-h").out == said.out


@pytest.mark.parametrize("verb", ["run", "validate"])
def test_set_is_explained_with_examples(verb: str) -> None:
    """The help of ``--set`` has an example for every section."""
    said = truthbid(verb, "--help")
    for path in ("seed=", "budget=", "mechanism=", "mechanism.stake=", "market.attempts="):
        assert f"--set {path}" in said.out
    for path in ("workers.0.", "tasks.3.", "generate.count=", "records.path="):
        assert path in said.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rnu"], "truthbid: there is no verb 'rnu', did you mean 'run'? (see truthbid --help)"),
        (["valdate"], "did you mean 'validate'?"),
        (["zzz"], "expected one of init, run, plan, resume, "),
        (["run"], "truthbid run: missing argument 'CONFIG' (see truthbid run --help)"),
        (["run", "--jsn", "x"], "truthbid run: no such option '--jsn'"),
        (["replay", "a", "b"], "truthbid replay: got unexpected extra argument (b)"),
        (["--colour"], "truthbid: no such option '--colour'"),
        (["run", "w.yaml", "--set"], "Option '--set' requires an argument"),
    ],
)
def test_mistyped_commands(arguments: list[str], line: str) -> None:
    """What is mistyped is one line that names the nearest, on standard error, with exit code 2."""
    said = truthbid(*arguments)
    assert (said.code, said.out) == (2, "")
    assert line in said.err
    assert said.err.count("\n") == 1


def test_our_own_defects_are_not_blamed_on_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that is nobody's input error leaves as it is, with its traceback."""

    def broken() -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(orchestrator.verbs.schema, "schema", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        truthbid("schema")


def test_an_interrupt_has_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C outside a run says so in a word and exits with 130."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(orchestrator.verbs.schema, "schema", interrupted)
    said = truthbid("schema")
    assert (said.code, said.err.strip()) == (130, "interrupted")


def test_a_reader_that_leaves_is_no_error() -> None:
    """``truthbid schema | head -1`` ends quietly."""
    done = subprocess.run(
        f"{sys.executable} -m orchestrator schema | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_a_full_disk_is_one_line() -> None:
    """Output that has no room is said in one line, with exit code 2."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "[Errno 28] No space left on device\n"


def test_any_terminal_will_do(tmp_path: Path) -> None:
    """Where only ASCII can be written text has question marks, and data has escapes."""
    text = WORKFLOW.replace("small", "small\ncurrency: €").replace("0.7", "1.0")
    path, journal = workflow(tmp_path, text), str(tmp_path / "run.db")
    command = [sys.executable, "-m", "orchestrator"]
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], env=ascii_only, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        return done.stdout

    assert json.loads(said("run", str(path), "--journal", journal, "--json"))["currency"] == "€"
    assert "?" in said("report", journal)


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """``python -m orchestrator`` is the same command, in a process of its own."""
    path = workflow(tmp_path, "name: x\nworkrs: []\n")
    done = subprocess.run(
        [sys.executable, "-m", "orchestrator", "validate", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "w.yaml:2:1 workrs: unknown key, did you mean 'workers'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_that_quotes_a_file_steers_no_terminal(tmp_path: Path) -> None:
    """Control characters and signs that reorder text are shown as harmless ones, line by line."""
    (tmp_path / "log.jsonl").write_text('{"\\u009b31m\\u202e": 1, "a": 2}\n', encoding="utf-8")
    paths = (tmp_path / "log.jsonl", tmp_path / "no\x9b31m\u202e.jsonl")
    quoted, named = [truthbid("score", path) for path in paths]
    for said in (quoted, named):
        assert said.code == 2
        assert not set(said.err) & {"\x9b", "\u202e"}
    assert "no\ufffd31m\ufffd.jsonl" in named.err


def test_an_explanation_that_quotes_a_file_steers_no_terminal(tmp_path: Path) -> None:
    """The names in an auction are shown without signs that reorder text."""
    (tmp_path / "a.csv").write_text("task,worker,cost,value\nt1,a\u202ean\x9b,0.1,1\n", "utf-8")
    said = truthbid("clear", tmp_path / "a.csv")
    assert said.code == 0
    assert "a\ufffdan\ufffd" in said.out
    assert not set(said.out) & {"\x9b", "\u202e"}
