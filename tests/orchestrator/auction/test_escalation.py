"""Sequences whose answers are compared: who is called, what is delivered, billed and paid."""

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.summary import Summary
from orchestrator.market import Limits
from orchestrator.memory.ledger import purse, spent
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.reports.story import Stories
from orchestrator.reports.telling import tell
from orchestrator.task import TaskResult
from orchestrator.verbs.options import read
from orchestrator.verification import verify
from orchestrator.workflow import work
from protocols.decommitment import Withdrawn
from protocols.events import Announced, Settled, Unsettled
from protocols.messages import Award, Failure, Lot, Result
from protocols.stopping import SetAside
from tests.orchestrator.cancelling import ON_BOTH, Slow, task
from tests.orchestrator.cancelling import run as cancelled
from tests.orchestrator.command import CONFIGS
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, Paced, events_of, finished, virtually

ONCE = Limits(attempts=1)


class Sure(Paced):
    """Says with its answer how sure it is."""

    def __init__(
        self, name: str, cost: int, answer: str | None, sure: float | None, **more: Any
    ) -> None:
        super().__init__(name, cost, answer, chance=0.5, **more)
        self._sure = sure

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Answer, and state the confidence."""
        report = await super().execute(lot, award)
        return report.model_copy(update={"confidence": self._sure}) if self.answer else report


class Doubtful(Sure):
    """Says only after a minute whether it takes an award up."""

    confirms = True

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Say yes, too late."""
        await anyio.sleep(60)
        return True


def run(
    backend: str, folder: Path, *fleet: Paced, verifier: Any = None, **settings: Any
) -> tuple[Kin, TaskResult]:
    """Have one task done by escalation; check books, journal and replay."""
    asked = task(0) if verifier is None else task(0, verify=verifier)
    mechanism = {"name": "escalation", **settings}
    market = Kin(fleet, mechanism=mechanism, budget="0.000001", limits=ONCE)

    async def main() -> TaskResult:
        async with market:
            return await market.run(asked)

    result = virtually(main, backend)
    found = market.replayed(folder)
    assert (found.differences, found.compared) == ((), found.events)
    assert market.ledger.held == 0
    with Record(write(folder / "verified.db", market.events)) as record:
        assert verify(record).problems == ()
    return market, result


def names(events: list[Any]) -> list[str]:
    """Return the workers of some events."""
    return [getattr(event, "settlement", event).worker for event in events]


@ON_BOTH
def test_an_answer_that_is_sure_enough_spares_the_rest(backend: str, tmp_path: Path) -> None:
    """The cheapest worker is sure: nobody else is called, and what was held for them is free."""
    ann, bob = Sure("ann", 40, "right", 0.99), Sure("bob", 100, "right", 0.99)
    market, result = run(backend, tmp_path, ann, bob)

    assert (result.state, result.answer) == ("solved", "right")
    assert (len(ann.called), len(bob.called)) == (1, 0)
    assert market.of(SetAside) == []
    assert market.ledger.available == 1000 - 40


@ON_BOTH
def test_a_better_answer_is_delivered_and_the_first_one_set_aside(
    backend: str, tmp_path: Path
) -> None:
    """Both are billed and get their metered cost; only the delivered one is verified and settled."""
    fleet = Sure("ann", 40, "wrong", 0.3), Sure("bob", 100, "right", 0.9)
    market, result = run(backend, tmp_path, *fleet, bonus="0.000000005")

    assert (result.state, result.answer) == ("solved", "right")
    assert names(market.of(Settled)) == ["bob"]
    assert [(each.worker, each.cost, each.payment) for each in market.of(SetAside)] == [
        ("ann", 40, 40)
    ]
    ledger = market.ledger
    assert [ledger.balance("cash", spent(name)) for name in ("ann", "bob")] == [40, 100]
    assert [ledger.balance("credit", purse(name)) for name in ("ann", "bob")] == [40, 105]


@ON_BOTH
def test_the_answer_in_hand_may_be_an_earlier_one(backend: str, tmp_path: Path) -> None:
    """The second answer is less sure than the first: the first is delivered after all."""
    fleet = Sure("ann", 40, "right", 0.6), Sure("bob", 100, "wrong", 0.5), Sure("cyd", 300, "x", 1)
    market, result = run(backend, tmp_path, *fleet, most=2)

    assert (result.state, result.answer) == ("solved", "right")
    assert names(market.of(Settled)) == ["ann"]
    assert names(market.of(SetAside)) == ["bob"]
    assert not fleet[2].called


