"""The page about clearing shows what the commands print."""

import re
from pathlib import Path

import pytest

from tests.orchestrator.command import truthbid

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "clear.md").read_text(encoding="utf-8")
SHOWN = [
    tuple(part.split("\n", 1))
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for part in block.removeprefix("$ ").split("\n$ ")
]


@pytest.mark.parametrize(("command", "printed"), SHOWN)
def test_every_command_on_the_page_prints_what_is_shown(
    command: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worked examples run as they are written, word for word and number for number."""
    monkeypatch.chdir(ROOT)
    said = truthbid(*command.split()[1:])

    assert (said.code, said.err) == (0, "")
    assert said.out.strip() == printed.strip()


def test_the_page_shows_every_sort_of_file() -> None:
    """One task, several tasks, bundles by two rules, and a swap."""
    assert len(SHOWN) == 5
