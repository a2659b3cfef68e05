"""A key in the environment comes to nobody's eyes: a canary is sought in all that a run leaves."""

import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.task import Task
from tests.orchestrator.markets import Paced
from tests.workers.endpoints import ASK, QUICK
from tests.workers.openai_server import OpenAIServer, Say, completion, failure, streamed
from workers.endpoint import Endpoint
from workers.errors import ChatError
from workers.key import Key
from workers.meter import Meter
from workers.prices import FREE
from workers.verifiers import exact

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-51b0c7-nobody-sees-me"
OTHER = "canary-in-a-token-9d2f"

ENDPOINTS = {
    "echoes": (completion(f"4, and your key is {CANARY}"),),
    "streams": (streamed("4", f" {CANARY[:9]}", CANARY[9:], " ", CANARY),),
    "refuses": (failure(401, f"incorrect key {CANARY}", x_key=CANARY),),
    "breaks": (failure(500, CANARY),),
    "drops": (Say(drop=True),),
    "gibberish": (Say(f"<html>{CANARY}</html>".encode(), headers={"content-type": "text/html"}),),
    "redirects": (failure(307, location=f"http://127.0.0.1:9/{CANARY}"),),
}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder in which a run with hostile endpoints has left everything."""
    folder = tmp_path_factory.mktemp("canary")
    with OpenAIServer() as server:
        workers = [
            f"  - {{type: openai, id: {name}, model: tiny, free: true, bid: prior, seats: 1,"
            f" base_url: '{server.script(name, *says)}', api_key_env: CANARY_KEY,"
            f" stream: {str(name == 'streams').lower()},"
            " policy: {seconds: 5, attempts: 2, first_wait: 0.001, longest_wait: 0.002}}\n"
            for name, says in ENDPOINTS.items()
        ]
        judge = server.script("judge", failure(400, f"no, {CANARY}"))
        (folder / "w.yaml").write_text(
            "mechanism: first-price\nmarket: {attempts: 9, batch: 1}\n"
            f"judges: [{{id: fair, model: tiny, free: true, base_url: '{judge}',"
            " api_key_env: CANARY_KEY}]\n"
            "workers:\n" + "".join(workers) + "tasks:\n"
            '  - {id: one, prompt: "What is 2 + 2?", value: 1, verify: {exact: "5"}}\n'
            '  - {id: two, prompt: "What is 2 + 2?", value: 1, verify: {judge: fair}}\n',
            encoding="utf-8",
        )
        for number, arguments in enumerate(
            [
                ("run", "w.yaml", "--journal", "run.db", "--log-json"),
                ("report", "run.db", "--html", "report.html"),
                ("report", "run.db", "--json"),
                ("run", "w.yaml", "--journal", "again.db", "--replay", "run.db"),
                ("export", "run.db", "--to", "tables"),
                ("doctor", "w.yaml"),
                ("run", "w.yaml", "--set", "currency=${MY_TOKEN}"),
            ]
        ):
            done = subprocess.run(
                [sys.executable, "-m", "orchestrator", *arguments],
                capture_output=True,
                cwd=folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "CANARY_KEY": CANARY,
                    "MY_TOKEN": OTHER,
                    "OPENAI_LOG": "debug",
                    "TRUTHBID_NO_LIVE_CALLS": "",
                },
                check=False,
                timeout=120,
            )
            said = f"{arguments} -> {done.returncode}\n".encode() + done.stdout + done.stderr
            (folder / f"said-{number}.txt").write_bytes(said)
            assert b"Traceback" not in said, said.decode(errors="replace")
        assert all(server.asked[name] for name in ENDPOINTS), "somebody was never asked"
        for asked in server.asked.values():
            assert all(each.headers["authorization"] == f"Bearer {CANARY}" for each in asked)
        yield folder


def test_nothing_that_a_run_leaves_holds_the_key(left: Path) -> None:
    """Journal, recorded calls, logs, tables, page, exports: whatever the endpoints repeat."""
    found = [path for path in left.rglob("*") if path.is_file()]
    names = {path.name for path in found}
    assert {"run.db", "report.html", "said-0.txt"} <= names
    holding = [
        str(path.relative_to(left))
        for path in found
        if any(secret.encode() in path.read_bytes() for secret in (CANARY, OTHER))
    ]
    assert holding == []


def test_what_was_taken_out_is_marked(left: Path) -> None:
    """The answer of the endpoint that repeats the key is there, with a mark in its place."""
    assert b"your key is [key]" in (left / "run.db").read_bytes()


def test_variables_with_secrets_cannot_be_quoted(left: Path) -> None:
    """A workflow may name such a variable, and not hold its value."""
    said = (left / "said-6.txt").read_text(encoding="utf-8")
    assert "-> 2\n" in said
    assert "variable MY_TOKEN holds a secret" in said


@pytest.mark.anyio
async def test_no_traceback_and_no_local_variable_of_ours_holds_the_key(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even with all locals shown, as debuggers and some log formats do."""
    monkeypatch.setenv("CANARY_KEY", CANARY)
    caplog.set_level(logging.DEBUG)
    with OpenAIServer() as server:
        for name in ("refuses", "breaks", "drops", "gibberish", "redirects"):
            url = server.script(name, *ENDPOINTS[name])
            endpoint = Endpoint(url, api_key_env="CANARY_KEY", policy=QUICK)
            with pytest.raises(ChatError) as caught:
                await endpoint.complete(ASK, Meter(FREE))
            await endpoint.aclose()
            shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
            told = "".join(shown.format(chain=True))
            assert "Endpoint(" in told
            assert CANARY not in told
    # the library below shows the headers of replies, where an endpoint may repeat what it likes
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("httpcore")]
    assert CANARY not in "\n".join(ours)
    assert CANARY not in repr(Key("CANARY_KEY"))


def test_what_a_worker_of_a_program_raises_is_the_only_thing_kept(tmp_path: Path) -> None:
    """The reason of a failure is the message of an exception, never the variables around it."""

    class Careless(Paced):
        async def execute(self, *_: object) -> None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            secret = CANARY
            raise RuntimeError(f"no answer ({len(secret)} letters)")

    async def run() -> None:
        path = tmp_path / "run.db"
        async with Coordinator([Careless("ann")], mechanism="first-price", journal=path) as market:
            await market.run(Task("x", 1, exact("y")))

    anyio.run(run)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert f"no answer ({len(CANARY)} letters)".encode() in written
    assert CANARY.encode() not in written
