"""Tests of what an exported table is."""

from pathlib import Path

from orchestrator.exports.table import NANO, nano, stateless
from orchestrator.memory.record import Record
from tests.orchestrator.small_runs import events, write


def test_money_says_its_unit() -> None:
    """A column of money ends in ``_nano``, is an integer and names the unit."""
    column = nano("value", "What it is worth.")
    assert (column.name, column.kind, column.unit) == ("value_nano", "integer", NANO)


def test_a_stateless_table_keeps_nothing(tmp_path: Path) -> None:
    """Its rows are those of the event, whatever the record."""
    reading = stateless(lambda entry: [(entry.seq,)])
    with Record(write(tmp_path / "run.db", events())) as record:
        take = reading(record)
        assert [row for entry in record.entries() for row in take(entry)][:2] == [(1,), (2,)]
