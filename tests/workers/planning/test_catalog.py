"""Planners as configurations describe them."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.orchestrator.planning.plans import draft, drafted
from tests.workers.planning.recording import RECORDING
from workers.cassette import ReplayChat
from workers.errors import CassetteError, MissingKeyError
from workers.planning.catalog import PLANNERS, OpenAIPlannerSpec, PlannerSpec, ScriptedPlannerSpec
from workers.planning.planner import OpenAIPlanner, ScriptedPlanner


def test_the_word_decides_which_planner_it_is() -> None:
    """And every word of the catalog is one of the schema."""
    adapter: TypeAdapter[object] = TypeAdapter(PlannerSpec)
    written = f'{{"type": "scripted", "drafts": [{draft(drafted())}]}}'
    spec = adapter.validate_json(written)
    assert isinstance(spec, ScriptedPlannerSpec)
    assert isinstance(spec.build(Path()), ScriptedPlanner)
    found = adapter.json_schema()["discriminator"]["mapping"]
    assert set(found) == set(PLANNERS)


def test_a_recording_takes_the_place_of_the_endpoint(tmp_path: Path) -> None:
    """No key is needed; a file that is none is refused."""
    spec = OpenAIPlannerSpec(model="m", free=True, recording=RECORDING.name)
    planner = spec.build(RECORDING.parent)
    assert isinstance(planner, OpenAIPlanner)
    assert isinstance(planner.chat, ReplayChat)
    (tmp_path / RECORDING.name).write_text("{}")
    with pytest.raises(CassetteError):
        spec.build(tmp_path)
    with pytest.raises(FileNotFoundError):
        spec.build(tmp_path / "none")


def test_a_model_needs_a_key_and_one_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """As workers with models do."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(MissingKeyError):
        OpenAIPlannerSpec(model="m", free=True).build(Path())
    with pytest.raises(ValidationError, match="either free or has a price"):
        OpenAIPlannerSpec.model_validate_json(
            '{"model": "m", "free": true, "price": {"input": 1, "output": 1}}'
        )
