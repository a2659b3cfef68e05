"""What a fork has from its parent."""

from pathlib import Path

import pytest

from orchestrator.inheritance import descended, fold, inherit, origin_of
from orchestrator.market import Limits, Market
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.budget import Budget
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.journal import Unrecorded
from orchestrator.memory.ledger import Ledger
from orchestrator.memory.record import Record
from orchestrator.memory.succession import Succession
from orchestrator.replay import AbsentWorker
from protocols.errors import LedgerError
from protocols.events import RunOpened
from protocols.forking import Forked
from protocols.units import Money
from tests.orchestrator.journals import write
from tests.orchestrator.small_runs import events


def first(**update: object) -> RunOpened:
    """Return the first event of the small run, changed."""
    opened = events()[0].model_copy(update=update)
    assert isinstance(opened, RunOpened)
    return opened


def from_run(opened: RunOpened, seq: int = 9, announced: int = 2) -> Forked:
    """Return a fork of a run."""
    return Forked(
        run=opened.run,
        seq=seq,
        hash="0" * 64,
        announced=announced,
        at=0.0,
        opened=opened.model_dump_json(),
    )


def market(budget: int) -> Market:
    """Return a market by first price with the workers of the small run."""
    return Market(
        chronicle=Chronicle(Unrecorded(), Ledger(capped=True)),
        mechanism=mechanism_from("first-price")[1],
        workers={each.worker: AbsentWorker(each) for each in first().participants},
        seed=4,
        limits=Limits(batch=7),
        budget=Budget(Money(budget)),
    )


def test_terms_by_number() -> None:
    """Up to the last announcement of the parent its terms hold; the books are shared."""
    fork = market(50)
    inherit(fork, from_run(first()))
    before = fork.of(2)
    assert (before.mechanism.name, before.seed, before.limits) == ("contingent-vcg", 0, Limits())
    assert fork.of(3) is fork
    assert isinstance(fork.standings, Succession)
    assert before.standings is fork.standings
    assert before.verifiers is fork.verifiers


def test_what_the_parent_takes_the_fork_lacks() -> None:
    """Cash that is committed on the terms of the parent is not there for the fork."""
    fork = market(50)
    inherit(fork, from_run(first()))
    fork.of(1).budget.take(45)
    assert fork.of(1).budget.has_room(900)
    assert not fork.budget.has_room(6)
    assert fork.budget.has_room(5)


def test_a_run_that_is_no_fork_keeps_its_terms() -> None:
    """Without a parent every announcement is made on the terms of the run."""
    alone = market(50)
    inherit(alone, None)
    assert alone.of(1) is alone
    assert descended(first(), None) == first()


def test_grandparents() -> None:
    """A fork of a fork follows three sets of terms, each by its numbers."""
    middle = first(seed=1, forked=from_run(first(), announced=1))
    fork = market(50)
    inherit(fork, from_run(middle, announced=2))
    assert [fork.of(number).seed for number in (1, 2, 3)] == [0, 1, 4]
    fork.of(1).budget.take(10)
    assert not fork.budget.has_room(41)


def test_names() -> None:
    """The point that a fork starts from is part of its name."""
    here, there = from_run(first()), from_run(first()).model_copy(update={"hash": "1" * 64})
    names = {descended(first(), each).run for each in (None, here, there)}
    assert len(names) == 3


@pytest.mark.parametrize(("seq", "fits"), [(None, False), (4, False), (99, True)])
def test_a_smaller_budget_measures_what_is_new(seq: int | None, fits: bool, tmp_path: Path) -> None:
    """What the parent held may exceed the budget of the fork; what the fork holds may not."""
    opened = first(forked=None if seq is None else from_run(first(), seq=seq), transfers=())
    path = write(tmp_path / "run.db", [opened, *events()[1:]])
    ledger = Ledger(capped=True)
    with Record(path) as record:
        if fits:
            fold(ledger, record, origin_of(record))
            assert ledger.spending() == 45
        else:
            with pytest.raises(LedgerError):
                fold(ledger, record, origin_of(record))
    assert origin_of(None) is None
