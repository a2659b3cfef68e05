"""Tests of the verbs, end to end: what they say, what they write and how they end."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.orchestrator.command import CONFIGS, WORKFLOW, Said, truthbid, workflow

NO_ENDPOINT: dict[str, str | None] = {"OPENAI_API_KEY": None, "OPENAI_BASE_URL": None}
SURE = WORKFLOW.replace("0.7", "1.0").replace("0.6", "1.0")
"""A workflow whose tasks will be solved."""

CANARY = "sk-canary-51b0c7"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return the journal of a small run."""
    path = tmp_path / "run.db"
    assert truthbid("run", workflow(tmp_path, SURE), "--journal", path, "--quiet").code == 0
    return path


def _files() -> set[str]:
    return {str(path) for path in Path().rglob("*")}


# Mistakes --------------------------------------------------------------------------------------


def test_real_models_need_a_key_or_an_address() -> None:
    """Without either it is said in one line what to set; with either the file is valid."""
    path = CONFIGS / "openai.yaml"
    said = truthbid("run", path, env=NO_ENDPOINT)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "set the environment variable OPENAI_API_KEY, or give the `base_url`" in said.err
    assert f"{path}:" in said.err
    assert not _files()
    for name, value in {"OPENAI_API_KEY": CANARY, "OPENAI_BASE_URL": "http://127.0.0.1:9"}.items():
        assert truthbid("validate", path, env={**NO_ENDPOINT, name: value}).code == 0


@pytest.mark.parametrize("verb", ["run", "validate"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "name: [",
        WORKFLOW.replace("0.7", ".nan"),
        WORKFLOW.replace("type: simulated", "type: simulatd", 1),
        WORKFLOW.replace("stake: 0.01", "rule: quadrtic"),
        WORKFLOW.replace("[one]", "[two]"),
        WORKFLOW + "records: {path: no.csv, value: 1}\n",
        WORKFLOW.replace("id: two", "id: t1") + "generate: {count: 1, kinds: {a: 1}, value: 1}\n",
    ],
)
def test_bad_files_leave_nothing_behind(tmp_path: Path, verb: str, text: str) -> None:
    """A workflow that cannot be used: exit code 2, one line with a place, no file written."""
    path = workflow(tmp_path, text)
    before = _files()
    said = truthbid(verb, path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"{path}:")
    assert said.err.count("\n") == 1
    assert _files() == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("there.db", "there.db exists already; resume it or name another file"),
        (".", ". is a folder; name a file for the journal"),
        ("there.db/x.db", "there.db no place for a journal: "),
        ("/proc/none/x.db", "/proc/none no place for a journal: "),
        ("/proc/x.db", "/proc/x.db"),
    ],
)
def test_no_place_for_the_journal(tmp_path: Path, name: str, words: str) -> None:
    """A journal that exists or has no place is refused before anything is written."""
    Path("there.db").write_text("precious", encoding="utf-8")
    path = workflow(tmp_path)
    before = _files()
    for arguments in (["--journal", name], ["--set", f"journal={name}"]):
        said = truthbid("run", path, *arguments)
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert words in said.err
    assert _files() == before
    assert Path("there.db").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(("mechanism", "announcements"), [("vcg", 1), ("vickrey", 2)])
def test_a_mechanism_that_capacities_must_not_bind(
    mechanism: str, announcements: int, tmp_path: Path
) -> None:
    """Where a worker has room for one lot, Vickrey auctions announce lots one by one, vcg together."""
    text = WORKFLOW.replace("cost: 0.001}", "cost: 0.001, capacity: 1}").replace(
        "needs: [one], ", ""
    )
    path = workflow(tmp_path, text)
    chosen = ("--set", f"mechanism={mechanism}", "--set", "market.attempts=1")
    summary = json.loads(truthbid("run", path, *chosen, "--json").out)
    assert summary["announcements"] == announcements
    assert summary["tasks"]["total"] == summary["tasks"]["solved"] + summary["tasks"]["failed"]


@pytest.mark.parametrize("verb", ["replay", "verify", "report", "resume"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such journal"),
        (b"hello", "no journal"),
        (b"", "no journal"),
    ],
)
def test_what_is_no_journal(verb: str, content: bytes | None, words: str) -> None:
    """A missing or foreign file is refused in one line; nothing is made of it."""
    if content is not None:
        Path("x.db").write_bytes(content)
    before = _files()
    said = truthbid(verb, "x.db")
    assert said.code == 2
    assert "x.db" in said.err
    assert words in said.err
    assert said.err.count("\n") == 1
    assert {path for path in _files() if not path.endswith(".lock")} == before


