"""What the tests of the journal in a file have in common."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.fixture
def nothing_leaks(tmp_path: Path) -> Iterator[None]:
    """Check that a test leaves no thread and no open file of a journal behind."""
    yield
    assert [thread.name for thread in threading.enumerate() if "truthbid" in thread.name] == []
    assert _open_files(tmp_path) == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the journal goes."""
    return tmp_path / "run.db"


def _open_files(folder: Path) -> list[str]:
    """Return the files of a folder that this process has open."""
    found: list[str] = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return [name for name in found if name.startswith(str(folder))]
