"""Runs against models on this machine, and the same runs again without a network."""

import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from orchestrator.memory.record import Record
from orchestrator.recordings import read_calls
from protocols.events import Allocated, Settled, Verified
from protocols.planning import PlanAnswered
from scripts.make_recordings import MODELS, record, recording
from scripts.scripted_models import Known, Model, reply
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.offline import block_sockets, story
from tests.workers.bidding.static_model import static_model
from tests.workers.openai_server import OpenAIServer, Say, completion, failure
from workers.cassette import load, save, written

NO_KEY = {"OPENAI_API_KEY": None, "OPENAI_BASE_URL": None}
CANARY = "sk-canary-7d41f05b2c"
OTHER_CANARY = "correct-horse-battery"

SMALL = """\
name: small
budget: 1
workers:
  - {type: openai, id: ada, model: tiny, base_url: "${URL:-}", api_key_env: ADA_KEY, free: true}
  - {type: openai, id: bob, model: tiny, base_url: "${URL:-}", api_key_env: ADA_KEY, free: true}
tasks:
  - {id: one, prompt: "1 + 1?", value: 0.05, verify: {numeric: 2}}
  - {id: two, prompt: "2 + 2?", value: 0.05, needs: [one], verify: {numeric: 4}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command in an empty folder."""
    monkeypatch.chdir(tmp_path)


def small(text: str = SMALL) -> Path:
    """Write a small workflow."""
    path = Path("small.yaml")
    path.write_text(text)
    return path


def adder(body: dict[str, Any]) -> Say:
    """Add two numbers, and be rather sure of it."""
    known = {f"{number} + {number}?": Known(str(2 * number), 0.9) for number in range(10)}
    return reply({"tiny": Model(known)}, body)


@pytest.fixture
def recorded(server: OpenAIServer) -> Path:
    """Return the journal of a small run with models."""
    env = {"URL": server.script("small", adder), "ADA_KEY": None}
    said = truthbid("run", small(), "--journal", "live.db", "--quiet", env=env)
    assert said.code == 0
    return Path("live.db")


# Whole runs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_run_is_the_same_again_without_a_network(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its own journal, with sockets blocked: the same events, so awards, answers, payments."""
    record(name, Path("live.db"))
    block_sockets(monkeypatch)
    path = CONFIGS / f"{name}.yaml"
    said = truthbid("run", path, "--replay", "live.db", "--journal", "again.db", env=NO_KEY)
    assert (said.code, said.err) == (0, "")
    calls = len(read_calls(Path("live.db")))
    assert said.out.endswith(f"replayed offline: {calls} hits, 0 misses\n")
    assert story(Path("again.db")) == story(Path("live.db"))


def test_a_goal_becomes_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models plan, repair the plan, bid, work and judge; what was rejected is done by another."""
    block_sockets(monkeypatch)
    path = CONFIGS / "report.yaml"
    replayed = ("--replay", recording("report"), "--journal", "run.db", "--json")
    solution = truthbid("run", path, *replayed, env=NO_KEY).data()["solution"]
    assert solution["answer"].startswith("The large moons of Saturn\n")
    with Record(Path("run.db")) as run:
        plans = [bool(each.problems) for each in run.of(PlanAnswered)]
        judged = [
            (each.outcome.worker, each.outcome.success, each.cost > 0)
            for each in run.of(Verified)
            if each.outcome.verifier == "judge"
        ]
        awards = [award for each in run.of(Allocated) for award in each.allocation.awards]
        settled = list(run.of(Settled))
    assert plans == [True, False]
    assert judged == [("small", 0.0, True), ("big", 1.0, True)]
    assert len(awards) == len(settled) == 6
    for verb in ("replay", "verify", "report"):
        assert truthbid(verb, "run.db").code == 0


@pytest.mark.parametrize("name", MODELS)
def test_the_recordings_are_those_of_the_scripted_models(name: str) -> None:
    """The files in the repository hold what is said now: else `python -m scripts.make_recordings`."""
    record(name, Path("live.db"))
    again = sorted(map(written, read_calls(Path("live.db"))))
    assert again == sorted(map(written, load(recording(name))))


def test_the_commands_in_the_comments_run_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a workflow tells people to type works in a folder with the repository, without a key."""
    block_sockets(monkeypatch)
    monkeypatch.chdir(CONFIGS.parent)
    line = re.compile(r"#   truthbid (run \S+ --replay \S+)")
    told = [
        found[1].split()
        for path in sorted(CONFIGS.glob("*.yaml"))
        for found in line.finditer(path.read_text(encoding="utf-8"))
    ]
    assert len(told) == len(MODELS)
    for number, arguments in enumerate(told):
        journal = tmp_path / f"{number}.db"
        assert truthbid(*arguments, "--quiet", "--journal", journal, env=NO_KEY).code == 0