@ON_BOTH
def test_a_delivered_answer_is_the_last_word(backend: str, tmp_path: Path) -> None:
    """It is turned down: the task has failed, whoever could still be called."""
    fleet = Sure("ann", 40, "wrong", 0.99), Sure("bob", 100, "right", 0.99)
    market, result = run(backend, tmp_path, *fleet)

    assert result.state == "failed"
    assert not fleet[1].called
    assert market.ledger.available == 1000 - 40


@ON_BOTH
def test_who_gives_no_answer_is_settled_as_a_failure(backend: str, tmp_path: Path) -> None:
    """In the middle of a sequence the next is called; at its end the best in hand is delivered."""
    fleet = Sure("ann", 40, None, None), Sure("bob", 60, "right", 0.6), Sure("cyd", 90, None, None)
    market, result = run(backend, tmp_path, *fleet)

    assert (result.state, result.answer) == ("solved", "right")
    assert names(market.of(Settled)) == ["ann", "cyd", "bob"]
    assert market.of(SetAside) == []


@ON_BOTH
def test_nobody_gives_an_answer(backend: str, tmp_path: Path) -> None:
    """The task has failed, and each attempt is billed."""
    market, result = run(
        backend, tmp_path, Sure("ann", 40, None, None), Sure("bob", 60, None, None)
    )

    assert result.state == "failed"
    assert names(market.of(Settled)) == ["ann", "bob"]
    assert market.ledger.available == 1000 - 100


@ON_BOTH
def test_outsiders_are_paid_for_answers_that_are_set_aside(backend: str, tmp_path: Path) -> None:
    """In cash, their metered cost, and no more than they had announced."""
    fleet = (
        Sure("ann", 40, "wrong", 0.3, payable=True, metered=900),
        Sure("bob", 100, "right", 0.9, payable=True),
    )
    market, _ = run(backend, tmp_path, *fleet)

    assert [each.payment for each in market.of(SetAside)] == [40]
    assert [market.ledger.balance("cash", purse(name)) for name in ("ann", "bob")] == [40, 100]


@ON_BOTH
def test_a_task_that_nobody_can_judge_ends_unsettled(backend: str, tmp_path: Path) -> None:
    """The chosen answer has no outcome; the other one was set aside before."""

    class Broken(Slow):
        async def verify(self, lot: Lot, result: Result) -> Any:
            raise ValueError("no idea")

    fleet = Sure("ann", 40, "wrong", 0.3), Sure("bob", 100, "right", 0.9), Sure("cyd", 300, "x", 1)
    market, result = run(backend, tmp_path, *fleet, verifier=Broken(1))

    assert result.state == "unsettled"
    assert names(market.of(SetAside)) == ["ann"]
    assert names(market.of(Unsettled)) == ["bob"]
    assert market.ledger.available == 1000 - 140


def test_answers_that_agree_are_enough_together(tmp_path: Path) -> None:
    """Two times 60 % on the same answer spare the third call; on different ones they do not."""
    third = Sure("cyd", 90, "right", 0.7)
    for second, calls in (("Right.", 0), ("wrong", 1)):
        (tmp_path / "verified.db").unlink(missing_ok=True)
        fleet = Sure("ann", 40, "right", 0.6), Sure("bob", 60, second, 0.6), third
        run("asyncio", tmp_path, *fleet, coincidence=0.25)

        assert len(third.called) == calls


def test_an_answer_without_a_confidence_counts_as_bid(tmp_path: Path) -> None:
    """Whoever says nothing is believed what it has bid; here that is less than what another states."""
    fleet = Sure("ann", 40, "wrong", None), Sure("bob", 60, "right", 0.6)
    _, result = run("asyncio", tmp_path, *fleet)

    assert result.answer == "right"


@ON_BOTH
@pytest.mark.parametrize("payable", [False, True])
def test_a_task_called_off_between_two_answers(backend: str, tmp_path: Path, payable: bool) -> None:
    """The answer in hand is paid for; the award whose work was under way is withdrawn."""
    fleet = [
        Sure("ann", 40, "wrong", 0.3, works=1, payable=payable),
        Sure("bob", 100, "right", 0.9, works=100),
        Sure("cyd", 200, "right", 0.9),
    ]
    done = cancelled(backend, tmp_path, fleet, [task(0)], mechanism="escalation")

    assert done.states == ["cancelled"]
    assert names(done.of(SetAside)) == ["ann"]
    assert names(done.of(Withdrawn)) == ["bob"]
    paid = purse("ann") if payable else spent("ann")
    assert done.market.ledger.balance("cash", paid) == 40
    assert done.market.ledger.held == 0


