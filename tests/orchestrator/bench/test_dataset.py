"""Tests of reading a table of outcomes and of parting it."""

from pathlib import Path

import numpy as np
import pytest

from orchestrator.bench.dataset import read_parts
from orchestrator.errors import InputError
from tests.orchestrator.bench.tables import HEADER, lines, parts, table


def test_no_group_is_parted(tmp_path: Path) -> None:
    """Questions of one origin are learned from together or judged together."""
    fit, asked = parts(tmp_path)
    assert len(fit) + len(asked) == 200
    assert not set(fit.group.tolist()) & set(asked.group.tolist())
    assert 0.45 < len(fit) / 200 < 0.75


def test_the_parting_does_not_depend_on_the_order_of_the_file(tmp_path: Path) -> None:
    """The same questions are judged when the rows come the other way round."""
    _, asked = parts(tmp_path)
    turned = table(tmp_path, "\n".join([HEADER, *reversed(list(lines()))]))
    _, again = read_parts(turned, "", seed=0, share=0.6, orders=2)
    assert sorted(asked.order.tolist()) == sorted(again.order.tolist())


def test_without_costs_everything_is_free(tmp_path: Path) -> None:
    """A table that has no column of costs has bids of 0; an empty cell of one that has is no bid."""
    free = table(tmp_path, "question,worker,correct\n" + "".join(f"q{n},a,1\n" for n in range(20)))
    fit, _ = read_parts(free, "", seed=0, share=0.5)
    assert fit.known.all()
    assert not fit.cost.any()
    gap = "".join(f"q{n},a,1,{'' if n % 2 else 2}\n" for n in range(20))
    fit, asked = read_parts(
        table(tmp_path, f"question,worker,correct,cost\n{gap}"), "", seed=0, share=0.5
    )
    assert fit.known.sum() + asked.known.sum() == 10


def test_columns_are_named_as_for_other_logs(tmp_path: Path) -> None:
    """``role=column`` says which column holds what, and --kind takes some kinds only."""
    text = "id,m,ok,topic\n" + "".join(f"q{n},a,true,{'xy'[n % 2]}\n" for n in range(30))
    chosen = "question=id,worker=m,correct=ok,kind=topic"
    fit, asked = read_parts(table(tmp_path, text), chosen, seed=0, share=0.5, kinds=["y"])
    assert fit.kinds == ("y",)
    assert len(fit) + len(asked) == 15
    assert np.nanmean(fit.success) == 1.0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("q,a,2,1", "table.csv:2 correct: expected a number from 0 to 1, not '2'"),
        ("q,a,1,-1", "table.csv:2 cost: expected an amount of money from 0, not '-1'"),
        ("q,a,1,1\nq,a,1,1", "table.csv:3 a second record of 'a' on 'q'"),
        (",a,1,1", "table.csv:2 expected a name for the question and for the worker"),
        (f"q,{'a' * 201},1,1", "table.csv:2 'aaa"),
        ("q,a,1,1", "table.csv 1 groups are too few"),
        ("q,a,,1", "table.csv expected at least one row with an outcome"),
    ],
)
def test_bad_tables_are_one_line_with_the_place(tmp_path: Path, row: str, message: str) -> None:
    """What is wrong is said with the line, and what was expected."""
    with pytest.raises(InputError) as caught:
        read_parts(table(tmp_path, f"question,worker,correct,cost\n{row}\n"), "", seed=0, share=0.5)
    assert message in str(caught.value)


def test_an_unknown_kind_is_named(tmp_path: Path) -> None:
    """The nearest kind of the table is offered."""
    with pytest.raises(InputError, match="there is no kind 'aa' in the records; did you mean 'a'"):
        read_parts(table(tmp_path), "", seed=0, share=0.5, kinds=["aa"])


def test_workers_can_be_left_out(tmp_path: Path) -> None:
    """Their rows are as if they were not there; a name that is not in the table is refused."""
    fit, _ = read_parts(table(tmp_path), "", seed=0, share=0.5, without=["loud"])
    assert fit.workers == ("ann", "bob", "dear", "cheap")
    with pytest.raises(InputError, match="there is no worker 'lou' in the records; did you mean"):
        read_parts(table(tmp_path), "", seed=0, share=0.5, without=["lou"])


def test_a_table_without_answers_is_taken_to_have_them_all(tmp_path: Path) -> None:
    """An empty cell is no answer, unless no cell of the table holds one."""
    fit, _ = parts(tmp_path)
    fit.answer[0, 0] = -1
    assert (~fit.answered).sum() == 1
    fit.answer[:] = -1
    assert fit.answered.all()
    assert fit.only([1, 0]).workers == (fit.workers[1], fit.workers[0])
