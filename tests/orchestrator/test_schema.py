"""The JSON Schema of auctions, which editors check a file against."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.orchestrator.command import truthbid

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
AUCTIONS = sorted(EXAMPLES.glob("*.yaml"))


@pytest.mark.parametrize("path", AUCTIONS, ids=lambda path: path.stem)
def test_editors_know_every_example_of_an_auction(path: Path) -> None:
    """``truthbid schema --auction`` prints a schema by which the worked examples are valid."""
    schema = truthbid("schema", "--auction").data()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize(
    "change", ["bids: [{task: t}]", "mechanism: vicrey", "sellers: []", "workers: [{capacity: 0}]"]
)
def test_editors_find_mistakes_in_an_auction(change: str) -> None:
    """What ``truthbid clear`` refuses an editor underlines."""
    schema = truthbid("schema", "--auction").data()
    wrong: dict[str, Any] = {"tasks": [{"id": "t", "value": 1}], **yaml.safe_load(change)}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)
