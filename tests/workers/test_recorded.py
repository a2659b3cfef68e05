"""Tests of workers that replay records."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from protocols.messages import Failure, Result
from protocols.units import Money, TaskId
from tests.records import records
from tests.workers.calls import NUMBER, award, bids, lesson, lot
from workers.record_file import RecordColumns, RecordsError
from workers.recorded import BidRule, RecordedWorker, RecordsSpec
from workers.records import RecordTable
from workers.strategies import Overconfident, Shaded

pytestmark = pytest.mark.anyio
_COLUMNS = RecordColumns(cost="cost", confidence="confidence", kind="kind", answer="answer")
_TABLE = """question,worker,correct,cost,confidence,kind,answer
q1,ann,1,1,0.9,a,yes
q2,ann,0,3,,a,
q3,ann,1,,0.9,a,yes
q4,ann,1,5,0.6,b,
q1,bob,0,7,0.8,a,no
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a table of two workers."""
    path = tmp_path / "records.csv"
    path.write_text(_TABLE)
    return path


@pytest.fixture
def table(path: Path) -> RecordTable:
    """Return a table of two workers."""
    return RecordTable.load(path, _COLUMNS)


def _teach(worker: RecordedWorker, success: float, cost: int) -> None:
    done = Result(
        announcement=NUMBER,
        task=TaskId("q1"),
        worker=worker.name,
        answer="x",
        cost=Money(cost),
    )
    worker.learn(lesson(lot("q1", kind="a"), done, success))


async def test_it_does_what_the_record_says(table: RecordTable) -> None:
    """Answer, cost and outcome are those of the table."""
    done = await RecordedWorker("ann", table).execute(lot("q1"), award("ann", "q1"))
    assert isinstance(done, Result)
    assert (done.answer, done.cost, done.truth) == ("yes", 10**9, 1.0)


async def test_it_is_silent_without_a_record_or_a_cost(table: RecordTable) -> None:
    """A missing cost and an unknown question get no bid."""
    worker = RecordedWorker("ann", table)
    lots = [lot(each, kind="a") for each in ("q1", "q2", "q3", "q9")]
    assert [bid.task for bid in await bids(worker, *lots)] == ["q1", "q2"]
    assert await bids(RecordedWorker("bob", table), lot("q2")) == []


async def test_without_a_record_the_work_fails(table: RecordTable) -> None:
    """An award that it never bid on ends in a failure that costs nothing."""
    done = await RecordedWorker("bob", table).execute(lot("q2"), award("bob", "q2"))
    assert isinstance(done, Failure)
    assert done.cost == 0


async def test_by_default_it_knows_only_its_past(table: RecordTable) -> None:
    """The bid starts at one half and the table's mean cost, and learns from own outcomes alone."""
    worker = RecordedWorker("ann", table)
    (bid,) = await bids(worker, lot("q1", kind="a"))
    assert (bid.probability, bid.cost, bid.source) == (0.5, 2 * 10**9, "history")
    for _ in range(2):
        _teach(worker, success=1.0, cost=10**9)
    (bid,) = await bids(worker, lot("q1", kind="a"))
    assert (bid.probability, bid.cost) == (0.75, 2 * 10**9)
    (other,) = await bids(worker, lot("q4", kind="b"))
    assert other.probability == 0.5


async def test_the_cost_may_be_learned(table: RecordTable) -> None:
    """The mean of own past costs starts from a prior cost, else from the mean of the table."""
    started = RecordedWorker("ann", table, rule=BidRule(cost="history"))
    given = RecordedWorker("ann", table, rule=BidRule(cost="history", prior_cost=Money(0)))
    blank = BidRule.model_validate({"cost": "history", "prior_cost": 8})
    priced = RecordedWorker("ann", table, rule=blank)
    (bid,) = await bids(started, lot("q1", kind="a"))
    assert bid.cost == 2 * 10**9
    (bid,) = await bids(given, lot("q1", kind="a"))
    assert (bid.cost, bid.ceiling) == (0, 10**9)
    for _ in range(2):
        _teach(priced, success=0.0, cost=2 * 10**9)
    (bid,) = await bids(priced, lot("q1", kind="a"))
    assert bid.cost == 5 * 10**9


async def test_it_may_state_what_the_record_states(table: RecordTable) -> None:
    """Recorded confidence and cost; where no confidence is recorded, its past."""
    worker = RecordedWorker("ann", table, rule=BidRule(probability="recorded", cost="recorded"))
    first, second = await bids(worker, lot("q1", kind="a"), lot("q2", kind="a"))
    assert (first.probability, first.source, first.cost) == (0.9, "recorded", 10**9)
    assert (second.probability, second.source, second.cost) == (0.5, "history", 3 * 10**9)


