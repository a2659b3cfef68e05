"""How the requests of a worker are written."""

from protocols.units import WorkerId
from tests.workers.calls import lot
from workers.caller import Caller


def test_a_request_carries_the_settings_of_the_worker() -> None:
    """Model, temperature and seed are the worker's, and the lane says whose call it is."""
    caller = Caller(WorkerId("small"), "tiny", temperature=0.5, seed=7)
    request = caller.request("execute", lot("t9", prompt="2 + 2?"), 50, phase="execute")
    assert (request.model, request.temperature, request.seed) == ("tiny", 0.5, 7)
    assert request.max_tokens == 50
    assert str(request.lane) == "t9/small/execute"
    assert "2 + 2?" in request.messages[1].content
