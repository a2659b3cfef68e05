"""Whether this machine can run a market: one check per thing that has gone wrong for somebody."""

import shutil
import socket
import sqlite3
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

from orchestrator.config import RunConfig
from workers.endpoint import OPENAI_URL
from workers.live_calls import NO_LIVE_CALLS
from workers.model_spec import ModelSpec

Verdict = Literal["ok", "note", "problem"]

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first with STRICT tables."""

WAL_FIXED: Final = (3, 51, 3)
"""From here on two connections that write at once cannot damage a write-ahead log."""

ROOM: Final = 100_000_000
"""So many bytes free are enough for a million events."""

OLDEST_DATE: Final = datetime(2025, 7, 1, tzinfo=UTC)
"""A clock that shows an earlier day is wrong."""

EXTRAS: Final = {
    "trio": "runs on trio too",
    "opentelemetry": "spans: pip install truthbid[otel]",
    "model2vec": "bids learned from meaning: pip install truthbid[semantic]",
    "pyarrow": "truthbid export --format parquet",
}


class Finding(NamedTuple):
    """What one check found.

    Attributes:
        about: What was looked at.
        verdict: ``problem`` where a run would fail, ``note`` where something is worth knowing.
        text: What was found, and what to do about it.
    """

    about: str
    verdict: Verdict
    text: str


def machine(folder: Path, environment: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Look at this machine.

    Args:
        folder: Where journals would lie.
        environment: The variables of the environment.
        now: What the clock says.
    """
    yield _python()
    yield _sqlite()
    yield _journal(folder)
    yield _disk(folder)
    yield _clock(now)
    live = environment.get(NO_LIVE_CALLS)
    if live:
        yield Finding("model calls", "note", f"{NO_LIVE_CALLS} is set: no endpoint is called")
    for package, what in EXTRAS.items():
        there = find_spec(package) is not None
        yield Finding(package, "ok" if there else "note", what if there else f"not here ({what})")


def _python() -> Finding:
    told = f"{sys.version.split()[0]}, truthbid {version('truthbid')}"
    return Finding("Python", "ok" if sys.version_info >= (3, 11) else "problem", told)


def _sqlite() -> Finding:
    found = sqlite3.sqlite_version_info
    if found < OLDEST_SQLITE:
        text = f"{sqlite3.sqlite_version} is too old: journals need 3.37"
        return Finding("SQLite", "problem", text)
    if found < WAL_FIXED:
        text = (
            f"{sqlite3.sqlite_version}: below 3.51.3 two writers at once can damage a log;"
            " truthbid has one writer per journal, so leave journals to it alone while it runs"
        )
        return Finding("SQLite", "note", text)
    return Finding("SQLite", "ok", sqlite3.sqlite_version)


def _journal(folder: Path) -> Finding:
    """Write a journal and read it back, where journals will lie: some shares cannot do that."""
    place = (
        folder
        if folder.exists()
        else next(each for each in folder.absolute().parents if each.exists())
    )
    try:
        with tempfile.TemporaryDirectory(dir=place, prefix=".truthbid-") as made:
            connection = sqlite3.connect(Path(made) / "probe.db")
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
                began = time.perf_counter()
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("CREATE TABLE probe (number INTEGER) STRICT")
                connection.commit()
                seconds = time.perf_counter() - began
            finally:
                connection.close()
    except (OSError, sqlite3.Error) as error:
        return Finding("journals", "problem", f"no journal can be written in {place}: {error}")
    if mode != "wal":
        return Finding("journals", "problem", f"{place} cannot hold a write-ahead log ({mode})")
    slow = seconds > 0.25
    text = f"a durable write in {place} takes {seconds * 1000:.0f} ms"
    return Finding("journals", "note" if slow else "ok", text + (", which is slow" if slow else ""))


def _disk(folder: Path) -> Finding:
    place = folder if folder.exists() else Path()
    free = shutil.disk_usage(place).free
    return Finding("disk", "ok" if free > ROOM else "problem", f"{free / 1e9:.1f} GB free")


def _clock(now: datetime) -> Finding:
    if now < OLDEST_DATE:
        return Finding("clock", "problem", f"{now:%Y-%m-%d}: certificates will look invalid")
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def endpoints(config: RunConfig, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the models of a workflow: their keys, and whether their endpoints can be reached.

    A connection is opened and closed; nothing is asked, so nothing is billed.
    """
    specs = [spec for spec in _models(config) if isinstance(spec, ModelSpec)]
    for name in dict.fromkeys(spec.api_key_env for spec in specs):
        there = bool(environment.get(name))
        needed = any(spec.api_key_env == name and not spec.base_url for spec in specs)
        verdict: Verdict = "ok" if there else "problem" if needed else "note"
        yield Finding(name, verdict, "is set" if there else "is not set")
    for url in dict.fromkeys(spec.base_url or OPENAI_URL for spec in specs):
        yield reached(url)


def _models(config: RunConfig) -> Iterator[object]:
    yield from config.workers
    yield from config.judges
    yield config.planner


def reached(url: str, seconds: float = 5.0) -> Finding:
    """Open a connection to an endpoint, over TLS where its address says so."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    host = parts.hostname or ""
    try:
        with ExitStack() as stack:
            began = time.perf_counter()
            link = stack.enter_context(socket.create_connection((host, port), seconds))
            if secure:
                context = ssl.create_default_context()
                stack.enter_context(context.wrap_socket(link, server_hostname=host))
            taken = time.perf_counter() - began
    except OSError as error:
        return Finding(url, "problem", f"cannot be reached: {error}")
    return Finding(url, "ok", f"answers in {taken * 1000:.0f} ms")
