"""Tests of writing a configuration as a workflow."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config import RunConfig
from orchestrator.exports.workflow_yaml import workflow_yaml
from orchestrator.strict_yaml.loader import load
from tests.orchestrator.command import CONFIGS

SHIPPED = sorted(CONFIGS.glob("*.yaml"))
KEYS = {"OPENAI_API_KEY": "k", "TRUTHBID_MODEL": "m"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_workflow_comes_back(path: Path, tmp_path: Path) -> None:
    """Written to its own folder and read again it is the same, and it is short."""
    config = load(path, RunConfig, (), KEYS)
    text = workflow_yaml(config, CONFIGS, CONFIGS)
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "again.yaml", RunConfig) == config
    assert "payable: false" not in text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])))
def test_any_text_comes_back(text: str) -> None:
    """Texts that look like numbers, words of YAML, lines or variables are read as they were."""
    _check_text(text)


@pytest.mark.parametrize(
    "text", ["no", "1e3", "~", "null", "${HOME}", "a: b", "two\nlines", " x\n", "- a", "0x10", ""]
)
def test_texts_with_a_meaning_in_yaml_come_back(text: str) -> None:
    """Nothing is taken for a number, a list, a variable or nothing at all."""
    _check_text(text)


def _check_text(text: str) -> None:
    from tempfile import TemporaryDirectory

    config = RunConfig.model_validate_json(
        '{"workers": [{"type": "simulated", "id": "a", "skill": 1, "cost": 0}],'
        ' "tasks": [{"id": "t", "prompt": "p", "value": 1}]}'
    )
    task = config.tasks[0].model_copy(update={"prompt": text})
    config = config.model_copy(update={"tasks": (task,), "description": text})
    with TemporaryDirectory() as folder:
        path = Path(folder, "w.yaml")
        path.write_text(workflow_yaml(config, Path(folder), Path(folder)), encoding="utf-8")
        again = load(path, RunConfig)
    assert (again.tasks[0].prompt, again.description) == (text, text)


def test_files_are_found_from_the_new_place(tmp_path: Path) -> None:
    """A table of records is named as seen from the folder of the new file."""
    config = load(CONFIGS / "recorded.yaml", RunConfig)
    (tmp_path / "w.yaml").write_text(workflow_yaml(config, CONFIGS, tmp_path), encoding="utf-8")
    moved = load(tmp_path / "w.yaml", RunConfig)
    assert moved.records is not None
    assert (tmp_path / moved.records.path).samefile(CONFIGS / "data" / "recorded.csv.gz")


def test_embedding_models_are_found_from_the_new_place(tmp_path: Path) -> None:
    """So is the folder of a model by which a worker learns."""
    config = RunConfig.model_validate(
        {
            "workers": [{"type": "openai", "id": "a", "model": "m", "bid": {"learned": "model"}}],
            "tasks": [{"id": "t", "prompt": "p", "value": 1}],
        }
    )
    text = workflow_yaml(config, tmp_path, tmp_path / "below")
    assert 'embeddings: "../model"\n' in text