# What verbs say --------------------------------------------------------------------------------


def test_every_verb_speaks_json(tmp_path: Path, journal: Path) -> None:
    """With ``--json`` standard output is one JSON document, and standard error is empty."""
    path = workflow(tmp_path, SURE)
    said: dict[str, Said] = {
        "run": truthbid("run", path, "--json", "--journal", "other.db"),
        "validate": truthbid("validate", path, "--json"),
        "replay": truthbid("replay", journal, "--json"),
        "verify": truthbid("verify", journal, "--json"),
        "report": truthbid("report", journal, "--json"),
        "schema": truthbid("schema", "--json"),
        "init": truthbid("init", "new.yaml", "--json"),
    }
    for verb, each in said.items():
        assert (verb, each.code, each.err) == (verb, 0, "")
        assert isinstance(each.data(), dict)
    assert said["validate"].data() == {
        "valid": True,
        "name": "small",
        "workers": 2,
        "tasks": 2,
        "mechanism": "contingent-vcg",
    }
    told = said["report"].data()
    assert {**told, "journal": ""} == {**said["run"].data(), "journal": ""}


def test_verbs_speak_plainly(tmp_path: Path, journal: Path) -> None:
    """Without ``--json`` a check is one line."""
    path = workflow(tmp_path)
    assert truthbid("validate", path).out == (
        f"{path}: valid: 2 tasks, 2 workers, mechanism contingent-vcg\n"
    )
    replayed = truthbid("replay", journal).out
    assert replayed.startswith("identical: ")
    assert replayed.count("\n") == 1
    assert truthbid("verify", journal).out.startswith("sound: ")


def test_quiet_says_nothing(tmp_path: Path) -> None:
    """With ``--quiet`` a run that went well says nothing at all."""
    said = truthbid("run", workflow(tmp_path, SURE), "--quiet")
    assert said == Said(0, "", "")
    assert Path("runs/small-001.db").exists()


def test_runs_are_numbered(tmp_path: Path) -> None:
    """The second run of a workflow does not touch the journal of the first."""
    for number in ("001", "002"):
        said = truthbid("run", workflow(tmp_path))
        assert f"journal: runs/small-{number}.db" in said.out


def test_unsolved_tasks_and_spent_budgets_have_codes(tmp_path: Path) -> None:
    """Exit code 1 if a task was not solved, 3 if the budget was reached."""
    path = workflow(tmp_path)
    hopeless = ["--set", "workers.0.skill=0", "--set", "workers.1.skill=0"]
    assert truthbid("run", path, *hopeless, "--quiet").code == 1
    assert truthbid("run", path, "--set", "budget=0", "--quiet").code == 3


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_respected(journal: Path, env: dict[str, str], coloured: bool) -> None:
    """Tables are coloured on a terminal, and not where NO_COLOR is set."""
    terminal = {"TTY_COMPATIBLE": "1", "TERM": "xterm-256color", "COLUMNS": "100", "NO_COLOR": None}
    said = truthbid("report", journal, env={**terminal, **env})
    assert ("\x1b[3" in said.out.replace("\x1b[3m", "")) == coloured


# What verbs write ------------------------------------------------------------------------------


def test_the_starter_runs_as_it_is() -> None:
    """``truthbid init`` writes a workflow that is valid, and never over a file that exists."""
    assert truthbid("init").out == "wrote truthbid.yaml; try: truthbid run truthbid.yaml\n"
    assert truthbid("validate", "truthbid.yaml").code == 0
    assert truthbid("run", "truthbid.yaml", "--quiet").code in {0, 1}
    said = truthbid("init")
    assert (said.code, said.err) == (2, "truthbid.yaml exists already; name another file\n")
    assert truthbid("init", "no/such/folder.yaml").code == 2


def test_the_page_is_written(journal: Path) -> None:
    """``report --html`` writes a page that needs no network, and says so on standard error."""
    said = truthbid("report", journal, "--html", "page.html")
    assert (said.code, said.out, said.err) == (0, "", "wrote page.html\n")
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "<script" not in page
    both = truthbid("report", journal, "--html", "page.html", "--json")
    assert both.data()["tasks"]["total"] == 2


