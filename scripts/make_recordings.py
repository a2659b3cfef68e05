"""Records the workflows that call models: ``python -m scripts.make_recordings [NAME ...]``.

Each runs against a server on this machine that says what `scripts.scripted_models` makes of it, and
its calls are written to ``configs/data``. To be done again when a prompt or a workflow has changed.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import anyio

from orchestrator.coordinator import Coordinator
from orchestrator.recordings import read_calls
from orchestrator.workflow import work
from orchestrator.workflow_file import read_workflow
from scripts import report_models
from scripts.scripted_models import Known, Model, reply
from tests.workers.openai_server import OpenAIServer
from workers.cassette import save

CONFIGS: Final = Path(__file__).resolve().parent.parent / "configs"

_SMALL: Final = Model(
    knows={
        "only the year": Known("1889", 0.96),
        "4821 * 377": Known("1817417", 0.35),
        "123456 % 97": Known("72", 0.45),
        "Kazakhstan": Known("Astana", 0.97),
        "atomic number 74": Known("Tungsten", 0.93),
        "possessiveness": Known("5", 0.9),
        "'mechanism' backwards": Known("msinahcem", 0.7),
        "Eiffel Tower": Known('{"name": "Eiffel Tower", "year": 1889}', 0.9),
    }
)

_BIG: Final = Model(
    knows={
        "only the year": Known("1889", 0.99),
        "4821 * 377": Known("1817517", 0.9),
        "123456 % 97": Known("72", 0.9),
        "Kazakhstan": Known("Astana", 0.98),
        "atomic number 74": Known("Tungsten", 0.99),
        "possessiveness": Known("6", 0.94),
        "'mechanism' backwards": Known("msinahcem", 0.95),
        "Eiffel Tower": Known('{"name": "Eiffel Tower", "year": 1889}', 0.98),
    },
    thinks=150,
)

MODELS: Final[Mapping[str, Mapping[str, Model]]] = {
    "openai": {"gpt-5-nano": _SMALL, "gpt-5-mini": _BIG},
    "report": {"gpt-5-nano": report_models.SMALL, "gpt-5-mini": report_models.BIG},
}
"""Workflow -> its models by the names that it gives them."""


def record(name: str, journal: Path) -> None:
    """Run a workflow against its scripted models.

    Args:
        name: The workflow.
        journal: The file that records the run.
    """
    with OpenAIServer() as server:
        url = server.script(name, lambda body: reply(MODELS[name], body))
        variables = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
        config, fleet = read_workflow(CONFIGS / f"{name}.yaml", (), variables)
        market = Coordinator.configured(config, fleet, journal)
        anyio.run(work, market, fleet, ())


def recording(name: str) -> Path:
    """Return where the recording of a workflow lies."""
    return CONFIGS / "data" / f"{name}.jsonl"


def main(names: list[str]) -> None:
    """Write the recordings of these workflows, or of all."""
    os.environ.pop("OPENAI_API_KEY", None)
    for name in names or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            journal = Path(folder) / "run.db"
            record(name, journal)
            calls = read_calls(journal)
        save(recording(name), sorted(calls, key=lambda each: str(each.request.lane)))
        print(f"{recording(name)}: {len(calls)} calls")


if __name__ == "__main__":
    main(sys.argv[1:])
