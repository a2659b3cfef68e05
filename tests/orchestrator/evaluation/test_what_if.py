"""Other mechanisms on the bids of a run: its own gives the journal back, others what they would."""

from functools import partial
from pathlib import Path

import anyio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.decided import opening, own_mechanism
from orchestrator.evaluation.outcomes import gather
from orchestrator.evaluation.what_if import Row, WhatIf, what_if
from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.task import Task
from orchestrator.verbs.options import read
from orchestrator.workflow import work
from protocols.catalog import MECHANISMS
from protocols.events import TaskEnded
from protocols.units import TaskId, money
from tests.orchestrator.command import CONFIGS
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, Paced, virtually
from tests.orchestrator.small_runs import TASKS, Known, events, liar_and_honest, market
from tests.orchestrator.test_every_mechanism import OUTSIDERS, chosen
from workers.ports import Worker
from workers.simulated import SimulatedWorker
from workers.verifiers import Recorded

UNEXPLORED = "another worker had it, and nothing was drawn by lot (propensity 1)"


def asked(path: Path, *names: str, fleet: list[Worker] | None = None, budget: str = "") -> WhatIf:
    """Ask about mechanisms; without a fleet of the journal alone."""
    with Record(path) as record:
        opened = opening(record)
        rules = {name: mechanism_from(name)[1] for name in names}
        if not rules:
            own = own_mechanism(opened)
            assert own is not None
            rules = {"own": own}
        cash = money(budget) if budget else opened.budget
        trials = None
        if fleet is not None:
            verifiers = {TaskId(str(task.id)): Recorded() for task in TASKS}
            trials = anyio.run(gather, record, fleet, verifiers)
        return what_if(record, rules, cash, trials)


def is_the_run(found: WhatIf) -> bool:
    """Whether the only mechanism asked about came to exactly what the run came to."""
    (row,) = found.rows
    assert row.whole
    assert row.uncleared == 0
    assert {name: each.total for name, each in row.best.items()} == dict(found.actual)
    assert all(each.difference == each.error == 0 for each in row.best.values())
    return row.same == row.tasks == found.tasks


# The mechanism of the run ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("budget=0.09",),
        ("market.batch=3", "market.penalty=pivot", "market.raise_reserve=2"),
        tuple(OUTSIDERS),
        ("workers.3.capacity=2", "workers.4.capacity=3", "market.attempts=2"),
    ],
    ids=["plain", "short of cash", "small batches", "outsiders", "capacities"],
)
def test_the_own_mechanism_is_the_journal(overrides: tuple[str, ...], tmp_path: Path) -> None:
    """Asked about its own mechanism, a run with failures comes to what it came to, to the digit."""
    config, fleet = read(CONFIGS / "quickstart.yaml", overrides)
    path = tmp_path / "run.db"
    anyio.run(partial(work, Coordinator.configured(config, fleet, path), fleet, []))
    assert is_the_run(asked(path))


@pytest.mark.parametrize("name", [name for name in MECHANISMS if name != "escalation"])
def test_so_is_every_mechanism_of_the_catalog(name: str, tmp_path: Path) -> None:
    """The same holds whatever the mechanism: with deposits, fallbacks, draws, clocks, sets of lots."""
    path = tmp_path / "run.db"
    config, fleet = read(CONFIGS / "quickstart.yaml", [chosen(name)])
    anyio.run(partial(work, Coordinator.configured(config, fleet, path), fleet, []))
    assert is_the_run(asked(path))


