"""Tests of the workflows and documents that ship: they run, replay, and are current."""

import json
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scripts.documents import DOCUMENTS, ROOT
from scripts.make_recordings import MODELS
from tests.orchestrator.command import CONFIGS, WORKFLOW, truthbid

SHIPPED = sorted(CONFIGS.glob("*.yaml"))
STARTER = ROOT / "orchestrator" / "templates" / "starter.yaml"
SMALL = {
    "simulated": ["--set", "generate.count=60"],
    "guards": ["--set", "guards.review=[]"],  # a person would have to decide before it is closed
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "path", [path for path in SHIPPED if path.stem not in MODELS], ids=lambda path: path.stem
)
def test_every_shipped_workflow_runs(path: Path) -> None:
    """It runs, its replay is identical, its journal is sound, and its report tells of it."""
    said = truthbid("run", path, "--json", "--journal", "run.db", *SMALL.get(path.stem, []))
    assert said.code in {0, 1}
    assert said.err == ""
    found = said.data()
    assert found["closed"] == "done"
    assert found["tasks"]["total"] == sum(
        found["tasks"][state] for state in found["tasks"] if state != "total"
    )
    assert found["tasks"]["solved"] > 0
    assert found["baselines"]["rules"] or found["peers"]
    replayed = truthbid("replay", "run.db", "--json")
    assert (replayed.code, replayed.data()["identical"]) == (0, True)
    verified = truthbid("verify", "run.db", "--json")
    assert (verified.code, verified.data()["sound"]) == (0, True)


def test_the_commands_in_the_comments_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that a shipped workflow tells people to type is valid."""
    monkeypatch.chdir(ROOT)
    told = [
        shlex.split(line.removeprefix("#   truthbid run "))
        for path in SHIPPED
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#   truthbid run ") and not line.endswith("\\")
        if "--replay" not in line  # those are run, offline, by the tests of that
    ]
    assert len(told) >= 4
    for arguments in told:
        assert truthbid("validate", *arguments).code == 0, arguments


def test_the_quickstart_solves_everything() -> None:
    """The demo ends well and shows the overconfident worker as such."""
    said = truthbid("run", CONFIGS / "quickstart.yaml")
    assert said.code == 0
    assert "bold claimed" in said.out
    assert "journal: runs/quickstart-001.db" in said.out


@pytest.mark.parametrize("path", [*SHIPPED, STARTER], ids=lambda path: path.stem)
def test_editors_know_every_shipped_workflow(path: Path) -> None:
    """Each names the schema in its first line and is valid by it, variables unfilled."""
    text = path.read_text(encoding="utf-8")
    if path != STARTER:
        assert text.startswith("# yaml-language-server: $schema=../docs/schema.json\n")
    schema = json.loads((ROOT / "docs" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(text), schema)


@pytest.mark.parametrize("change", ["workers: [{type: nobody}]", "sed: 3", "seed: x", "tasks: 3"])
def test_editors_find_mistakes(change: str) -> None:
    """The schema is closed: what the loader refuses an editor underlines."""
    schema = json.loads((ROOT / "docs" / "schema.json").read_text(encoding="utf-8"))
    wrong: dict[str, Any] = {**yaml.safe_load(WORKFLOW), **yaml.safe_load(change)}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_current(name: str) -> None:
    """What the documents take from the code is what the code says; ``make docs`` renews it."""
    assert (ROOT / name).read_text(encoding="utf-8") == DOCUMENTS[name]()


def test_the_schema_is_printed() -> None:
    """``truthbid schema`` prints the document that ships."""
    assert truthbid("schema").out == (ROOT / "docs" / "schema.json").read_text(encoding="utf-8")
