"""Auctions as CSV or JSON lines: one bid per row."""

import gzip
import json
from pathlib import Path

import pytest

from orchestrator.clearing.auction_reader import load_auction
from orchestrator.clearing.clearance import clear
from orchestrator.errors import InputError
from protocols.units import units

TABLE = """task,worker,cost,probability,value,capacity
t1,ann,1,,20,2
t1,bob,5,,20,1
t2,ann,1,,20,
t2,bob,5,,20,
t2,eve,9,0.9,20,
"""


def _write(text: str, folder: Path) -> Path:
    path = folder / "bids.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_a_bid(tmp_path: Path) -> None:
    """Tasks, capacities and chances come from the rows; ann wins both of her lots."""
    auction = load_auction(_write(TABLE, tmp_path), ["mechanism.name=vcg"])

    assert [task.id for task in auction.tasks] == ["t1", "t2"]
    assert {worker.id: worker.capacity for worker in auction.workers} == {"ann": 2, "bob": 1}
    assert [bid.probability for bid in auction.bids] == [1, 1, 1, 1, 0.9]
    awards = clear(auction).awards
    assert {award.worker for award in awards} == {"ann"}
    assert units(sum(award.contract.base for award in awards)) == 14


def test_a_table_may_be_compressed_or_json_lines(tmp_path: Path) -> None:
    """All say the same auction; a column that no auction has is refused in each."""
    plain = load_auction(_write(TABLE, tmp_path), ())
    header, *rows = (line.split(",") for line in TABLE.splitlines())
    objects = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    (tmp_path / "bids.csv.gz").write_bytes(gzip.compress(TABLE.encode()))
    (tmp_path / "bids.jsonl").write_text("\n".join(objects), encoding="utf-8")

    assert load_auction(tmp_path / "bids.csv.gz", ()) == plain
    assert load_auction(tmp_path / "bids.jsonl", ()) == plain
    (tmp_path / "bids.jsonl").write_text('{"task": "t", "colour": "red"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"jsonl:1 unknown column 'colour'"):
        load_auction(tmp_path / "bids.jsonl", ())


def test_a_row_may_have_a_size(tmp_path: Path) -> None:
    """The size belongs to the bid; a worker takes on what fits into its capacity."""
    text = """task,worker,cost,value,size,capacity
t1,ann,1,20,6,10
t2,ann,1,20,5,10
"""
    auction = load_auction(_write(text, tmp_path), ["mechanism.name=vcg"])

    assert [bid.size for bid in auction.bids] == [6, 5]
    assert len(clear(auction).awards) == 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("worker,cost,value\nw,1,2\n", 1, "there is no column 'task'"),
        ("task,worker,cost,value,colour\nt,w,1,2,red\n", 1, "unknown column 'colour'"),
        ("task,worker,cost,value\nt,w,1,2\nt,x,cheap,2\n", 3, "bids.1.cost"),
        ("task,worker,cost,probability,value\nt,w,1,nan,2\n", 2, "bids.0.probability"),
        ("task,worker,cost,value\n", 1, "tasks"),
    ],
)
def test_a_mistake_names_its_line(text: str, line: int, said: str, tmp_path: Path) -> None:
    """A bad table gives one line with the file and the line of the row."""
    with pytest.raises(InputError) as caught:
        load_auction(_write(text, tmp_path), ())

    (shown,) = str(caught.value).splitlines()
    assert f"bids.csv:{line} " in shown
    assert said in shown


def test_a_table_takes_settings_of_the_mechanism_only(tmp_path: Path) -> None:
    """There is no position in a table that `--set tasks.0.value` could mean."""
    with pytest.raises(InputError, match=r"mechanism, mechanism\.\* and seed only"):
        load_auction(_write(TABLE, tmp_path), ["tasks.0.value=3"])


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    """A file that is not there is one clear line."""
    with pytest.raises(InputError, match=r"none\.csv cannot be read: No such file"):
        load_auction(tmp_path / "none.csv", ())


def test_a_word_has_no_parts_to_set(tmp_path: Path) -> None:
    """Setting a mechanism by its name and then one of its fields is one line, not a crash."""
    path = _write("task,worker,cost,value\nt1,ann,0.1,1\n", tmp_path)
    with pytest.raises(
        InputError, match=r"^--set mechanism\.forecast=raw mechanism is set to a word"
    ):
        load_auction(path, ("mechanism=vcg", "mechanism.forecast=raw"))


@pytest.mark.parametrize("row", ["t\x1b1,ann,0.1,1", "t1,a\x1bnn,0.1,1", f"{'t' * 201},ann,0.1,1"])
def test_a_name_that_cannot_be_shown_is_refused(row: str, tmp_path: Path) -> None:
    """Names of tasks and workers hold no control characters, and at most 200 characters."""
    with pytest.raises(InputError, match=r"string should (match pattern|have at most)"):
        load_auction(_write(f"task,worker,cost,value\n{row}\n", tmp_path), ())
