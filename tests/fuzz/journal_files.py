"""Journals: `verify` and the verbs that read, on files with bytes or events changed.

A change of bytes is found, by whatever reads the file. Who computes the chain anew may write any
events: of those the proofs say what is wrong.
"""

import json
import sqlite3
from contextlib import closing
from functools import cache
from typing import Any, Final, cast

from hypothesis import strategies as st

from orchestrator.memory.journal import GENESIS, link
from tests.fuzz.mutation import altered, edited
from tests.fuzz.target import Target, answered, file
from tests.orchestrator.command import WORKFLOW, truthbid

VERBS: Final = ("verify", "report", "replay", "screen", "export-config")
PROOFS: Final = ("verify", "replay")
_CODES: Final = (0, 1, 2, 4)


@cache
def whole() -> bytes:
    """Return the bytes of a sound journal."""
    path = file("whole.db", b"")
    path.unlink()
    said = truthbid("run", file("w.yaml", WORKFLOW.encode()), "--quiet", "--set", f"journal={path}")
    assert said.code in {0, 1}, said
    return path.read_bytes()


@cache
def bodies() -> list[Any]:
    """Return the events of that journal as data."""
    path = file("read.db", whole())
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT body FROM events ORDER BY seq").fetchall()
    return [[json.loads(body) for (body,) in rows]]


def forged(events: object) -> bytes:
    """Return a journal with other events and a chain that fits them."""
    path = file("forged.db", whole())
    with closing(sqlite3.connect(path)) as connection:
        guards = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        connection.executescript("".join(f"DROP TRIGGER {name};" for (name,) in guards.fetchall()))
        keys = [key for (key,) in connection.execute("SELECT key FROM events ORDER BY seq")]
        connection.execute("DELETE FROM events")
        last = GENESIS
        listed = cast("list[object]", events) if isinstance(events, list) else [events]
        for seq, event in enumerate(listed, start=1):
            body = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace").decode()
            key = keys[seq - 1] if seq <= len(keys) else f"more-{seq}"
            last = link(last, seq, 0.0, key, body)
            connection.execute(
                "INSERT INTO events VALUES (?, 0.0, ?, ?, ?)", (seq, key, body, last)
            )
        connection.commit()
    return path.read_bytes()


def take(given: tuple[bytes, str]) -> None:
    """Read a journal."""
    content, verb = given
    answered(truthbid(verb, file("run.db", content)), _CODES)


_EDITED: Final = st.deferred(lambda: edited([whole()]))
_FORGED: Final = st.deferred(lambda: st.builds(forged, altered(bodies())))

JOURNALS: Final = Target(
    "journals",
    st.tuples(_EDITED, st.sampled_from(VERBS)) | st.tuples(_FORGED, st.sampled_from(PROOFS)),
    take,
)
