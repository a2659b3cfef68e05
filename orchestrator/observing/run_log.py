"""Writes what happens in a run to the logger ``truthbid``, with structlog.

Nothing is shown until a program gives that logger a handler, as with any library; the lines go
through the standard library, so a program's own set-up applies. ``log_to`` is what the command line
uses.
"""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

from orchestrator.observing.lines import LOGGER, level, line
from protocols.events import Announced, Event, RunOpened
from protocols.units import TaskId

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger
    from structlog.typing import Processor


_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


class RunLog:
    """A listener that logs every event, with the run, task, worker and attempt bound."""

    def __init__(self) -> None:
        self._logger: BoundLogger | None = None
        self._attempts: dict[TaskId, int] = {}
        self._sink = logging.getLogger(LOGGER)

    def note(self, event: Event) -> None:
        """Log one event."""
        if isinstance(event, RunOpened):
            self._logger = self._bound(run=event.run)
        elif isinstance(event, Announced):
            self._attempts |= {lot.task: lot.attempt for lot in event.announcement.lots}
        if self._sink.isEnabledFor(_LEVELS[level(event)]):
            told = line(event)
            fields = dict(told.fields)
            attempt = self._attempts.get(TaskId(str(fields.get("task"))))
            if attempt is not None:
                fields["attempt"] = attempt
            logger = self._logger or self._bound()
            getattr(logger, told.level)(told.event, **fields)
        if event.event == "task-ended":
            self._attempts.pop(event.task, None)

    def _bound(self, **context: Any) -> "BoundLogger":
        import structlog

        logger: BoundLogger = structlog.wrap_logger(
            self._sink,
            processors=[
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
            context_class=dict,
            cache_logger_on_first_use=False,
        )
        return logger.bind(**context)


@contextmanager
def log_to(
    stream: TextIO | None = None, *, form: Literal["json", "text"] = "json", least: str = "info"
) -> Generator[None]:
    """Show the log of this package on a stream while the block runs.

    Args:
        stream: Where to; standard error if left out.
        form: One JSON object per line, or lines for people.
        least: The least urgent level that is shown: debug, info or warning.
    """
    import structlog

    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    drawn: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn],
        )
    )
    logger = logging.getLogger(LOGGER)
    before = (logger.level, logger.propagate)
    logger.addHandler(handler)
    logger.setLevel(_LEVELS[least])
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
