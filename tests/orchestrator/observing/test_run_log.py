"""The log of a run: silent by default, JSON or text where a program asks for it."""

import io
import json
import logging

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.observing.lines import LOGGER
from orchestrator.observing.run_log import log_to
from orchestrator.task import Task
from workers import exact
from workers.function import FunctionWorker

pytestmark = pytest.mark.anyio


async def run() -> None:
    """Have one task done by the second worker that tries, the first gives a wrong answer."""
    fleet = [
        FunctionWorker("wrong", lambda prompt: "5", cost=0, confidence=0.9),
        FunctionWorker("right", lambda prompt: "4", cost=0, confidence=0.8),
    ]
    async with Coordinator(fleet) as market:
        await market.run(Task("2 + 2?", value="0.01", verify=exact("4"), id="sum"))


async def test_json_lines_bind_run_task_worker_and_attempt() -> None:
    """One object per line, from which everything about one attempt can be picked."""
    text = io.StringIO()
    with log_to(text, least="debug"):
        await run()
    lines = [json.loads(each) for each in text.getvalue().splitlines()]
    settled = [each for each in lines if each["event"] == "settled"]
    assert [(each["task"], each["worker"], each["attempt"]) for each in settled] == [
        ("sum", "wrong", 1),
        ("sum", "right", 2),
    ]
    assert {"timestamp", "level"} <= lines[0].keys()


async def test_text_lines_are_for_people() -> None:
    """Without colours, at the level that was asked for."""
    text = io.StringIO()
    with log_to(text, form="text"):
        await run()
    assert "task ended" in text.getvalue()
    assert "work started" not in text.getvalue()
    assert "\x1b" not in text.getvalue()


async def test_without_a_handler_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """A library does not write on its own accord."""
    await run()
    assert capsys.readouterr() == ("", "")


async def test_the_logger_is_left_as_it_was() -> None:
    """What the block set up is taken down."""
    logger = logging.getLogger(LOGGER)
    before = (logger.level, logger.propagate, list(logger.handlers))
    with log_to(io.StringIO()):
        pass
    assert (logger.level, logger.propagate, list(logger.handlers)) == before
