"""Answers put into classes by a judge: which pairs are asked about, what it costs, what is kept."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.auction.execution import Ending
from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import JUDGING, Ledger
from orchestrator.memory.record import Record
from orchestrator.peers.comparison import NO_ROOM
from orchestrator.replay import replay
from orchestrator.task import Task, TaskResult
from orchestrator.verification import verify
from protocols.consultation import Compared, Consulted
from protocols.events import Event, PeersScored, transfers_of
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, events_of
from workers.chat import ChatRequest
from workers.errors import CutAnswerError
from workers.function import FunctionWorker
from workers.model_judge import ModelJudge
from workers.prices import Price
from workers.scripted_chat import Line, ScriptedChat

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])
PRICE = Price.per_million(1, 2)
COST = 10 * 1000 + 10 * 2000
QUOTED = re.compile(r"<answer ([0-9a-f]+)>\n(.*?)\n</answer \1>", re.DOTALL)

COLOURS = {"red": "red", "crimson": "red", "scarlet": "red", "blue": "blue", "azure": "blue"}


def pair(request: ChatRequest) -> tuple[str, str]:
    """Return the two answers that a judge is asked about."""
    first, second = (found[1] for found in QUOTED.findall(request.messages[1].content))
    return first, second


def by_colour(request: ChatRequest) -> str:
    """Say whether two words mean one colour."""
    first, second = (COLOURS[each.casefold().rstrip(".")] for each in pair(request))
    return json.dumps({"reason": "so", "same": first == second})


def judge(says: Callable[[ChatRequest], Line] = by_colour) -> tuple[ModelJudge, ScriptedChat]:
    """Return a judge with a price, and who answers for it."""
    chat = ScriptedChat(same=says)
    return ModelJudge("fair", model="m", price=PRICE, max_tokens=100, chat=chat), chat


def fleet(answers: Sequence[str]) -> list[FunctionWorker]:
    """Return a worker for each answer, of an owner and a family of its own."""
    return [
        FunctionWorker(
            f"w{n}",
            lambda _, said=said: said,
            cost=0,
            confidence=0.9,
            owner=f"o{n}",
            family=f"f{n}",
        )
        for n, said in enumerate(answers)
    ]


def run(
    path: Path | None,
    answers: Sequence[str],
    by: ModelJudge,
    *,
    count: int = 1,
    backend: str = "asyncio",
    **more: Any,
) -> list[TaskResult]:
    """Give tasks to all workers and let the judge compare what they say."""
    limits = Limits(attempts=1, announcements=1)
    peer = {
        "mechanism": "output-agreement",
        "aggregate": "plurality",
        "classes": {"judge": by.name},
        "stake": 0,
    }

    async def main() -> list[TaskResult]:
        market = Coordinator(
            fleet(answers),
            mechanism="first-price",
            limits=limits,
            peer=peer,
            judges=[by],
            journal=path,
            **more,
        )
        async with market:
            tasks = [
                Task("Which colour?", "0.001", id=f"t{n}", redundancy=len(answers))
                for n in range(count)
            ]
            return await market.run_all(tasks)

    return anyio.run(main, backend=backend)


def test_an_end_is_told_once_the_verdicts_behind_it_are_on_the_disk() -> None:
    """After a loss of power the judge cannot say something else than what a caller was told."""
    by, _ = judge()
    peer = {"mechanism": "output-agreement", "classes": {"judge": by.name}, "stake": 0}
    kin = Kin(fleet(["red", "crimson"]), mechanism="first-price", peer=peer, judges=[by])
    told: list[str] = []

    def note(ending: Ending) -> None:
        last = max(place for place, each in enumerate(kin.events, 1) if isinstance(each, Compared))
        assert max(kin.kept.waited) >= last
        told.append(ending.state)

    async def main() -> None:
        async with kin:
            await kin.complete(kin.admit([Task("Which?", "0.001", redundancy=2)]), note)

    anyio.run(main)
    assert len(told) == 1


def compared(path: Path) -> list[Compared]:
    """Return what the judge has said."""
    return [event for event in events_of(path) if isinstance(event, Compared)]


def sound(path: Path) -> Ledger:
    """Check a journal and that a replay finds the same; return its books."""
    found = replay(path)
    assert (found.identical, found.finished) == (True, True), found.differences
    with Record(path) as record:
        assert verify(record).problems == ()
    ledger = Ledger(capped=False)
    for event in events_of(path):
        ledger.apply(transfers_of(event))
    assert ledger.held == 0
    return ledger


@BACKENDS
def test_answers_in_other_words_are_one_class(tmp_path: Path, backend: str) -> None:
    """The crowd's answer is the first of its class; the journal replays without the judge."""
    path, (fair, chat) = tmp_path / "run.db", judge()
    (result,) = run(path, ["red", "crimson", "Blue.", "scarlet", "blue"], fair, backend=backend)
    assert result.state == "solved"
    assert COLOURS[str(result.answer)] == "red"
    labels = [each.label for each in compared(path)]
    assert len(set(labels)) == 2
    assert sound(path).balance("cash", JUDGING) == len(chat.asked) * COST


