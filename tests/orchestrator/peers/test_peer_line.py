"""Tests of the second line: answers to copied tasks, peer scores, settlements."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.memory.ledger import Ledger
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.task import Task
from orchestrator.verification import verify
from protocols.events import (
    Allocated,
    Announced,
    Event,
    Finished,
    PeersScored,
    RunClosed,
    RunResumed,
    Settled,
    Started,
    TaskEnded,
    Unsettled,
    transfers_of,
)
from tests.orchestrator.journals import write
from tests.orchestrator.labelling import (
    GOOD,
    events,
    fleet,
    label_tasks,
    labeller,
    run,
    truth,
)
from workers.function import FunctionWorker
from workers.verifiers import check, exact

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


def _scored(journal: Sequence[Event]) -> list[PeersScored]:
    return [event for event in journal if isinstance(event, PeersScored)]


def _settled(journal: Sequence[Event]) -> list[Settled]:
    return [event for event in journal if isinstance(event, Settled)]


def _unsettled(journal: Sequence[Event]) -> list[Unsettled]:
    return [event for event in journal if isinstance(event, Unsettled)]


def _sound(path: Path) -> None:
    """Check that a journal is sound, is replayed identically, and that its books balance."""
    again = replay(path)
    assert again.differences == ()
    assert again.compared == again.events
    with Record(path) as record:
        assert verify(record).problems == ()
    ledger = Ledger(capped=False)
    for event in events(path):
        ledger.apply(transfers_of(event))
    assert set(ledger.sums().values()) == {0}
    assert ledger.held == 0


@BACKENDS
def test_answers_become_scores_settlements_and_a_consensus(tmp_path: Path, backend: str) -> None:
    """Each copy is paid its base plus the stake times the peer score; the task has one answer."""
    path = tmp_path / "run.db"
    workers = fleet({**GOOD, "eve": 0.75})
    results = run(path, workers, label_tasks(60), backend=backend, peer={})
    assert {result.state for result in results} <= {"solved", "unsettled"}
    right = sum(result.answer == truth(f"picture {n}") for n, result in enumerate(results))
    assert right >= 50
    journal = events(path)
    (scored,) = _scored(journal)
    scores = {one.worker: one.score for one in scored.workers}
    assert set(scores) == {*GOOD, "eve"}
    contracts = {
        (award.task, award.worker): award.contract
        for event in journal
        if isinstance(event, Allocated)
        for award in event.allocation.awards
    }
    assert len(_settled(journal)) == len(contracts) == 180
    for event in _settled(journal):
        done = event.settlement
        contract = contracts[done.task, done.worker]
        score = scores[done.worker]
        assert score is not None
        assert done.score == score
        assert contract.rule == "correlated-agreement"
        assert done.payment == contract.base + round(10_000_000 * score)
    _sound(path)


def test_an_owner_is_paid_by_one_score_for_all_its_workers(tmp_path: Path) -> None:
    """Two names of one owner, one careful and one careless, are paid alike: by the score of both."""
    path = tmp_path / "run.db"
    names = {"zoe-1": 0.95, "zoe-2": 0.5}
    twins = [
        FunctionWorker(
            name, labeller(name, p), cost=0.0001, confidence=0.9, owner="zoe", family="z"
        )
        for name, p in names.items()
    ]
    run(path, [*fleet(GOOD), *twins], label_tasks(40))
    journal = events(path)
    (scored,) = _scored(journal)
    mine = [one for one in scored.workers if one.worker in names and one.score is not None]
    paid = {
        event.settlement.score for event in _settled(journal) if event.settlement.worker in names
    }
    total = sum(one.answers for one in mine)
    assert total <= 40
    assert paid == {one.pay_unit for one in mine}
    assert paid.pop() == pytest.approx(
        sum(one.answers * (one.score or 0.0) for one in mine) / total, abs=1e-11
    )
    _sound(path)


def test_both_event_loops_write_the_same_decisions(tmp_path: Path) -> None:
    """Scores, answers and payments depend neither on the event loop nor on who is faster."""
    found: list[set[str]] = []
    for backend in ("asyncio", "trio"):
        path = tmp_path / f"{backend}.db"
        run(path, fleet(GOOD), label_tasks(12), backend=backend)
        found.append(
            {event.model_dump_json() for event in (*_scored(events(path)), *_settled(events(path)))}
        )
    assert found[0] == found[1]


def test_nobody_does_two_copies(tmp_path: Path) -> None:
    """The copies of a task go to different owners, whatever names an owner uses."""
    path = tmp_path / "run.db"
    twins = [
        FunctionWorker(f"zoe-{n}", truth, cost=0.0001, confidence=0.9, owner="zoe", family="z")
        for n in range(3)
    ]
    run(path, [*fleet(GOOD), *twins], label_tasks(20))
    owners = defaultdict[str, list[str]](list)
    for event in events(path):
        if isinstance(event, Started):
            owners[event.task.partition("#")[0]].append(event.worker.partition("-")[0])
    assert len(owners) == 20
    assert all(len(set(names)) == 3 for names in owners.values())


@BACKENDS
def test_an_interrupted_run_is_taken_up_anywhere(tmp_path: Path, backend: str) -> None:
    """Cut before, at or after the scores, a resumed run ends with the events of a whole one."""
    tasks = label_tasks(6)
    whole = tmp_path / "whole.db"
    run(whole, fleet(GOOD), tasks, backend=backend)
    expected = events(whole)
    place = next(n for n, event in enumerate(expected) if isinstance(event, PeersScored))
    answers = [n for n, event in enumerate(expected) if isinstance(event, Finished)]
    cuts = [answers[3], answers[-1] + 1, place, place + 1, place + 2, place + 3, place + 10]
    for cut in [*cuts, len(expected) - 2]:
        path = write(tmp_path / f"{cut}.db", expected[:cut])
        assert replay(path).differences == ()
        results = run(path, fleet(GOOD), tasks, backend=backend, resume=True)
        assert {result.state for result in results} == {"solved"}
        resumed = [event for event in events(path) if not isinstance(event, RunResumed)]
        assert _decisions(resumed) == _decisions(expected), cut
        _sound(path)


def _decisions(journal: Sequence[Event]) -> set[str]:
    """Return what must not depend on an interruption; a lost call is billed and made again."""
    kinds = (Announced, Allocated, PeersScored, TaskEnded, RunClosed)
    found = {event.model_dump_json() for event in journal if isinstance(event, kinds)}
    return found | {event.settlement.model_dump_json() for event in _settled(journal)}


def test_a_changed_score_is_found_by_a_replay(tmp_path: Path) -> None:
    """A journal whose scores do not follow from its answers differs, and the replay says where."""
    path = tmp_path / "run.db"
    run(path, fleet(GOOD), label_tasks(8))
    journal = events(path)
    place = next(n for n, event in enumerate(journal) if isinstance(event, PeersScored))
    scored = _scored(journal)[0]
    first = scored.workers[0].model_copy(update={"score": 1.0})
    journal[place] = scored.model_copy(update={"workers": (first, *scored.workers[1:])})
    found = replay(write(tmp_path / "forged.db", journal))
    assert any("workers.0.score is 1.0 in the journal" in each for each in found.differences)


def test_a_missing_settlement_is_found(tmp_path: Path) -> None:
    """A closed run that leaves an answer without its settlement is not sound."""
    path = tmp_path / "run.db"
    run(path, fleet(GOOD), label_tasks(8))
    journal = events(path)
    journal.remove(_settled(journal)[-1])
    with Record(write(tmp_path / "cut.db", journal)) as record:
        problems = verify(record).problems
    assert any("is not settled" in problem for problem in problems)


def test_dependents_get_the_consensus(tmp_path: Path) -> None:
    """Who needs a copied task gets its answer, and is scored with a later batch."""
    path = tmp_path / "run.db"
    first = label_tasks(6)
    second = [Task(f"again {n}", 0.3, id=f"q{n}", redundancy=3, needs=[f"p{n}"]) for n in range(6)]
    results = run(path, fleet(GOOD), [*second, *first])
    assert {result.state for result in results} == {"solved"}
    answers = {result.task: result.answer for result in results}
    journal = events(path)
    assert [event.batch for event in _scored(journal)] == [1, 2]
    inputs = {
        lot.group: lot.inputs
        for event in journal
        if isinstance(event, Announced)
        for lot in event.announcement.lots
    }
    assert all(inputs[f"q{n}"] == {f"p{n}": answers[f"p{n}"]} for n in range(6))  # type: ignore[index]
    _sound(path)


def test_kinds_are_scored_apart(tmp_path: Path) -> None:
    """Answers of different kinds are never compared, though the tasks came together."""
    path = tmp_path / "run.db"
    tasks = [Task(f"{kind} {n}", 0.3, kind=kind, redundancy=3) for n in range(6) for kind in "ab"]
    run(path, fleet(GOOD), tasks)
    assert [event.kind for event in _scored(events(path))] == ["a", "b"]
    _sound(path)


def test_one_family_has_no_peers(tmp_path: Path) -> None:
    """Workers of one family are refused a score; their bill is paid and nothing else."""
    path = tmp_path / "run.db"
    results = run(path, fleet(GOOD, family="same"), label_tasks(10))
    assert {result.state for result in results} == {"solved"}
    assert [result.settlement for result in results] == [None] * 10
    journal = events(path)
    assert all(
        "peers of another owner and family" in one.refusal for one in _scored(journal)[0].workers
    )
    assert len(_unsettled(journal)) == 30
    assert all(event.reason.startswith("no peer score: only 0") for event in _unsettled(journal))
    assert all(
        transfer.purpose == "bill" for event in _unsettled(journal) for transfer in event.transfers
    )
    _sound(path)


def test_too_few_answers_are_no_consensus(tmp_path: Path) -> None:
    """A task with one answer ends unsettled and says why; its answer is not paid by peers."""
    path = tmp_path / "run.db"
    silent = [
        FunctionWorker(name, lambda _: None, cost=0.001, confidence=0.5, owner=name, family=name)
        for name in ("eve", "fay")
    ]
    results = run(path, [*fleet({"ann": 0.9}), *silent], label_tasks(3))
    assert [(result.state, result.reason) for result in results] == [
        ("unsettled", "1 of 3 copies were answered; a consensus takes 2")
    ] * 3
    journal = events(path)
    assert _scored(journal)[0].answers == ()
    failed = [event.settlement for event in _settled(journal)]
    assert {done.worker for done in failed} == {"eve", "fay"}
    assert {(done.success, done.score) for done in failed} == {(0.0, 0.0)}
    _sound(path)


def test_copies_that_nobody_wants_leave_the_task_unsold(tmp_path: Path) -> None:
    """If no copy is sold the task ends unsold, like any other, and scores nobody."""
    path = tmp_path / "run.db"
    tasks = [Task("picture", 0.3, reserve=0.0001, redundancy=3)]
    (result,) = run(path, fleet(GOOD), tasks)
    assert result.state == "unsold"
    assert _scored(events(path))[0].workers == ()
    _sound(path)


def test_a_failed_copy_is_announced_again(tmp_path: Path) -> None:
    """Where a worker gives no answer another of the same group may, and the task is solved."""
    path = tmp_path / "run.db"
    broken = FunctionWorker("eve", lambda _: None, cost=0.0, confidence=0.5, owner="e", family="e")
    results = run(path, [*fleet(GOOD), broken], label_tasks(12), attempts=3)
    assert {result.state for result in results} <= {"solved", "unsettled"}
    lots = [
        lot
        for event in events(path)
        if isinstance(event, Announced)
        for lot in event.announcement.lots
    ]
    assert any(lot.attempt == 2 and "eve" in lot.excluded for lot in lots)
    _sound(path)


def test_a_skipped_task_does_not_keep_its_batch_waiting(tmp_path: Path) -> None:
    """A task that never starts is left out, and the others of its batch are scored."""
    path = tmp_path / "run.db"
    tasks = [
        Task("never right", 0.3, verify=check(lambda _: False), id="bad"),
        Task("picture", 0.3, id="after", needs=["bad"], redundancy=3),
        *label_tasks(6),
    ]
    results = run(path, fleet(GOOD), tasks)
    assert [result.state for result in results] == ["failed", "skipped", *["solved"] * 6]
    assert len(_scored(events(path))) == 1
    _sound(path)


def test_verified_copies_are_gold(tmp_path: Path) -> None:
    """Where a verifier decides, its word is the outcome and the accepted answer that of the task."""
    path = tmp_path / "run.db"
    gold = [
        Task(f"gold {n}", 0.3, verify=exact(truth(f"gold {n}")), id=f"g{n}", redundancy=3)
        for n in range(12)
    ]
    results = run(path, fleet(GOOD), [*gold, *label_tasks(12)])
    by_task = {result.task: result for result in results}
    solved = [by_task[task.lot("").task] for task in gold]
    assert {result.state for result in solved} == {"solved"}
    assert all(result.answer == truth(f"gold {n}") for n, result in enumerate(solved))
    assert {result.outcome.verifier for result in solved if result.outcome} == {"exact"}
    assert len(_settled(events(path))) == 72
    _sound(path)


def test_gold_that_nobody_finds_fails(tmp_path: Path) -> None:
    """A copied task of which the verifier accepts no copy has failed, whatever the crowd says."""
    tasks = [Task("gold", 0.3, verify=exact("zebra"), id="g", redundancy=3), *label_tasks(6)]
    path = tmp_path / "run.db"
    result = run(path, fleet(GOOD), tasks)[0]
    assert (result.state, result.reason) == ("failed", "the verifier has accepted no copy")
    _sound(path)


@pytest.mark.parametrize(
    "mechanism", ["vcg", "vickrey", "first-price", "posted-price", "min-work", "sortition"]
)
def test_outsiders_are_paid_within_what_was_held(tmp_path: Path, mechanism: str) -> None:
    """Cash workers get base plus stake times score, and a budget is never exceeded."""
    path = tmp_path / "run.db"
    results = run(path, fleet(GOOD, payable=True), label_tasks(10), budget=2.0, mechanism=mechanism)
    assert "solved" in {result.state for result in results}
    ledger = Ledger(capped=True)
    for event in events(path):
        ledger.apply(transfers_of(event))
    assert 0 < ledger.spending() <= 2 * 10**9
    paid = sum(event.settlement.payment for event in _settled(events(path)))
    assert paid == ledger.spending() - ledger.balance("cash", "debts")
    _sound(path)


def test_a_small_budget_leaves_tasks_unfunded(tmp_path: Path) -> None:
    """What waiting answers hold is not given out twice; what does not fit ends unfunded."""
    path = tmp_path / "run.db"
    results = run(path, fleet(GOOD, payable=True), label_tasks(20), budget=0.8)
    states = Counter(result.state for result in results)
    assert states["unfunded"]
    assert states["solved"]
    _sound(path)


def test_workers_learn_what_peers_said(tmp_path: Path) -> None:
    """A worker without a stated confidence learns from the consensus, as from a verifier."""
    workers = [FunctionWorker(name, truth, cost=0.001, owner=name, family=name) for name in "abc"]
    run(tmp_path / "run.db", workers, label_tasks(10))
    lot = label_tasks(1)[0].lot("p")
    assert all(worker.quote(lot).probability > 0.8 for worker in workers)


def test_results_name_the_copy_that_answers(tmp_path: Path) -> None:
    """The result of a copied task has the award and the settlement of one of its copies."""
    result = run(tmp_path / "run.db", fleet(GOOD), label_tasks(8))[0]
    assert result.award is not None
    assert result.settlement is not None
    assert result.award.task.startswith("p0#")
    assert result.settlement.success == 1.0
    assert result.outcome is not None
    assert result.outcome.verifier == "peers"
    assert result.attempts == 1