@ON_BOTH
def test_a_task_called_off_while_an_earlier_answer_is_judged(backend: str, tmp_path: Path) -> None:
    """The award that was chosen is withdrawn, though another worker was called last."""
    fleet = [Sure("ann", 40, "right", 0.6, works=1), Sure("bob", 100, "wrong", 0.5, works=1)]
    tasks = [task(0, verify=Slow(100))]
    done = cancelled(backend, tmp_path, fleet, tasks, mechanism="escalation")

    assert done.states == ["cancelled"]
    assert names(done.of(SetAside)) == ["bob"]
    assert names(done.of(Withdrawn)) == ["ann"]
    assert [done.market.ledger.balance("cash", spent(name)) for name in ("ann", "bob")] == [40, 100]


def test_a_later_award_that_is_not_taken_up(tmp_path: Path) -> None:
    """What is in hand is set aside, and the task is announced again without both."""
    fleet = [
        Sure("ann", 40, "wrong", 0.3),
        Doubtful("bob", 100, "right", 0.9),
        Sure("cyd", 300, "right", 0.9),
    ]
    market, result = run("asyncio", tmp_path, *fleet)

    assert names(market.of(SetAside)) == ["ann"]
    assert [call.announcement.lots[0].excluded for call in market.of(Announced)] == [
        (),
        ("ann", "bob"),
    ]
    assert (result.state, result.answer) == ("solved", "right")


def test_the_workers_learn_and_the_summary_counts_every_answer(tmp_path: Path) -> None:
    """Metered cost is refunded to the nano-unit, and the report tells what was set aside."""
    market, _ = run("asyncio", tmp_path, Sure("ann", 40, "no", 0.3), Sure("bob", 99, "right", 0.9))
    summary, stories = Summary(), Stories(5)
    for event in market.events:
        summary.note(event)
        stories.note(event)
    (story,) = stories.told()
    said = " ".join(tell(story, "escalation", "USD").sentences)

    assert (summary.cash, summary.paid, summary.overpayment) == (139, 139, 1.0)
    assert [worker.profit for worker in summary.workers.values()] == [0, 0]
    assert "ann answered and was 30 % sure" in said
    assert "Its answer was set aside: another one was likelier right." in said
    assert "unsettled" not in story.flags


def test_the_configuration_runs(tmp_path: Path) -> None:
    """Fewer than three answers a task, better than any single worker; a replay is identical."""
    config, fleet = read(CONFIGS / "escalation.yaml", ())
    summary, journal = Summary(), tmp_path / "run.db"
    anyio.run(partial(work, Coordinator.configured(config, fleet, journal), fleet, [summary.note]))
    answers = sum(worker.awards for worker in summary.workers.values())

    assert replay(journal).identical
    assert summary.states["solved"] > 0.8 * summary.tasks
    assert answers < 2 * summary.tasks
    assert summary.paid == summary.cash == summary.cost


async def conduct(market: Coordinator) -> None:
    """Have two tasks done, one after the other."""
    async with market:
        await market.run_all([task(0), task(1, "t0")])


def quick() -> list[Paced]:
    """Return workers that answer at once; the best answer is that of the first."""
    return [
        Sure("ann", 40, "right", 0.6, works=0),
        Sure("bob", 60, "wrong", 0.5, works=0),
        Sure("cyd", 90, None, None, works=0),
    ]


def test_a_run_cut_after_any_event_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """After every second event: same awards, deliveries, endings and payments, whatever was in hand."""
    market = partial(Coordinator, mechanism="escalation", budget="0.00001", limits=ONCE)
    anyio.run(conduct, market(quick(), journal=tmp_path / "whole.db"))
    expected = events_of(tmp_path / "whole.db")

    for last in range(1, len(expected), 2):
        path = write(tmp_path / f"cut-{last}.db", expected[:last])
        anyio.run(conduct, market(quick(), journal=path, resume=True))
        events = events_of(path)

        assert finished(events) == finished(expected)
        assert names([one for one in events if isinstance(one, SetAside)]) == ["bob", "bob"]
        assert replay(path).differences == ()
