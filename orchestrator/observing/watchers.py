"""Who watches a run on its own accord: the log and the spans, where the program has set them up."""

import logging
import sys
from collections.abc import Callable, Iterator
from typing import Final

from orchestrator.observing.lines import LOGGER
from protocols.events import Event

_OPEN_TELEMETRY: Final = "opentelemetry.trace"


def watchers() -> Iterator[Callable[[Event], None]]:
    """Yield a listener for each way in which the program watches; none costs nothing.

    The log is written where the logger ``truthbid`` has a handler, its own or that of the root, and
    spans are made where the program has imported OpenTelemetry.
    """
    if logging.getLogger(LOGGER).hasHandlers():
        from orchestrator.observing.run_log import RunLog

        yield RunLog().note
    if _OPEN_TELEMETRY in sys.modules:
        from orchestrator.observing.spans import Spans

        yield Spans().note
