"""A small package, installed on the spot: a module, and what it offers to configurations."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NAME = "tiny_agents"

MODULE = """\
import os
from os import system

LIMIT = 5


def shout(prompt):
    return prompt.upper()


async def whisper(prompt):
    return prompt.lower()


def half(answer):
    return 0.5 if answer else 0


def double(number: int) -> int:
    "Double a number."
    return 2 * number
"""

OFFERS = """\
[truthbid.functions]
shout = tiny_agents:shout
limit = tiny_agents:LIMIT
lost = tiny_agents:gone

[truthbid.checks]
half = tiny_agents:half
"""


def write_module(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    """Write the module into a folder, from which this test may import it."""
    (folder / f"{NAME}.py").write_text(MODULE + more, encoding="utf-8")
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the package for this test, as an installer would: the module and its metadata."""
    write_module(folder, monkeypatch)
    info = folder / f"{NAME}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(OFFERS)
    sys.path.insert(0, str(folder))  # `write_module` gives it back
