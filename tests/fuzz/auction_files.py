"""Auction files: `clear` on all that we ship, as YAML, JSON and CSV, with something wrong."""

from pathlib import Path
from typing import Final

import yaml
from hypothesis import strategies as st

from protocols.catalog import MECHANISMS
from tests.fuzz.mutation import altered, edited, written
from tests.fuzz.target import Target, answered, file
from tests.orchestrator.command import truthbid

_EXAMPLES: Final = Path(__file__).resolve().parents[2] / "docs" / "examples"
TEXTS: Final = [path.read_bytes() for path in sorted(_EXAMPLES.glob("*.yaml"))]
DATA: Final = [yaml.safe_load(text) for text in TEXTS]
TABLES: Final = [
    b"task,worker,cost,value\nt1,ann,0.10,1\nt1,bob,0.25,1\n",
    b"task,worker,cost,value,probability,reserve,size,capacity\nt1,ann,0.1,1,0.9,0.8,1,2\n",
    b"task,worker,cost,value,size\nt1,bob,0.2,1,2\nt2,bob,0.2,1,1\nt2,ann,0.1,2,1\n",
]

_FILES: Final = (
    st.tuples(st.just("a.yaml"), edited(TEXTS))
    | st.tuples(st.just("a.json"), st.builds(written, altered(DATA)))
    | st.tuples(st.just("a.csv"), edited(TABLES))
)
_OPTIONS: Final = st.sampled_from(
    [
        (),
        ("--json",),
        ("--set", "mechanism=vcg", "--set", "mechanism.forecast=raw", "--set", "seed=-1"),
        *(("--mechanism", name) for name in MECHANISMS),
    ]
)


def take(given: tuple[tuple[str, bytes], tuple[str, ...]]) -> None:
    """Clear an auction."""
    written_file, options = given
    answered(truthbid("clear", file(*written_file), *options))


AUCTIONS: Final = Target("auctions", st.tuples(_FILES, _OPTIONS), take)
