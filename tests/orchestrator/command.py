"""Runs the command line in this process, as a shell would see it."""

import io
import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from orchestrator.cli import main

CONFIGS = Path(__file__).resolve().parents[2] / "configs"

WORKFLOW = """\
name: small
mechanism: {name: contingent-vcg, stake: 0.01}
workers:
  - {type: simulated, id: ada, skill: 0.7, cost: 0.001}
  - {type: simulated, id: bob, skill: 0.6, cost: 0.001}
tasks:
  - {id: one, prompt: p, value: 0.05, verify: {exact: "1"}}
  - {id: two, prompt: p, value: 0.05, needs: [one], verify: {exact: "1"}}
"""
"""A small workflow that is changed in one place to see what is said about it."""


class Said(NamedTuple):
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    def data(self) -> Any:
        """Return standard output as data; it must be JSON and nothing else."""
        return json.loads(self.out)


def truthbid(*arguments: object, env: Mapping[str, str | None] | None = None) -> Said:
    """Run the command; variables of ``env`` are set, or taken away where they are ``None``."""
    given = {name: value for name, value in (env or {}).items() if value is not None}
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["truthbid", *map(str, arguments)]),
        patch.dict("os.environ", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        import os

        for name in set(env or {}) - set(given):
            os.environ.pop(name, None)
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int)
    return Said(code, out.getvalue(), err.getvalue())


def workflow(folder: Path, text: str = WORKFLOW) -> Path:
    """Write a workflow file."""
    path = folder / "w.yaml"
    path.write_text(text, encoding="utf-8")
    return path
