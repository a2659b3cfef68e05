"""Which workers were left out because they did not let go of a call: said in words."""

from collections.abc import Iterator

from orchestrator.drawing.display import plain
from orchestrator.evaluation.summary import Summary


def quarantined(summary: Summary) -> Iterator[str]:
    """Yield a sentence for each worker that got no more work."""
    for worker, reason in summary.quarantined.items():
        yield f"{plain(worker, 60)} was quarantined: {plain(reason, 200)}."
