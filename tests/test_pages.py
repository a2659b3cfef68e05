"""The Python that the pages show runs as it stands there."""

import doctest
import re
from pathlib import Path

import pytest

from tests.orchestrator.command import truthbid

HOME = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    """Return every block of Python in the pages, with a name."""
    pages = [HOME / "README.md", *sorted((HOME / "docs").rglob("*.md"))]
    return [
        (f"{page.relative_to(HOME)}:{number}", found.group(1))
        for page in pages
        for number, found in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")), start=1)
    ]


@pytest.mark.parametrize(("name", "code"), blocks())
def test_a_block_runs(
    name: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of its own; what it shows as a session gives what it shows."""
    monkeypatch.chdir(tmp_path)
    if ">>>" in code:
        test = doctest.DocTestParser().get_doctest(code, {}, name, name, 0)
        assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0
    else:
        exec(compile(code, name, "exec"), {"__name__": "__main__"})


def test_there_are_blocks() -> None:
    """The pattern finds what the pages have."""
    assert len(blocks()) >= 8


def test_the_workers_of_the_page_on_models_are_understood(tmp_path: Path) -> None:
    """Every worker that it shows is one that a workflow may have."""
    page = (HOME / "docs" / "guides" / "models.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```yaml\n(workers:.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    for block in shown:
        path = tmp_path / "w.yaml"
        path.write_text(block + "tasks: [{id: t, prompt: p, value: 1}]\n", encoding="utf-8")
        said = truthbid("validate", path, env={"OPENAI_API_KEY": "k" * 20, "GATEWAY_KEY": "k" * 20})
        assert (said.code, said.err) == (0, ""), block


def test_the_tests_that_guarantees_name_exist() -> None:
    """A promise whose test was renamed would be a promise without one."""
    text = (HOME / "docs" / "guarantees.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\btest_\w+\.py", text))
    known = {path.name for path in (HOME / "tests").rglob("test_*.py")}
    assert named - known == set()
    assert len(named) > 20
