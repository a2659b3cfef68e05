"""Gets the configuration of a run back from its journal."""

import json
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from orchestrator.config import RunConfig
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from protocols.events import RunOpened

WORKFLOW: Final = "workflow"
"""Under this key the journal keeps the configuration."""

FOLDER: Final = "folder"
"""Under this key the journal keeps where the relative paths of the configuration start."""


def recorded_config(journal: Path) -> tuple[RunConfig, Path]:
    """Return the configuration of a run and the folder in which its paths start.

    Raises:
        JournalError: If the journal cannot be read, or its run was opened by a program, not by a
            configuration.
    """
    with Record(journal) as record:
        opened = record.get("run-opened")
    if not isinstance(opened, RunOpened):
        raise JournalError(f"{journal}: the run was never opened")
    workflow = opened.config.get(WORKFLOW)
    if workflow is None:
        raise JournalError(
            f"{journal}: the run was opened by a program; resume it there, with resume=True"
        )
    try:
        config = RunConfig.model_validate_json(json.dumps(workflow))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the configuration"
        raise JournalError(
            f"{journal}: not a configuration of this version: {where}: {first['msg']}"
        ) from error
    return config, Path(opened.config.get(FOLDER, "."))