MANY = """\
name: many
seed: 2
budget: 5
market: {batch: 4, announcements: 3, attempts: 2, bid_seconds: SECONDS}
workers:
  - {type: openai, id: a, model: ma, base_url: "${URL:-}", price: {input: 1, output: 2}, bid: BID}
  - {type: openai, id: b, model: mb, base_url: "${URL:-}", price: {input: 1, output: 2}, bid: BID}
tasks:
"""


def many(bid: str, *, seconds: int | float = 30) -> Path:
    """Write a workflow of twelve tasks whose workers bid in some way."""
    tasks = (
        f"  - {{id: t{n}, prompt: '{n}+', value: 0.05, verify: {{numeric: 4}}}}\n"
        for n in range(12)
    )
    return small(MANY.replace("BID", bid).replace("SECONDS", str(seconds)) + "".join(tasks))


def changing(body: dict[str, Any]) -> Say:
    """Answer by the digits of a hash: right or wrong, sure or not, sometimes cut."""
    draw = sha256(json.dumps(body, sort_keys=True).encode()).digest()
    answer, sure = str(4 + draw[0] % 2), round(draw[1] / 255, 2)
    rules = body["messages"][0]["content"]
    if draw[2] < 12:
        return completion(answer, finish="length")
    if "You do one task and say" in rules:
        return completion(json.dumps({"answer": answer, "success_probability": sure}))
    if "success_probability" in rules:
        return completion(json.dumps({"success_probability": sure, "output_tokens": 5}))
    likely = {"token": answer, "logprob": -sure}
    told = {"content": [{**likely, "top_logprobs": [likely]}]}
    message = {"role": "assistant", "content": answer}
    return completion(
        choices=[{"index": 0, "finish_reason": "stop", "message": message, "logprobs": told}]
    )


@pytest.mark.parametrize(
    "bid",
    [
        "prior",
        "ask",
        "{type: samples, count: 3}",
        "logprob",
        "learned",
        "{learned: {embeddings: model}}",
        "probe",
    ],
)
def test_every_way_to_bid_is_the_same_again(server: OpenAIServer, bid: str) -> None:
    """Calls at the same time, repeated questions, log-probabilities, failures: all come back."""
    if "embeddings" in bid:
        static_model(Path("model"))
    path, env = many(bid), {"URL": server.script("many", changing), "OPENAI_API_KEY": None}
    truthbid("run", path, "--journal", "live.db", "--quiet", env=env)
    env = {**env, "URL": "http://127.0.0.1:9"}
    said = truthbid("run", path, "--journal", "b.db", "--replay", "live.db", "--json", env=env)
    calls = len(read_calls(Path("live.db")))
    assert said.data()["calls"] == {"hits": calls, "misses": 0, "unused": 0}
    assert story(Path("b.db")) == story(Path("live.db"))


def test_a_bid_that_never_comes_does_not_come_again(server: OpenAIServer) -> None:
    """What the deadline of the bids cut off is cut off once more, at the same cost."""

    def silent(body: dict[str, Any]) -> Say:
        return Say(hang=True) if body["model"] == "mb" else changing(body)

    path = many("ask", seconds=0.5)
    env = {"URL": server.script("silent", silent), "OPENAI_API_KEY": None}
    one = ("--set", "market.batch=12", "--set", "market.attempts=1", "--quiet")
    truthbid("run", path, "--journal", "live.db", *one, env=env)
    assert any(each.failure == "called-off" for each in read_calls(Path("live.db")))
    env = {**env, "URL": "http://127.0.0.1:9"}
    truthbid("run", path, "--journal", "b.db", "--replay", "live.db", *one, env=env)
    assert story(Path("b.db")) == story(Path("live.db"))


def test_a_recorded_planner_is_recorded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner's calls of `planner.yaml` come from a file; the journal of the run has them too."""
    block_sockets(monkeypatch)
    path = CONFIGS / "planner.yaml"
    assert truthbid("run", path, "--journal", "a.db", "--quiet", env=NO_KEY).code == 0
    again = ("--replay", "a.db", "--journal", "b.db", "--json")
    said = truthbid("run", path, *again, env=NO_KEY)
    assert said.data()["calls"] == {"hits": 2, "misses": 0, "unused": 0}
    assert story(Path("b.db")) == story(Path("a.db"))


# Misses ----------------------------------------------------------------------------------------


