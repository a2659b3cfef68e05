"""What the participants of an open run have in common."""

from collections.abc import Iterator

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.workflow import work
from orchestrator.workflow_file import read_workflow
from scripts.make_recordings import CONFIGS, MODELS
from scripts.scripted_models import reply
from tests.workers.openai_server import Crowd, OpenAIServer


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(
    ("overrides", "most"),
    [
        (("workers.0.limits={seats: 2}",), 2),
        (("judges.0.limits={seats: 1}", "workers.0.limits={seats: 2}"), 1),
    ],
    ids=["two seats", "one seat"],
)
def test_workers_judges_and_planner_share_an_endpoint(
    server: OpenAIServer, backend: str, overrides: tuple[str, ...], most: int
) -> None:
    """However many of them call it, the server never has more requests at once than it may have."""
    crowd = Crowd(lambda body: reply(MODELS["report"], body))
    url = server.script("report", crowd)
    variables = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
    config, fleet = read_workflow(CONFIGS / "report.yaml", overrides, variables)
    market = Coordinator.configured(config, fleet)
    anyio.run(work, market, fleet, (), backend=backend)
    assert {str(asked.body["model"]) for asked in server.asked["report"]} == set(MODELS["report"])
    assert crowd.total == server.count("report") > 15
    assert crowd.most <= most