def test_what_answers_would_have_said_of_themselves_is_not_known(tmp_path: Path) -> None:
    """A mechanism that compares answers decides by what is not in the journal, its own run or not."""
    path = tmp_path / "run.db"
    config, fleet = read(CONFIGS / "quickstart.yaml", [chosen("escalation")])
    anyio.run(partial(work, Coordinator.configured(config, fleet, path), fleet, []))
    (row,) = asked(path, "escalation").rows
    assert row.known == row.estimated == 0
    assert "answers would have been compared" in next(iter(row.unknown))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 99),
    budget=st.sampled_from([None, "0.0000015", "0.000004"]),
    name=st.sampled_from(["contingent-vcg", "explore", "sequential-pivot", "pay-per-success"]),
    forecast=st.sampled_from(["raw", "recalibrated"]),
)
def test_any_small_run_is_its_own_path(
    seed: int,
    budget: str | None,
    name: str,
    forecast: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """With charges for asking, a refused task, needs and little cash the path is the run."""
    settings_of: dict[str, dict[str, object]] = {
        "contingent-vcg": {"forecast": forecast},
        "explore": {"rounds": 2},
    }
    fleet = [
        SimulatedWorker("small", skill=0.4, cost="0.00000010", seed=seed, cost_spread=0.3),
        SimulatedWorker("bold", skill=0.5, cost="0.00000020", seed=seed, strategy="overconfident"),
        Paced("paid", 150, chance=0.5, payable=True, ceiling=9, charge=4),
    ]
    tasks = [Task("x", "0.000001", Recorded(), id=f"t{n}") for n in range(9)]
    tasks.append(Task("x", "0.000001", Recorded(), id="after", needs=["t1"]))
    tasks.append(Task("x", "0.000001", None, id="blind"))

    async def main() -> Kin:
        kin = Kin(
            fleet,
            mechanism={"name": name, **settings_of.get(name, {})},
            budget=budget,
            seed=seed,
            limits=Limits(batch=4, attempts=3),
        )
        async with kin:
            await kin.run_all(tasks)
        return kin

    path = tmp_path_factory.mktemp("own") / "run.db"
    assert is_the_run(asked(write(path, virtually(main).events)))


# Others, exactly ------------------------------------------------------------------------------


@pytest.fixture
def ten(tmp_path: Path) -> Path:
    """Return the journal of ten tasks worth 1 that the liar wins and fails at."""
    return anyio.run(market, tmp_path / "run.db", liar_and_honest())


def test_workers_that_can_be_asked_again(ten: Path) -> None:
    """Asked by the tie-break alone at first, then by quality, the honest one gets its share.

    Both ask 0.1; `pay-per-success` goes by what is known of their quality, and each task is worth
    a try of either while nothing is known. The run gave all ten to the liar.
    """
    found = asked(ten, "pay-per-success", fleet=liar_and_honest())
    (row,) = found.rows
    assert (row.known, row.estimated, row.unknown) == (10, 0, {})
    assert (found.actual["solved"], row.best["solved"].actual) == (0, 0)
    assert row.best["solved"].difference == row.best["solved"].total > 0
    assert row.best["cost"].total == pytest.approx(1.0)


def test_a_failure_is_tried_again_where_the_run_would(tmp_path: Path) -> None:
    """The run solves each task at once; a rule that starts with the liar needs two attempts.

    Everybody bids 0.1, the liar a little less, so first price takes it, pays 0.09 for nothing, and
    then takes the honest one, as `attempts` allows.
    """
    fleet: list[Worker] = [
        Known("liar", 0.2, right=False, cost="0.09"),
        Known("honest", 0.9, right=True),
    ]

    async def run(attempts: int, path: Path) -> Path:
        limits = Limits(batch=4, attempts=attempts)
        async with Coordinator(fleet, journal=path, limits=limits) as coordinator:
            await coordinator.run_all(TASKS)
        return path

    for attempts, solved, cost in [(2, 10, 1.9), (1, 0, 0.9)]:
        path = anyio.run(run, attempts, tmp_path / f"{attempts}.db")
        (row,) = asked(path, "first-price", fleet=fleet).rows
        assert (row.known, row.best["solved"].total) == (10, solved)
        assert row.best["solved"].actual == 10
        assert row.best["cost"].total == row.best["paid"].total == pytest.approx(cost)


def test_what_hangs_on_an_unsolved_task_is_skipped(tmp_path: Path) -> None:
    """Where the path leaves a task unsolved, the one that needs it costs and brings nothing."""
    fleet: list[Worker] = [
        Known("liar", 0.2, right=False, cost="0.09"),
        Known("honest", 0.9, right=True),
    ]
    tasks = [TASKS[0], Task("x", value=1, verify=Recorded(), id="t1", needs=["t0"])]

    async def run(path: Path) -> Path:
        async with Coordinator(fleet, journal=path, limits=Limits(attempts=1)) as coordinator:
            await coordinator.run_all(tasks)
        return path

    path = anyio.run(run, tmp_path / "run.db")
    (row,) = asked(path, "first-price", fleet=fleet).rows
    assert (row.known, row.best["solved"].actual) == (2, 2)
    assert row.best["cost"].total == pytest.approx(0.09)


def test_unknown_is_said_with_the_reason(ten: Path) -> None:
    """From the journal alone nobody knows what the honest worker would have brought."""
    (row,) = asked(ten, "pay-per-success").rows
    assert row.unknown == {UNEXPLORED: row.tasks - row.known}
    assert row.to_data()["totals"] is None
    assert not row.whole


@pytest.mark.parametrize(("count", "over"), [(9, 0), (17, 1), (99, 3)])
def test_what_has_not_ended_is_left_out(count: int, over: int, tmp_path: Path) -> None:
    """Of a run that goes on only the tasks that have ended count, and not what waits for others."""
    path = write(tmp_path / "run.db", events()[:count])
    with Record(path) as record:
        ended = len(list(record.of(TaskEnded)))
    found = asked(path)
    assert (found.tasks, found.left_out) == (over, 3 - over)
    assert ended == over


def test_a_smaller_budget(ten: Path) -> None:
    """With cash for three tasks at 0.1 the own mechanism leaves seven without funds."""
    found = asked(ten, budget="0.35")
    (row,) = found.rows
    assert row.best["cost"].total == pytest.approx(0.3)
    assert row.best["cost"].actual == pytest.approx(1.0)
    assert row.unknown == {}


def test_totals_and_errors_by_hand(tmp_path: Path) -> None:
    """In the small run first price pays worker a its 10 instead of 56, and b its 20 instead of 30.

    The differences of the three tasks are -46, -10 and 0 nano-units: their sum is -56, and its
    standard error the root of 3 times their variance.
    """
    found = asked(write(tmp_path / "run.db", events()), "first-price")
    (row,) = found.rows
    assert (found.tasks, row.known, row.whole) == (3, 3, True)
    assert found.actual["paid"] == pytest.approx(86e-9)
    paid = row.best["paid"]
    assert paid.difference == pytest.approx(-56e-9)
    assert paid.error == pytest.approx(np.std([-46, -10, 0], ddof=1) * 3**0.5 * 1e-9)
    assert row.best["solved"].total == 1
    assert row.best["surplus"].total == pytest.approx(70e-9)


def test_answers_scored_by_peers_are_refused(tmp_path: Path) -> None:
    """What peers would have said of other answers cannot be known; one line says so."""
    first, *rest = events()
    with_peers = first.model_copy(
        update={"config": {"mechanism": {"name": "vcg"}, "limits": {}, "peer": {}}}
    )
    with pytest.raises(JournalError, match="scored by peers"):
        asked(write(tmp_path / "run.db", [with_peers, *rest]), "vcg")


# Others, estimated ----------------------------------------------------------------------------


def drawn(path: Path, seed: int, tasks: int = 40) -> tuple[Row, Row]:
    """Draw workers by lot; return what first price would bring, estimated and as it truly is."""
    fleet: list[Worker] = [
        SimulatedWorker(
            "ada", skill={"a": 0.9, "b": 0.3}, cost="0.004", cost_spread=0.5, seed=seed
        ),
        SimulatedWorker(
            "bob", skill={"a": 0.4, "b": 0.8}, cost="0.004", cost_spread=0.5, seed=seed
        ),
        SimulatedWorker("cy", skill=0.6, cost="0.003", cost_spread=0.5, seed=seed),
    ]
    given_ = [Task("x", "0.05", Recorded(), kind="ab"[n % 2], id=f"t{n}") for n in range(tasks)]

    async def main() -> None:
        limits, rule = Limits(batch=10, attempts=1), {"name": "sortition", "price": "0.02"}
        async with Coordinator(
            fleet, mechanism=rule, journal=path, seed=seed, limits=limits
        ) as coordinator:
            await coordinator.run_all(given_)

    anyio.run(main)
    rules = {"first-price": mechanism_from("first-price")[1]}
    with Record(path) as record:
        verifiers = {TaskId(str(task.id)): Recorded() for task in given_}
        trials = anyio.run(gather, record, fleet, verifiers)
        return (
            what_if(record, rules, None).rows[0],
            what_if(record, rules, None, trials).rows[0],
        )


def test_estimates_from_draws_hit_the_simulated_truth(tmp_path: Path) -> None:
    """Over 40 runs both unbiased estimates are within 3 errors of the truth; the model helps.

    Asked again, the workers tell what first price would really have brought in each run.
    """
    gaps: dict[str, list[float]] = {"doubly-robust": [], "inverse-propensity": []}
    for seed in range(40):
        guess, truth = drawn(tmp_path / f"{seed}.db", seed)
        assert (guess.estimated, truth.known) == (40, 40)
        for way, found in gaps.items():
            found.append(guess.found[way]["surplus"].total - truth.best["surplus"].total)
    for found in gaps.values():
        assert abs(np.mean(found)) < 3 * np.std(found, ddof=1) / len(found) ** 0.5
    assert np.var(gaps["doubly-robust"]) < 0.8 * np.var(gaps["inverse-propensity"])


def test_workers_that_the_draw_left_out_stay_unknown(tmp_path: Path) -> None:
    """Where the price was below a worker's cost it had no chance; the reason says so."""
    fleet: list[Worker] = [
        Known("dear", 0.9, right=True, cost="0.3", repeatable=False),
        Known("cheap", 0.2, right=True, repeatable=False),
        Known("fair", 0.2, right=True, repeatable=False),
    ]

    async def main() -> None:
        rule = {"name": "sortition", "price": "0.2"}
        async with Coordinator(fleet, mechanism=rule, journal=tmp_path / "run.db") as coordinator:
            await coordinator.run_all(TASKS)

    anyio.run(main)
    found = asked(tmp_path / "run.db", "contingent-vcg", "sequential-pivot", "first-price")
    contingent, sequence, price = found.rows
    assert contingent.unknown == {"the draw gave this worker no chance": 10}
    assert list(sequence.unknown) == ["nobody knows what the fallbacks would have brought"]
    assert (price.estimated, price.unknown) == (10, {})
