"""The fixtures of the pytest plugin, each in a test suite of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.workers.openai_server import OpenAIServer, completion
from workers.cassette import load

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ("-p", "no:truthbid", "-p", "workers.pytest_plugin", "-p", "no:cacheprovider")
"""Loaded by its module, whether or not the installed package names it."""

SUITE = """
import anyio
from workers.chat import ChatRequest, Message
from workers.meter import Meter
from workers.prices import FREE

def ask(chat, text="2 + 2?"):
    question = ChatRequest(
        model="tiny", messages=(Message(role="user", content=text),), max_tokens=9
    )

    async def run():
        try:
            return (await chat.complete(question, Meter(FREE))).text
        finally:
            await chat.aclose()

    return anyio.run(run)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


def run(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    """Run a suite of one test."""
    pytester.makepyfile(test_it=SUITE + test)
    return pytester.runpytest_inprocess(*PLUGIN, *options)


def test_the_package_names_the_plugin() -> None:
    """What pytest looks for in the installed package is this module."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    plugin = import_module(named["pytest11"]["truthbid"])
    assert plugin.__name__ == "workers.pytest_plugin"


def test_other_suites_start_no_slower() -> None:
    """Loading the plugin loads neither pydantic nor anyio nor the client of an endpoint."""
    code = (
        "import sys, pytest; before = set(sys.modules); import workers.pytest_plugin;"
        " print(sorted(set(sys.modules) - before))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert out == "['workers', 'workers.pytest_plugin']\n"


def test_a_cassette_is_recorded_once_and_then_played_back(
    pytester: pytest.Pytester, server: OpenAIServer
) -> None:
    """With the switch the endpoint is called; without it nobody is, and the answers are the same."""
    url = server.script("cassette", completion("4"), completion("never heard"))
    test = f"""
def test_sum(truthbid_cassette):
    assert ask(truthbid_cassette({url!r})) == "4"
"""
    run(pytester, test, "--truthbid-record").assert_outcomes(passed=1)
    assert len(load(pytester.path / "cassettes" / "test_it" / "test_sum.jsonl")) == 1
    run(pytester, test).assert_outcomes(passed=1)
    assert server.count("cassette") == 1


def test_a_test_without_a_cassette_is_told_how_to_make_one(pytester: pytest.Pytester) -> None:
    """The message has the switch; nothing is called."""
    result = run(pytester, "def test_sum(truthbid_cassette): truthbid_cassette()\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*there is no recording *test_sum.jsonl: * --truthbid-record"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('assert ask(truthbid_cassette(), "2 + 3?") == "5"', '*+   "content": "2 + 3*'),
        (
            'chat = truthbid_cassette()\n    try: ask(chat, "2 + 3?")\n    except Exception: pass',
            "*no recording of this call*",
        ),
        ("truthbid_cassette()", "*1 recorded call was not made: task/worker/call"),
    ],
)
def test_a_cassette_is_strict(
    pytester: pytest.Pytester, server: OpenAIServer, body: str, words: str
) -> None:
    """Another question fails, also where the code under test swallows it; so does a missing one."""
    url = server.script("strict", completion("4"))
    run(
        pytester,
        f"def test_sum(truthbid_cassette): ask(truthbid_cassette({url!r}))\n",
        "--truthbid-record",
    )
    result = run(pytester, f"def test_sum(truthbid_cassette):\n    {body}\n")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([words])


def test_a_script_must_be_used_up(pytester: pytest.Pytester) -> None:
    """A line that nobody asked for is an error, but not where the test has failed already."""
    left = 'def test_it(truthbid_scripted):\n    truthbid_scripted(call=["4", "5"])\n'
    result = run(pytester, left)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the script was not used up: 2 lines of call"])
    run(pytester, f"{left}    assert 0\n").assert_outcomes(failed=1)
    used = 'def test_it(truthbid_scripted):\n    assert ask(truthbid_scripted(call=["4"])) == "4"\n'
    run(pytester, used).assert_outcomes(passed=1)


SWALLOWED = """
from workers.endpoint import Endpoint

def test_it(no_live_calls):
    try:
        ask(Endpoint({url!r}))
    except Exception:
        pass
    {then}
"""


@pytest.mark.parametrize(("then", "errors"), [("pass", 1), ("no_live_calls.clear()", 0)])
def test_a_live_call_is_noticed(
    pytester: pytest.Pytester, server: OpenAIServer, then: str, errors: int
) -> None:
    """Nothing is sent, and the test fails even if the code under test survives the refusal."""
    url = server.script("live", completion())
    result = run(pytester, SWALLOWED.format(url=url, then=then))
    result.assert_outcomes(passed=1, errors=errors)
    if errors:
        result.stdout.fnmatch_lines([f"*live model calls were tried: {url}"])
    assert server.count("live") == 0


def test_the_example_of_the_page_runs(pytester: pytest.Pytester) -> None:
    """By a script it passes; by a cassette it says how to make one, as there is none yet."""
    page = (ROOT / "docs" / "offline-tests.md").read_text(encoding="utf-8")
    example = page.partition("```python\n")[2].partition("```")[0]
    result = run(pytester, example)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*there is no recording *test_by_a_cassette.jsonl*"])