@BACKENDS
def test_no_pair_is_asked_about_twice(tmp_path: Path, backend: str) -> None:
    """Only first answers of classes are compared, and what differs in its form alone is not."""
    fair, chat = judge()
    run(tmp_path / "run.db", ["red", "RED.", "crimson", "blue", "Blue"], fair, backend=backend)
    pairs = [frozenset(map(str.casefold, pair(request))) for request in chat.asked]
    assert len(pairs) == len(set(pairs)) <= 3


def test_classes_are_closed_under_the_first_answer(tmp_path: Path) -> None:
    """An answer joins the first class whose first answer is the same, whatever else is like it."""

    def near(request: ChatRequest) -> str:
        first, second = map(int, pair(request))
        return json.dumps({"reason": "so", "same": abs(first - second) <= 1})

    path, (fair, _) = tmp_path / "run.db", judge(near)
    run(path, ["1", "2", "3"], fair)
    said = [(event.task, event.label) for event in compared(path)]
    names: list[int] = []
    answers = _answers(path)
    for task, label in said:
        own = int(answers[task])
        expected = next((name for name in names if abs(name - own) <= 1), own)
        assert label == str(expected)
        names += [] if expected in names else [expected]


def _answers(path: Path) -> dict[str, str]:
    return {
        event.report.task: event.report.answer
        for event in events_of(path)
        if event.event == "finished" and event.report.performative == "inform"
    }


def test_the_same_run_gives_the_same_classes(tmp_path: Path) -> None:
    """Many tasks are compared at once, and the classes do not depend on which comes first."""
    found: list[list[Compared]] = []
    for name, backend in (("a.db", "asyncio"), ("b.db", "trio")):
        run(tmp_path / name, ["red", "crimson", "blue"], judge()[0], count=12, backend=backend)
        found.append(sorted(compared(tmp_path / name), key=lambda event: event.key))
    assert found[0] == found[1]
    assert len(found[0]) == 36


def test_a_budget_without_room_asks_nobody(tmp_path: Path) -> None:
    """The answers stay without a score and say why; nothing is spent."""
    path, (fair, chat) = tmp_path / "run.db", judge()
    (result,) = run(path, ["red", "crimson"], fair, budget="0.000001")
    assert (result.state, chat.asked) == ("unsettled", [])
    assert [event.reason for event in compared(path)] == ["", NO_ROOM]
    sound(path)


@pytest.mark.parametrize(
    ("says", "reason", "billed"),
    [
        (CutAnswerError("cut"), "the judge 'fair' gives no verdict: CutAnswerError: cut", COST),
        ("perhaps", "the judge 'fair' gives no verdict: UnstructuredAnswerError", COST),
    ],
)
def test_a_judge_without_a_verdict_leaves_one_answer_unsettled(
    tmp_path: Path, says: Line, reason: str, billed: int
) -> None:
    """The others are compared all the same, and what was asked is billed."""
    path, (fair, _) = tmp_path / "run.db", judge(lambda _: says)
    run(path, ["red", "crimson", "red"], fair, budget=1)
    failed = [event for event in compared(path) if event.label is None]
    assert len(failed) >= 1
    assert all(event.reason.startswith(reason) for event in failed)
    assert sound(path).balance("cash", JUDGING) == billed * len(failed)
    assert any(isinstance(event, PeersScored) for event in events_of(path))


def test_an_interrupted_comparison_is_asked_again_and_billed_twice(tmp_path: Path) -> None:
    """A question without a verdict in the journal may have been billed; verdicts are kept."""
    path, (fair, chat) = tmp_path / "run.db", judge()
    run(path, ["red", "crimson", "blue"], fair, budget=1)
    whole, once = events_of(path), len(chat.asked)
    last = max(n for n, event in enumerate(whole) if isinstance(event, Consulted))
    held = _held(whole[last])
    cut, (again, asked) = write(tmp_path / "cut.db", whole[: last + 1]), judge()
    run(cut, ["red", "crimson", "blue"], again, budget=1, resume=True)
    assert [event.label for event in compared(cut)] == [event.label for event in compared(path)]
    assert len(asked.asked) < once
    assert sound(cut).balance("cash", JUDGING) == once * COST + held


def _held(event: Event) -> int:
    return sum(move.amount for move in transfers_of(event) if move.purpose == "hold")


def test_a_judge_that_nobody_knows_is_refused() -> None:
    """Before the run, in one line."""
    with pytest.raises(ValueError, match="there is no judge 'fair' in the section `judges`"):
        Coordinator([], mechanism="vcg", peer={"classes": {"judge": "fair"}})