async def test_the_ceiling_covers_the_recorded_cost(table: RecordTable) -> None:
    """Where the record costs more than the bid says, the bid names that as its ceiling."""
    worker = RecordedWorker("ann", table)
    cheap, dear = await bids(worker, lot("q1", kind="a"), lot("q2", kind="a"))
    assert (cheap.cost, cheap.ceiling) == (2 * 10**9, None)
    assert (dear.cost, dear.ceiling) == (2 * 10**9, 3 * 10**9)


async def test_it_may_lie(table: RecordTable) -> None:
    """A strategy changes what it states of real outcomes."""
    rule = BidRule(probability="recorded", cost="recorded")
    proud = RecordedWorker("ann", table, rule=rule, strategy=Overconfident(shift=1.0))
    (bid,) = await bids(proud, lot("q1", kind="a"))
    assert bid.probability > 0.95
    greedy = RecordedWorker("ann", table, rule=rule, strategy=Shaded(factor=2.0))
    (bid,) = await bids(greedy, lot("q1", kind="a"))
    assert bid.cost == 2 * 10**9


async def test_an_unknown_worker_is_told(table: RecordTable) -> None:
    """The message suggests the nearest name."""
    with pytest.raises(RecordsError, match="did you mean 'ann'"):
        RecordedWorker("anne", table)


def _spec(path: Path, **fields: object) -> RecordsSpec:
    columns = {"cost": "cost", "confidence": "confidence", "kind": "kind", "answer": "answer"}
    return RecordsSpec.model_validate({"path": path.name, "columns": columns, **fields})


async def test_a_configuration_takes_a_part_of_a_table(path: Path) -> None:
    """Workers, kinds, every n-th question and a limit choose what is replayed."""
    workers, questions = _spec(path).build(1, path.parent)
    assert [worker.name for worker in workers] == ["ann", "bob"]
    assert [question.task for question in questions] == ["q1", "q2", "q3", "q4"]
    workers, questions = _spec(path, workers=["bob"], kinds=["a"], every=2).build(1, path.parent)
    assert [worker.name for worker in workers] == ["bob"]
    assert [question.task for question in questions] == ["q1", "q3"]
    _, questions = _spec(path, limit=1).build(1, path.parent)
    assert [question.task for question in questions] == ["q1"]


async def test_a_shuffle_depends_on_the_seed_alone(path: Path) -> None:
    """Every question stays, in an order that the seed fixes."""
    orders = [
        [question.task for question in _spec(path, shuffle=True).build(seed, path.parent).questions]
        for seed in (1, 1, 2, 3)
    ]
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == ["q1", "q2", "q3", "q4"] for order in orders)


async def test_single_workers_may_report_otherwise(path: Path) -> None:
    """One strategy is for all, others for those that are named."""
    spec = _spec(
        path,
        bid={"cost": "recorded"},
        strategy={"shaded": 2},
        strategies={"bob": "truthful"},
        capacity=3,
    )
    ann, bob = spec.build(1, path.parent).workers
    ((of_ann,), (of_bob,)) = await bids(ann, lot("q1")), await bids(bob, lot("q1"))
    assert (of_ann.cost, of_bob.cost) == (2 * 10**9, 7 * 10**9)
    assert ann.participant.capacity == 3
    assert RecordsSpec.model_validate(spec.model_dump(mode="json")) == spec


@pytest.mark.parametrize(
    "fields", [{"workers": ["bop"]}, {"kinds": ["c"]}, {"strategies": {"eve": "truthful"}}]
)
async def test_what_is_not_in_the_table_is_told(path: Path, fields: dict[str, object]) -> None:
    """An unknown worker or kind is an error and not an empty run."""
    with pytest.raises(RecordsError, match="there is no"):
        _spec(path, **fields).build(1, path.parent)


@pytest.mark.parametrize(
    "fields",
    [{"every": 0}, {"limit": 0}, {"bid": {"cost": "guess"}}, {"bid": {"prior_weight": 0}}],
)
async def test_bad_numbers_are_refused(path: Path, fields: dict[str, object]) -> None:
    """What is out of range is an error of the configuration."""
    with pytest.raises(ValidationError):
        _spec(path, **fields)


async def test_real_records_bid_and_answer() -> None:
    """On 726 tasks, 34 real agents bid wherever their cost is known, and do what they did."""
    path = records("routing", "openhands34.csv.gz")
    columns = {
        "question": "question_id",
        "worker": "model",
        "kind": "task",
        "cost": "cost_usd",
    }
    spec = RecordsSpec.model_validate({"path": path.name, "columns": columns, "every": 10})
    workers, questions = spec.build(1, path.parent)
    lots = [lot(question.task, kind=question.kind) for question in questions]
    count = 0
    for worker in workers:
        for bid in await bids(worker, *lots):
            done = await worker.execute(lot(bid.task), award(worker.name, bid.task))
            assert isinstance(done, Result)
            assert done.truth in {0.0, 1.0}
            assert done.cost <= (bid.cost if bid.ceiling is None else bid.ceiling)
            count += 1
    assert (len(workers), len(questions), count > 2300) == (34, 73, True)
