"""Logs and tables of others: `score`, `peer` and `bench` on small files with something wrong."""

import gzip
import json
from typing import Final, cast

from hypothesis import strategies as st

from scoring.catalog import AGGREGATORS, PEER_MECHANISMS, SCORING_RULES
from tests.fuzz.mutation import altered, edited, written
from tests.fuzz.target import Target, answered, file
from tests.orchestrator.command import truthbid

_SCORES: Final = "worker,report,outcome,kind,question\n" + "".join(
    f"w{number % 3},{number / 13:.2f},{number % 2},k{number % 2},q{number // 3}\n"
    for number in range(13)
)
_LABELS: Final = "task,worker,label,owner,kind,confidence,prediction,gold\n" + "".join(
    f"t{number // 3},w{number % 3},{'yn'[number % 5 > 1]},o{number % 3},k,0.7,y=0.6;n=0.4,y\n"
    for number in range(18)
)
_OUTCOMES: Final = "question,worker,correct,cost,confidence\n" + "".join(
    f"q{number // 3},w{number % 3},{number % 2},0.00{number},0.{number}\n" for number in range(9)
)
_TABLES: Final = {"score": _SCORES, "peer": _LABELS, "bench": _OUTCOMES}
_OPTIONS: Final[dict[str, list[tuple[str, ...]]]] = {
    "score": [
        (),
        ("--json",),
        ("--scale", "100"),
        *(("--rule", name) for name in SCORING_RULES),
        ("--columns", "worker=question"),
    ],
    "peer": [
        ("--json",),
        *(("--mechanism", name) for name in PEER_MECHANISMS),
        *(("--aggregate", name) for name in AGGREGATORS),
    ],
    "bench": [
        ("--value", "0.01", "--json"),
        ("--value", "0.01", "--quiet"),
    ],
}


Given = tuple[str, tuple[str, bytes], tuple[str, ...]]
"""A verb, the name and the bytes of a file, and options."""


def _rows(table: str) -> list[list[dict[str, str]]]:
    header, *lines = table.splitlines()
    return [[dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]]


def _lines(rows: object) -> bytes:
    """Write JSON lines, or one line where there are no rows."""
    listed = cast("list[object]", rows) if isinstance(rows, list) else [rows]
    return b"\n".join(map(written, listed))


def _inputs(verb: str) -> st.SearchStrategy[Given]:
    table = _TABLES[verb]
    packed = [gzip.compress(table.encode(), mtime=0)]
    named = (
        st.tuples(st.just("l.csv"), edited([table.encode()]))
        | st.tuples(st.just("l.jsonl"), st.builds(_lines, altered(_rows(table))))
        | st.tuples(st.just("l.csv.gz"), edited(packed))
    )
    options = st.sampled_from(_OPTIONS[verb])
    return st.tuples(st.just(verb), named, options)


def take(given: Given) -> None:
    """Read a file that somebody else has written."""
    verb, (name, content), options = given
    said = truthbid(verb, file(name, content), *options)
    answered(said)
    if "--json" in options and said.code == 0:
        json.loads(said.out, parse_constant=_refused)


def _refused(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


LOGS: Final = Target("logs", st.one_of(*map(_inputs, _TABLES)), take)
