"""Starts servers of others as processes on loopback, and kills them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

ENVIRONMENTS = Path(__file__).resolve().parents[2] / ".venv-peers"
PATIENCE = 1200
"""Tenths of a second that a server gets to start."""

_OPENER = build_opener(ProxyHandler({}))


def program(peer: str, name: str) -> str:
    """Return a program of a peer's environment; where it is not installed, the test is skipped."""
    found = ENVIRONMENTS / peer / "bin" / name
    if not found.exists():
        pytest.skip(f"the test peer {peer} is not installed: run make test-peers")
    return str(found)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: list[str], port: int, ready: str, log: Path, **variables: str
) -> Generator[str]:
    """Run a server until the block ends; gives its address.

    Args:
        command: What to run.
        port: Where it will listen on loopback.
        ready: The path that answers when it is ready.
        log: The file that gets what it says.
        **variables: Environment variables for it.

    Raises:
        RuntimeError: If it ends or does not answer in time; quotes what it said.
    """
    url = f"http://127.0.0.1:{port}"
    with log.open("w", encoding="utf-8") as said:
        server = subprocess.Popen(
            command, stdout=said, stderr=said, env=os.environ | variables, cwd=log.parent
        )
        try:
            _await(server, url + ready, log)
            yield url
        finally:
            server.kill()
            server.wait()


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(PATIENCE):
        try:
            server.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            if _answers(url):
                return
    raise RuntimeError(f"{url} did not come up; it said:\n{log.read_text('utf-8')[-2000:]}")


def _answers(url: str) -> bool:
    try:
        with _OPENER.open(url, timeout=5):
            return True
    except (URLError, OSError):
        return False


def told(url: str, method: str = "GET", body: Mapping[str, Any] | None = None) -> Any:
    """Return what a server says in JSON to a request besides those under test."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"content-type": "application/json"}, method=method)
    with _OPENER.open(request, timeout=30) as reply:
        return json.load(reply)
