"""Goals: planned, carried out, planned again, broken off and taken up."""

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.memory.record import Record
from orchestrator.planning.errors import PlanningError, PlanRefusedError
from orchestrator.planning.pursuit import Solution, first_brief
from orchestrator.planning.settings import PlanningSettings
from orchestrator.replay import replay
from orchestrator.task import Task
from orchestrator.verification import verify
from protocols.events import Event, TaskAdded
from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import Money, money
from tests.orchestrator.journals import write
from tests.orchestrator.markets import events_of, finished
from tests.orchestrator.planning.plans import KINDS, Echo, draft, drafted, market
from workers.planning.draft import Brief
from workers.planning.planner import Planner, Proposal, ScriptedPlanner
from workers.verifiers import exact

FIRST = draft(
    drafted("list", prompt='say ["Ulm", "Bonn"]'),
    drafted("where", prompt="say in {{ item }}", needs=["list"], each="list", most=2),
    drafted("report", prompt="{{ answers.where | join('; ') }} give up", needs=["where"]),
)
SECOND = draft(
    drafted("again", prompt="say {{ answers.where | join(' and ') }}", needs=["where"]),
)


class Dear(ScriptedPlanner):
    """A scripted planner whose calls cost money and may cost more."""

    def ceiling(self, brief: Brief) -> Money:
        """Return a tenth of a unit."""
        del brief
        return money("0.1")

    async def propose(self, brief: Brief) -> Proposal:
        """Take four hundredths of a unit."""
        return (await super().propose(brief))._replace(cost=money("0.04"))


async def solved(open_market: Coordinator, **more: Any) -> Solution:
    """Have a goal solved."""
    async with open_market:
        return await open_market.solve("a report", **more)


def test_a_goal_is_planned_and_its_tasks_are_done() -> None:
    """The answer is that of the last task, which quotes the answers before it."""
    text = FIRST.replace(" give up", "")
    found = anyio.run(solved, market([text]))
    assert (found.solved, found.reason, found.answer) == (True, "", "in Ulm; in Bonn")
    assert [task.id for task in found.plans[0]] == ["list", "where", "report"]
    assert [result.state for result in found.results] == ["solved"] * 3


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_plan_that_failed_is_followed_by_one_that_builds_on_it(backend: str) -> None:
    """The planner is told what was solved and what failed, and what value is left."""
    planner = ScriptedPlanner([FIRST, SECOND])
    found = anyio.run(partial(solved, market(planner)), backend=backend)
    assert (found.solved, found.answer) == (True, "in Ulm and in Bonn")
    assert [result.state for result in found.results] == ["solved", "solved", "failed", "solved"]
    first, second = planner.asked
    assert (first.number, second.number) == (1, 2)
    assert [(done.id, done.state, done.many) for done in second.done] == [
        ("list", "solved", False),
        ("where", "solved", True),
        ("report", "failed", False),
    ]
    assert first.value - second.value == 3 * money("0.1")


def test_planning_again_ends_with_the_settings() -> None:
    """Two plans with one replan; the reason names the task that is not solved."""
    failing = [draft(drafted(name, prompt="give up")) for name in "abc"]
    planner = ScriptedPlanner(failing)
    found = anyio.run(solved, market(planner))
    assert (found.solved, found.answer, found.reason) == (False, None, "task 'b' is failed")
    assert len(planner.asked) == 2


def test_without_a_second_plan_the_results_of_the_first_remain() -> None:
    """A planner without ideas does not undo what was done."""
    found = anyio.run(solved, market([FIRST]))
    assert not found.solved
    assert found.reason == "there is no plan: the script has no further draft"
    assert [result.state for result in found.results] == ["solved", "solved", "failed"]


def test_a_plan_may_be_refused() -> None:
    """Whoever is shown it may raise; none of its tasks has entered then."""
    seen: list[Event] = []

    def refuse(tasks: Any, number: int) -> None:
        raise PlanRefusedError(f"{len(tasks)} tasks in plan {number}")

    shown = market([FIRST])
    shown.listen(seen.append)
    with pytest.raises(PlanRefusedError, match="3 tasks in plan 1"):
        anyio.run(partial(solved, shown, on_plan=refuse))
    assert not any(isinstance(event, TaskAdded) for event in seen)


def test_a_goal_needs_a_planner_a_value_and_an_idle_market() -> None:
    """Each mistake is said before anything is asked."""

    async def busy() -> None:
        async with market([FIRST]) as open_market, anyio.create_task_group() as group:
            group.start_soon(open_market.run, Task("say x", 1, exact("x")))
            await anyio.lowlevel.checkpoint()
            await open_market.solve("g")

    with pytest.raises(ValueError, match="give the coordinator a planner"):
        anyio.run(solved, Coordinator([Echo()]))
    with pytest.raises(ValueError, match="nobody says what the goal is worth"):
        first_brief("g", PlanningSettings(), None, "USD")
    with pytest.raises(ExceptionGroup) as caught:
        anyio.run(busy)
    assert caught.group_contains(RuntimeError, match="no other task is under way")


