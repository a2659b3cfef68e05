"""Tests of simulated workers."""

from math import exp, sqrt

import anyio
import pytest
from pydantic import ValidationError

from protocols.messages import Failure, Lot, Result
from protocols.units import TaskId
from tests.workers.calls import award, bids, lot, result
from workers.simulated import SimulatedSpec, SimulatedWorker
from workers.strategies import Overconfident
from workers.verifiers import exact, numeric

pytestmark = pytest.mark.anyio
_many = [lot(f"t{number}", kind="sums") for number in range(3000)]


async def _results(worker: SimulatedWorker, lots: list[Lot]) -> list[Result | Failure]:
    return [await worker.execute(each, award(worker.name, each.task)) for each in lots]


async def test_order_does_not_matter() -> None:
    """Bids and results are the same whichever task comes first, and in a worker made anew."""
    first, second = (
        SimulatedWorker("w", skill=0.6, skill_spread=1, cost=1, cost_spread=0.5, seed=3)
        for _ in range(2)
    )
    few = _many[:50]
    assert {bid.task: bid for bid in await bids(first, *few)} == {
        bid.task: bid for bid in await bids(second, *reversed(few))
    }
    assert await _results(first, few) == (await _results(second, few[::-1]))[::-1]


async def test_seed_worker_and_attempt_change_the_draws() -> None:
    """Another seed, another worker or another attempt costs something else."""
    costs = set[int]()
    for name, seed, attempt in [("w", 1, 1), ("v", 1, 1), ("w", 2, 1), ("w", 1, 2)]:
        worker = SimulatedWorker(name, skill=0.5, cost=1, cost_spread=0.5, seed=seed)
        costs.update(bid.cost for bid in await bids(worker, lot(attempt=attempt)))
    assert len(costs) == 4


async def test_a_truthful_report_is_calibrated() -> None:
    """Among tasks with about the same report the share of successes is about that report."""
    worker = SimulatedWorker("w", skill=0.6, skill_spread=1.5, failure_rate=0.1, seed=1)
    stated = [bid.probability for bid in await bids(worker, *_many)]
    successes = [
        each.truth == 1.0 if isinstance(each, Result) else False
        for each in await _results(worker, _many)
    ]
    for low in (0.0, 0.3, 0.6):
        chosen = [n for n, p in enumerate(stated) if low <= p < low + 0.3]
        expected = sum(stated[n] for n in chosen) / len(chosen)
        share = sum(successes[n] for n in chosen) / len(chosen)
        assert abs(share - expected) < 4 * sqrt(0.25 / len(chosen))


async def test_the_cost_is_lognormal_around_its_mean() -> None:
    """The mean over many lots is the mean asked for, and so is the spread of the logarithm."""
    worker = SimulatedWorker("w", skill=0.5, cost=2, cost_spread=0.4, seed=1)
    costs = [bid.cost / 1e9 for bid in await bids(worker, *_many)]
    mean = sum(costs) / len(costs)
    variance = sum((cost - mean) ** 2 for cost in costs) / len(costs)
    deviation = 2 * sqrt(exp(0.4**2) - 1)
    assert abs(mean - 2) < 4 * deviation / sqrt(len(costs))
    assert sqrt(variance) == pytest.approx(deviation, rel=0.1)


async def test_the_metered_cost_is_the_true_cost() -> None:
    """What a truthful worker bids is what the work then costs; an undercut bid names its ceiling."""
    honest = SimulatedWorker("w", skill=0.5, cost=1, cost_spread=0.5, seed=1)
    (bid,), (done,) = await bids(honest, lot()), await _results(honest, [lot()])
    assert (bid.cost, bid.ceiling) == (done.cost, None)
    liar = SimulatedWorker("w", skill=0.5, cost=1, cost_spread=0.5, seed=1, strategy="shaded")
    (bid,), (done,) = await bids(liar, lot()), await _results(liar, [lot()])
    assert (bid.cost, bid.ceiling) == (round(done.cost * 1.25), None)
    cheap = SimulatedSpec.model_validate(
        {"id": "w", "skill": 0.5, "cost": 1, "strategy": {"shaded": 0.5}}
    ).build(1)
    (bid,) = await bids(cheap, lot())
    assert (bid.cost, bid.ceiling) == (500_000_000, 1_000_000_000)


async def test_skills_and_costs_may_be_given_per_kind() -> None:
    """A star stands for all other kinds; without it the worker is silent on them."""
    worker = SimulatedWorker("w", skill={"sums": 1.0, "*": 0.25}, cost={"sums": 1, "*": 2})
    first, second = await bids(worker, lot(kind="sums"), lot("t2", kind="dates"))
    assert (first.probability, first.cost) == (1.0, 10**9)
    assert (second.probability, second.cost) == (0.25, 2 * 10**9)
    narrow = SimulatedWorker("w", skill={"sums": 1.0})
    assert [bid.task for bid in await bids(narrow, lot(kind="dates"), lot("t2", kind="sums"))] == [
        "t2"
    ]


