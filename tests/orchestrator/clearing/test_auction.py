"""An auction in a file: what it may say."""

from pathlib import Path

import pytest

from orchestrator.clearing.auction import AuctionFile
from orchestrator.clearing.auction_reader import load_auction
from orchestrator.errors import InputError


def _auction(text: str, folder: Path) -> AuctionFile:
    path = folder / "auction.yaml"
    path.write_text(text, encoding="utf-8")
    return load_auction(path, ())


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("tasks: []", "1:8", "at least 1"),
        ("tasks: [{id: a, value: 1}, {id: a, value: 2}]", "1:8", "two tasks share an id"),
        (
            "tasks: [{id: a, value: 1}]\nbids: [{task: b, worker: w, cost: 1}]",
            "2:15",
            "there is no task 'b'",
        ),
        (
            (
                "tasks: [{id: a, value: 1}]\nbids:\n- {task: a, worker: w, cost: 1}\n"
                "- {task: a, worker: w, cost: 2}"
            ),
            "4:21",
            "bids twice",
        ),
        (
            "tasks: [{id: a, value: 1}]\nbids: [{task: a, worker: w, cost: -1}]",
            "2:35",
            "at least 0",
        ),
        (
            "tasks: [{id: a, value: 1}]\nbids: [{task: a, worker: w, cost: 1, probability: 2}]",
            "2:51",
            "at most 1",
        ),
        ("mechanism: vcgg\ntasks: [{id: a, value: 1}]", "1:12", "did you mean 'vcg'"),
        ("tasks: [{id: a, value: 1}]\nworkers: [{id: w}, {id: w}]", "2:10", "share an id"),
        (
            (
                "tasks: [{id: a, value: 1}]\nbundles: [{worker: w, tasks: [a], cost: 1,"
                " probabilities: [1, 1]}]"
            ),
            "2:",
            "one probability for each task",
        ),
        (
            "tasks: [{id: a, value: 1}]\nbundles: [{worker: w, tasks: [a, a], cost: 1}]",
            "2:34",
            "worker 'w' names 'a' twice",
        ),
        (
            "tasks: [{id: b, value: 1}, {id: a, value: 1, size: 0}]",
            "1:52",
            "at least 1",
        ),
        (
            (
                "tasks: [{id: a, value: 1}]\nworkers: [{id: w, capacity: 1}]\n"
                "bundles: [{worker: w, tasks: [a], cost: 1}]"
            ),
            "2:10",
            "leave capacity out",
        ),
        (
            "mechanism: top-trading-cycles\ntasks: [{id: a, value: 1}]",
            "1:12",
            "on a file of holders",
        ),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    text: str, where: str, said: str, tmp_path: Path
) -> None:
    """The line and column of the mistake come first, then what was expected."""
    with pytest.raises(InputError) as caught:
        _auction(text, tmp_path)

    (line,) = str(caught.value).splitlines()
    assert f"auction.yaml:{where}" in line
    assert said in line