def dear(path: Path, texts: list[str], **more: Any) -> tuple[Coordinator, Dear]:
    """Return a market whose planner costs money."""
    planner = Dear(texts)
    more.setdefault("planning", {"kinds": KINDS, "value": "0.9"})
    return market(planner, path, **more), planner


def test_the_money_of_planning_is_booked_and_journaled(tmp_path: Path) -> None:
    """Two calls at four hundredths; what was held beyond that is free again."""
    path = tmp_path / "run.db"
    own, _ = dear(path, [FIRST, SECOND])
    found = anyio.run(solved, own)
    assert found.cost == money("0.08")
    assert own.ledger.balance("cash", "planning") == money("0.08")
    assert own.ledger.held == 0
    assert replay(path).identical


def test_planning_that_fails_is_booked_too(tmp_path: Path) -> None:
    """Three drafts that cannot be used are three calls, and a clear failure."""
    path = tmp_path / "run.db"
    bad = draft(drafted(kind="x"))
    own, planner = dear(path, [bad] * 9)
    with pytest.raises(PlanningError, match="no plan after 3 drafts; the last one: task 'a': "):
        anyio.run(solved, own)
    assert len(planner.asked) == 3
    assert own.ledger.balance("cash", "planning") == money("0.12")
    again, idle = dear(path, [], resume=True)
    with pytest.raises(PlanningError, match="after 3 drafts"):
        anyio.run(solved, again)
    assert idle.asked == []
    assert replay(path).identical


def test_a_goal_cut_after_any_event_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """For each length of the journal: same end; no answer on record is asked for again."""
    texts = [draft(drafted(kind="x")), FIRST, SECOND]
    own, _ = dear(tmp_path / "whole.db", texts)
    whole = anyio.run(solved, own)
    events = events_of(tmp_path / "whole.db")
    for length in range(1, len(events)):
        path = write(tmp_path / f"{length}.db", events[:length])
        answered = sum(isinstance(event, PlanAnswered) for event in events[:length])
        asked = sum(isinstance(event, PlanAsked) for event in events[:length])
        resumed, planner = dear(path, texts[answered:], resume=True)
        found = anyio.run(solved, resumed)
        assert found.answer == whole.answer
        assert [each.state for each in found.results] == [each.state for each in whole.results]
        assert len(planner.asked) == 3 - answered
        lost = (asked - answered) * money("0.1")
        assert resumed.ledger.balance("cash", "planning") == money("0.12") + lost
        assert finished(events_of(path)) == finished(events)
        assert replay(path).identical


def test_a_lost_draft_that_cannot_be_asked_for_again_is_booked_as_billed(tmp_path: Path) -> None:
    """Nothing stays held in a run that is closed, and a replay finds the same."""
    texts, budget = [FIRST, SECOND], "0.2"
    own, _ = dear(tmp_path / "whole.db", texts, budget=budget)
    anyio.run(solved, own)
    events = events_of(tmp_path / "whole.db")
    (cut,) = (
        place
        for place, event in enumerate(events, start=1)
        if isinstance(event, PlanAsked) and event.number == 2
    )
    path = write(tmp_path / "cut.db", events[:cut])
    resumed, planner = dear(path, [SECOND], budget=budget, resume=True)
    found = anyio.run(solved, resumed)
    assert (found.solved, planner.asked) == (False, [])
    assert "the answer was lost, and the budget has no room for another call" in found.reason
    assert resumed.ledger.held == 0
    assert found.cost == resumed.ledger.balance("cash", "planning") == money("0.14")
    assert replay(path).identical
    with Record(path) as record:
        assert verify(record).problems == ()


def test_a_changed_draft_shows_in_a_replay(tmp_path: Path) -> None:
    """What is wrong with a draft is found anew and compared with the record."""
    own, _ = dear(tmp_path / "whole.db", [FIRST, SECOND])
    anyio.run(solved, own)
    events = [
        event.model_copy(update={"text": draft(drafted(kind="x"))})
        if isinstance(event, PlanAnswered) and event.number == 2
        else event
        for event in events_of(tmp_path / "whole.db")
    ]
    found = replay(write(tmp_path / "changed.db", events))
    assert "plan-answered 2 1: problems" in found.differences[0]


class Broken(Planner):
    """A planner that raises."""

    async def propose(self, brief: Brief) -> Proposal:
        """Raise."""
        raise KeyError("oops")


def test_a_planner_that_raises_is_a_failure() -> None:
    """Foreign code does not break the run with a traceback."""
    with pytest.raises(PlanningError, match="the planner failed: KeyError: 'oops'"):
        anyio.run(solved, market(Broken()))