async def test_overconfidence_changes_the_report_and_not_the_work() -> None:
    """The same seed gives the same outcomes under any strategy."""
    honest = SimulatedWorker("w", skill=0.6, seed=5)
    proud = SimulatedWorker("w", skill=0.6, seed=5, strategy=Overconfident(shift=1.5))
    (said,) = await bids(proud, lot())
    assert said.probability > 0.8
    assert await _results(honest, _many[:50]) == await _results(proud, _many[:50])


async def test_it_gives_up_as_often_as_it_is_told() -> None:
    """A failure has the cost of the work, and its rate lowers the honest report."""
    worker = SimulatedWorker("w", skill=0.8, cost=1, failure_rate=0.25, seed=1)
    ends = await _results(worker, _many)
    failures = [each for each in ends if isinstance(each, Failure)]
    assert abs(len(failures) / len(ends) - 0.25) < 4 * sqrt(0.25 * 0.75 / len(ends))
    assert {each.cost for each in failures} == {10**9}
    (bid,) = await bids(worker, lot())
    assert bid.probability == pytest.approx(0.8 * 0.75)


async def test_latency_takes_time_and_can_be_called_off() -> None:
    """A worker with a latency waits, is not instant and stops when it is cancelled."""
    worker = SimulatedWorker("w", skill=0.5, latency=3600)
    assert not worker.instant
    with anyio.move_on_after(0) as scope:
        await worker.execute(lot(), award("w"))
    assert scope.cancelled_caught
    assert SimulatedWorker("w", skill=0.5).instant


async def test_with_answers_it_satisfies_real_verifiers() -> None:
    """A drawn success answers what its task accepts, a drawn error what no verifier accepts."""
    worker = SimulatedWorker("w", skill=0.5, seed=2)
    worker.answers = {TaskId(each.task): "391" for each in _many}
    for verifier in (exact("391"), numeric(391)):
        for done in await _results(worker, _many[:40]):
            assert isinstance(done, Result)
            verdict = await verifier.verify(lot(), result(done.answer))
            assert verdict.success == done.truth


@pytest.mark.parametrize("failure_rate", [0.0, 0.5])
async def test_errors_are_other_labels(failure_rate: float) -> None:
    """With labels an error is one of the others, each as often; a copy is answered as its task."""
    worker = SimulatedWorker(
        "w", skill=0.5, failure_rate=failure_rate, labels=("a", "b", "c"), seed=4
    )
    worker.answers = {TaskId(each.task): "a" for each in _many}
    said = [done.answer for done in await _results(worker, _many) if isinstance(done, Result)]
    shares = [said.count(label) / len(said) for label in "abc"]
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.03)
    copy = lot("t1#2").model_copy(update={"group": TaskId("t1")})
    (done,) = await _results(SimulatedWorker("v", skill=1, answers=worker.answers), [copy])
    assert isinstance(done, Result)
    assert (done.answer, done.truth) == ("a", 1.0)


async def test_it_may_always_say_the_same() -> None:
    """A worker with one answer is right where that is the truth, whatever its skill."""
    worker = SimulatedWorker("w", skill=0.9, always="b")
    worker.answers = {TaskId("t1"): "a", TaskId("t2"): "b"}
    found = await _results(worker, [lot("t1"), lot("t2")])
    assert [(done.answer, done.truth) for done in found if isinstance(done, Result)] == [
        ("b", 0.0),
        ("b", 1.0),
    ]


async def test_a_configuration_describes_it() -> None:
    """Every field reaches the worker; its own seed goes before that of the run."""
    spec = SimulatedSpec.model_validate(
        {"type": "simulated", "id": "w", "skill": {"sums": 1, "*": 0.5}, "skill_spread": 1,
         "cost": {"sums": 0.5, "*": "1"}, "cost_spread": 0.3, "strategy": "underconfident",
         "failure_rate": 0.1, "seed": 4, "kinds": ["sums"], "capacity": 2}
    )  # fmt: skip
    one, other = spec.build(seed=1), spec.build(seed=2)
    assert await bids(one, *_many[:9]) == await bids(other, *_many[:9])
    assert one.participant.capacity == 2
    assert SimulatedSpec.model_validate(spec.model_dump(mode="json")) == spec


@pytest.mark.parametrize(
    "field",
    [{"skill": 1.5}, {"skill": {"sums": -1}}, {"cost": -1}, {"cost": "x"}, {"cost_spread": -1},
     {"failure_rate": 2}, {"latency": float("inf")}, {"strategy": "honest"}, {"skil": 1}],
)  # fmt: skip
async def test_bad_numbers_are_refused(field: dict[str, object]) -> None:
    """What is out of range or unknown is an error of the configuration."""
    with pytest.raises(ValidationError):
        SimulatedSpec.model_validate({"id": "w", "skill": 0.5, **field})
