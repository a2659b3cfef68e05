"""Tests of saying why a worker never bid."""

from pathlib import Path

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.summary import summarise
from orchestrator.memory.record import Record
from orchestrator.reports.absence import absences
from orchestrator.task import Task
from protocols.messages import Announcement, Award, Failure, Lot, Participant, Refusal, Result
from protocols.units import WorkerId
from workers.ports import Submit, Worker
from workers.simulated import SimulatedWorker

pytestmark = pytest.mark.anyio


class Unwilling(Worker):
    """Refuses every lot with a reason."""

    def __init__(self, name: str, reason: str) -> None:
        self.participant = Participant(worker=WorkerId(name))
        self._reason = reason

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Refuse."""
        for lot in announcement.lots:
            submit(
                Refusal(
                    announcement=announcement.announcement,
                    task=lot.task,
                    worker=self.name,
                    reason=self._reason,
                )
            )

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Never called."""
        raise AssertionError(lot, award)


async def test_who_never_bid_and_why(tmp_path: Path) -> None:
    """A worker that only refused is named with its reason; who bid, or was not there, is not."""
    fleet = [
        SimulatedWorker("ada", skill=1.0),
        Unwilling("gone", "no reply from \x1b[31mhttp://here"),
        Unwilling("mute", ""),
    ]
    async with Coordinator(fleet, journal=tmp_path / "run.db") as market:
        await market.run_all([Task("p", value="0.1"), Task("q", value="0.1")])
    with Record(tmp_path / "run.db") as record:
        told = absences(record, summarise(record))
    assert told == [
        "gone made no bid, after 2 refusals, most often: no reply from \ufffd[31mhttp://here",
        "mute made no bid, after 2 refusals, most often: no reason given",
    ]
