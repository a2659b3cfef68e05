"""Tests of the table of recorded outcomes."""

import time
from pathlib import Path

import pytest

from protocols.units import TaskId, WorkerId
from tests.records import records
from workers.record_file import RecordColumns, RecordsError
from workers.records import Question, Record, RecordTable

_COLUMNS = RecordColumns(
    cost="cost", confidence="confidence", kind="kind", answer="answer", prompt="prompt"
)
_HEADER = "question,worker,correct,cost,confidence,kind,answer,prompt\n"
CONF11 = RecordColumns(
    question="question_id",
    worker="model",
    kind="task",
    cost="cost_usd_scenario",
    confidence="confidence",
    answer="answer",
)
OPENHANDS34 = RecordColumns(question="question_id", worker="model", kind="task", cost="cost_usd")


def _table(tmp_path: Path, *rows: str) -> RecordTable:
    path = tmp_path / "records.csv"
    path.write_text(_HEADER + "\n".join(rows))
    return RecordTable.load(path, _COLUMNS)


def test_a_table_keeps_what_each_worker_did(tmp_path: Path) -> None:
    """Outcomes, costs, confidences and answers are found by worker and question."""
    table = _table(
        tmp_path,
        "q1,ann,1,0.5,0.9,sums,42,What is 40 + 2?",
        "q1,bob,0,,,sums,,What is 40 + 2?",
        "q2,bob,0.25,2,0.5,dates,never,When?",
    )
    assert table.questions == [
        Question(TaskId("q1"), "sums", "What is 40 + 2?"),
        Question(TaskId("q2"), "dates", "When?"),
    ]
    ann, bob = table.columns[WorkerId("ann")], table.columns[WorkerId("bob")]
    assert ann.record(0) == (1.0, 500_000_000, 0.9, "42")
    assert ann.record(1) is None
    assert bob.record(0) == Record(0.0, None, None, "")
    assert bob.record(1) == (0.25, 2 * 10**9, 0.5, "never")


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    """A file sorted by worker holds the same records as one sorted by question."""
    rows = [f"q{q},w{w},{(q + w) % 2},{q}.{w},,k,," for q in range(4) for w in range(3)]
    by_question = _table(tmp_path, *rows)
    by_worker = _table(tmp_path, *sorted(rows, key=lambda row: row.split(",")[1]))
    for name, column in by_question.columns.items():
        other = by_worker.columns[name]
        for question in by_question.questions:
            place, there = by_question.numbers[question.task], by_worker.numbers[question.task]
            assert column.record(place) == other.record(there)


def test_means_are_taken_per_worker_and_kind(tmp_path: Path) -> None:
    """Missing costs and missing records are left out of the means."""
    table = _table(
        tmp_path, "q1,ann,1,1,,a,,", "q2,ann,0,3,,a,,", "q3,ann,1,,,a,,", "q4,ann,1,5,,b,,",
        "q5,bob,0,7,,b,,",
    )  # fmt: skip
    assert table.mean_cost(WorkerId("ann")) == {"a": 2 * 10**9, "b": 5 * 10**9}
    assert table.accuracy(WorkerId("ann")) == {"a": pytest.approx(2 / 3), "b": 1.0}


def test_without_a_column_of_costs_everything_is_free(tmp_path: Path) -> None:
    """Only a cost that is missing from its column is unknown."""
    path = tmp_path / "r.csv"
    path.write_text("question,worker,correct\nq1,ann,true\nq2,ann,\n")
    table = RecordTable.load(path)
    assert table.questions == [Question(TaskId("q1"), "task", "")]
    assert table.columns[WorkerId("ann")].record(0) == (1.0, 0, None, "")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("q1,ann,1,1,,k,,", r":3: a second record of 'ann' on 'q1'"),
        ("q2,ann,2,1,,k,,", r":3: correct must be a number from 0 to 1, not '2'"),
        ("q2,ann,maybe,1,,k,,", r":3: correct must be"),
        ("q2,ann,1,1,1.5,k,,", r":3: confidence must be"),
        ("q2,ann,1,-1,,k,,", r":3: cost must not be negative"),
        ("q2,ann,1,free,,k,,", r":3: 'free' is not an amount of money"),
        ("q2,ann,1,inf,,k,,", r":3: 'inf' is not an amount of money"),
        (",ann,1,1,,k,,", r":3: the question has no name"),
        ("q2,,1,1,,k,,", r":3: the worker has no name"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    """Doubled records and values that make no sense are refused."""
    with pytest.raises(RecordsError, match=message):
        _table(tmp_path, "q1,ann,1,1,,k,,", row)


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    """A header alone holds no records."""
    with pytest.raises(RecordsError, match="there are no records in it"):
        _table(tmp_path)


def test_confidences_of_eleven_models_load_quickly() -> None:
    """48,526 answers of 11 models to 4,412 questions load in less than 2 seconds of this process."""
    path = records("routing", "conf11.csv.gz")
    start = time.process_time()
    table = RecordTable.load(path, CONF11)
    assert time.process_time() - start < 2
    columns = table.columns.values()
    known = [
        each
        for column in columns
        for number in range(len(table.questions))
        if (each := column.record(number)) is not None
    ]
    assert (len(table.questions), len(columns), len(known)) == (4412, 11, 48526)
    assert sum(each.confidence is None for each in known) == 397
    assert all(each.cost is not None for each in known)


def test_runs_of_thirty_four_agents_load() -> None:
    """24,266 runs on 726 tasks of four kinds; 462 of them have no recorded cost."""
    table = RecordTable.load(records("routing", "openhands34.csv.gz"), OPENHANDS34)
    known = [
        each
        for column in table.columns.values()
        for number in range(len(table.questions))
        if (each := column.record(number)) is not None
    ]
    assert (len(table.questions), len(table.columns), len(known)) == (726, 34, 24266)
    assert sum(each.cost is None for each in known) == 462
    assert len({question.kind for question in table.questions}) == 4