def test_the_page_never_replaces_the_journal(journal: Path) -> None:
    """A page that would overwrite its journal, or has no place, is refused."""
    before = journal.read_bytes()
    for target, words in ((journal, "is the journal itself"), (Path(), ""), (Path("no/x"), "")):
        said = truthbid("report", journal, "--html", target)
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert said.err.startswith("--html ")
        assert words in said.err
    assert journal.read_bytes() == before


def test_a_report_without_its_records(tmp_path: Path) -> None:
    """Where the records of a run are gone, its report tells everything but other rules."""
    table = tmp_path / "r.csv"
    table.write_text("question,worker,correct\nq,kim,1\n", encoding="utf-8")
    path = workflow(tmp_path, "name: r\nrecords: {path: r.csv, value: 1}\n")
    truthbid("run", path, "--quiet", "--journal", "run.db")
    table.unlink()
    said = truthbid("report", "run.db")
    assert said.code == 0
    assert "other rules are not compared: records: " in said.err
    assert "1 solved" in said.out


def test_a_changed_journal_is_found_out(journal: Path) -> None:
    """One changed digit: verify and replay name it and exit with 4."""
    with sqlite3.connect(journal) as connection:
        guards = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in guards.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(
            "UPDATE events SET body = replace(body, '\"report\":1.0', '\"report\":0.9')"
            " WHERE key LIKE 'allocated%'"
        )
    connection.close()
    said = truthbid("verify", journal)
    assert said.code == 4
    assert "does not continue the chain" in said.out
    assert truthbid("verify", journal, "--json").data()["sound"] is False
    said = truthbid("replay", journal)
    assert said.code == 4
    assert "in the journal" in said.out


# Interruption and secrets ----------------------------------------------------------------------


def test_an_interrupted_run_is_resumed(tmp_path: Path) -> None:
    """Ctrl-C: exit code 130 and the word how to go on; resume ends it, and it replays."""
    slow = WORKFLOW.replace("cost: 0.001", "cost: 0.001, latency: 0.02")
    path = workflow(tmp_path, slow + "generate: {count: 300, kinds: {a: 1}, value: 0.05}\n")
    command = [sys.executable, "-m", "orchestrator", "run", str(path), "--journal", "run.db"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        _wait_for_entries(process, tmp_path / "run.db", 20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err == "interrupted; go on with: truthbid resume run.db\n"
    assert "unfinished" in truthbid("verify", "run.db").out
    assert truthbid("resume", "run.db", "--json").data()["tasks"]["total"] == 302
    assert truthbid("replay", "run.db", "--json").data()["identical"]
    assert truthbid("verify", "run.db").out.startswith("sound: ")
    said = truthbid("resume", "run.db")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "there is nothing to resume" in said.err


def _wait_for_entries(process: subprocess.Popen[str], journal: Path, entries: int) -> None:
    """Wait until a journal that another process writes has some entries."""
    while process.poll() is None:
        try:
            with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as connection:
                (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
            connection.close()
        except sqlite3.Error:
            count = 0
        if count >= entries:
            return
        time.sleep(0.02)  # another process has no event to wait for


def test_a_key_lands_nowhere(tmp_path: Path) -> None:
    """The key of an endpoint is in no journal, report, output or error, whatever happens."""
    env = {
        "OPENAI_API_KEY": CANARY,
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "TRUTHBID_NO_LIVE_CALLS": None,
    }
    retries = [f"--set=workers.{place}.policy.attempts=1" for place in (0, 1)]
    config = CONFIGS / "openai.yaml"
    said = [
        truthbid("run", config, "--journal", "run.db", *retries, env=env),
        truthbid("report", "run.db", env=env),
        truthbid("report", "run.db", "--json", "--html", "page.html", env=env),
        truthbid("validate", config, "--set", "workers.0.model=x", "--set", "seed=x", env=env),
        truthbid("replay", "run.db", env=env),
        truthbid("run", config, "--set", "description=${OPENAI_API_KEY}", env=env),
    ]
    assert [each.code for each in said] == [1, 0, 0, 2, 0, 2]
    assert "small made no bid" in said[0].out
    assert all(CANARY not in each.out + each.err for each in said)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"run.db", "page.html"} <= {path.name for path in files}
    assert all(CANARY.encode() not in path.read_bytes() for path in files)