def test_a_miss_ends_the_run(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another prompt is shown beside the nearest one; nothing is asked after it. Exit code 4."""
    block_sockets(monkeypatch)
    path = small(SMALL.replace("2 + 2?", "2 + 3?"))
    said = truthbid("run", path, "--replay", recorded, "--json", env={"URL": "http://127.0.0.1:9"})
    assert said.code == 4
    assert "no recording of this call of two/" in said.err
    assert "-2 + 2?" in said.err
    assert "+2 + 3?" in said.err
    assert re.search(r"the run was ended: \d hits, [12] miss(es)?, \d unused\n", said.err)
    assert said.data()["calls"]["misses"] > 0
    assert "closed" not in truthbid("verify", "runs/small-001.db").out


def test_calls_that_are_not_made_are_counted(recorded: Path) -> None:
    """A run that asks less than the recording says how much less."""
    path = small(SMALL[: SMALL.index("  - {id: two")])
    env = {"URL": "http://127.0.0.1:9"}
    said = truthbid("run", path, "--replay", recorded, "--json", env=env)
    assert (said.code, said.data()["calls"]["misses"]) == (0, 0)
    assert (
        said.data()["calls"]["unused"] == len(read_calls(recorded)) - said.data()["calls"]["hits"]
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no.jsonl: cannot be read: No such file or directory"),
        ("{}", "no.jsonl:1: Field required"),
    ],
)
def test_a_file_that_is_no_recording(content: str | None, words: str) -> None:
    """It is one line, and no journal is begun."""
    if content is not None:
        Path("no.jsonl").write_text(content)
    said = truthbid("run", small(), "--replay", "no.jsonl", env={"URL": "http://127.0.0.1:9"})
    assert (said.code, said.err) == (2, f"{words}\n")
    assert not Path("runs").exists()


def test_a_run_need_not_be_recorded(server: OpenAIServer) -> None:
    """With `record_calls: false` no call is kept, and to play it back is refused with the reason."""
    env = {"URL": server.script("off", adder), "ADA_KEY": None}
    path = small()
    assert (
        truthbid(
            "run", path, "--journal", "off.db", "--quiet", "--set", "record_calls=false", env=env
        ).code
        == 0
    )
    said = truthbid("run", path, "--replay", "off.db", env=env)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "off.db: no model calls are recorded in it" in said.err


# Failures and secrets --------------------------------------------------------------------------


def broken(say: Callable[[], Say]) -> Callable[[dict[str, Any]], Say]:
    """Return a model that bids as ever and then does not work."""

    def answer(body: dict[str, Any]) -> Say:
        return adder(body) if "Do not do the task now" in str(body["messages"]) else say()

    return answer


def test_failures_are_the_same_again(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut answer fails in the recording and in the run offline, at the same cost."""
    say = broken(lambda: completion("2", finish="length"))
    text = SMALL.replace("free: true", "price: {input: 1, output: 2}")
    env = {"URL": server.script("cut", say), "ADA_KEY": None}
    assert truthbid("run", small(text), "--journal", "live.db", "--quiet", env=env).code == 1
    block_sockets(monkeypatch)
    env = {"URL": "http://127.0.0.1:9", "ADA_KEY": None}
    said = truthbid("run", small(text), "--journal", "b.db", "--replay", "live.db", env=env)
    assert said.code == 1
    assert said.out.endswith(" 0 misses\n")
    assert story(Path("b.db")) == story(Path("live.db"))


@pytest.mark.parametrize("status", [200, 401])
def test_no_secret_is_recorded(server: OpenAIServer, status: int) -> None:
    """An endpoint hands the key back, in answers and in errors: no file has it, nor other secrets."""
    echo = (
        f"Authorization: Bearer {CANARY} and {OTHER_CANARY} and ghp_0123456789abcdefghijABCDEFGHIJ"
    )
    say = broken(lambda: completion(echo) if status == 200 else failure(status, echo))
    env = {
        "URL": server.script("echo", say),
        "ADA_KEY": CANARY,
        "DB_PASSWORD": OTHER_CANARY,
    }
    truthbid("run", small(), "--journal", "echo.db", "--quiet", env=env)
    calls = "\n".join(map(written, read_calls(Path("echo.db"))))
    assert '"failure"' in calls if status == 401 else "[key]" in calls
    assert "[DB_PASSWORD]" in calls
    for secret in (CANARY, OTHER_CANARY, "ghp_"):
        assert secret not in calls
    assert CANARY.encode() not in Path("echo.db").read_bytes()


def test_a_journal_of_a_run_offline_is_a_recording_too(recorded: Path) -> None:
    """It holds the calls that it was played back from, in a sound chain."""
    env = {"URL": "http://127.0.0.1:9", "ADA_KEY": None}
    truthbid("run", small(), "--replay", recorded, "--journal", "b.db", "--quiet", env=env)
    calls = sorted(map(written, read_calls(Path("b.db"))))
    assert calls == sorted(map(written, read_calls(recorded)))
    assert truthbid("verify", "b.db").code == 0
    save(Path("calls.jsonl"), read_calls(Path("b.db")))
    said = truthbid("run", small(), "--replay", "calls.jsonl", "--journal", "c.db", env=env)
    assert said.code == 0
    assert story(Path("c.db")) == story(recorded)
