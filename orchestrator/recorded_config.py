"""Gets the configuration of a run back from its journal."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from orchestrator.config import RunConfig
from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.peer_settings import PeerSettings
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


def in_full(opened: RunOpened) -> RunOpened:
    """Return the opening of a run with the settings that its version did not know yet.

    They have their defaults: a setting is only ever added with a default by which everything is as
    it was before. What this version cannot read stays as it is.
    """
    config = {
        name: _filled(_MODELS[name], setting) if name in _MODELS else setting
        for name, setting in opened.config.items()
    }
    with suppress(ValueError):  # a mechanism that was given in code
        config["mechanism"] = mechanism_from(config["mechanism"])[0]
    return opened.model_copy(update={"config": config})


_MODELS: Final[dict[str, type[BaseModel]]] = {
    "limits": Limits,
    "peer": PeerSettings,
    WORKFLOW: RunConfig,
}


def _filled(model: type[BaseModel], setting: Any) -> Any:
    try:
        found = model.model_validate_json(json.dumps(setting))
    except ValidationError:
        return setting
    return found.model_dump(mode="json")
