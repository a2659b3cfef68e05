"""Workflow files: `validate` on all that we ship, with something wrong."""

from typing import Final

import yaml
from hypothesis import strategies as st

from tests.fuzz.mutation import altered, edited, written
from tests.fuzz.target import Target, answered, file
from tests.orchestrator.command import CONFIGS, WORKFLOW, truthbid

_FILES: Final = sorted(CONFIGS.glob("*.yaml"))
TEXTS: Final = [WORKFLOW.encode(), *(path.read_bytes() for path in _FILES)]
DATA: Final = [yaml.safe_load(text) for text in TEXTS]


def take(content: bytes) -> None:
    """Check a workflow file that lies where ours lie, beside its data."""
    path = file("w.yaml", content)
    if not (data := path.with_name("data")).exists():
        data.symlink_to(CONFIGS / "data")
    answered(truthbid("validate", path, env={"OPENAI_API_KEY": "x"}))


WORKFLOWS: Final = Target("workflows", edited(TEXTS) | st.builds(written, altered(DATA)), take)
