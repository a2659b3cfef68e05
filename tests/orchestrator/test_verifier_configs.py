"""Verifiers in workflow files: what they may name, and where mistakes are shown."""

import json
import re
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from tests.orchestrator.command import truthbid, workflow
from workers.catalog import VerifierSpec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verifiers.md"

HEAD = """\
workers:
  - {type: function, id: calc, function: arithmetic, cost: 0.001, confidence: 0.9}
"""


def task(verify: str, more: str = "") -> str:
    """Return a workflow with one task."""
    return (
        f"{HEAD}{more}tasks:\n  - {{id: one, prompt: '17 * 23', value: 0.05, verify: {verify}}}\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            task("{command: [grep, -q, x]}"),
            "w.yaml:4:55 tasks.0.verify: 'grep' may not be run: list it under `commands`",
        ),
        (
            task("{command: [no-such, x]}", "commands: [no-such]\n"),
            "w.yaml:5:55 tasks.0.verify: there is no program 'no-such' that can be run",
        ),
        (
            task("{pytest: {tests: [t.py], file: a.py}}", "commands: [pytest]\n"),
            "tasks.0.verify: 't.py' cannot be read: No such file or directory",
        ),
        (task("{judge: fair}"), "tasks.0.verify: there is no judge 'fair' in the section `judges`"),
        (task("{judge: {by: fair, rubrik: x}}"), "rubrik"),
        (task("{human: {seconds: -1}}"), "seconds"),
        (
            task("{judge: fair}", "judges: [{id: fair, model: unheard-of, base_url: http://x}]\n"),
            "w.yaml:3:10 judges.0: no price is known for model 'unheard-of'",
        ),
        (
            task("human", "judges: [{id: a, model: m, free: true}, {id: a, model: m}]\n"),
            "the id 'a' is taken",
        ),
        (
            task("human", "mechanism: vcg\npeer: {classes: {judge: fair}}\n"),
            "w.yaml:4:25 peer.classes.judge: there is no judge 'fair' in the section `judges`",
        ),
    ],
)
def test_a_mistake_is_shown_at_its_place(tmp_path: Path, text: str, line: str) -> None:
    """One line with file, line and column; nothing is run."""
    said = truthbid("validate", workflow(tmp_path, text))
    assert said.code == 2, said
    assert line in said.err


def test_a_listed_program_judges(tmp_path: Path) -> None:
    """Three ways to write it, one program."""
    for form in ("{command: [grep, -q, '391']}", "{type: command, run: [grep, -q, '391']}"):
        path = workflow(tmp_path, task(form, "commands: [grep]\n"))
        said = truthbid("run", path, "--json", "--journal", tmp_path / f"{len(form)}.db")
        assert said.code == 0, said


def test_a_file_with_tests_is_found_beside_the_workflow(tmp_path: Path) -> None:
    """And the code of the answer is run only where pytest is listed."""
    (tmp_path / "test_it.py").write_text(
        "def test_it():\n    assert open('a.txt').read() == '391'\n"
    )
    form = "{pytest: {tests: [test_it.py], file: a.txt}}"
    path = workflow(tmp_path, task(form, "commands: [pytest]\n"))
    assert truthbid("run", path, "--quiet", "--journal", tmp_path / "r.db").code == 0


def _rows() -> list[str]:
    rows = [line.split(" | ")[0] for line in PAGE.read_text("utf-8").splitlines() if "| " in line]
    return [form for row in rows for form in re.findall(r"`([^`]+)`", row) if form != "verify:"]


@pytest.mark.parametrize("form", [form for form in _rows() if form not in {"redundancy", "verify"}])
def test_every_form_in_the_page_is_understood(form: str) -> None:
    """What the page shows can be written."""
    TypeAdapter(VerifierSpec).validate_json(json.dumps(yaml.safe_load(form.replace("...", "x"))))
